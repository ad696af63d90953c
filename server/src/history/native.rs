//! Our own form, line by line: nothing to translate but names, where somebody tells them.

use super::options::{ColumnName, Options};
use super::sink::Sink;
use super::source::InputFile;
use crate::intake::doors::sent::Sent;
use crate::intake::item::Field;

/// Reads one item a line.
///
/// # Errors
/// When the file cannot be read.
pub(super) fn read(file: InputFile, options: &Options, sink: &mut Sink<'_>) -> anyhow::Result<()> {
    super::lines::read_lines(file, sink, |number, line, sink| {
        match rename(line, &options.columns)? {
            Some(item) => sink.push_json(number, &item)?,
            None => sink.push_json(number, line)?,
        }
        Ok(())
    })
}

/// The item with our names, if names were told and it is an object.
fn rename(line: &[u8], names: &[ColumnName]) -> serde_json::Result<Option<Vec<u8>>> {
    let Some(sent) = Sent::parse(line).filter(|_| !names.is_empty()) else { return Ok(None) };
    let find = |field: &str| {
        let told = names.iter().find(|name| name.field == field);
        sent.find(told.map_or(field, |name| &name.column))
    };
    let item: serde_json::Map<_, _> = Field::ALL
        .into_iter()
        .map(Field::word)
        .filter_map(|field| Some((field.to_owned(), find(field)?)))
        .map(|(field, raw)| Ok((field, serde_json::from_str(raw.get())?)))
        .collect::<serde_json::Result<_>>()?;
    serde_json::to_vec(&item).map(Some)
}

/// Whether a file that begins with an object may be of this form.
pub(super) fn recognise(file: &InputFile) -> bool {
    ["user_id", "direction", "at"].into_iter().filter(|name| file.has_member(name)).count() >= 2
}
