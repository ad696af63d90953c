//! Tables as people have them: nothing in them is lost without a word, and nothing is made up.

use std::path::Path;

use serde_json::{Value, json};

use crate::import_formats::{Importer, counts};

fn import(text: &str, flags: &[&str], code: i32) -> (Value, Vec<Value>) {
    let importer = Importer::new();
    let file = importer.parlance.write("table.csv", text);
    let summary = importer.import_to(code, "csv", &file, flags);
    (summary, importer.export())
}

fn refusal(text: &str, flags: &[&str]) -> String {
    let importer = Importer::new();
    let file = importer.parlance.write("table.csv", text);
    importer.refusal(1, "csv", &file, flags)
}

#[test]
fn a_table_that_does_not_say_when_is_refused_unless_somebody_wants_it_so() {
    let table =
        "user_id,timestamp,direction\nu-1,2025-03-01T10:00:00Z,incoming\nu-1,2025-03-01T10:00:05Z,outgoing\n";
    let refused = refusal(table, &[]);
    assert!(refused.contains("timestamp looks like it: give --column at=timestamp"), "{refused}");
    let (summary, stored) = import(table, &["--column", "at=timestamp"], 0);
    assert_eq!((counts(&summary), &stored[0]["at"]), ([2, 2, 0], &json!("2025-03-01T10:00:00Z")));
    let (summary, stored) = import(table, &["--at", "now"], 0);
    assert_eq!(counts(&summary), [2, 2, 0]);
    assert!(!stored[0]["at"].as_str().unwrap().starts_with("2025-03"));
}

#[test]
fn rows_that_do_not_say_when_are_rejected_in_every_format() {
    let importer = Importer::new();
    let items = "{\"user_id\":\"u\",\"timestamp\":\"2025-03-01T10:00:00Z\",\"direction\":\"incoming\"}\n{\"user_id\":\"u\",\"created_at\":\"2025-03-01T10:00:05Z\",\"direction\":\"outgoing\"}\n";
    let activity = json!([{"type": "message", "id": "1", "from": {"id": "a", "role": "user"}, "conversation": {"id": "c"}}]);
    let event = json!({"event": "user", "sender_id": "a", "text": "hi", "message_id": "m"});
    let tracker = json!({"sender_id": "a", "events": [event]});
    for (format, text, rows) in [
        ("ndjson", items.to_owned(), 2),
        ("bot-framework", activity.to_string(), 1),
        ("rasa-broker-file", event.to_string(), 1),
        ("rasa-tracker-json", tracker.to_string(), 1),
    ] {
        let file = importer.parlance.write("rows", &text);
        let summary = importer.import_to(1, format, &file, &[]);
        assert_eq!(summary["rejected"]["at_missing"]["count"], rows, "{format}: {summary}");
    }
    let file = importer.parlance.write("rows", items);
    let summary = importer.import_to(1, "ndjson", &file, &[]);
    let hint = summary["rejected"]["at_missing"]["examples"][0]["detail"].as_str().unwrap();
    assert!(hint.contains("--column at=timestamp"), "{hint}");
    let summary = importer.import_to(1, "ndjson", &file, &["--column", "at=timestamp"]);
    assert_eq!(counts(&summary), [2, 1, 0], "{summary}");
}

#[test]
fn a_stray_quote_swallows_no_row() {
    let mut table = "id,user_id,at,direction,text\n".to_owned();
    for id in 1..=1_000 {
        let quote = if id == 10 { "\"" } else { "" };
        table.push_str(&format!("{id},u,{},incoming,{quote}hello {id}\n", 1_700_000_000 + id));
    }
    let (summary, stored) = import(&table, &[], 0);
    assert_eq!((counts(&summary), stored.len()), ([1_000, 1_000, 0], 1_000));
    assert!(summary["notes"].to_string().contains("line 11: a quote"), "{summary}");
}

#[test]
fn a_row_that_is_cut_in_too_many_cells_is_named() {
    let (summary, _) = import("user_id,at,direction,text\nu,1700000000,in,a, b\nu,1700000001,in,c\n", &[], 1);
    assert_eq!(counts(&summary), [2, 1, 0]);
    let example = &summary["rejected"]["row_invalid"]["examples"][0];
    assert_eq!(example["line"], 2);
    assert!(example["detail"].as_str().unwrap().contains("5 cells"), "{example}");
}

