use std::io::BufReader;

use proptest::prelude::*;

use super::*;

type Read = (Vec<(u64, Vec<String>)>, usize);

/// All rows but the first, with their lines, and how many notes there are.
fn read(text: &str, delimiter: u8) -> Read {
    let mut table = TextTable::new(BufReader::with_capacity(5, text.as_bytes()), delimiter, 0).unwrap();
    let (mut rows, mut record) = (Vec::new(), Record::default());
    while let Some(line) = table.read(&mut record).unwrap() {
        let cells = (0..record.len()).map(|place| record.get(place).unwrap().to_owned());
        rows.push((line, cells.collect()));
    }
    (rows, table.take_notes().len())
}

fn rows(rows: &[(u64, &[&str])]) -> Vec<(u64, Vec<String>)> {
    rows.iter().map(|(line, cells)| (*line, cells.iter().map(|cell| (*cell).to_owned()).collect())).collect()
}

#[test]
fn rows_are_read_by_rfc_4180() {
    let text = "h\r\na,\"b, \"\"c\"\"\r\nd\",\r\n\r\n\"\",x\"y\r\nlast";
    assert_eq!(
        read(text, b','),
        (rows(&[(2, &["a", "b, \"c\"\r\nd", ""]), (5, &["", "x\"y"]), (6, &["last"])]), 0)
    );
    assert_eq!(read("h\ra;b\rc", b';'), (rows(&[(2, &["a", "b"]), (3, &["c"])]), 0));
}

#[test]
fn a_stray_quote_swallows_nothing() {
    let text = "h\nu,\"hello,in\nu,\"a, b\",in\nu,\"say \"x\" ok, no\",in\n\"u,c\n";
    let expected: &[(u64, &[&str])] = &[
        (2, &["u", "\"hello", "in"]),
        (3, &["u", "a, b", "in"]),
        (4, &["u", "say \"x\" ok, no", "in"]),
        (5, &["\"u", "c"]),
    ];
    assert_eq!(read(text, b','), (rows(expected), 3));
}

#[test]
fn a_quote_that_is_closed_behind_other_rows_is_text() {
    let text = "user,at,text\na,2026-11-01T10:00:00Z,\"one\nb,2026-11-01T10:01:00Z,hi\nc,2026-11-01T10:02:00Z,a monitor of 27\"\nd,2026-11-01T10:03:00Z,\"two\nlines, of, text\"\n";
    let expected: &[(u64, &[&str])] = &[
        (2, &["a", "2026-11-01T10:00:00Z", "\"one"]),
        (3, &["b", "2026-11-01T10:01:00Z", "hi"]),
        (4, &["c", "2026-11-01T10:02:00Z", "a monitor of 27\""]),
        (5, &["d", "2026-11-01T10:03:00Z", "two\nlines, of, text"]),
    ];
    assert_eq!(read(text, b','), (rows(expected), 1));
    let text =
        "text;at\n\"one;1767323045000\nhi;1767323045001\ntwo\";1767323045002\n\"7\nor 8\";1767323045004\n";
    let (read, notes) = read(text, b';');
    assert_eq!((read.len(), notes), (4, 1));
}

#[test]
fn a_row_without_end_and_a_row_of_too_many_cells_are_errors() {
    let limit = usize::try_from(MAX_ROW_BYTES).unwrap();
    let error = |text: String| {
        let mut table = TextTable::new(text.as_bytes(), b',', 0).unwrap();
        table.read(&mut Record::default()).map(drop).unwrap_err().to_string()
    };
    assert!(error(format!("h\n{}", "x".repeat(limit + 1))).contains("line 2 is larger than 4 MiB"));
    assert!(error(format!("h\n{}", ",".repeat(MAX_CELLS))).contains("more than 20000 cells"));
}

proptest! {
    #[test]
    fn what_the_csv_crate_writes_is_read_back(table in prop::collection::vec(prop::collection::vec("[ab,;\"\r\n é]{0,6}", 2..5), 1..6)) {
        let mut writer = csv::WriterBuilder::new().flexible(true).quote_style(csv::QuoteStyle::Always).from_writer(Vec::new());
        writer.write_record(["h"]).unwrap();
        table.iter().for_each(|row| writer.write_record(row).unwrap());
        let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
        let (read, notes) = read(&text, b',');
        prop_assert_eq!(read.into_iter().map(|(_, cells)| cells).collect::<Vec<_>>(), table);
        prop_assert_eq!(notes, 0);
    }
}
