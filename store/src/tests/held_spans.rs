//! Spans that wait for the rest of their trace.

use std::slice;

use analytics::ids::{BotId, UserId};

use crate::StoreError;
use crate::engine::values;
use crate::held_spans::{
    AskedTraces, HeldSpan, HeldSpanId, KnownTraces, MAX_HELD_BYTES, MAX_HELD_BYTES_OF_ALL, MAX_HELD_SPANS,
    MAX_SPAN_BYTES, Room, SpanChange, Speaker, TracesRead,
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

/// Keeps spans; says whether there was room.
pub(super) async fn hold(store: &TestStore, bot: BotId, spans: &[HeldSpan]) -> bool {
    let change = SpanChange { hold: spans.to_vec(), ..SpanChange::default() };
    let (outcome, room) = store.ingest_traces(bot, Vec::new(), change).await.unwrap();
    assert_eq!(outcome.accepted, 0);
    room == Room::Enough
}

/// Lets spans go.
pub(super) async fn release(store: &TestStore, bot: BotId, spans: &[HeldSpanId]) {
    let change = SpanChange { drop: spans.to_vec(), ..SpanChange::default() };
    store.ingest_traces(bot, Vec::new(), change).await.unwrap();
}

/// The spans of traces that wait.
pub(super) async fn waiting(store: &TestStore, bot: BotId, traces: &[&str]) -> Vec<HeldSpan> {
    match store.read_traces(bot, &AskedTraces { traces, ..AskedTraces::default() }, u64::MAX).await.unwrap() {
        TracesRead::Known(known) => known.spans,
        TracesRead::TooLarge { bytes } => panic!("{bytes} bytes are more than any"),
    }
}

#[tokio::test]
async fn facts_and_waiting_spans_change_together_or_not_at_all() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    let old = [held("a", "1", None, 0)];
    assert!(hold(&store, bot, &old).await);
    let new = vec![held("b", "1", None, 0)];
    let facts = vec![incoming("a:in", "ada", 0).build().unwrap()];
    let change = SpanChange { hold: new.clone(), drop: ids(&old) };
    let (outcome, room) = store.ingest_traces(bot, facts, change.clone()).await.unwrap();
    assert_eq!((outcome.accepted, room), (1, Room::Enough));
    assert_eq!(waiting(&store, bot, &["a", "b"]).await, new);
    assert!(store.delete_bot(bot, MONDAY).await.unwrap());
    let refused = store.ingest_traces(bot, vec![incoming("c", "ada", 0).build().unwrap()], change).await;
    assert!(matches!(refused, Err(StoreError::UnknownBot)), "{refused:?}");
}

#[tokio::test]
async fn held_spans_stay_until_they_are_dropped() {
    let store = TestStore::open().await.unwrap();
    let (bot, other) = (store.add_bot().await.unwrap(), store.add_bot().await.unwrap());
    let spans = [held("a", "1", Some("ada"), 0), held("a", "2", None, 1), held("b", "1", None, 2)];
    assert!(hold(&store, bot, &spans).await);
    assert_eq!(waiting(&store, bot, &["a", "none"]).await, spans[..2]);
    assert!(waiting(&store, other, &["a"]).await.is_empty());

    release(&store, bot, &ids(&spans[..1])).await;
    assert_eq!(waiting(&store, bot, &["a", "b"]).await, spans[1..]);
}

#[tokio::test]
async fn a_held_span_that_comes_again_stays_as_it_was() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    let first = held("a", "1", Some("ada"), 0);
    for span in [first.clone(), held("a", "1", Some("bob"), 9)] {
        assert!(hold(&store, bot, &[span]).await);
    }
    assert_eq!(waiting(&store, bot, &["a"]).await, [first]);
}