#[test]
fn local_times_need_a_zone_and_dates_of_two_readings_need_a_format() {
    let local = "user_id,at,direction\nu-1,2025-03-01 10:00:00,incoming\nu-1,2025-07-01T10:00:05,outgoing\n";
    assert!(refusal(local, &[]).contains("--time-zone Europe/Berlin"));
    let (_, stored) = import(local, &["--time-zone", "Europe/Berlin"], 0);
    let times: Vec<_> = stored.iter().map(|item| item["at"].as_str().unwrap()).collect();
    assert_eq!(times, ["2025-03-01T09:00:00Z", "2025-07-01T08:00:05Z"]);
    let numeric =
        |day: u32| format!("user_id,at,direction\nu,{day}/4/2025 10:00,in\nu,3/4/2025 10:01 PM,in\n");
    let zone = ["--time-zone", "UTC"];
    let refused = refusal(&numeric(5), &zone);
    assert!(refused.contains("dmy") && refused.contains("mdy") && refused.contains("5/4/2025"), "{refused}");
    let at = |table: &str, flags: &[&str]| import(table, flags, 0).1[0]["at"].as_str().unwrap().to_owned();
    assert_eq!(at(&numeric(13), &zone), "2025-04-03T22:01:00Z");
    assert_eq!(at(&numeric(5), &["--time-zone", "UTC", "--date-format", "mdy"]), "2025-03-04T22:01:00Z");
    assert_eq!(
        at(
            "user_id,at,direction\nu,01|03|2025 10h00,in\n",
            &["--time-zone", "UTC", "--date-format", "%d|%m|%Y %Hh%M", "--delimiter", ","]
        ),
        "2025-03-01T10:00:00Z"
    );
    assert_eq!(
        at(
            "user_id,Date,Time,direction\nu,2025-03-01,10:00,in\n",
            &["--time-zone", "UTC", "--column", "at=Date+Time"]
        ),
        "2025-03-01T10:00:00Z"
    );
}

#[test]
fn every_way_to_write_a_moment_is_read() {
    let mut table = "user_id,at,direction\n".to_owned();
    let written = [
        "1740823200",
        "1740823200000",
        "1740823200000000",
        "1740823200000000000",
        "1740823200.25",
        "45717.4166667",
        "1.7408232E+12",
        "2025-03-01T10:00:00+0000",
        "2025-03-01 10:00:00Z",
        "2025-03-01 10:00:00 UTC",
        "2025-03-01 11:00:00 +0100",
        "2025-03-01T10:00Z",
        "2025-03-01T11:00:00+01",
        "2025-03-01t10:00:00z",
        "\"2025-03-01 10:00:00,250+00:00\"",
        "2025-03-01T13:00:00.3790000+03:00",
        "\"Sat, 01 Mar 2025 10:00:00 +0000\"",
        "2025-03-01 10:00:00 GMT",
        "2025-03-01T11:00:00 +01:00",
        "2025-03-01 10:00:00.123456 UTC",
        "2025-03-01 10:00:00.123456+00",
    ];
    written.iter().enumerate().for_each(|(user, at)| table.push_str(&format!("u-{user},{at},incoming\n")));
    let (summary, stored) = import(&table, &["--time-zone", "UTC"], 0);
    assert_eq!(counts(&summary), [21, 21, 0]);
    assert!(
        stored.iter().all(|item| item["at"].as_str().unwrap().starts_with("2025-03-01T10:00:00")),
        "{stored:?}"
    );
}

