//! Every limit of the intake bites, and takes nothing else with it.

use std::time::Duration;

use analytics::error::RejectionCode;
use analytics::fact::{Direction, Fact, FactKind, Message, ModelUse};
use analytics::ids::BotId;

use crate::StoreError;
use crate::bots::{BotScope, take_turn};
use crate::credentials::Secret;
use crate::engine::{Transaction, values};
use crate::testing::{MONDAY, TestStore, event, incoming, model_call, outgoing};

/// How long something may take that is bound to come.
const SOON: Duration = Duration::from_secs(20);

/// Keeps everybody else from writing these bots.
async fn take_turns<const N: usize>(store: &TestStore, bots: [BotId; N]) -> Transaction {
    let mut transaction = store.database().write().await.unwrap();
    for bot in bots {
        take_turn(&mut transaction, bot).await.unwrap().unwrap();
    }
    transaction
}

fn on_channels(channels: std::ops::Range<usize>) -> Vec<Fact> {
    let fact = |n| incoming(&format!("on {n}"), "ada", 0).on(&format!("channel-{n}"));
    channels.map(|n| fact(n).build().unwrap()).collect()
}

#[tokio::test]
async fn the_101st_channel_is_rejected_and_its_neighbours_are_stored() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    let mut facts = on_channels(0..102);
    facts.push(incoming("last", "ada", 1).on("channel-0").build().unwrap());
    let outcome = store.ingest(bot, facts).await.unwrap();
    let too_many = RejectionCode::TooManyChannels;
    assert_eq!((outcome.accepted, outcome.rejected), (101, vec![(100, too_many), (101, too_many)]));
    let outcome = store.ingest(bot, on_channels(99..101)).await.unwrap();
    assert_eq!((outcome.duplicates, outcome.rejected), (1, vec![(1, too_many)]));
    assert_eq!(store.list_channels(bot).await.unwrap().len(), 100);
}

#[tokio::test]
async fn the_501st_name_of_an_event_is_rejected_without_its_channel() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    let named = |n: usize| event(&format!("{n}"), "ada", 0, &format!("event {n}")).unwrap();
    let mut facts: Vec<Fact> = (0..500).map(|n| named(n).build().unwrap()).collect();
    facts.push(named(500).on("unseen").build().unwrap());
    facts.push(event("again", "ada", 0, "event 7").unwrap().build().unwrap());
    let outcome = store.ingest(bot, facts).await.unwrap();
    assert_eq!((outcome.accepted, outcome.rejected), (501, vec![(500, RejectionCode::TooManyEvents)]));
    assert_eq!(store.list_channels(bot).await.unwrap().len(), 1);
    let outcome = store.ingest(bot, vec![named(501).build().unwrap()]).await.unwrap();
    assert_eq!(outcome.rejected, [(0, RejectionCode::TooManyEvents)]);
}

#[tokio::test]
async fn the_501st_name_of_a_model_is_rejected_in_messages_and_model_calls() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    let named = |n: usize| ModelUse { model: Some(format!("m-{n}")), ..ModelUse::default() };
    let call = |n: usize| model_call(&format!("{n}"), "ada", 0, named(n)).build().unwrap();
    let said = |id: &str, n: usize| {
        let message = Message { model_use: Some(named(n)), ..Message::new(Direction::Outgoing) };
        outgoing(id, "ada", 0).kind(FactKind::Message(message)).build().unwrap()
    };
    let mut facts: Vec<Fact> = (0..500).map(call).collect();
    facts.extend([said("known", 7), said("unknown", 500), outgoing("none", "ada", 0).build().unwrap()]);
    let outcome = store.ingest(bot, facts).await.unwrap();
    assert_eq!((outcome.accepted, outcome.rejected), (502, vec![(501, RejectionCode::TooManyModels)]));
    let unnamed = model_call("unnamed", "ada", 0, ModelUse::default()).build().unwrap();
    let outcome = store.ingest(bot, vec![unnamed]).await.unwrap();
    assert_eq!(outcome.rejected, [(0, RejectionCode::TooManyModels)]);
}

