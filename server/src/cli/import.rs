//! `parlance import`: a bot's history, in our form or in that of another product, through the same translators, the same
//! item reader and the same store as the intake. Running it again stores what is still missing: an id counts once.

mod botpress;
mod chunks;
mod columns;
mod events;
mod format;
#[cfg(test)]
mod fuzz;
mod input;
mod kind;
mod lines;
mod preview;
mod rasa;
mod summary;
mod table;
mod transcripts;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use analytics::clock::Clock;
use analytics::fact::Fact;
use analytics::ids::BotId;
use anyhow::Context;
use store::bots::BotScope;
use store::ingest::IngestOutcome;
use store::{Store, StoreError};

use self::chunks::{Chunk, read_ahead};
use self::columns::ColumnName;
use self::format::Format;
use self::input::Input;
use self::summary::Summary;
use super::output::print_json;
use crate::clock::SystemClock;
use crate::intake::item::ItemReader;

/// How long to wait when a server beside us fills the queue.
const BUSY_PAUSE: Duration = Duration::from_millis(50);

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[arg(long, value_name = "ID")]
    bot: BotId,
    #[arg(long)]
    format: Format,
    /// For csv: which column holds a field of ours, such as user_id=Sender; may be repeated
    #[arg(long = "column", value_name = "FIELD=COLUMN")]
    columns: Vec<ColumnName>,
    /// For csv and botpress-v12: what stands between the columns, one character or tab
    #[arg(long, value_name = "CHARACTER", default_value = ",", value_parser = columns::parse_delimiter)]
    delimiter: u8,
    /// Print how the first 10 rows are understood, and store nothing
    #[arg(long)]
    dry_run: bool,
    /// File, folder (bot-framework) or postgres://user@host/database (rasa-tracker, rasa-broker-sql) to read; - or
    /// nothing reads stdin
    #[arg(default_value = "-")]
    file: PathBuf,
}

/// Prints what became of the rows. Fails when some were rejected: the others are stored all the same.
pub(super) async fn run(store: &Store, args: Args) -> anyhow::Result<ExitCode> {
    let bot = store.find_bot(BotScope::All, args.bot).await?;
    let bot = bot.with_context(|| format!("there is no bot {}", args.bot))?;
    let reader = ItemReader { arrived_at: SystemClock.now(), stores_text: bot.stores_text };
    let Input { rows, progress } = format::open(&args).await?;
    if args.dry_run {
        let show = move || preview::show(rows, reader);
        return tokio::task::spawn_blocking(show).await?;
    }
    let mut chunks = read_ahead(rows, reader);
    let mut summary = Summary::default();
    while let Some(chunk) = chunks.recv().await {
        let Chunk { facts, lines, rejected, skipped, read, bytes } =
            chunk.context("the input cannot be read")?;
        let outcome = ingest(store, bot.id, facts).await?;
        summary.add(read, &rejected, &lines, &outcome);
        summary.skip(skipped);
        progress.inc(if progress.length().is_some() { bytes } else { read });
    }
    progress.finish_and_clear();
    print_json(&summary)?;
    Ok(if summary.is_complete() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn ingest(store: &Store, bot: BotId, facts: Vec<Fact>) -> Result<IngestOutcome, StoreError> {
    if facts.is_empty() {
        return Ok(IngestOutcome::default());
    }
    loop {
        match store.ingest(bot, facts.clone()).await {
            Err(StoreError::Busy) => tokio::time::sleep(BUSY_PAUSE).await,
            result => return result,
        }
    }
}
