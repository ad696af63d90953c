//! A history that is dropped on a bot's Connect page: sent whole, looked at or stored by the same code as on the command
//! line. The answer comes line by line, so that the page can show how far it is.

use std::fs::File;
use std::io::{Seek, Write};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use analytics::ids::BotId;
use analytics::names;
use anyhow::Context;
use app::login_cookie;
use axum::body::{Body, Bytes};
use axum::extract::{RawQuery, Request, State};
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use http_body_util::BodyExt;
use hyper::body::Body as _;
use serde_json::{Value, json};
use store::bots::{Bot, BotScope};
use tokio::sync::mpsc;

use crate::history::format::{Format, find};
use crate::history::import::{Import, preview};
use crate::history::open::{Opened, open_file};
use crate::history::options::{Options, WhatCounts, parse_delimiter};
use crate::history::sink::{Place, Understood};
use crate::history::summary::Summary;
use crate::intake::item::{Item, ItemReader};
use crate::intake::translation::MissingTime;
use crate::memory::{Lease, MIB};
use crate::net::BodyTooSlow;
use crate::problem::{Problem, ProblemCode};
use crate::state::ServerState;

/// Largest file, in bytes.
pub const MAX_FILE_BYTES: u64 = 256 * 1024 * 1024;
/// Most bytes of all that a file unpacks to.
const MAX_UNPACKED_BYTES: u64 = 1024 * 1024 * 1024;
/// Most bytes of what is in memory as a whole.
const MAX_VALUE_BYTES: usize = 8 * MIB;
/// What an import is charged for: what is in memory as a whole, read and understood, and the chunks that wait.
const CHARGE: usize = 96 * MIB;
/// How often the page hears how far it is. It waits no longer than ten seconds for a line.
const TELL_EVERY: Duration = Duration::from_secs(1);
/// How many rows are shown before anything is stored.
const SHOWN_ROWS: usize = 10;
/// Longest name of a file, in characters.
const MAX_NAME: usize = 100;

/// What the page asks for, beside the file.
struct Question {
    bot_id: BotId,
    name: String,
    format: Option<&'static Format>,
    aim: Aim,
    options: Options,
}

/// What becomes of the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Aim {
    /// The first ones are shown.
    Look,
    /// All are stored.
    Store,
}

/// `POST /fn/import_history`: the file is the body, the rest stands in the query.
///
/// # Errors
/// A [`Problem`] for whoever may not, and for a file that does not arrive whole. What is wrong with the file itself is in
/// the last line of the answer.
pub async fn import_history(
    State(state): State<ServerState>,
    RawQuery(query): RawQuery,
    request: Request,
) -> Result<Response, Problem> {
    let question = Question::parse(query.as_deref().unwrap_or_default())?;
    let bot = find_bot(&state, request.headers(), question.bot_id).await?;
    if !bot.is_activated {
        return Err(Problem::new(ProblemCode::BotInactive, "The bot is not activated."));
    }
    let permit = state.imports.clone().try_acquire_owned().map_err(|_| {
        Problem::new(ProblemCode::Busy, "Other imports are running. Try again when they are done.")
    })?;
    let mut lease = state.memory.lease_for(bot.id);
    lease.grow_to(CHARGE).await?;
    let file = receive(request.into_body()).await?;
    let (lines, answer) = mpsc::channel(4);
    tokio::spawn(async move {
        // Whoever closes the page leaves an import that goes on: what is stored counts once in any case.
        let last = run(&state, &bot, question, file, &lines)
            .await
            .unwrap_or_else(|error| json!({ "error": names::show(&format!("{error:#}")) }));
        lines.send(last).await.unwrap_or_default();
        drop::<(tokio::sync::OwnedSemaphorePermit, Lease)>((permit, lease));
    });
    Ok(([(CONTENT_TYPE, "application/x-ndjson")], Body::from_stream(as_lines(answer))).into_response())
}

fn as_lines(
    answer: mpsc::Receiver<Value>,
) -> impl futures::Stream<Item = Result<Bytes, std::convert::Infallible>> {
    futures::stream::unfold(answer, async |mut answer| {
        let line = answer.recv().await?;
        Some((Ok(Bytes::from(format!("{line}\n"))), answer))
    })
}

