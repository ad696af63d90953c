//! Spans that wait for the rest of their trace.

use std::slice;

use analytics::ids::UserId;

use crate::StoreError;
use crate::engine::values;
use crate::held_spans::{HeldSpan, MAX_HELD_SPANS, Speaker};
use crate::testing::{MONDAY, TestStore, incoming};

/// A span that arrived so many seconds after Monday began.
pub(super) fn held(trace: &str, span: &str, user: Option<&str>, second: i64) -> HeldSpan {
    HeldSpan {
        trace_id: trace.to_owned(),
        span_id: span.to_owned(),
        user_id: user.map(str::to_owned),
        received_at: MONDAY.plus_ms(second * 1_000),
        span: format!(r#"{{"of": "{span}"}}"#),
    }
}

#[tokio::test]
async fn held_spans_stay_until_they_are_dropped() {
    let store = TestStore::open().await.unwrap();
    let (bot, other) = (store.add_bot().await.unwrap(), store.add_bot().await.unwrap());
    let spans = [held("a", "1", Some("ada"), 0), held("a", "2", None, 1), held("b", "1", None, 2)];
    assert!(store.hold_spans(bot, &spans).await.unwrap());
    assert_eq!(store.find_held_spans(bot, &["a", "none"]).await.unwrap(), spans[..2]);
    assert!(store.find_held_spans(other, &["a"]).await.unwrap().is_empty());

    store.drop_held_spans(bot, &spans[..1]).await.unwrap();
    assert_eq!(store.find_held_spans(bot, &["a", "b"]).await.unwrap(), spans[1..]);
}

#[tokio::test]
async fn a_held_span_that_comes_again_stays_as_it_was() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    let first = held("a", "1", Some("ada"), 0);
    for span in [first.clone(), held("a", "1", Some("bob"), 9)] {
        assert!(store.hold_spans(bot, &[span]).await.unwrap());
    }
    assert_eq!(store.find_held_spans(bot, &["a"]).await.unwrap(), [first]);
}

#[tokio::test]
async fn held_traces_are_due_when_nothing_of_them_has_come_for_a_while() {
    let store = TestStore::open().await.unwrap();
    let (bot, idle) = (store.add_bot().await.unwrap(), store.add_bot().await.unwrap());
    let old = [held("a", "1", None, 0), held("a", "2", None, 10)];
    store.hold_spans(bot, &old).await.unwrap();
    store.hold_spans(bot, &[held("b", "1", None, 0), held("b", "2", None, 11)]).await.unwrap();
    store.hold_spans(idle, &[held("a", "1", None, 11)]).await.unwrap();

    let before = MONDAY.plus_ms(10_000);
    assert_eq!(store.list_bots_with_due_spans(before).await.unwrap(), [bot]);
    assert_eq!(store.find_due_spans(bot, before).await.unwrap(), old);
    assert!(store.find_due_spans(idle, before).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_bot_holds_a_limited_number_of_spans() {
    let store = TestStore::open().await.unwrap();
    let (bot, other) = (store.add_bot().await.unwrap(), store.add_bot().await.unwrap());
    let spans: Vec<HeldSpan> = (0..MAX_HELD_SPANS).map(|n| held("a", &n.to_string(), None, 0)).collect();
    assert!(store.hold_spans(bot, &spans[1..]).await.unwrap());
    assert!(!store.hold_spans(bot, &[held("b", "1", None, 0), held("b", "2", None, 0)]).await.unwrap());
    assert!(store.find_held_spans(bot, &["b"]).await.unwrap().is_empty());
    assert!(store.hold_spans(bot, &spans[..1]).await.unwrap());
    assert!(store.hold_spans(other, &spans[..1]).await.unwrap());
    assert_eq!(store.find_due_spans(bot, MONDAY).await.unwrap().len(), MAX_HELD_SPANS);
    store.drop_held_spans(bot, &spans).await.unwrap();
    assert!(store.find_due_spans(bot, MONDAY).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_deleted_bot_holds_no_spans() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    let span = held("a", "1", None, 0);
    assert!(store.hold_spans(bot, slice::from_ref(&span)).await.unwrap());
    assert!(store.delete_bot(bot).await.unwrap());
    let sql = "select count(*) from held_spans";
    let left = store.database().read().await.unwrap().fetch_one(sql, values![]).await.unwrap();
    assert_eq!(left.int(0).unwrap(), 0);
    let refused = store.hold_spans(bot, slice::from_ref(&span)).await;
    assert!(matches!(refused, Err(StoreError::UnknownBot)), "{refused:?}");
    store.drop_held_spans(bot, &[span]).await.unwrap();
}

#[tokio::test]
async fn held_traces_of_an_erased_user_are_dropped_whole() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    let theirs = [held("a", "1", None, 0), held("a", "2", Some("ada"), 0)];
    let others = [held("b", "1", Some("bob"), 0), held("c", "1", None, 0)];
    store.hold_spans(bot, &theirs).await.unwrap();
    store.hold_spans(bot, &others).await.unwrap();
    assert_eq!(store.erase_user(bot, &UserId::parse("ada").unwrap()).await.unwrap(), None);
    assert_eq!(store.find_held_spans(bot, &["a", "b", "c"]).await.unwrap(), others);
}

#[tokio::test]
async fn held_spans_find_whose_the_message_of_their_trace_is() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    let facts = [incoming("a:in", "ada", 0).within("s"), incoming("b:in", "bob", 0)];
    store.ingest(bot, facts.map(|fact| fact.build().unwrap()).into()).await.unwrap();
    let speakers = store.find_speakers(bot, &["a:in", "b:in", "c:in"]).await.unwrap();
    let speaker = |user: &str, session: Option<&str>| Speaker {
        user_id: user.to_owned(),
        session_id: session.map(str::to_owned),
    };
    assert_eq!(speakers.len(), 2);
    assert_eq!(speakers["a:in"], speaker("ada", Some("s")));
    assert_eq!(speakers["b:in"], speaker("bob", None));
}
