//! Any file in each form that is imported.

use std::io::Write;

use analytics::ids::BotId;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::TestCaseError;
use tempfile::NamedTempFile;

use super::Args;
use super::chunks::Progress;
use super::format::{self, Format};
use crate::fuzzing::{READER, check_translation, edited, load, within_limits};
use crate::intake::translation::Translation;

const FOREIGN: [&str; 3] = ["user_id=Sender", "at=When", "direction=who said it"];

/// Imports a file as the command does, without storing it; gives back how many facts it holds, or `None` when it is
/// refused.
fn import(
    format: Format,
    delimiter: u8,
    columns: &[&str],
    content: &[u8],
) -> Result<Option<usize>, TestCaseError> {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(content).unwrap();
    let args = Args {
        bot: BotId::from_i64(1),
        format,
        columns: columns.iter().map(|column| column.parse().unwrap()).collect(),
        delimiter,
        dry_run: false,
        file: file.path().to_owned(),
    };
    let Ok(translation) = within_limits(content.len(), || read(&args))? else { return Ok(None) };
    Ok(Some(check_translation(&translation)?.len()))
}

fn read(args: &Args) -> anyhow::Result<Translation> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let mut rows = runtime.block_on(format::open(args))?.rows;
    let mut translation = Translation::new(READER);
    while rows.read(&mut translation)? != Progress::default() {}
    rows.finish(&mut translation);
    Ok(translation)
}

fn any_of(folders: &[&str]) -> impl Strategy<Value = Vec<u8>> {
    edited(folders.iter().flat_map(|folder| load(folder)).collect())
}

#[test]
fn the_samples_are_understood() {
    let count = |format, delimiter, columns: &[&str], folder: &str| {
        let files = load(folder).into_iter();
        files.map(|file| import(format, delimiter, columns, &file).unwrap().unwrap()).sum::<usize>()
    };
    assert_eq!(count(Format::Csv, b',', &[], "csv"), 3);
    assert_eq!(count(Format::Csv, b';', &FOREIGN, "csv-foreign"), 3);
    assert_eq!(count(Format::BotpressV12, b',', &[], "botpress-lines"), 2);
    assert_eq!(count(Format::BotpressV12, b',', &[], "botpress-table"), 2);
    assert_eq!(count(Format::BotFramework, b',', &[], "transcript"), 3);
    assert_eq!(count(Format::RasaBrokerFile, b',', &[], "rasa-lines"), 4);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_file_of_items(content in any_of(&["native"])) {
        import(Format::Ndjson, b',', &[], &content)?;
    }

    #[test]
    fn any_table(content in any_of(&["csv", "csv-foreign"]), delimiter in select(b",;\t|".to_vec())) {
        import(Format::Csv, delimiter, &[], &content)?;
        import(Format::Csv, delimiter, &FOREIGN, &content)?;
    }

    #[test]
    fn any_dump_of_botpress(content in any_of(&["botpress-lines", "botpress-table"])) {
        import(Format::BotpressV12, b',', &[], &content)?;
    }

    #[test]
    fn any_transcript(content in any_of(&["transcript"])) {
        import(Format::BotFramework, b',', &[], &content)?;
    }

    #[test]
    fn any_file_of_rasas_broker(content in any_of(&["rasa-lines"])) {
        import(Format::RasaBrokerFile, b',', &[], &content)?;
    }
}
