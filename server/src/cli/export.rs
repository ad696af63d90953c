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

use super::UsageError;
use crate::intake::written::{FIELDS, WrittenItem};
use crate::read::spreadsheet::{table_writer, text_cell};

const PAGE: u32 = 5_000;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[arg(long, value_name = "ID")]
    bot: BotId,
    /// First date in the bot's zone, such as 2026-11-01; default: the first there is
    #[arg(long, value_name = "DATE")]
    from: Option<NaiveDate>,
    /// Last date in the bot's zone, included; default: the last there is
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
    /// One JSON object a line: what import and the intake read
    Ndjson,
    /// The same fields as columns (type, id, user_id, session_id, at, direction, channel, text, intent, handled, model,
    /// input_tokens, output_tokens, cost_usd, latency_ms, model_failed, value, properties); texts that a spreadsheet would
    /// run as formulas get an apostrophe in front
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
        return Err(UsageError("--to lies before --from".to_owned()).into());
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
                table.write_record(FIELDS)?;
                Self::Csv(Box::new(table))
            }
        })
    }

    fn write(&mut self, fact: &Fact) -> anyhow::Result<()> {
        let item = WrittenItem::new(fact)?;
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

/// In the order of [`FIELDS`].
fn cells(item: &WrittenItem<'_>) -> [String; FIELDS.len()] {
    let optional = |value: Option<&str>| value.map(text_cell).unwrap_or_default();
    let count = |value: Option<u64>| value.map(|count| count.to_string()).unwrap_or_default();
    let truth = |value: Option<bool>| value.map(|value| value.to_string()).unwrap_or_default();
    let json = |value: &Option<Box<serde_json::value::RawValue>>| {
        value.as_ref().map_or("", |json| json.get()).to_owned()
    };
    [
        text_cell(item.r#type),
        text_cell(item.id),
        text_cell(item.user_id),
        optional(item.session_id),
        item.at.clone(),
        optional(item.direction),
        text_cell(item.channel),
        optional(item.text),
        optional(item.intent),
        truth(item.handled),
        optional(item.model),
        count(item.input_tokens),
        count(item.output_tokens),
        json(&item.cost_usd),
        count(item.latency_ms),
        truth(item.model_failed),
        json(&item.value),
        text_cell(&json(&item.properties)),
    ]
}
