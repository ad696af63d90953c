//! `parlance import`: a bot's history, through the same item reader and the same store as the intake. Running it
//! again stores what is still missing: an id counts once.

mod lines;
mod summary;

use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use analytics::clock::Clock;
use analytics::fact::Fact;
use analytics::ids::BotId;
use anyhow::Context;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use store::bots::BotScope;
use store::ingest::IngestOutcome;
use store::{Store, StoreError};

use self::lines::{Chunk, read_ahead};
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
    /// File to read; - or nothing reads stdin
    #[arg(default_value = "-")]
    file: PathBuf,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Format {
    /// One JSON object a line, as POST /api/v1/events takes it and export writes it
    Ndjson,
}

/// Prints what became of the lines. Fails when some were rejected: the others are stored all the same.
pub(super) async fn run(store: &Store, args: Args) -> anyhow::Result<ExitCode> {
    let Format::Ndjson = args.format;
    let bot = store.find_bot(BotScope::All, args.bot).await?;
    let bot = bot.with_context(|| format!("there is no bot {}", args.bot))?;
    let (input, bytes) = open(&args.file)?;
    let progress = start_progress(bytes);
    let reader = ItemReader { arrived_at: SystemClock.now(), stores_text: bot.stores_text };
    let mut chunks = read_ahead(input, reader);
    let mut summary = Summary::default();
    while let Some(chunk) = chunks.recv().await {
        let Chunk { facts, lines, rejected, read, bytes } = chunk.context("the input cannot be read")?;
        let outcome = ingest(store, bot.id, facts).await?;
        summary.add(read, &rejected, &lines, &outcome);
        progress.inc(bytes);
    }
    progress.finish_and_clear();
    print_json(&summary)?;
    Ok(if summary.is_complete() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn ingest(store: &Store, bot: BotId, facts: Vec<Fact>) -> Result<IngestOutcome, StoreError> {
    loop {
        match store.ingest(bot, facts.clone()).await {
            Err(StoreError::Busy) => tokio::time::sleep(BUSY_PAUSE).await,
            result => return result,
        }
    }
}

/// The input, and how many bytes it has if that is known.
fn open(path: &Path) -> anyhow::Result<(Box<dyn BufRead + Send>, Option<u64>)> {
    if path == Path::new("-") {
        return Ok((Box::new(BufReader::new(io::stdin())), None));
    }
    let file = File::open(path).with_context(|| format!("{} cannot be opened", path.display()))?;
    let bytes = file.metadata()?.len();
    Ok((Box::new(BufReader::with_capacity(1 << 20, file)), Some(bytes)))
}

/// A bar of bytes on a terminal, nothing elsewhere.
fn start_progress(bytes: Option<u64>) -> ProgressBar {
    let target =
        if io::stderr().is_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(bytes, target);
    let template = match bytes {
        Some(_) => "{wide_bar} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left",
        None => "{spinner} {bytes}, {bytes_per_sec}",
    };
    ProgressStyle::with_template(template).map(|style| bar.clone().with_style(style)).unwrap_or(bar)
}
