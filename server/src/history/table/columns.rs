//! Tables of any origin: which column holds which of our fields.

use std::borrow::Cow;

use analytics::error::RejectionCode as Code;
use anyhow::bail;

use super::cells::{Cells, quote};
use super::dates;
use super::dialect::find_delimiter;
use super::record::{Record, Rows, find};
use super::rows::TextTable;
use super::sheet;
use super::shown::{list, shorten, show};
use crate::history::kind::Kind;
use crate::history::names::suggest;
use crate::history::options::{ColumnName, Options};
use crate::history::sink::{Rejection, Sink, Stopped, Understood};
use crate::history::source::InputFile;
use crate::history::usage::UsageError;
use crate::history::words::{is_content, read_direction};
use crate::intake::item::{Field, Item, MESSAGE, MODEL_CALL};
use crate::intake::translation::MissingTime;

/// Rows by which the form of times is found out.
const SAMPLE_ROWS: usize = 5_000;
const SAMPLE_BYTES: usize = 8 * 1024 * 1024;
/// Where a field is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Nowhere,
    Column(usize),
    /// A date in one column and the time of day in another.
    Columns(usize, usize),
}

/// Whether a table that begins like this may be of our fields.
pub(in crate::history) fn recognise(file: &InputFile) -> bool {
    if file.kind != Kind::Text {
        return false;
    }
    let (delimiter, skip) = find_delimiter(&file.head);
    let Ok(table) = TextTable::new(&file.head[..], delimiter, skip) else { return false };
    ["user_id", "at", "direction"].into_iter().filter(|name| find(table.names(), name).is_some()).count() >= 2
}

/// Reads a table as text, or a sheet of Excel's.
///
/// # Errors
/// When it cannot be read, or does not say who or when.
pub(in crate::history) fn read(
    file: InputFile,
    options: &Options,
    sink: &mut Sink<'_>,
) -> anyhow::Result<()> {
    if let (Kind::Zip, Some(workbook)) = (file.kind, &file.file) {
        return sheet::with_rows(workbook, options.max_value_bytes, |rows| {
            read_rows(rows, b'\t', options, sink)
        });
    }
    if let Some(encoding) = file.encoding {
        sink.note(format!("read as {encoding}"));
    }
    let (found, skip) = find_delimiter(&file.head);
    let delimiter = options.delimiter.unwrap_or(found);
    let mut table = TextTable::new(file.reader, delimiter, skip)?;
    read_rows(&mut table, delimiter, options, sink)
}

fn read_rows(
    rows: &mut dyn Rows,
    delimiter: u8,
    options: &Options,
    sink: &mut Sink<'_>,
) -> anyhow::Result<()> {
    if rows.names().is_empty() {
        return Ok(());
    }
    let mut columns = Columns::find(rows.names(), options)?;
    let (sample, failed) = take_sample(rows);
    columns.settle_type(&sample, options)?;
    let times: Vec<_> = sample.iter().filter_map(|(_, record)| columns.cell(record, "at")).collect();
    let times: Vec<&str> = times.iter().map(|time| time.trim()).collect();
    let settled = dates::settle(options, &columns.name("at"), &times)?;
    sink.note(columns.describe(&settled));
    let reader = RowReader { columns, options: settled, delimiter };
    for (line, record) in sample {
        reader.add(line, &record, sink)?;
    }
    failed?;
    let mut record = Record::default();
    while let Some(line) = rows.read(&mut record)? {
        reader.add(line, &record, sink)?;
        rows.take_notes().into_iter().for_each(|note| sink.note(note));
    }
    rows.take_notes().into_iter().for_each(|note| sink.note(note));
    Ok(())
}

/// The first rows, and why there are no more if they cannot be read.
fn take_sample(rows: &mut dyn Rows) -> (Vec<(u64, Record)>, anyhow::Result<()>) {
    let (mut sample, mut bytes) = (Vec::new(), 0);
    while sample.len() < SAMPLE_ROWS && bytes < SAMPLE_BYTES {
        let mut record = Record::default();
        match rows.read(&mut record) {
            Ok(Some(line)) => {
                bytes += record.bytes();
                sample.push((line, record));
            }
            Ok(None) => break,
            Err(error) => return (sample, Err(error)),
        }
    }
    (sample, Ok(()))
}