#[test]
fn words_for_directions_and_nothing_and_numbers_are_read_as_programs_write_them() {
    let words = "user_id,at,direction\n";
    let rows = [
        "incoming",
        "Outgoing",
        " in ",
        "out",
        "inbound",
        "outbound",
        "user",
        "bot",
        "assistant",
        "agent",
        "human",
        "sent",
        "received",
        "customer",
    ];
    let rows: String = rows
        .iter()
        .enumerate()
        .map(|(user, word)| format!("u-{user},{},{word}\n", 1_700_000_000 + user))
        .collect();
    let (_, stored) = import(&format!("{words}{rows}"), &[], 0);
    let incoming = stored.iter().filter(|item| item["direction"] == "incoming").count();
    assert_eq!((stored.len(), incoming), (14, 7));
    let (summary, _) = import(&format!("{words}u,1700000000,0\nu,1700000000,1\n"), &[], 1);
    assert_eq!(summary["rejected"]["direction_invalid"]["examples"][0]["field"], "direction");
    let nulls = "id,user_id,session_id,at,direction,text\n1,u-1,NULL,1700000000,incoming,NULL\n2,u-1,\\N,1700000000,outgoing,\\N\n3,NULL,,1700000000,incoming,\n";
    let (summary, stored) = import(nulls, &[], 1);
    assert_eq!(counts(&summary), [3, 2, 0]);
    assert_eq!(summary["rejected"]["user_id_missing"]["first_lines"], json!([4]));
    assert!(stored.iter().all(|item| item["session_id"].is_null()));
    let decimals = "id;user_id;at;direction;model;cost_usd;latency_ms\n1;u;2025-03-01T10:00:00Z;outgoing;m;0,0012;812,5\n";
    let (_, stored) = import(decimals, &[], 0);
    assert_eq!((&stored[0]["cost_usd"], &stored[0]["latency_ms"]), (&json!(0.0012), &json!(812)));
    let (_, stored) =
        import("sep=;\nuser_id;at;direction;text\nu;1700000000;in;\"hello; you\nthere\"\n", &[], 0);
    assert_eq!(stored.len(), 1);
}

#[test]
fn a_sheet_of_excel_is_a_table_too() {
    let importer = Importer::new();
    let sheet =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/samples/tables/chats.xlsx").display().to_string();
    let refused = importer.refusal(1, "csv", &sheet, &[]);
    assert!(refused.contains("--time-zone"), "{refused}");
    let flags = ["--time-zone", "UTC"];
    let summary = importer.import_recognised(1, &sheet, &flags);
    assert_eq!(counts(&summary), [4, 3, 0], "{summary}");
    let example = &summary["rejected"]["at_invalid"]["examples"][0];
    assert_eq!((&example["line"], &example["field"]), (&json!(5), &json!("at")));
    assert_eq!(counts(&importer.import_recognised(1, &sheet, &flags)), [4, 0, 3]);
    let stored = importer.export();
    let seen: Vec<_> = stored
        .iter()
        .map(|item| (&item["user_id"], item["at"].as_str().unwrap(), &item["direction"]))
        .collect();
    let (ada, incoming, outgoing) = (&json!("ada"), &json!("incoming"), &json!("outgoing"));
    assert_eq!(
        seen,
        [
            (ada, "2025-03-01T10:00:00Z", incoming),
            (ada, "2025-03-01T12:00:00Z", outgoing),
            (&json!("7"), "2025-03-01T13:00:00Z", incoming)
        ]
    );
}

#[test]
fn an_import_of_excel_says_that_other_sheets_are_not_read() {
    let importer = Importer::new();
    let sheets = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/samples/tables/two-sheets.xlsx")
        .display()
        .to_string();
    let summary = importer.import_recognised(0, &sheets, &[]);
    assert_eq!(counts(&summary), [1, 1, 0], "{summary}");
    assert!(summary["notes"].to_string().contains("sheet A (the other sheet is not read)"), "{summary}");
}

#[test]
fn an_archive_that_unpacks_to_too_much_is_refused_before_it_is_read() {
    use std::io::Write;

    let importer = Importer::new();
    let path = importer.parlance.database.folder().join("bomb.xlsx");
    let mut archive = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
    let packed = zip::write::SimpleFileOptions::default();
    for name in ["xl/workbook.xml", "xl/sharedStrings.xml"] {
        archive.start_file(name, packed).unwrap();
        (0..65).for_each(|_| archive.write_all(&vec![b' '; 1024 * 1024]).unwrap());
    }
    archive.finish().unwrap();
    let refused = importer.refusal(1, "csv", &path.display().to_string(), &["--time-zone", "UTC"]);
    assert!(refused.contains("too large when unpacked"), "{refused}");
}