#[tokio::test]
async fn a_rejected_item_leaves_its_id_to_a_valid_one() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    store.ingest(bot, on_channels(0..100)).await.unwrap();
    let facts = vec![
        incoming("id", "ada", 0).on("one-too-many").build().unwrap(),
        incoming("id", "ada", 0).on("channel-1").build().unwrap(),
    ];
    let outcome = store.ingest(bot, facts).await.unwrap();
    assert_eq!((outcome.accepted, outcome.rejected), (1, vec![(0, RejectionCode::TooManyChannels)]));
}

#[tokio::test]
async fn a_full_queue_refuses_and_what_it_took_is_stored() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    // Whoever has the bots' turns keeps the queue from emptying. The bulk in it is for a bot that goes meanwhile.
    let going = [store.add_bot().await.unwrap(), store.add_bot().await.unwrap()];
    let mut turn = take_turns(&store, [bot, going[0], going[1]]).await;
    let ingest = |bot: BotId, ids: std::ops::Range<u32>| {
        let facts = ids.map(|id| incoming(&format!("{id}"), "ada", 0).build().unwrap()).collect();
        let store = store.store().clone();
        tokio::spawn(async move { store.ingest(bot, facts).await })
    };
    let taken = ingest(bot, 0..1_000);
    let bulk: Vec<_> = (0..99).map(|n| ingest(going[n % 2], 0..1_000)).collect();
    tokio::task::yield_now().await;
    let refused = ingest(bot, 5_000..5_001).await.unwrap();
    assert!(matches!(refused, Err(StoreError::Busy)), "{refused:?}");
    let sql = "delete from bot_state where bot_key = (select bot_key from bots where bot_id = $1)";
    for going in going {
        turn.execute(sql, values![going.as_i64()]).await.unwrap();
    }
    turn.commit().await.unwrap();
    assert_eq!(taken.await.unwrap().unwrap().accepted, 1_000);
    for batch in bulk {
        assert!(matches!(batch.await.unwrap(), Err(StoreError::UnknownBot)));
    }
    assert_eq!(ingest(bot, 5_000..5_001).await.unwrap().unwrap().accepted, 1);
}

#[tokio::test]
async fn one_bot_leaves_half_of_the_queue_to_others() {
    let store = TestStore::open().await.unwrap();
    let (greedy, other) = (store.add_bot().await.unwrap(), store.add_bot().await.unwrap());
    let turn = take_turns(&store, [greedy, other]).await;
    let ingest = |bot: BotId, ids: std::ops::Range<u32>| {
        let facts = ids.map(|id| incoming(&format!("{id}"), "ada", 0).build().unwrap()).collect();
        let store = store.store().clone();
        tokio::spawn(async move { store.ingest(bot, facts).await })
    };
    let taken: Vec<_> = (0..50).map(|n| ingest(greedy, n * 1_000..(n + 1) * 1_000)).collect();
    tokio::task::yield_now().await;
    let refused = ingest(greedy, 60_000..60_001).await.unwrap();
    assert!(matches!(refused, Err(StoreError::Busy)), "{refused:?}");
    let beside = ingest(other, 0..1);
    tokio::task::yield_now().await;
    drop(turn);
    assert_eq!(beside.await.unwrap().unwrap().accepted, 1);
    for batch in taken {
        assert_eq!(batch.await.unwrap().unwrap().accepted, 1_000);
    }
    assert_eq!(ingest(greedy, 60_000..60_001).await.unwrap().unwrap().accepted, 1);
}