/// A bot that the browser's login may see.
async fn find_bot(state: &ServerState, headers: &HeaderMap, id: BotId) -> Result<Bot, Problem> {
    let context = &state.context;
    let signed_out = || Problem::unauthorized("Sign in first.");
    let login = login_cookie::find_login(headers, &context.base_url).ok_or_else(signed_out)?;
    let viewer = context.store.find_viewer(&login, context.clock.now()).await?.ok_or_else(signed_out)?;
    let scope = if viewer.is_admin { BotScope::All } else { BotScope::Owner(viewer.account_id) };
    context.store.find_bot(scope, id).await?.ok_or_else(Problem::not_found)
}

/// Keeps the file where nobody else can open it, and where it is gone with this process at the latest.
async fn receive(mut body: Body) -> Result<File, Problem> {
    let no_room = |error: std::io::Error| Problem::internal(&error);
    if body.size_hint().lower() > MAX_FILE_BYTES {
        return Err(too_large());
    }
    let mut file = tempfile::tempfile().map_err(no_room)?;
    let mut bytes = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| incomplete(&error))?;
        let Ok(part) = frame.into_data() else { continue };
        bytes += part.len() as u64;
        if bytes > MAX_FILE_BYTES {
            return Err(too_large());
        }
        file = tokio::task::spawn_blocking(move || file.write_all(&part).map(|()| file))
            .await
            .map_err(|error| Problem::internal(&error))?
            .map_err(no_room)?;
    }
    file.rewind().map_err(no_room)?;
    Ok(file)
}

fn too_large() -> Problem {
    let detail = "A file has at most 256 MiB here. Split it, or import it on the command line.";
    Problem::new(ProblemCode::BodyTooLarge, detail)
}

