//! The log of what came for a bot: bounded, newest first, and gone with its bot.

use std::borrow::Cow;

use analytics::ids::BotId;

use crate::engine::values;
use crate::intake_log::{
    IntakeNotes, IntakeRejection, IntakeRequest, MAX_REJECTIONS, MAX_REQUESTS, Refusal, RejectionKind, Sample,
};
use crate::testing::{MONDAY, TestStore};

/// A request so many seconds after Monday began.
pub(super) fn request(second: i64) -> IntakeRequest {
    IntakeRequest {
        at: MONDAY.plus_ms(second * 1_000),
        door: Cow::Borrowed("segment"),
        client: Some("analytics-node 3.1.0".to_owned()),
        status: 200,
        refusal: None,
        accepted: 3,
        duplicates: 1,
        rejected: 2,
        ignored: 4,
        latency_ms: 12,
        left_out: 0,
    }
}

pub(super) fn rejection(kind: RejectionKind, code: &'static str, second: i64) -> IntakeRejection {
    IntakeRejection {
        at: MONDAY.plus_ms(second * 1_000),
        door: Cow::Borrowed("native"),
        client: None,
        kind,
        code: Cow::Borrowed(code),
        items: 7,
        sample: None,
    }
}

pub(super) fn notes(
    bot: BotId,
    requests: Vec<IntakeRequest>,
    rejections: Vec<IntakeRejection>,
) -> Vec<IntakeNotes> {
    vec![IntakeNotes { bot, requests, rejections }]
}

#[tokio::test]
async fn what_is_noted_is_read_as_it_was_with_the_newest_first() {
    let store = TestStore::open().await.unwrap();
    let (bot, other) = (store.add_bot().await.unwrap(), store.add_bot().await.unwrap());
    let refusal = Refusal { code: "bot_inactive".to_owned(), detail: "Activate it.".to_owned() };
    let refused =
        IntakeRequest { status: 403, refusal: Some(refusal), client: None, left_out: 12_340, ..request(1) };
    let sample = Sample {
        fields: vec!["at\u{0}".to_owned(), "user_id".to_owned()],
        field: Some("at".to_owned()),
        value: Some("\"yesterday\"".to_owned()),
    };
    let rejected =
        IntakeRejection { sample: Some(sample), ..rejection(RejectionKind::Rejected, "at_invalid", 0) };
    let ignored = rejection(RejectionKind::Ignored, "identify", 1);
    let mut both = notes(bot, vec![request(0), refused.clone()], vec![rejected.clone(), ignored.clone()]);
    both.extend(notes(other, vec![request(2)], Vec::new()));
    store.note_intake(&mut both).await.unwrap();
    assert_eq!(both, []);

    let log = store.load_intake_log(bot).await.unwrap();
    assert_eq!(log.requests, [refused, request(0)]);
    assert_eq!(log.rejections, [ignored, rejected]);
    let log = store.load_intake_log(other).await.unwrap();
    assert_eq!((log.requests.as_slice(), log.rejections.len()), ([request(2)].as_slice(), 0));
}

#[tokio::test]
async fn the_newest_requests_stay_whichever_process_noted_them() {
    let store = TestStore::open().await.unwrap();
    let elsewhere = store.open_again().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    let most = i64::try_from(MAX_REQUESTS).unwrap();
    store.note_intake(&mut notes(bot, (0..most).map(request).collect(), Vec::new())).await.unwrap();
    elsewhere.note_intake(&mut notes(bot, vec![request(most)], Vec::new())).await.unwrap();
    store.note_intake(&mut notes(bot, vec![request(most + 1)], Vec::new())).await.unwrap();

    let log = elsewhere.load_intake_log(bot).await.unwrap();
    let expected: Vec<_> = (2..most + 2).rev().map(request).collect();
    assert_eq!(log.requests, expected);
    elsewhere.close().await;
}

#[tokio::test]
async fn ignored_items_drive_no_rejected_ones_out() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    let most = i64::try_from(MAX_REJECTIONS).unwrap();
    let first = rejection(RejectionKind::Rejected, "at_invalid", 0);
    let many = |kind, code| (0..=most).map(|second| rejection(kind, code, second)).collect::<Vec<_>>();
    let ignored = many(RejectionKind::Ignored, "identify");
    store.note_intake(&mut notes(bot, Vec::new(), vec![first.clone()])).await.unwrap();
    store.note_intake(&mut notes(bot, Vec::new(), ignored)).await.unwrap();
    let log = store.load_intake_log(bot).await.unwrap();
    assert_eq!(log.rejections.len(), MAX_REJECTIONS + 1);
    assert_eq!(log.rejections.last(), Some(&first));

    let rejected = many(RejectionKind::Rejected, "user_id_missing");
    store.note_intake(&mut notes(bot, Vec::new(), rejected)).await.unwrap();
    let log = store.load_intake_log(bot).await.unwrap();
    assert_eq!(log.rejections.len(), 2 * MAX_REJECTIONS);
    assert!(!log.rejections.contains(&first));
}

#[tokio::test]
async fn the_log_goes_with_its_bot_and_a_late_note_goes_nowhere() {
    let store = TestStore::open().await.unwrap();
    let (bot, other) = (store.add_bot().await.unwrap(), store.add_bot().await.unwrap());
    let some = |bot| {
        notes(bot, vec![request(0)], vec![rejection(RejectionKind::Rejected, "at_invalid", 0)]).remove(0)
    };
    store.note_intake(&mut vec![some(bot), some(other)]).await.unwrap();
    assert!(store.delete_bot(bot, MONDAY).await.unwrap());
    store.note_intake(&mut vec![some(bot), some(other)]).await.unwrap();
    for sql in
        ["select count(*) as noted from intake_requests", "select count(*) as noted from intake_rejections"]
    {
        let rows = store.database().read().await.unwrap().fetch_one(sql, values![]).await.unwrap();
        assert_eq!(rows.int("noted").unwrap(), 2, "{sql}");
    }
    assert_eq!(store.load_intake_log(bot).await.unwrap(), crate::intake_log::IntakeLog::default());
}