#[tokio::test]
async fn closing_commits_what_waits_and_takes_nothing_more() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    let turn = take_turns(&store, [bot]).await;
    let ingest = |n: usize| {
        let (store, fact) = (store.store().clone(), incoming(&format!("{n}"), "ada", 0).build().unwrap());
        tokio::spawn(async move { store.ingest(bot, vec![fact]).await })
    };
    let waiting: Vec<_> = (0..20).map(ingest).collect();
    tokio::task::yield_now().await;
    let closing = tokio::spawn({
        let store = store.store().clone();
        async move { store.close().await }
    });
    tokio::task::yield_now().await;
    drop(turn);
    closing.await.unwrap();
    for batch in waiting {
        assert_eq!(batch.await.unwrap().unwrap().accepted, 1);
    }
    let refused = store.ingest(bot, Vec::new()).await;
    assert!(matches!(refused, Err(StoreError::Closed)), "{refused:?}");
    let again = store.open_again().await.unwrap();
    assert_eq!(again.load_facts(bot, None, None, 100).await.unwrap().len(), 20);
}

#[tokio::test]
async fn a_failing_batch_does_not_fail_its_neighbours() {
    let store = TestStore::open().await.unwrap();
    let (good, bad) = (store.add_bot().await.unwrap(), store.add_bot().await.unwrap());
    // A zone that no release ever wrote makes every batch of one bot fail.
    let mut transaction = store.database().write().await.unwrap();
    let sql = "update bot_state set time_zone = 'Mars/Olympus' where bot_key = (select bot_key from bots where bot_id = $1)";
    transaction.execute(sql, values![bad.as_i64()]).await.unwrap();
    transaction.commit().await.unwrap();
    let turn = take_turns(&store, [good, bad]).await;
    let ingest = |bot: BotId| {
        let (store, fact) = (store.store().clone(), incoming("1", "ada", 0).build().unwrap());
        tokio::spawn(async move { store.ingest(bot, vec![fact]).await })
    };
    let waiting = [ingest(bad), ingest(good), ingest(BotId::from_i64(7)), ingest(good)];
    tokio::task::yield_now().await;
    drop(turn);
    let [broken, first, unknown, second] = waiting;
    assert!(matches!(broken.await.unwrap(), Err(StoreError::Corrupt { column: "time_zone", .. })));
    assert!(matches!(unknown.await.unwrap(), Err(StoreError::UnknownBot)));
    let (first, second) = (first.await.unwrap().unwrap(), second.await.unwrap().unwrap());
    assert_eq!((first.accepted + second.accepted, first.duplicates + second.duplicates), (1, 1));
}

#[tokio::test]
async fn keys_tokens_and_logins_do_not_wait_for_readers() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    let (key, _) = store.create_write_key(bot, MONDAY).await.unwrap().unwrap();
    let mut readers = Vec::new();
    for _ in 0..store.database().readers() {
        readers.push(store.database().read().await.unwrap());
    }
    let nobody = Secret::presented("nobody");
    let looking = async {
        assert_eq!(store.find_write_access(&key, MONDAY).await.unwrap().unwrap().bot_id, bot);
        assert!(store.find_read_access(&nobody, MONDAY).await.unwrap().is_none());
        assert!(store.find_viewer(&nobody, MONDAY).await.unwrap().is_none());
    };
    tokio::time::timeout(SOON, looking).await.expect("they wait for a reader");
}

#[tokio::test]
async fn reports_leave_a_reader_to_others() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    let mut reports = Vec::new();
    for _ in 1..store.database().readers() {
        reports.push(store.read_bot(BotScope::All, bot).await.unwrap().unwrap());
    }
    tokio::time::timeout(SOON, store.list_channels(bot)).await.expect("it waits for a reader").unwrap();
    let mut next = Box::pin(store.read_bot(BotScope::All, bot));
    assert!(tokio::time::timeout(Duration::from_millis(50), &mut next).await.is_err());
    reports.pop();
    assert!(tokio::time::timeout(SOON, next).await.expect("it has its turn").unwrap().is_some());
}
