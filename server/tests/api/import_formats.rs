//! Histories that others have kept, imported by running the binary: as often as one likes, each message counts once.

use std::process::Output;

use serde_json::{Value, json};
use store::Store;
use store::testing::{TestDatabase, run_foreign_sql};

use crate::cli::{Parlance, stderr};

/// A bot to import into.
pub(crate) struct Importer {
    pub(crate) parlance: Parlance,
    bot: String,
}

impl Importer {
    pub(crate) fn new() -> Self {
        let parlance = Parlance::new();
        parlance.create_account();
        let bot = parlance.create_bot(&[]);
        Self { parlance, bot }
    }

    /// Imports what is to be recognised.
    pub(crate) fn run_recognised(&self, source: &str, flags: &[&str]) -> Output {
        self.parlance.run(&[&["import", "--bot", &self.bot, source][..], flags].concat())
    }

    /// The summary of such an import that ends with this code.
    pub(crate) fn import_recognised(&self, code: i32, source: &str, flags: &[&str]) -> Value {
        let output = self.run_recognised(source, flags);
        let shown = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(code), "{source}: {shown} {}", stderr(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// Why such an import is refused.
    pub(crate) fn refusal_recognised(&self, source: &str, flags: &[&str]) -> String {
        let output = self.run_recognised(source, flags);
        let shown = String::from_utf8_lossy(&output.stdout);
        assert_eq!((output.status.code(), &*shown), (Some(1), ""), "{source}: {}", stderr(&output));
        stderr(&output)
    }

    fn run(&self, format: &str, source: &str, flags: &[&str]) -> Output {
        let import = ["import", "--bot", &self.bot, "--format", format, source];
        self.parlance.run(&[&import[..], flags].concat())
    }

    /// The summary of an import that ends with this code.
    pub(crate) fn import_to(&self, code: i32, format: &str, source: &str, flags: &[&str]) -> Value {
        let output = self.run(format, source, flags);
        assert_eq!(output.status.code(), Some(code), "{format} {source}: {}", stderr(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    fn import(&self, format: &str, source: &str) -> Value {
        self.import_to(0, format, source, &[])
    }

    /// What a dry run prints, line by line.
    fn preview(&self, format: &str, source: &str, flags: &[&str]) -> (i32, Vec<Value>) {
        let output = self.run(format, source, &[&["--dry-run"], flags].concat());
        assert_eq!(stderr(&output), "", "{format} {source}");
        (output.status.code().unwrap(), read_lines(&output.stdout))
    }

    /// Why an import is refused.
    pub(crate) fn refusal(&self, code: i32, format: &str, source: &str, flags: &[&str]) -> String {
        let output = self.run(format, source, flags);
        assert_eq!(
            (output.status.code(), output.stdout.as_slice()),
            (Some(code), &b""[..]),
            "{}",
            stderr(&output)
        );
        stderr(&output)
    }

    /// Everything that is stored.
    pub(crate) fn export(&self) -> Vec<Value> {
        read_lines(&self.parlance.run(&["export", "--bot", &self.bot, "--format", "ndjson"]).stdout)
    }
}

fn read_lines(text: &[u8]) -> Vec<Value> {
    let lines = text.split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| serde_json::from_slice(line).unwrap()).collect()
}

fn lines(items: &[Value]) -> String {
    items.iter().map(|item| format!("{item}\n")).collect()
}

/// Figures of a summary: read, accepted, duplicates.
pub(crate) fn counts(summary: &Value) -> [u64; 3] {
    ["read", "accepted", "duplicates"].map(|name| summary[name].as_u64().unwrap())
}

/// Two turns in Rasa, of which the second was not understood.
fn rasa_events() -> Vec<Value> {
    let event = |at: f64, rest: Value| {
        let mut event = json!({"sender_id": "user-1", "timestamp": at, "metadata": {"model_id": "a1"}});
        event.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        event
    };
    let action = |at, name: &str| event(at, json!({"event": "action", "name": name}));
    let user = |at, text: &str, id: &str, intent: &str| {
        let parsed = json!({"intent": {"name": intent}});
        event(
            at,
            json!({"event": "user", "text": text, "message_id": id, "input_channel": "rest", "parse_data": parsed}),
        )
    };
    let bot = |at, text: &str| event(at, json!({"event": "bot", "text": text, "data": {}}));
    vec![
        event(1_767_323_045.501, json!({"event": "session_started"})),
        user(1_767_323_046.5, "hello", "m-1", "greet"),
        action(1_767_323_046.6, "utter_greet"),
        bot(1_767_323_046.700_001_2, "Hey!"),
        action(1_767_323_046.8, "action_listen"),
        user(1_767_323_065.5, "flurb", "m-2", "wombat"),
        action(1_767_323_065.6, "action_default_fallback"),
        bot(1_767_323_065.7, "Sorry?"),
        event(1_767_323_065.8, json!({"event": "rewind"})),
    ]
}

/// A database of Rasa's, on the engine that the tests run on, and how it is named to an import.
struct RasaDatabase {
    _database: TestDatabase,
    source: String,
}

impl RasaDatabase {
    fn new(statements: &[String]) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let database = runtime.block_on(TestDatabase::empty()).unwrap();
        runtime.block_on(run_foreign_sql(database.url(), &statements.join(";\n"))).unwrap();
        let source = database.url().strip_prefix("sqlite://").unwrap_or(database.url()).to_owned();
        Self { _database: database, source }
    }

    fn tracker(events: &[Value]) -> Self {
        let table = "create table events (id integer primary key, sender_id varchar(255) not null,
            type_name varchar(255) not null, timestamp float, intent_name varchar(255), action_name varchar(255), data text)";
        let rows = events.iter().enumerate().map(|(id, event)| {
            let mut data = event.clone();
            data.as_object_mut().unwrap().remove("sender_id");
            let (sender, name, at) = (&event["sender_id"], &event["event"], &event["timestamp"]);
            format!(
                "insert into events values ({id}, {sender}, {name}, {at}, null, null, {})",
                quote(&data.to_string())
            )
            .replace(&sender.to_string(), &quote(sender.as_str().unwrap()))
            .replacen(&name.to_string(), &quote(name.as_str().unwrap()), 1)
        });
        Self::new(&[vec![table.to_owned()], rows.collect()].concat())
    }

    fn broker(events: &[Value]) -> Self {
        let table =
            "create table events (id integer primary key, sender_id varchar(255), data text)".to_owned();
        let rows = events.iter().enumerate().map(|(id, event)| {
            format!("insert into events values ({id}, 'user-1', {})", quote(&event.to_string()))
        });
        Self::new(&[vec![table], rows.collect()].concat())
    }
}

fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[test]
fn rasas_three_histories_are_one() {
    let importer = Importer::new();
    let events = rasa_events();
    let file = importer.parlance.write("events.log", &lines(&events));
    let (tracker, broker) = (RasaDatabase::tracker(&events), RasaDatabase::broker(&events));
    let sources = [
        ("rasa-broker-file", file.as_str()),
        ("rasa-tracker", &tracker.source),
        ("rasa-broker-sql", &broker.source),
        ("rasa-tracker", &tracker.source),
    ];
    for (place, (format, source)) in sources.into_iter().enumerate() {
        let summary = importer.import(format, source);
        assert_eq!(counts(&summary), if place == 0 { [9, 4, 0] } else { [9, 0, 4] }, "{format}: {summary}");
        assert_eq!(summary["skipped"], json!({"action": 3, "rewind": 1, "session_started": 1}));
    }
    let stored = importer.export();
    let seen: Vec<_> =
        stored.iter().map(|item| (&item["direction"], &item["channel"], &item["handled"])).collect();
    let (incoming, outgoing, rest) = (&json!("incoming"), &json!("outgoing"), &json!("rest"));
    let (unknown, unhandled) = (&Value::Null, &json!(false));
    assert_eq!(
        seen,
        [
            (incoming, rest, unknown),
            (outgoing, rest, unknown),
            (incoming, rest, unhandled),
            (outgoing, rest, unknown)
        ]
    );
}

#[test]
fn a_conversation_that_lies_across_batches_is_read_as_one() {
    let importer = Importer::new();
    let event = |number: usize| {
        let at = 1_767_323_046.5 + number as f64;
        match number {
            4_999 => {
                json!({"event": "user", "sender_id": "u", "timestamp": at, "message_id": "m", "input_channel": "web"})
            }
            5_001 => {
                json!({"event": "action", "sender_id": "u", "timestamp": at, "name": "action_default_fallback"})
            }
            5_002 => json!({"event": "bot", "sender_id": "u", "timestamp": at, "text": "Sorry?"}),
            _ => json!({"event": "slot", "sender_id": "u", "timestamp": at}),
        }
    };
    let events: Vec<_> = (0..5_010).map(event).collect();
    let file = importer.parlance.write("events.log", &lines(&events));
    assert_eq!(counts(&importer.import("rasa-broker-file", &file)), [5_010, 2, 0]);
    let stored = importer.export();
    assert_eq!((&stored[0]["handled"], &stored[1]["channel"]), (&json!(false), &json!("web")));
}

#[test]
fn a_table_of_rasas_with_bad_rows_names_their_ids() {
    let importer = Importer::new();
    let events = rasa_events();
    let mut bad = events[1].clone();
    bad["timestamp"] = json!(1);
    let broker = RasaDatabase::broker(&[events[1].clone(), bad, json!(7), events[3].clone()]);
    let summary = importer.import_to(1, "rasa-broker-sql", &broker.source, &[]);
    assert_eq!(counts(&summary), [4, 2, 0]);
    assert_eq!(summary["rejected"]["at_too_early"]["first_lines"], json!([1]));
    assert_eq!(summary["rejected"]["not_an_object"]["first_lines"], json!([2]));
}

#[test]
fn a_history_of_another_kind_is_refused_in_one_sentence() {
    let importer = Importer::new();
    let write = |name: &str, contents: &str| importer.parlance.write(name, contents);
    let event = rasa_events().remove(1).to_string();
    let (lines, array) = (write("lines", &event), write("array", &format!("[{event}]")));
    let (text, table) = (write("text", "hello\n"), write("table", "id,name\n1,2\n"));
    let (zip, wide) = (write("zip", "PK\u{3}\u{4}"), write("half", "{\"a\": 1}\n"));
    let (tracker, broker) = (RasaDatabase::tracker(&rasa_events()), RasaDatabase::broker(&[]));
    let folder = importer.parlance.database.folder().display().to_string();
    for (format, source, reason) in [
        ("ndjson", &array, "this is a JSON array; expected one JSON object a line"),
        ("ndjson", &text, "this is text, not JSON"),
        ("ndjson", &zip, "damaged"),
        ("ndjson", &folder, "no file in it can be of this format"),
        ("ndjson", &"absent".to_owned(), "absent cannot be opened"),
        ("csv", &lines, "--format rasa-broker-file; expected a table"),
        ("csv", &table, "there is no column user_id"),
        ("rasa-broker-file", &text, "expected one event of Rasa a line"),
        ("rasa-broker-file", &wide, "line 1 is not an event of Rasa"),
        ("rasa-tracker", &lines, "expected an SQLite file or a postgres:// address"),
        ("ndjson", &lines, "Rasa's file event broker): --format rasa-broker-file"),
        ("rasa-tracker", &broker.source, "event broker"),
        ("rasa-broker-sql", &tracker.source, "tracker store"),
        ("bot-framework", &text, "this is text, not JSON"),
        ("bot-framework", &array, "have no \"type\""),
        ("botpress-v12", &wide, "line 1 is not an event of Botpress"),
        ("botpress-v12", &table, "there is no column direction"),
        ("botpress-v12", &array, "this is a JSON array"),
    ] {
        let refusal = importer.refusal(1, format, source, &[]);
        assert!(refusal.contains(reason), "{format} {source}: {refusal}");
    }
    assert!(importer.export().is_empty());
}

#[test]
fn nothing_is_a_history_of_every_kind_that_is_a_file() {
    let importer = Importer::new();
    let empty = importer.parlance.write("empty", "");
    for format in ["ndjson", "csv", "rasa-broker-file", "bot-framework", "botpress-v12"] {
        assert_eq!(counts(&importer.import(format, &empty)), [0, 0, 0], "{format}");
        assert_eq!(importer.preview(format, &empty, &[]), (0, Vec::new()), "{format}");
    }
}

#[test]
fn an_export_as_a_table_is_imported_as_the_same() {
    let (one, two) = (Importer::new(), Importer::new());
    let at = "2026-01-02T03:04:05.678Z";
    let items = [
        json!({"id": "1", "user_id": "=1+1", "at": at, "direction": "incoming", "channel": "web", "intent": "-a, \"b\""}),
        json!({"id": "2", "user_id": "'a", "session_id": "s", "at": at, "direction": "outgoing", "handled": false,
            "model": "m", "input_tokens": 1, "output_tokens": 2, "cost_usd": 0.000000001, "latency_ms": 3}),
        json!({"id": "3", "type": "feedback", "user_id": "u", "at": at, "value": -1.5, "properties": {"a": "\n"}}),
    ];
    one.import("ndjson", &one.parlance.write("items", &lines(&items)));
    let table = one.parlance.run(&["export", "--bot", &one.bot, "--format", "csv"]).stdout;
    let table = two.parlance.write("table.csv", &String::from_utf8(table).unwrap());
    assert_eq!(counts(&two.import("csv", &table)), [3, 3, 0]);
    assert_eq!(counts(&two.import("csv", &table)), [3, 0, 3]);
    assert_eq!(two.export(), one.export());
}

const FOREIGN_TABLE: &str = "\u{feff}Sender;When;Who said it;Text;handled
ada;2026-01-02 03:04:05.5+00;Incoming;\"hello
you\";yes
bob;1767323045600;outgoing;hi;
;1767323045600;incoming;;
bob;02.01.2026;incoming;;
bob;1767323045600;sideways;;
bob;1767323045601;incoming;;perhaps
bob;1767323045602;incoming
";
const FLAGS: [&str; 8] = [
    "--delimiter",
    ";",
    "--column",
    "user_id=Sender",
    "--column",
    "at=When",
    "--column",
    "direction=who said it",
];

#[test]
fn a_table_of_any_origin_is_imported_by_its_columns() {
    let importer = Importer::new();
    let table = importer.parlance.write("table.csv", FOREIGN_TABLE);
    let (code, shown) = importer.preview("csv", &table, &FLAGS);
    assert_eq!((code, shown.len()), (1, 8));
    let notes = shown[0]["notes"].to_string();
    assert!(notes.contains("user_id is Sender, at is When, direction is Who said it"), "{notes}");
    let shown = &shown[1..];
    assert_eq!((&shown[0]["user_id"], &shown[0]["at"]), (&json!("ada"), &json!("2026-01-02T03:04:05.500Z")));
    assert_eq!((&shown[2]["row"], &shown[2]["rejected"]), (&json!(5), &json!("user_id_missing")));
    assert!(importer.export().is_empty());
    for accepted in [3, 0] {
        let summary = importer.import_to(1, "csv", &table, &FLAGS);
        assert_eq!(counts(&summary), [7, accepted, 3 - accepted]);
        let problem = &summary["rejected"]["at_invalid"]["examples"][0];
        assert_eq!((&problem["line"], &problem["field"]), (&json!(6), &json!("When")));
        let rejected = ["user_id_missing", "at_invalid", "direction_invalid", "value_invalid"];
        let lines = rejected.map(|code| summary["rejected"][code]["first_lines"][0].as_u64());
        assert_eq!(lines, [Some(5), Some(6), Some(7), Some(8)]);
    }
}

#[test]
fn columns_that_are_not_there_are_named() {
    let importer = Importer::new();
    let table = importer.parlance.write("table.csv", FOREIGN_TABLE);
    for (code, flags, reason) in [
        (1, &[][..], "Sender looks like it: give --column user_id=Sender"),
        (1, &FLAGS[..2], "there are: Sender, When"),
        (1, &["--delimiter", "|"], "the only column is Sender;When"),
        (2, &["--column", "user_id=Absent"], "there is no column Absent"),
        (2, &["--column", "sender=user_id"], "sender is not a field"),
        (2, &["--delimiter", "ab"], "one character"),
    ] {
        let refusal = importer.refusal(code, "csv", &table, flags);
        assert!(refusal.contains(reason), "{flags:?}: {refusal}");
    }
}

#[test]
fn a_table_may_be_in_another_encoding() {
    let importer = Importer::new();
    let table = "user_id;direction;at\njürgen;incoming;1767323045600\nada;incoming;1767323045600\n";
    let latin: Vec<u8> = table.chars().map(|char| u8::try_from(u32::from(char)).unwrap()).collect();
    let wide: Vec<u8> = "\u{feff}"
        .chars()
        .chain(table.chars())
        .collect::<String>()
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    for (bytes, accepted) in [(latin, 2), (wide, 0), (table.as_bytes().to_vec(), 0)] {
        let path = importer.parlance.database.folder().join("encoded.csv");
        std::fs::write(&path, bytes).unwrap();
        assert_eq!(counts(&importer.import("csv", &path.display().to_string())), [2, accepted, 2 - accepted]);
    }
    // What is decoded is found out from the beginning of a file.
    let head = format!("user_id,direction,at\n{}", "ada,incoming,1767323045600\n".repeat(50_000));
    let path = importer.parlance.database.folder().join("late.csv");
    std::fs::write(&path, [head.as_bytes(), b"j\xfcrgen,incoming,1767323045600\n"].concat()).unwrap();
    let summary = importer.import_to(1, "csv", &path.display().to_string(), &[]);
    assert_eq!(summary["rejected"]["row_invalid"]["first_lines"], json!([50_002]), "{summary}");
}

fn activity(conversation: &str, id: &str, by_user: bool, kind: &str) -> Value {
    let (user, bot) = (json!({"id": "ada", "role": "user"}), json!({"id": "bot"}));
    let (from, to) = if by_user { (user, bot) } else { (bot, user) };
    json!({
        "type": kind, "id": id, "timestamp": "2026-01-02T03:04:05.678Z", "channelId": "test", "from": from,
        "recipient": to, "conversation": {"id": conversation}, "text": "hello",
    })
}

#[test]
fn transcripts_are_a_file_or_a_folder_and_count_once() {
    let importer = Importer::new();
    let activities = [
        activity("one", "0", true, "message"),
        activity("one", "a-1", false, "message"),
        activity("one", "a-2", false, "typing"),
        activity("two", "0", true, "message"),
    ];
    let folder = importer.parlance.database.folder().join("transcripts");
    for (number, activity) in activities.iter().enumerate() {
        let folder = folder.join("test").join(activity["conversation"]["id"].as_str().unwrap());
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(format!("{number}.json")), activity.to_string()).unwrap();
    }
    std::fs::write(folder.join("notes.txt"), "nothing").unwrap();
    let summary = importer.import("bot-framework", &folder.display().to_string());
    assert_eq!((counts(&summary), &summary["skipped"]), ([4, 3, 0], &json!({"typing": 1})));
    let file = importer.parlance.write("one.transcript", &format!("\u{feff}{}", json!(activities)));
    assert_eq!(counts(&importer.import("bot-framework", &file)), [4, 0, 3]);
    let directions: Vec<_> = importer.export().iter().map(|item| item["direction"].clone()).collect();
    assert_eq!(directions.iter().filter(|direction| **direction == json!("incoming")).count(), 2);
    std::fs::write(folder.join("broken.json"), "{").unwrap();
    let summary = importer.import_to(1, "bot-framework", &folder.display().to_string(), &[]);
    assert_eq!(summary["rejected"]["not_an_object"]["count"], 1);
}

fn botpress_event(id: u32, kind: &str, direction: &str) -> Value {
    json!({
        "id": id.to_string(), "channel": "web", "target": "ada", "threadId": "12", "type": kind, "direction": direction,
        "event": {"preview": "hello, \"you\"", "nlu": {"intent": {"name": "greet"}}}, "createdOn": "2026-01-02T03:04:05.678Z",
    })
}

#[test]
fn botpress_is_read_as_lines_and_as_a_table() {
    let importer = Importer::new();
    let events = [
        botpress_event(1, "visit", "incoming"),
        botpress_event(2, "text", "incoming"),
        botpress_event(3, "typing", "outgoing"),
        botpress_event(4, "carousel", "outgoing"),
    ];
    let file = importer.parlance.write("events.jsonl", &lines(&events));
    let summary = importer.import("botpress-v12", &file);
    assert_eq!((counts(&summary), &summary["skipped"]), ([4, 2, 0], &json!({"typing": 1, "visit": 1})));
    let names = ["id", "createdOn", "channel", "target", "type", "direction", "event"];
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(names).unwrap();
    for event in &events {
        let cell = |name: &str| event[name].as_str().map_or_else(|| event[name].to_string(), str::to_owned);
        table.write_record(names.map(|name| cell(name).replace("Z", "+00").replace("02T", "02 "))).unwrap();
    }
    let table = String::from_utf8(table.into_inner().unwrap()).unwrap();
    let table = importer.parlance.write("events.csv", &table);
    assert_eq!(counts(&importer.import("botpress-v12", &table)), [4, 0, 2]);
    let stored = importer.export();
    assert_eq!((&stored[0]["id"], &stored[0]["intent"]), (&json!("botpress-2"), &json!("greet")));
}

#[test]
fn a_dry_run_shows_ten_rows_and_stores_none() {
    let importer = Importer::new();
    let events: Vec<_> = rasa_events().into_iter().cycle().take(30).collect();
    let tracker = RasaDatabase::tracker(&events);
    let file = importer.parlance.write("events.log", &lines(&events));
    for (format, source) in [("rasa-broker-file", &file), ("rasa-tracker", &tracker.source)] {
        let (code, shown) = importer.preview(format, source, &[]);
        assert_eq!((code, shown.len()), (0, 10), "{format}");
        assert_eq!(shown[0]["skipped"], "session_started");
        assert_eq!((&shown[5]["direction"], &shown[5]["handled"]), (&json!("incoming"), &json!(false)));
    }
    let item = json!({"user_id": "u", "direction": "incoming", "at": 1});
    let file = importer.parlance.write("items", &lines(&[item]));
    let (code, shown) = importer.preview("ndjson", &file, &[]);
    assert_eq!((code, &shown[0]["row"], &shown[0]["rejected"]), (1, &json!(1), &json!("at_too_early")));
    assert!(importer.export().is_empty());
}

#[test]
fn a_webhooks_secret_is_set_and_taken_away() {
    let importer = Importer::new();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let find = || {
        let url = importer.parlance.database.url();
        runtime.block_on(async {
            let store = Store::open(url).await.unwrap();
            let secret = store.find_chatwoot_secret(importer.bot.parse().unwrap()).await.unwrap();
            store.close().await;
            secret
        })
    };
    let set = |flags: &[&str], input: &[u8]| {
        let set = [&["bot", "set", "--bot", &importer.bot], flags].concat();
        importer.parlance.run_with(&set, input)
    };
    let file = importer.parlance.write("secret", "hush\n");
    assert_eq!(set(&["--chatwoot-secret-file", &file], b"").status.code(), Some(0));
    assert_eq!(find().as_deref(), Some("hush"));
    assert_eq!(set(&["--chatwoot-secret-file", "-"], b"hush again").status.code(), Some(0));
    assert_eq!(find().as_deref(), Some("hush again"));
    for (file, input) in [("-", "  \n".to_owned()), ("absent", String::new()), ("-", "x".repeat(1_001))] {
        let refused = set(&["--chatwoot-secret-file", file], input.as_bytes());
        assert_eq!(refused.status.code(), Some(1), "{file}");
        assert!(stderr(&refused).contains("secret"), "{}", stderr(&refused));
    }
    assert_eq!(find().as_deref(), Some("hush again"));
    // A command line can be read by everybody on the machine.
    assert_eq!(set(&["--chatwoot-secret", "hush"], b"").status.code(), Some(2));
    assert_eq!(set(&["--no-chatwoot-secret"], b"").status.code(), Some(0));
    assert_eq!(find(), None);
}

#[test]
fn a_line_that_is_too_large_is_named_and_its_neighbours_are_kept() {
    let importer = Importer::new();
    let item =
        |id: u32| json!({"id": id, "user_id": "u", "direction": "incoming", "at": 1_700_000_000_000_i64});
    let huge = format!(r#"{{"user_id": "u", "text": "{}"}}"#, "x".repeat(5 * 1024 * 1024));
    let file = importer
        .parlance
        .write("huge.ndjson", &format!("{}{huge}\n{}", lines(&[item(1)]), lines(&[item(2)])));
    let summary = importer.import_to(1, "ndjson", &file, &[]);
    assert_eq!((&summary["read"], &summary["accepted"]), (&json!(3), &json!(2)));
    let rejected = &summary["rejected"]["row_too_large"];
    assert_eq!((&rejected["count"], &rejected["first_lines"]), (&json!(1), &json!([2])), "{summary}");
}

#[test]
fn a_cell_that_does_not_end_stops_the_import_at_its_row() {
    let importer = Importer::new();
    let mut table = "id,user_id,direction,at,text\n".to_owned();
    for id in 1..=3 {
        table.push_str(&format!("{id},u,incoming,1700000000000,hello\n"));
    }
    table.push_str(&format!("4,u,incoming,1700000000000,\"{}", "x".repeat(5 * 1024 * 1024)));
    let file = importer.parlance.write("huge.csv", &table);
    let output = importer.run("csv", &file, &[]);
    let (summary, refusal) = (serde_json::from_slice::<Value>(&output.stdout).unwrap(), stderr(&output));
    assert_eq!((output.status.code(), counts(&summary)), (Some(1), [3, 3, 0]));
    assert!(refusal.contains("line 5") && refusal.contains("4 MiB"), "{refusal}");
    let columns = importer.parlance.write("columns.csv", &"x,".repeat(3 * 1024 * 1024));
    let refusal = importer.refusal(1, "csv", &columns, &[]);
    assert!(refusal.contains("line 1") && refusal.contains("20000 cells"), "{refusal}");
}