#[test]
fn tables_of_one_column_and_of_ten_thousand_are_tables() {
    assert!(refusal("user_id\nu\n", &[]).contains("the only column is user_id"));
    let names: Vec<_> = (0..10_000).map(|number| format!("column {number}")).collect();
    let wide = format!("{},user_id,at,direction\n{}u,1700000000,in\n", names.join(","), ",".repeat(10_000));
    let (summary, _) = import(&wide, &[], 0);
    assert_eq!(counts(&summary), [1, 1, 0]);
    assert!(summary["notes"][0].as_str().unwrap().len() < 2_000, "{summary}");
    let long = format!("{},b\n1,2\n", "x".repeat(10_000));
    assert!(refusal(&long, &[]).len() < 1_000);
}

#[test]
fn an_archive_or_a_folder_of_tables_is_read_file_by_file() {
    use std::io::Write;

    let importer = Importer::new();
    let table = |user: &str| format!("user_id,at,direction\n{user},1700000000,in\n");
    let folder = importer.parlance.database.folder().join("tables");
    std::fs::create_dir_all(folder.join("deep")).unwrap();
    std::fs::write(folder.join("one.csv"), table("a")).unwrap();
    std::fs::write(folder.join("deep/two.csv"), table("b")).unwrap();
    std::fs::write(folder.join("deep/broken.csv"), "user_id\nx\n").unwrap();
    std::fs::write(folder.join("readme.md"), "nothing").unwrap();
    let summary = importer.import_recognised(1, &folder.display().to_string(), &[]);
    assert_eq!(counts(&summary), [3, 2, 0], "{summary}");
    assert_eq!(summary["rejected"]["not_an_object"]["examples"][0]["file"], "deep/broken.csv");
    assert!(summary["notes"].to_string().contains("readme.md"), "{summary}");
    let path = importer.parlance.database.folder().join("tables.zip");
    let mut archive = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
    for user in ["a", "c"] {
        archive.start_file(format!("{user}.csv"), zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(table(user).as_bytes()).unwrap();
    }
    archive.finish().unwrap();
    assert_eq!(counts(&importer.import_recognised(0, &path.display().to_string(), &[])), [2, 1, 1]);
    let packed = importer.parlance.database.folder().join("table.csv.gz");
    let mut gzip =
        flate2::write::GzEncoder::new(std::fs::File::create(&packed).unwrap(), flate2::Compression::fast());
    gzip.write_all(table("a").as_bytes()).unwrap();
    gzip.finish().unwrap();
    assert_eq!(counts(&importer.import_recognised(0, &packed.display().to_string(), &[])), [1, 0, 1]);
}

#[test]
fn a_column_type_that_says_who_spoke_or_what_a_message_holds_names_no_events() {
    let at = "2026-11-01T10:00:00Z";
    let (_, stored) = import(&format!("user_id,at,type\nada,{at},user\nada,{at},bot\n"), &[], 0);
    let directions: Vec<_> = stored.iter().map(|item| item["direction"].clone()).collect();
    assert!(directions.contains(&json!("incoming")) && directions.contains(&json!("outgoing")), "{stored:?}");
    let text = format!("user_id,at,type,direction\nada,{at},text,in\nada,{at},image,out\n");
    let (_, stored) = import(&text, &[], 0);
    assert!(stored.iter().all(|item| item["type"] == "message" || item["type"].is_null()), "{stored:?}");
    assert_eq!(stored.len(), 2);
    assert!(refusal(&format!("user_id,at,type\nada,{at},text\n"), &[]).contains("direction"));
    let text = format!("user_id,at,type,direction\nada,{at},message,in\nada,{at},order,\n");
    let (_, stored) = import(&text, &[], 0);
    assert!(stored.iter().any(|item| item["type"] == "order"), "{stored:?}");
}

#[test]
fn words_for_nothing_and_blanks_around_names_are_none_of_the_names() {
    let row =
        |user: &str, session: &str, text: &str| format!("{user},2026-11-01T10:00:00Z,in,{session},{text}\n");
    let head = "user_id,at,direction,session_id,text\n";
    let (_, stored) = import(&format!("{head}{}", row(" ada ", "None", "None")), &[], 0);
    assert_eq!((&stored[0]["user_id"], &stored[0]["session_id"]), (&json!("ada"), &Value::Null));
    let (summary, stored) = import(&format!("{head}{}", row("undefined", "s", "hi")), &[], 1);
    assert_eq!((stored.len(), &summary["rejected"]["user_id_missing"]["count"]), (0, &json!(1)), "{summary}");
}