/// Where our fields are in a table.
struct Columns {
    names: Vec<String>,
    places: [Place; Field::ALL.len()],
}

impl Columns {
    /// Finds the columns, by our names or by those that were told.
    ///
    /// # Errors
    /// When a column that was told is missing, or nothing holds the user, the time or the direction.
    fn find(names: &[String], options: &Options) -> anyhow::Result<Self> {
        let mut places =
            Field::ALL.map(|field| find(names, field.word()).map_or(Place::Nowhere, Place::Column));
        for ColumnName { field, column } in &options.columns {
            let Some(place) = find_told(names, column) else {
                return Err(UsageError(format!("there is no column {column}; {}", list(names))).into());
            };
            places[place_of(field)] = place;
        }
        let columns = Self { names: names.iter().map(|name| show(name)).collect(), places };
        columns.require("user_id", "")?;
        if options.missing_time == MissingTime::Refuse {
            columns.require("at", ", or --at now for the time of the import")?;
        }
        if !columns.has("type") {
            columns.require("direction", "")?;
        }
        Ok(columns)
    }

    /// Many tables have a column `type` that is none of ours: it says who spoke, or what a message holds. Nobody wants an
    /// event called `user` of every message.
    ///
    /// # Errors
    /// When it is none of ours, and nothing else holds the direction.
    fn settle_type(&mut self, sample: &[(u64, Record)], options: &Options) -> anyhow::Result<()> {
        if !self.has("type") || options.columns.iter().any(|told| told.field == "type") {
            return Ok(());
        }
        let cell = |record, field| self.cell(record, field).filter(|cell| !cell.trim().is_empty());
        let types: Vec<_> =
            sample.iter().filter_map(|(_, record)| Some((record, cell(record, "type")?))).collect();
        let all =
            |is: &dyn Fn(&Record, &str) -> bool| types.iter().all(|(record, word)| is(record, word.trim()));
        let tells_direction = all(&|_, word| read_direction(word).is_some());
        let is_ours = types.iter().any(|(_, word)| [MESSAGE, MODEL_CALL].contains(&word.trim()));
        let tells_content =
            all(&|record, word| is_content(word) || self.filled(record, "direction").is_some());
        if types.is_empty() || is_ours || !(tells_direction || tells_content) {
            return Ok(());
        }
        let place = std::mem::replace(&mut self.places[place_of("type")], Place::Nowhere);
        if tells_direction && !self.has("direction") {
            self.places[place_of("direction")] = place;
        }
        self.require("direction", "")
    }

    fn require(&self, field: &str, otherwise: &str) -> anyhow::Result<()> {
        if self.has(field) {
            return Ok(());
        }
        let names: Vec<_> = self.names.iter().map(String::as_str).collect();
        let hint = match suggest(field, &names) {
            Some(name) => {
                let name = show(name);
                format!("{name} looks like it: give --column {field}={name}{otherwise}")
            }
            None => format!("name the column: --column {field}=…{otherwise}"),
        };
        bail!("there is no column {field}; {hint}; {}", list(&self.names))
    }

    fn has(&self, field: &str) -> bool {
        self.places[place_of(field)] != Place::Nowhere
    }

    /// What the table calls a field.
    fn name(&self, field: &str) -> String {
        let name = |place: usize| self.names.get(place).map_or("", String::as_str);
        match self.places[place_of(field)] {
            Place::Nowhere => field.to_owned(),
            Place::Column(place) => name(place).to_owned(),
            Place::Columns(one, other) => format!("{} and {}", name(one), name(other)),
        }
    }

