//! Any file in each format that is imported.

use std::io::Write;

use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::TestCaseError;
use tempfile::NamedTempFile;

use super::format::{FORMATS, find};
use super::import::preview;
use super::open::open;
use super::options::Options;
use super::sink::Understood;
use crate::fuzzing::{READER, check_fact, edited, load, within_limits};
use crate::intake::translation::MissingTime;

const FOREIGN: [&str; 3] = ["user_id=Sender", "at=When", "direction=who said it"];
/// Longest name of something that is skipped, in bytes.
const MAX_SKIPPED_BYTES: usize = 40;

/// Imports a file as the command does, without storing it; gives back how many facts it holds, or `None` when it is
/// refused.
fn import(format: &str, options: &Options, content: &[u8]) -> Result<Option<usize>, TestCaseError> {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(content).unwrap();
    let read = || -> anyhow::Result<_> {
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        let opened = runtime.block_on(open(file.path(), find(format), options))?;
        preview(opened, options, READER, usize::MAX)
    };
    let Ok((_, rows)) = within_limits(content.len(), read)? else { return Ok(None) };
    let mut facts = 0;
    for (_, understood) in &rows {
        match understood {
            Understood::Fact(fact) => {
                check_fact(fact)?;
                facts += 1;
            }
            Understood::Skipped(name) => prop_assert!(name.len() <= MAX_SKIPPED_BYTES),
            Understood::Rejected(_) => {}
        }
    }
    Ok(Some(facts))
}

fn told(columns: &[&str]) -> Options {
    Options {
        columns: columns.iter().map(|column| column.parse().unwrap()).collect(),
        time_zone: "Europe/Berlin".parse().ok(),
        missing_time: MissingTime::Now,
        bot_names: vec!["Helper".to_owned()],
        ..Options::default()
    }
}

fn any_of(folders: &[&str]) -> impl Strategy<Value = Vec<u8>> {
    edited(folders.iter().flat_map(|folder| load(folder)).collect())
}

#[test]
fn the_samples_are_understood() {
    let count = |format, columns: &[&str], folder: &str| {
        let files = load(folder).into_iter();
        files.map(|file| import(format, &told(columns), &file).unwrap().unwrap()).sum::<usize>()
    };
    assert_eq!(count("csv", &[], "csv"), 3);
    assert_eq!(count("csv", &FOREIGN, "csv-foreign"), 3);
    assert_eq!(count("botpress-v12", &[], "botpress-lines"), 2);
    assert_eq!(count("botpress-v12", &[], "botpress-table"), 2);
    assert_eq!(count("bot-framework", &[], "transcript"), 3);
    assert_eq!(count("rasa-broker-file", &[], "rasa-lines"), 4);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_file_of_items(content in any_of(&["native"])) {
        import("ndjson", &told(&[]), &content)?;
    }

    #[test]
    fn any_table(content in any_of(&["csv", "csv-foreign"]), delimiter in select(vec![None, Some(b','), Some(b';'), Some(b'\t')])) {
        import("csv", &Options { delimiter, ..told(&[]) }, &content)?;
        import("csv", &Options { delimiter, ..told(&FOREIGN) }, &content)?;
    }

    #[test]
    fn any_sample_in_any_format(content in any_of(&["botpress-lines", "botpress-table", "transcript", "rasa-lines", "histories"]), format in select(FORMATS)) {
        import(format.name, &told(&[]), &content)?;
    }
}