fn incomplete(error: &axum::Error) -> Problem {
    let mut causes =
        std::iter::successors(Some(error as &(dyn std::error::Error + 'static)), |error| error.source());
    if causes.any(|cause| cause.is::<BodyTooSlow>()) {
        return Problem::new(ProblemCode::BodyTimeout, "The file did not arrive in time.");
    }
    Problem::new(ProblemCode::BodyIncomplete, "The file did not arrive completely.")
}

async fn run(
    state: &ServerState,
    bot: &Bot,
    question: Question,
    file: File,
    lines: &mpsc::Sender<Value>,
) -> anyhow::Result<Value> {
    let reader = ItemReader { arrived_at: state.context.clock.now(), stores_text: bot.stores_text };
    let Question { name, format, aim, options, .. } = question;
    let (opened, options) = tokio::task::spawn_blocking(move || {
        open_file(file, &name, format, &options).map(|opened| (opened, options))
    })
    .await??;
    let chosen = json!({ "name": opened.format.name, "title": opened.format.title });
    if aim == Aim::Look {
        let shown = tokio::task::spawn_blocking(move || look(opened, &options, reader));
        return Ok(json!({ "format": chosen, "preview": shown.await?? }));
    }
    let import = Import { store: &state.context.store, bot: bot.id, reader };
    let (summary, error) = store(&import, opened, options, lines).await;
    let error = error.map(|error| names::show(&format!("{error:#}")).into_owned());
    Ok(json!({ "format": chosen, "summary": summary, "error": error }))
}

/// Stores all rows, and tells the page every second how far it is.
async fn store(
    import: &Import<'_>,
    opened: Opened,
    options: Options,
    lines: &mpsc::Sender<Value>,
) -> (Summary, Option<anyhow::Error>) {
    let (meter, total) = (opened.meter.clone(), opened.bytes);
    let progress = Mutex::new(Summary::default());
    let tell = |summary: &Summary| *progress.lock().unwrap_or_else(PoisonError::into_inner) = summary.clone();
    let mut importing = Box::pin(import.run(opened, options, tell));
    let mut tick = tokio::time::interval(TELL_EVERY);
    loop {
        tokio::select! {
            (summary, result) = &mut importing => return (summary, result.err()),
            _ = tick.tick() => {
                let read = progress.lock().unwrap_or_else(PoisonError::into_inner).read();
                let line = json!({ "progress": { "read": read, "bytes": meter.bytes(), "total": total } });
                // A page that was closed hears nothing more.
                lines.try_send(line).unwrap_or_default();
            }
        }
    }
}

fn look(opened: Opened, options: &Options, reader: ItemReader) -> anyhow::Result<Value> {
    let (notes, rows) = preview(opened, options, reader, SHOWN_ROWS)?;
    let notes: Vec<_> = notes.iter().map(|note| names::show(note).into_owned()).collect();
    let rows =
        rows.iter().map(|(place, understood)| show(place, understood)).collect::<anyhow::Result<Vec<_>>>()?;
    Ok(json!({ "notes": notes, "rows": rows }))
}

fn show(place: &Place, understood: &Understood) -> anyhow::Result<Value> {
    let shown = |text: &str| names::show(text).into_owned();
    let mut row = json!({ "row": place.row, "file": place.file.as_deref().map(shown) });
    match understood {
        Understood::Fact(fact) => row["item"] = visible(serde_json::to_value(Item::of_fact(fact)?)?),
        Understood::Skipped(what) => row["skipped"] = shown(what).into(),
        Understood::Rejected(rejection) => {
            row["rejected"] = rejection.code.as_str().into();
            row["field"] = rejection.field.as_deref().map(shown).into();
            row["detail"] = shown(&rejection.detail).into();
        }
    }
    Ok(row)
}

/// Texts of an item without hidden characters, which would change how a page reads.
fn visible(item: Value) -> Value {
    match item {
        Value::String(text) => names::show(&text).into(),
        Value::Object(fields) => fields.into_iter().map(|(name, value)| (name, visible(value))).collect(),
        other => other,
    }
}

impl Question {
    /// Reads the query. Options that are empty are not told.
    fn parse(query: &str) -> Result<Self, Problem> {
        let mut question = Self {
            bot_id: BotId::from_i64(0),
            name: "the file".to_owned(),
            format: None,
            aim: Aim::Look,
            options: Options {
                max_bytes: MAX_UNPACKED_BYTES,
                max_value_bytes: MAX_VALUE_BYTES,
                ..Options::default()
            },
        };
        let mut bot_id = None;
        for (name, value) in
            form_urlencoded::parse(query.as_bytes()).filter(|(_, value)| !value.trim().is_empty())
        {
            let value = value.trim();
            if name == "bot_id" {
                bot_id = value.parse().ok();
            } else {
                question.set(&name, value).map_err(|problem| {
                    let detail = format!("{name}: {problem}");
                    Problem::new(ProblemCode::InvalidQuery, detail)
                })?;
            }
        }
        question.bot_id = bot_id.ok_or_else(Problem::not_found)?;
        Ok(question)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        let options = &mut self.options;
        match name {
            "name" => {
                self.name = value.rsplit(['/', '\\']).next().unwrap_or(value).chars().take(MAX_NAME).collect()
            }
            "aim" => self.aim = if value == "store" { Aim::Store } else { Aim::Look },
            "format" => {
                self.format = Some(find(value).context("no such format").map_err(|error| error.to_string())?)
            }
            "time_zone" => options.time_zone = Some(value.parse().map_err(|error| format!("{error}"))?),
            "date_format" => options.date_format = Some(value.parse()?),
            "delimiter" => options.delimiter = Some(parse_delimiter(value)?),
            "bot_name" => options.bot_names.push(value.to_owned()),
            // One a line in a text field.
            "columns" => {
                for column in value.lines().map(str::trim).filter(|column| !column.is_empty()) {
                    options.columns.push(column.parse()?);
                }
            }
            "missing_time" => {
                options.missing_time = if value == "now" { MissingTime::Now } else { MissingTime::Refuse }
            }
            "what_counts" => {
                options.what_counts =
                    if value == "everything" { WhatCounts::Everything } else { WhatCounts::SaidToBot };
            }
            _ => return Err("unknown".to_owned()),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A body of so many MiB that does not say how long it is.
    fn body(mib: usize) -> Body {
        let part = Bytes::from(vec![b'a'; MIB]);
        let parts = std::iter::repeat_n(part, mib).map(Ok::<_, std::io::Error>);
        Body::from_stream(futures::stream::iter(parts))
    }

    #[tokio::test]
    async fn a_file_may_have_256_mib_and_no_more_however_it_is_sent() {
        let file = receive(body(256)).await.unwrap();
        assert_eq!(file.metadata().unwrap().len(), MAX_FILE_BYTES);
        let refused = receive(body(257)).await.unwrap_err();
        assert_eq!(refused.code(), ProblemCode::BodyTooLarge.word());
        let told = Body::from(vec![0; 256 * MIB + 1]);
        assert_eq!(receive(told).await.unwrap_err().code(), ProblemCode::BodyTooLarge.word());
    }
}