    fn cell<'a>(&self, record: &'a Record, field: &str) -> Option<Cow<'a, str>> {
        match self.places[place_of(field)] {
            Place::Nowhere => None,
            Place::Column(place) => record.get(place).map(Cow::Borrowed),
            Place::Columns(one, other) => {
                Some(Cow::Owned(dates::join(record.get(one)?.trim(), record.get(other)?.trim())))
            }
        }
    }

    /// A cell with something in it.
    fn filled<'a>(&self, record: &'a Record, field: &str) -> Option<Cow<'a, str>> {
        self.cell(record, field).filter(|cell| !cell.trim().is_empty())
    }

    /// What every column was taken for.
    fn describe(&self, options: &Options) -> String {
        let taken = Field::ALL.into_iter().map(Field::word).filter(|field| self.has(field));
        let taken: Vec<_> = taken.map(|field| format!("{field} is {}", self.name(field))).collect();
        let used = |place: usize| {
            self.places.iter().any(|of| match of {
                Place::Nowhere => false,
                Place::Column(one) => *one == place,
                Place::Columns(one, other) => *one == place || *other == place,
            })
        };
        let unused: Vec<_> = self
            .names
            .iter()
            .enumerate()
            .filter(|(place, _)| !used(*place))
            .map(|(_, name)| name.clone())
            .collect();
        let mut text = taken.join(", ");
        if let Some(format) = &options.date_format {
            text += &format!("; dates are {}", format.word());
        }
        if let Some(zone) = options.time_zone {
            text += &format!("; times without an offset are in {zone}");
        }
        if !unused.is_empty() {
            text += &format!("; not read: {}", shorten(&unused));
        }
        text
    }
}

/// A column by its name, or two joined by a plus sign: `Date+Time`.
fn find_told(names: &[String], told: &str) -> Option<Place> {
    let joined = || {
        let (one, other) = told.split_once('+')?;
        Some(Place::Columns(find(names, one.trim())?, find(names, other.trim())?))
    };
    find(names, told).map(Place::Column).or_else(joined)
}

fn place_of(field: &str) -> usize {
    Field::ALL.iter().position(|known| known.word() == field).unwrap_or_default()
}

struct RowReader {
    columns: Columns,
    options: Options,
    delimiter: u8,
}

impl RowReader {
    fn add(&self, line: u64, record: &Record, sink: &mut Sink<'_>) -> Result<(), Stopped> {
        let item = match self.read(record) {
            Ok(item) => item,
            Err(rejection) => return sink.reject(line, rejection),
        };
        match sink.understand(&item) {
            Some(Understood::Rejected(rejection)) => sink.reject(line, self.name(rejection)),
            Some(understood) => sink.add(line, understood),
            None => Ok(()),
        }
    }

    fn read<'a>(&'a self, record: &'a Record) -> Result<Item<'a>, Rejection> {
        if !record.is_utf_8() {
            let detail = "the row is not UTF-8: save the table as UTF-8 or UTF-16";
            return Err(Rejection { detail: detail.into(), ..Rejection::new(Code::RowInvalid) });
        }
        self.check_width(record)?;
        let cells = Cells {
            cell: |field: &str| self.columns.cell(record, field),
            column: &|field| self.columns.name(field),
            options: &self.options,
            delimiter: self.delimiter,
        };
        cells.item()
    }

    /// A row with more cells than the table has columns is not what it seems: a delimiter stands in a text without
    /// quotes. Empty cells at its end are nothing.
    fn check_width(&self, record: &Record) -> Result<(), Rejection> {
        let columns = self.columns.names.len();
        let extra = (columns..record.len())
            .filter_map(|place| record.get(place))
            .find(|cell| !cell.trim().is_empty());
        let Some(extra) = extra else { return Ok(()) };
        let detail = format!(
            "the row has {} cells and the table {columns} columns: are quotes missing around a cell? After the last column comes {}",
            record.len(),
            quote(extra)
        );
        Err(Rejection { detail: detail.into(), ..Rejection::new(Code::RowInvalid) })
    }

    /// Names the column of what the item reader rejects.
    fn name(&self, rejection: Rejection) -> Rejection {
        Rejection { field: rejection.field.map(|field| self.columns.name(&field)), ..rejection }
    }
}
