//! Facts that move from a made-up user to the one who was named late.

use analytics::fact::ModelUse;
use analytics::ids::{SessionId, UserId};

use crate::moving::MAX_MOVED_FACTS;
use crate::testing::{MONDAY, TestStore, incoming, model_call, outgoing};

fn user(id: &str) -> UserId {
    UserId::parse(id).unwrap()
}

#[tokio::test]
async fn facts_of_one_trace_move_and_the_figures_are_as_if_they_had_come_so() {
    let (store, expected) = (TestStore::open().await.unwrap(), TestStore::open().await.unwrap());
    let (bot, other) = (store.add_bot().await.unwrap(), expected.add_bot().await.unwrap());
    let facts = |of_trace: &str| {
        vec![
            incoming("t:in", of_trace, 0).within("c").build().unwrap(),
            model_call("t:1", of_trace, 1, ModelUse { input_tokens: Some(7), ..ModelUse::default() })
                .build()
                .unwrap(),
            outgoing("t:out", of_trace, 2).within("c").build().unwrap(),
            incoming("u:in", "c", 60).within("c").build().unwrap(),
            incoming("v:in", "ada", 90).build().unwrap(),
        ]
    };
    store.ingest(bot, facts("c")).await.unwrap();
    expected.ingest(other, facts("ada")).await.unwrap();
    assert_eq!(store.move_facts(bot, "t:", &user("c"), &user("ada"), None).await.unwrap(), 3);
    let moved = store.load_facts(bot, None, None, 10).await.unwrap();
    assert_eq!(moved, expected.load_facts(other, None, None, 10).await.unwrap());
    assert_eq!(store.verify(bot, false).await.unwrap(), []);
    assert_eq!(store.move_facts(bot, "t:", &user("c"), &user("ada"), None).await.unwrap(), 0);
    assert_eq!(store.move_facts(bot, "t:", &user("nobody"), &user("ada"), None).await.unwrap(), 0);
}

#[tokio::test]
async fn a_user_of_many_facts_keeps_them() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    let fact = |n: usize| incoming(&format!("t:{n}"), "c", 0).build().unwrap();
    store.ingest(bot, (0..=MAX_MOVED_FACTS).map(fact).collect()).await.unwrap();
    assert_eq!(store.move_facts(bot, "t:", &user("c"), &user("ada"), None).await.unwrap(), 0);
    assert_eq!(store.verify(bot, false).await.unwrap(), []);
    assert!(store.erase_user(bot, &user("c")).await.unwrap().is_some());
    store.ingest(bot, (1..=MAX_MOVED_FACTS).map(fact).collect()).await.unwrap();
    let moved = store.move_facts(bot, "t:", &user("c"), &user("ada"), None).await.unwrap();
    assert_eq!(moved, MAX_MOVED_FACTS as u64);
    assert_eq!(store.load_facts(bot, None, None, 1).await.unwrap()[0].at, MONDAY);
}

#[tokio::test]
async fn facts_without_a_session_get_the_one_that_is_named_late() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    let facts = [("t:in", None), ("t:other", Some("d")), ("u:in", None)];
    let fact = |(id, session): (&str, Option<&str>)| {
        let fact = incoming(id, "t", 0);
        session.map_or(fact.clone(), |session| fact.within(session)).build().unwrap()
    };
    store.ingest(bot, facts.map(fact).into()).await.unwrap();
    let session = SessionId::parse("c").unwrap();
    assert_eq!(store.move_facts(bot, "t:", &user("t"), &user("ada"), Some(&session)).await.unwrap(), 2);
    let sessions: Vec<_> = store.load_facts(bot, None, None, 10).await.unwrap();
    let sessions: Vec<_> =
        sessions.iter().map(|fact| fact.session_id.as_ref().map(SessionId::as_str)).collect();
    assert_eq!(sessions, [Some("c"), Some("d"), None]);
    assert_eq!(store.verify(bot, false).await.unwrap(), []);
}
