//! `parlance import`: a bot's history, in our form or in that of another product. Running it again stores what is still
//! missing: an id counts once.

use std::path::PathBuf;
use std::process::ExitCode;

use analytics::calendar::Zone;
use analytics::clock::Clock;
use analytics::ids::BotId;
use anyhow::Context;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::json;
use std::io::IsTerminal;
use store::Store;
use store::bots::BotScope;

use super::output::print_json;
use crate::clock::SystemClock;
use crate::history::format::{FORMATS, Format, find};
use crate::history::import::{Import, preview};
use crate::history::open::{Opened, open};
use crate::history::options::{ColumnName, DateFormat, Options, WhatCounts, parse_delimiter};
use crate::history::sink::{Place, Understood};
use crate::intake::item::{Item, ItemReader};
use crate::intake::translation::MissingTime;

/// How many rows a dry run shows.
const SHOWN_ROWS: usize = 10;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[arg(long, value_name = "ID")]
    bot: BotId,
    /// Format of the history; default: recognised from the file
    #[arg(long, value_parser = format_parser())]
    format: Option<String>,
    /// For csv and ndjson: the column of a field, such as user_id=Sender; may be repeated
    #[arg(long = "column", value_name = "FIELD=COLUMN")]
    columns: Vec<ColumnName>,
    /// For tables: the character between the columns, or tab; default: recognised from the file
    #[arg(long, value_name = "CHARACTER", value_parser = parse_delimiter)]
    delimiter: Option<u8>,
    /// Zone of times without an offset from UTC, such as Europe/Berlin
    #[arg(long, value_name = "ZONE")]
    time_zone: Option<Zone>,
    /// How dates are written: dmy for 31/12/2026 23:59, mdy for 12/31/2026, or a pattern such as %d/%m/%Y %H:%M
    #[arg(long, value_name = "FORMAT")]
    date_format: Option<DateFormat>,
    /// Store rows without a time at the moment of the import; they count again when they are imported again
    #[arg(long, value_name = "now", value_parser = ["now"])]
    at: Option<String>,
    /// Name or id of the bot in a chat; may be repeated
    #[arg(long = "bot-name", value_name = "NAME")]
    bot_names: Vec<String>,
    /// For slack and discord: also count messages between people, not only messages to the bot
    #[arg(long)]
    all_messages: bool,
    /// Print how the first 10 rows are read, and store nothing
    #[arg(long)]
    dry_run: bool,
    /// File, folder, zip archive, or postgres://user@host/database (rasa-tracker, rasa-broker-sql) to read; default:
    /// -, which is stdin
    #[arg(default_value = "-")]
    file: PathBuf,
}

/// The names of all formats, each with what it reads.
fn format_parser() -> clap::builder::PossibleValuesParser {
    let value = |format: &Format| {
        let reads = format.reads.strip_prefix("a ").unwrap_or(format.reads);
        clap::builder::PossibleValue::new(format.name).help(format!("{}: {reads}", format.title))
    };
    FORMATS.iter().map(value).collect::<Vec<_>>().into()
}

impl Args {
    fn options(&self) -> Options {
        Options {
            columns: self.columns.clone(),
            delimiter: self.delimiter,
            time_zone: self.time_zone,
            date_format: self.date_format.clone(),
            missing_time: if self.at.is_some() { MissingTime::Now } else { MissingTime::Refuse },
            bot_names: self.bot_names.clone(),
            what_counts: if self.all_messages { WhatCounts::Everything } else { WhatCounts::SaidToBot },
            ..Options::default()
        }
    }
}

/// Prints what became of the rows. Fails when some were rejected: the others are stored all the same.
pub(super) async fn run(store: &Store, args: Args) -> anyhow::Result<ExitCode> {
    let bot = store.find_bot(BotScope::All, args.bot).await?;
    let bot = bot.with_context(|| format!("there is no bot {}", args.bot))?;
    let reader = ItemReader { arrived_at: SystemClock.now(), stores_text: bot.stores_text };
    let options = args.options();
    let format = args.format.as_deref().and_then(find);
    let opened = open(&args.file, format, &options).await?;
    if args.dry_run {
        return tokio::task::spawn_blocking(move || show(opened, &options, reader)).await?;
    }
    let (progress, meter) = (start_progress(&opened), opened.meter.clone());
    let tell = |summary: &crate::history::summary::Summary| {
        progress.set_position(if progress.length().is_some() { meter.bytes() } else { summary.read() });
    };
    let import = Import { store, bot: bot.id, reader };
    let (summary, result) = import.run(opened, options, tell).await;
    progress.finish_and_clear();
    if result.is_ok() || summary.read() > 0 {
        print_json(&summary)?;
    }
    result?;
    Ok(if summary.is_complete() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A bar of bytes, or a count of rows, on a terminal; nothing elsewhere.
fn start_progress(opened: &Opened) -> ProgressBar {
    let target = if std::io::stderr().is_terminal() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    let bar = ProgressBar::with_draw_target(opened.bytes, target);
    let template = match opened.bytes {
        Some(_) => "{wide_bar} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left",
        None => "{spinner} {human_pos} rows, {per_sec}",
    };
    ProgressStyle::with_template(template).map(|style| bar.clone().with_style(style)).unwrap_or(bar)
}

/// Prints what the first rows come to, one JSON object a line: what was found out about the file, what would be stored, in
/// the native form, or why it would not be. Fails when one of them would be rejected.
fn show(opened: Opened, options: &Options, reader: ItemReader) -> anyhow::Result<ExitCode> {
    let format = opened.format.name;
    let (notes, rows) = preview(opened, options, reader, SHOWN_ROWS)?;
    if !notes.is_empty() {
        print_json(&json!({ "format": format, "notes": notes }))?;
    }
    let mut code = ExitCode::SUCCESS;
    for (place, understood) in &rows {
        show_row(place, understood)?;
        if matches!(understood, Understood::Rejected(_)) {
            code = ExitCode::FAILURE;
        }
    }
    Ok(code)
}

fn show_row(place: &Place, understood: &Understood) -> anyhow::Result<()> {
    let shown = match understood {
        Understood::Fact(fact) => return print_json(&Item::of_fact(fact)?),
        Understood::Skipped(what) => json!({ "row": place.row, "skipped": what }),
        Understood::Rejected(rejection) => {
            let mut shown =
                json!({ "row": place.row, "rejected": rejection.code.as_str(), "detail": rejection.detail });
            if let Some(field) = &rejection.field {
                shown["field"] = json!(field);
            }
            shown
        }
    };
    print_json(&shown)
}
