//! The rows of the log, numbered for each bot in the order in which they were written.

use std::borrow::Cow;

use super::entries::{
    IntakeRejection, IntakeRequest, MAX_REJECTIONS, MAX_REQUESTS, Refusal, RejectionKind, Sample,
};
use crate::StoreError;
use crate::engine::{Bulk, Row, Transaction, values};
use crate::table_keys::BotKey;

pub(super) async fn insert_requests(
    transaction: &mut Transaction,
    bot: BotKey,
    requests: &[IntakeRequest],
) -> Result<(), StoreError> {
    if requests.is_empty() {
        return Ok(());
    }
    let sql = "select coalesce(max(request_key), 0) as last_key from intake_requests where bot_key = $1";
    let last = transaction.fetch_one(sql, values![bot]).await?.int("last_key")?;
    let refusals = || requests.iter().map(|request| request.refusal.as_ref());
    let count = |read: fn(&IntakeRequest) -> u64| requests.iter().map(move |request| as_int(read(request)));
    let bulk = Bulk::new()
        .ints("request_key", (last + 1..).zip(requests).map(|(key, _)| key))
        .ints("at", requests.iter().map(|request| request.at.as_ms()))
        .texts("door", requests.iter().map(|request| &*request.door))
        .texts("client", requests.iter().map(|request| request.client.as_deref()))
        .ints("status", requests.iter().map(|request| i64::from(request.status)))
        .texts("problem", refusals().map(|refusal| Some(refusal?.code.as_str())))
        .texts("detail", refusals().map(|refusal| Some(refusal?.detail.as_str())))
        .ints("accepted", count(|request| request.accepted))
        .ints("duplicates", count(|request| request.duplicates))
        .ints("rejected", count(|request| request.rejected))
        .ints("ignored", count(|request| request.ignored))
        .ints("latency_ms", count(|request| request.latency_ms))
        .ints("left_out", count(|request| request.left_out));
    let sql = "insert into intake_requests (bot_key, request_key, at, door, client, status, problem, detail,
            accepted, duplicates, rejected, ignored, latency_ms, left_out)
        select $1, request_key, at, door, client, status, problem, detail,
            accepted, duplicates, rejected, ignored, latency_ms, left_out from input";
    transaction.bulk_execute(sql, values![bot], &bulk).await?;
    let sql = "delete from intake_requests where bot_key = $1 and request_key <= (select request_key
        from intake_requests where bot_key = $1 order by request_key desc limit 1 offset $2)";
    transaction.execute(sql, values![bot, as_offset(MAX_REQUESTS)]).await?;
    Ok(())
}

pub(super) async fn insert_rejections(
    transaction: &mut Transaction,
    bot: BotKey,
    rejections: &[IntakeRejection],
) -> Result<(), StoreError> {
    if rejections.is_empty() {
        return Ok(());
    }
    let sql = "select coalesce(max(rejection_key), 0) as last_key from intake_rejections where bot_key = $1";
    let last = transaction.fetch_one(sql, values![bot]).await?.int("last_key")?;
    let write = |sample: &Sample| serde_json::to_string(sample).ok();
    let samples: Vec<_> =
        rejections.iter().map(|rejection| rejection.sample.as_ref().and_then(write)).collect();
    let bulk = Bulk::new()
        .ints("rejection_key", (last + 1..).zip(rejections).map(|(key, _)| key))
        .ints("at", rejections.iter().map(|rejection| rejection.at.as_ms()))
        .ints("kind", rejections.iter().map(|rejection| rejection.kind.as_i64()))
        .ints("items", rejections.iter().map(|rejection| as_int(rejection.items)))
        .texts("door", rejections.iter().map(|rejection| &*rejection.door))
        .texts("code", rejections.iter().map(|rejection| &*rejection.code))
        .texts("client", rejections.iter().map(|rejection| rejection.client.as_deref()))
        .texts("sample", samples.iter().map(Option::as_deref));
    let sql = "insert into intake_rejections
            (bot_key, rejection_key, at, kind, items, door, code, client, sample)
        select $1, rejection_key, at, kind, items, door, code, client, sample from input";
    transaction.bulk_execute(sql, values![bot], &bulk).await?;
    let sql = "delete from intake_rejections where bot_key = $1 and kind = $2 and rejection_key <=
        (select rejection_key from intake_rejections where bot_key = $1 and kind = $2
            order by rejection_key desc limit 1 offset $3)";
    for kind in RejectionKind::ALL {
        transaction.execute(sql, values![bot, kind.as_i64(), as_offset(MAX_REJECTIONS)]).await?;
    }
    Ok(())
}

pub(super) async fn load_requests(
    transaction: &mut Transaction,
    bot: BotKey,
) -> Result<Vec<IntakeRequest>, StoreError> {
    let sql = "select at, door, client, status, problem, detail, accepted, duplicates, rejected, ignored,
            latency_ms, left_out
        from intake_requests where bot_key = $1 order by request_key desc";
    transaction.fetch_all(sql, values![bot]).await?.iter().map(read_request).collect()
}

pub(super) async fn load_rejections(
    transaction: &mut Transaction,
    bot: BotKey,
) -> Result<Vec<IntakeRejection>, StoreError> {
    let sql = "select at, door, client, kind, code, items, sample
        from intake_rejections where bot_key = $1 order by rejection_key desc";
    transaction.fetch_all(sql, values![bot]).await?.iter().map(read_rejection).collect()
}

fn read_request(row: &Row) -> Result<IntakeRequest, StoreError> {
    let corrupt = StoreError::Corrupt { table: Cow::Borrowed("intake_requests"), column: "status" };
    let refusal = row.optional_text("problem")?.zip(row.optional_text("detail")?);
    Ok(IntakeRequest {
        at: row.instant("at")?,
        door: Cow::Owned(row.text("door")?),
        client: row.optional_text("client")?,
        status: u16::try_from(row.int("status")?).map_err(|_| corrupt)?,
        refusal: refusal.map(|(code, detail)| Refusal { code, detail }),
        accepted: row.count("accepted")?,
        duplicates: row.count("duplicates")?,
        rejected: row.count("rejected")?,
        ignored: row.count("ignored")?,
        latency_ms: row.count("latency_ms")?,
        left_out: row.count("left_out")?,
    })
}

fn read_rejection(row: &Row) -> Result<IntakeRejection, StoreError> {
    let corrupt = |column| StoreError::Corrupt { table: Cow::Borrowed("intake_rejections"), column };
    let (kind, sample) = (row.int("kind")?, row.optional_text("sample")?);
    let kind = RejectionKind::ALL.into_iter().find(|known| known.as_i64() == kind);
    let sample = sample.map(|sample| serde_json::from_str(&sample)).transpose();
    Ok(IntakeRejection {
        at: row.instant("at")?,
        door: Cow::Owned(row.text("door")?),
        client: row.optional_text("client")?,
        kind: kind.ok_or_else(|| corrupt("kind"))?,
        code: Cow::Owned(row.text("code")?),
        items: row.count("items")?,
        sample: sample.map_err(|_| corrupt("sample"))?,
    })
}

fn as_int(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn as_offset(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
