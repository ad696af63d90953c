//! Spans that wait for the rest of their trace.

use std::slice;

use analytics::ids::UserId;

use crate::StoreError;
use crate::engine::values;
use crate::held_spans::{
    HeldSpan, HeldSpanId, MAX_HELD_BYTES, MAX_HELD_BYTES_OF_ALL, MAX_HELD_SPANS, MAX_SPAN_BYTES, Speaker,
};
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

/// Which spans they are.
pub(super) fn ids(spans: &[HeldSpan]) -> Vec<HeldSpanId> {
    spans.iter().map(HeldSpan::id).collect()
}

#[tokio::test]
async fn held_spans_stay_until_they_are_dropped() {
    let store = TestStore::open().await.unwrap();
    let (bot, other) = (store.add_bot().await.unwrap(), store.add_bot().await.unwrap());
    let spans = [held("a", "1", Some("ada"), 0), held("a", "2", None, 1), held("b", "1", None, 2)];
    assert!(store.hold_spans(bot, &spans).await.unwrap());
    assert_eq!(store.find_held_spans(bot, &["a", "none"]).await.unwrap(), spans[..2]);
    assert!(store.find_held_spans(other, &["a"]).await.unwrap().is_empty());

    store.drop_held_spans(bot, &ids(&spans[..1])).await.unwrap();
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
    store.drop_held_spans(bot, &ids(&spans)).await.unwrap();
    assert!(store.find_due_spans(bot, MONDAY).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_deleted_bot_holds_no_spans() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    let span = held("a", "1", None, 0);
    assert!(store.hold_spans(bot, slice::from_ref(&span)).await.unwrap());
    assert!(store.delete_bot(bot, MONDAY).await.unwrap());
    let sql = "select count(*) from held_spans";
    let left = store.database().read().await.unwrap().fetch_one(sql, values![]).await.unwrap();
    assert_eq!(left.int(0).unwrap(), 0);
    let refused = store.hold_spans(bot, slice::from_ref(&span)).await;
    assert!(matches!(refused, Err(StoreError::UnknownBot)), "{refused:?}");
    store.drop_held_spans(bot, &ids(&[span])).await.unwrap();
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

/// A span of so many MiB, with nothing in it that anybody reads.
fn large(trace: &str, mib: usize) -> HeldSpan {
    HeldSpan { span: "x".repeat(mib * 1024 * 1024), ..held(trace, "1", None, 0) }
}

#[tokio::test]
async fn a_bot_holds_a_limited_number_of_bytes() {
    let store = TestStore::open().await.unwrap();
    let (bot, other) = (store.add_bot().await.unwrap(), store.add_bot().await.unwrap());
    let most = usize::try_from(MAX_HELD_BYTES / 1024 / 1024).unwrap();
    assert!(store.hold_spans(bot, &[large("a", most)]).await.unwrap());
    assert!(!store.hold_spans(bot, &[held("b", "1", None, 0)]).await.unwrap());
    assert!(store.hold_spans(other, &[held("b", "1", None, 0)]).await.unwrap());
    assert_eq!(store.measure_held_spans(bot, &["a", "b"]).await.unwrap(), MAX_HELD_BYTES);
    assert_eq!(store.measure_held_spans(other, &["a"]).await.unwrap(), 0);
}

#[tokio::test]
async fn all_bots_together_hold_a_limited_number_of_bytes() {
    let store = TestStore::open().await.unwrap();
    let (bot, other) = (store.add_bot().await.unwrap(), store.add_bot().await.unwrap());
    let spans = [large("a", 1)];
    assert!(store.hold_spans(bot, &spans).await.unwrap());
    // Another server has filled the database meanwhile.
    store.inner.held.set(MAX_HELD_BYTES_OF_ALL);
    assert!(!store.hold_spans(other, &[held("b", "1", None, 0)]).await.unwrap());
    assert_eq!(store.count_held_spans().await.unwrap(), (1, 1024 * 1024));
    assert!(store.hold_spans(other, &[held("b", "1", None, 0)]).await.unwrap());
    store.drop_held_spans(bot, &ids(&spans)).await.unwrap();
    assert_eq!(store.count_held_spans().await.unwrap().0, 1);
}

#[tokio::test]
async fn due_traces_come_in_slices_of_bounded_size() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    let limit = usize::try_from(MAX_SPAN_BYTES).unwrap();
    let spans: Vec<HeldSpan> = (0..20)
        .map(|n| HeldSpan { span: "x".repeat(limit), ..held(&format!("{n:02}"), "1", None, 0) })
        .collect();
    assert!(store.hold_spans(bot, &spans).await.unwrap());
    let mut slices = Vec::new();
    loop {
        let due = store.find_due_spans(bot, MONDAY).await.unwrap();
        if due.is_empty() {
            break;
        }
        slices.push(due.len());
        store.drop_held_spans(bot, &ids(&due)).await.unwrap();
    }
    assert_eq!(slices, [8, 8, 4]);
}

#[tokio::test]
async fn a_span_larger_than_any_is_found_without_its_content() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    let span = HeldSpan { span: "x".repeat(1024 * 1024 + 1), ..held("a", "1", None, 0) };
    assert!(store.hold_spans(bot, slice::from_ref(&span)).await.unwrap());
    let found = store.find_due_spans(bot, MONDAY).await.unwrap();
    assert_eq!(found, [HeldSpan { span: String::new(), ..span }]);
}
