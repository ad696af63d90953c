//! `parlance export`: everything a bot ever sent, in order of time, page by page.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use analytics::fact::Fact;
use analytics::ids::BotId;
use analytics::instant::{Instant, TimeRange};
use anyhow::Context;
use chrono::NaiveDate;
use store::Store;
use store::bots::{Bot, BotScope};
use store::export::ExportCursor;
use store::private_file::create_private_file;

use crate::history::usage::UsageError;
use crate::intake::item::{Field, Item, Kind, MESSAGE, Value};
use crate::read::spreadsheet::{table_writer, text_cell};

const PAGE: u32 = 5_000;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[arg(long, value_name = "ID")]
    bot: BotId,
    /// First date in the bot's zone, such as 2026-11-01; default: the first date with data
    #[arg(long, value_name = "DATE")]
    from: Option<NaiveDate>,
    /// Last date in the bot's zone, included; default: the last date with data
    #[arg(long, value_name = "DATE")]
    to: Option<NaiveDate>,
    #[arg(long)]
    format: Format,
    /// Write to this new file, which only its owner may read; default: stdout
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Format {
    /// One JSON object a line, as import and intake read it
    Ndjson,
    /// The same fields as columns (type, id, user_id, session_id, at, direction, channel, text, intent, handled, model,
    /// input_tokens, output_tokens, cost_usd, latency_ms, model_failed, value, properties); texts that a spreadsheet would
    /// run as formulas begin with an apostrophe
    Csv,
}

pub(super) async fn run(store: &Store, args: Args) -> anyhow::Result<ExitCode> {
    let bot = store.find_bot(BotScope::All, args.bot).await?;
    let bot = bot.with_context(|| format!("there is no bot {}", args.bot))?;
    let range = read_range(&bot, args.from, args.to)?;
    let mut writer = FactWriter::new(args.format, open_output(args.output.as_deref())?)?;
    let mut cursor: Option<ExportCursor> = None;
    loop {
        let page = store.load_facts(bot.id, range, cursor.as_ref(), PAGE).await?;
        let Some(last) = page.last() else { break };
        cursor = Some((last.at, last.id.as_str().to_owned()));
        page.iter().try_for_each(|fact| writer.write(fact))?;
    }
    writer.finish()?;
    Ok(ExitCode::SUCCESS)
}

fn read_range(
    bot: &Bot,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
) -> anyhow::Result<Option<TimeRange>> {
    if from.is_none() && to.is_none() {
        return Ok(None);
    }
    if from.zip(to).is_some_and(|(from, to)| to < from) {
        return Err(UsageError("--to is before --from".to_owned()).into());
    }
    let start = from.map_or(Instant::from_ms(i64::MIN), |date| bot.calendar.day(date).start);
    let end = to.map_or(Instant::from_ms(i64::MAX), |date| bot.calendar.day(date).end);
    Ok(Some(TimeRange::new(start, end)))
}

type Out = Box<dyn Write + Send>;

fn open_output(path: Option<&Path>) -> anyhow::Result<Out> {
    let Some(path) = path else { return Ok(Box::new(io::stdout())) };
    let file = create_private_file(path).with_context(|| format!("{} cannot be written", path.display()))?;
    Ok(Box::new(file))
}

enum FactWriter {
    Ndjson(BufWriter<Out>),
    Csv(Box<csv::Writer<Out>>),
}

impl FactWriter {
    fn new(format: Format, out: Out) -> anyhow::Result<Self> {
        Ok(match format {
            Format::Ndjson => Self::Ndjson(BufWriter::new(out)),
            Format::Csv => {
                let mut table = table_writer(out);
                table.write_record(Field::ALL.map(Field::word))?;
                Self::Csv(Box::new(table))
            }
        })
    }

    fn write(&mut self, fact: &Fact) -> anyhow::Result<()> {
        let item = Item::of_fact(fact)?;
        match self {
            Self::Ndjson(lines) => {
                serde_json::to_writer(&mut *lines, &item)?;
                lines.write_all(b"\n")?;
            }
            Self::Csv(table) => table.write_record(cells(&item))?,
        }
        Ok(())
    }

    fn finish(self) -> io::Result<()> {
        match self {
            Self::Ndjson(mut lines) => lines.flush(),
            Self::Csv(mut table) => table.flush(),
        }
    }
}

/// In the order of [`Field::ALL`]. A message says here that it is one.
fn cells(item: &Item<'_>) -> [String; Field::ALL.len()] {
    Field::ALL.map(|field| match (field, item.get(field)) {
        (Field::Type, None) => MESSAGE.to_owned(),
        (_, None) => String::new(),
        (_, Some(value)) => cell(field, value),
    })
}

/// Texts and objects could be run as formulas; numbers could not.
fn cell(field: Field, value: &Value<'_>) -> String {
    match field.kind() {
        Kind::Count | Kind::Amount | Kind::Flag | Kind::Time => {
            value.as_text().unwrap_or_else(|| value.to_json()).into_owned()
        }
        _ => text_cell(&value.as_text().unwrap_or_else(|| value.to_json())),
    }
}
