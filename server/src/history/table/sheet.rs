//! Sheets of Excel's (`.xlsx`), cell by cell. A workbook is measured before it is opened: its parts are packed, and the
//! texts of its cells are all in memory at once.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek};

use anyhow::{Context, bail};
use calamine::{DataRef, ExcelDateTime, Reader, Xlsx};
use zip::ZipArchive;

use super::record::{MAX_CELLS, Record, Rows};

/// Most bytes of all of its parts, unpacked.
const MAX_BYTES: u64 = 2 * 1024 * 1024 * 1024;
const MAX_PARTS: usize = 10_000;
/// How the parts with rows are called; all others are in memory at once.
const SHEETS: &str = "xl/worksheets/";

/// Calls `read` with the rows of the first sheet that has any.
///
/// # Errors
/// When it is no workbook, or too large; those of `read`.
pub(super) fn with_rows(
    file: &File,
    max_text_bytes: usize,
    read: impl FnOnce(&mut dyn Rows) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    measure(file, max_text_bytes as u64)?;
    let mut file = file.try_clone()?;
    file.rewind()?;
    let mut workbook = Xlsx::new(BufReader::new(file)).context("this Excel file is damaged")?;
    let names = workbook.sheet_names();
    for name in &names {
        let Ok(cells) = workbook.worksheet_cells_reader(name) else { continue };
        let mut sheet = Sheet::new(cells, describe(name, &names))?;
        if !sheet.names.is_empty() {
            return read(&mut sheet);
        }
    }
    bail!("this Excel file has no sheet with a row in it")
}

/// The sheet that is read, and how many others are not.
fn describe(name: &str, all: &[String]) -> String {
    match all.len().saturating_sub(1) {
        0 => name.to_owned(),
        1 => format!("{name} (the other sheet is not read)"),
        others => format!("{name} (the {others} other sheets are not read)"),
    }
}

/// Unpacks every part, of which texts and styles are in memory later, without keeping it: what an archive says of its sizes need not be true.
fn measure(file: &File, max_text_bytes: u64) -> anyhow::Result<()> {
    let mut file = file.try_clone()?;
    file.rewind()?;
    let mut archive = ZipArchive::new(BufReader::new(file)).context("this Excel file is damaged")?;
    if archive.len() > MAX_PARTS {
        bail!("this Excel file has more than {MAX_PARTS} parts");
    }
    let (mut texts, mut all) = (0, 0);
    for place in 0..archive.len() {
        let part = archive.by_index(place).context("this Excel file is damaged")?;
        let is_sheet = part.name().is_ok_and(|name| name.starts_with(SHEETS));
        let bytes = io::copy(&mut part.take(MAX_BYTES + 1 - all), &mut io::sink())
            .context("this Excel file is damaged")?;
        all += bytes;
        texts += if is_sheet { 0 } else { bytes };
        if texts > max_text_bytes || all > MAX_BYTES {
            bail!("this Excel file is too large when unpacked: save it as CSV");
        }
    }
    Ok(())
}

type CellReader<'a> = calamine::XlsxCellReader<'a, BufReader<File>>;

struct Sheet<'a> {
    cells: CellReader<'a>,
    /// The first cell of the next row: row and column from 0, and its text.
    next: Option<(u32, usize, String)>,
    names: Vec<String>,
    title: Option<String>,
}

impl<'a> Sheet<'a> {
    fn new(cells: CellReader<'a>, title: String) -> anyhow::Result<Self> {
        let mut sheet = Self { cells, next: None, names: Vec::new(), title: Some(title) };
        let mut record = Record::default();
        sheet.next = sheet.next_cell()?;
        sheet.read(&mut record)?;
        sheet.names = (0..record.len())
            .filter_map(|place| record.get(place))
            .map(|name| name.trim().to_owned())
            .collect();
        Ok(sheet)
    }

    /// The next cell with something in it.
    fn next_cell(&mut self) -> anyhow::Result<Option<(u32, usize, String)>> {
        while let Some(cell) = self.cells.next_cell().context("the sheet cannot be read")? {
            let (row, column) = cell.get_position();
            if let Some(text) = write(cell.get_value()) {
                return Ok(Some((row, usize::try_from(column)?, text)));
            }
        }
        Ok(None)
    }
}

impl Rows for Sheet<'_> {
    fn names(&self) -> &[String] {
        &self.names
    }

    fn read(&mut self, record: &mut Record) -> anyhow::Result<Option<u64>> {
        record.clear();
        let Some((row, _, _)) = self.next else { return Ok(None) };
        while let Some((_, column, text)) = self.next.take_if(|(next, _, _)| *next == row) {
            if column >= MAX_CELLS {
                bail!("row {} has more than {MAX_CELLS} cells", u64::from(row) + 1);
            }
            while record.len() < column {
                record.push(b"");
            }
            if record.len() == column {
                record.push(text.as_bytes());
            }
            self.next = self.next_cell()?;
        }
        Ok(Some(u64::from(row) + 1))
    }

    fn take_notes(&mut self) -> Vec<String> {
        self.title.take().map(|title| format!("sheet {title}")).into_iter().collect()
    }
}

/// A cell as text: times as local ones, for Excel knows no zones.
fn write(value: &DataRef<'_>) -> Option<String> {
    match value {
        DataRef::Int(number) => Some(number.to_string()),
        DataRef::Float(number) => Some(number.to_string()),
        DataRef::String(text) => Some(text.clone()),
        DataRef::SharedString(text) => Some((*text).to_owned()),
        DataRef::Bool(flag) => Some(flag.to_string()),
        DataRef::DateTime(time) if time.is_datetime() => Some(write_time(time)),
        DataRef::DateTime(duration) => Some(duration.as_f64().to_string()),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Some(text.clone()),
        DataRef::Error(_) | DataRef::Empty => None,
    }
    .filter(|text| !text.trim().is_empty())
}

fn write_time(time: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, ms) = time.to_ymd_hms_milli();
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}.{ms:03}")
}