#[tokio::test]
async fn held_traces_are_due_when_nothing_of_them_has_come_for_a_while() {
    let store = TestStore::open().await.unwrap();
    let (bot, idle) = (store.add_bot().await.unwrap(), store.add_bot().await.unwrap());
    let old = [held("a", "1", None, 0), held("a", "2", None, 10)];
    hold(&store, bot, &old).await;
    hold(&store, bot, &[held("b", "1", None, 0), held("b", "2", None, 11)]).await;
    hold(&store, idle, &[held("a", "1", None, 11)]).await;

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
    assert!(hold(&store, bot, &spans[1..]).await);
    assert!(!hold(&store, bot, &[held("b", "1", None, 0), held("b", "2", None, 0)]).await);
    assert!(waiting(&store, bot, &["b"]).await.is_empty());
    assert!(hold(&store, bot, &spans[..1]).await);
    assert!(hold(&store, other, &spans[..1]).await);
    assert_eq!(store.find_due_spans(bot, MONDAY).await.unwrap().len(), MAX_HELD_SPANS);
    release(&store, bot, &ids(&spans)).await;
    assert!(store.find_due_spans(bot, MONDAY).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_deleted_bot_holds_no_spans() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    let span = held("a", "1", None, 0);
    assert!(hold(&store, bot, slice::from_ref(&span)).await);
    assert!(store.delete_bot(bot, MONDAY).await.unwrap());
    let sql = "select count(*) as spans from held_spans";
    let left = store.database().read().await.unwrap().fetch_one(sql, values![]).await.unwrap();
    assert_eq!(left.int("spans").unwrap(), 0);
    let change = SpanChange { hold: vec![span.clone()], ..SpanChange::default() };
    let refused = store.ingest_traces(bot, Vec::new(), change).await;
    assert!(matches!(refused, Err(StoreError::UnknownBot)), "{refused:?}");
}

#[tokio::test]
async fn held_traces_of_an_erased_user_are_dropped_whole() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    let theirs = [held("a", "1", None, 0), held("a", "2", Some("ada"), 0)];
    let others = [held("b", "1", Some("bob"), 0), held("c", "1", None, 0)];
    hold(&store, bot, &theirs).await;
    hold(&store, bot, &others).await;
    assert_eq!(store.erase_user(bot, &UserId::parse("ada").unwrap()).await.unwrap(), None);
    assert_eq!(waiting(&store, bot, &["a", "b", "c"]).await, others);
}

#[tokio::test]
async fn held_spans_find_whose_the_message_of_their_trace_is() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    let facts = [incoming("a:in", "ada", 0).within("s"), incoming("b:in", "bob", 0)];
    store.ingest(bot, facts.map(|fact| fact.build().unwrap()).into()).await.unwrap();
    let asked = AskedTraces {
        messages: &["a:in", "b:in", "c:in"],
        users: &["ada", "carl"],
        ..AskedTraces::default()
    };
    let read = store.read_traces(bot, &asked, 0).await.unwrap();
    let TracesRead::Known(KnownTraces { speakers, users, .. }) = read else { panic!("{read:?}") };
    let speaker = |user: &str, session: Option<&str>| Speaker {
        user_id: user.to_owned(),
        session_id: session.map(str::to_owned),
    };
    assert_eq!(speakers.len(), 2);
    assert_eq!(users.into_iter().collect::<Vec<_>>(), ["ada"]);
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
    assert!(hold(&store, bot, &[large("a", most)]).await);
    assert!(!hold(&store, bot, &[held("b", "1", None, 0)]).await);
    assert!(hold(&store, other, &[held("b", "1", None, 0)]).await);
    let asked = AskedTraces { traces: &["a", "b"], ..AskedTraces::default() };
    let read = |bot, most| store.read_traces(bot, &asked, most);
    let too_large = TracesRead::TooLarge { bytes: MAX_HELD_BYTES };
    assert_eq!(read(bot, MAX_HELD_BYTES - 1).await.unwrap(), too_large);
    assert!(matches!(read(other, 100).await.unwrap(), TracesRead::Known(known) if known.spans.len() == 1));
}

#[tokio::test]
async fn all_bots_together_hold_a_limited_number_of_bytes() {
    let store = TestStore::open().await.unwrap();
    let (bot, other) = (store.add_bot().await.unwrap(), store.add_bot().await.unwrap());
    let spans = [large("a", 1)];
    assert!(hold(&store, bot, &spans).await);
    // Another server has filled the database meanwhile.
    store.inner.held.set(MAX_HELD_BYTES_OF_ALL);
    assert!(!hold(&store, other, &[held("b", "1", None, 0)]).await);
    assert_eq!(store.count_held_spans().await.unwrap(), (1, 1024 * 1024));
    assert!(hold(&store, other, &[held("b", "1", None, 0)]).await);
    release(&store, bot, &ids(&spans)).await;
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
    assert!(hold(&store, bot, &spans).await);
    let mut slices = Vec::new();
    loop {
        let due = store.find_due_spans(bot, MONDAY).await.unwrap();
        if due.is_empty() {
            break;
        }
        slices.push(due.len());
        release(&store, bot, &ids(&due)).await;
    }
    assert_eq!(slices, [8, 8, 4]);
}

#[tokio::test]
async fn a_span_larger_than_any_is_found_without_its_content() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    let span = HeldSpan { span: "x".repeat(1024 * 1024 + 1), ..held("a", "1", None, 0) };
    assert!(hold(&store, bot, slice::from_ref(&span)).await);
    let found = store.find_due_spans(bot, MONDAY).await.unwrap();
    assert_eq!(found, [HeldSpan { span: String::new(), ..span }]);
}
