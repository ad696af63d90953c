//! What each door answers: the table at the end of docs/INTAKE.md, read and done row by row.
//!
//! A door joins in three steps:
//! 1. In `doors_<name>.rs`, write `pub(crate) fn sample() -> Sample`: where the door is, where its clients put the key, and
//!    a body whose messages are each one stored item. `cases` are bodies of the door's own, each with a name. Cases may use
//!    the same ids: each has a bot of its own.
//! 2. Add it to `samples` below.
//! 3. In the table, write a row for each case of its own. The rows of *all* hold for the door too. Where it answers one of
//!    those otherwise, a row with the door's name and the same case says so; where the case means nothing for it, the row's
//!    status is a dash (—).

use analytics::ids::{AccountId, BotId};
use server::web::measures;
use store::bots::NewBot;
use store::doors::{Door, KeyLimit};

use crate::doors_cases::{Case, Key, Sample, UNKNOWN_KEY};
use crate::support::{NOW, TestServer, instant};
use crate::{doors_chatwoot, doors_dashbot, doors_otlp, doors_posthog, doors_rasa, doors_segment};

/// Every door of the document.
fn samples() -> Vec<Sample> {
    vec![
        doors_segment::sample(),
        doors_segment::sample_of_one(),
        doors_posthog::sample(),
        doors_posthog::sample_of_one(),
        doors_otlp::sample(),
        doors_dashbot::sample(),
        doors_rasa::sample(),
        doors_chatwoot::sample(),
    ]
}

#[tokio::test]
async fn every_door_answers_as_the_table_says() {
    measures::start();
    let networks = vec!["127.0.0.1/32".parse().unwrap()];
    let server = TestServer::start_with(|state| state.with_metrics_from(networks)).await;
    let owner = server.create_account("owner@example.org").await;
    let table = read_table();
    for sample in samples() {
        for case in sample.all_cases() {
            let row = find_row(&table, sample.door, case.name);
            if row.status != "—" {
                check(&server, owner, &sample, &case, row).await;
            }
        }
    }
    server.stop().await;
}

#[test]
fn every_row_of_the_table_is_a_case_of_a_door() {
    let mut cases = Vec::new();
    for sample in samples() {
        cases.extend(sample.common_cases().iter().map(|case| ("all", case.name)));
        cases.extend(sample.all_cases().iter().map(|case| (sample.door, case.name)));
    }
    for Row { door, case, .. } in read_table() {
        assert!(cases.contains(&(door.as_str(), case.as_str())), "{door}: {case} is no case");
    }
}

/// One line of the table.
#[derive(Debug)]
struct Row {
    door: String,
    case: String,
    status: String,
    code: String,
    counted: String,
}

fn read_table() -> Vec<Row> {
    let document = include_str!("../../../docs/INTAKE.md");
    let (_, section) = document.split_once("\n## What each door answers\n").unwrap();
    let lines = section.lines().filter(|line| line.starts_with('|')).skip(2);
    let rows: Vec<_> = lines.map(read_row).collect();
    assert!(!rows.is_empty());
    rows
}

fn read_row(line: &str) -> Row {
    let line = line.strip_prefix('|').and_then(|line| line.strip_suffix('|')).unwrap();
    let cells: Vec<_> = line.split('|').map(|cell| cell.trim().to_owned()).collect();
    let [door, case, status, code, counted] = cells.try_into().unwrap();
    Row { door, case, status, code, counted }
}

/// The door's own row for a case, or else that of all.
fn find_row<'a>(table: &'a [Row], door: &str, case: &str) -> &'a Row {
    let find = |door: &str| table.iter().find(|row| row.door == door && row.case == case);
    find(door).or_else(|| find("all")).unwrap_or_else(|| panic!("{door}: {case} has no row"))
}

async fn check(server: &TestServer, owner: AccountId, sample: &Sample, case: &Case, row: &Row) {
    let bot = create_bot(server, owner).await;
    let key = make_key(server, bot, sample, case.key).await;
    let rejected_before = read_rejected(server, &row.code).await;
    let what = format!("{}: {}", row.case, sample.door);
    for _ in 0..case.times {
        let answer = sample.send(server, case, &key).await;
        assert_eq!(answer.status.to_string(), row.status, "{what}: {}", answer.text());
        if answer.status != 200 {
            answer.assert_problem(answer.status, &row.code);
        }
    }
    let rejected = read_rejected(server, &row.code).await - rejected_before;
    let is_rejection = row.status == "200" && !row.code.is_empty();
    assert_eq!(rejected, u64::from(is_rejection), "{what}: rejected as {}", row.code);
    let counted = server.store.load_facts(bot, None, None, 20_000).await.unwrap().len();
    assert_eq!(counted.to_string(), row.counted, "{what}: counted");
}

async fn create_bot(server: &TestServer, owner: AccountId) -> BotId {
    let (name, zone) = ("cases".to_owned(), "Europe/Berlin".parse().unwrap());
    let bot = NewBot { id: None, owner, name, zone, is_activated: true };
    server.store.create_bot(&bot, instant(NOW)).await.unwrap()
}

async fn make_key(server: &TestServer, bot: BotId, sample: &Sample, kind: Key) -> String {
    let limit = matches!(kind, Key::OfOtherDoor).then(|| other_door(sample));
    let (key, entry) = server.store.create_write_key_for(bot, limit, instant(NOW)).await.unwrap().unwrap();
    match kind {
        Key::Valid | Key::OfOtherDoor => {}
        Key::Absent => return String::new(),
        Key::Unknown => return UNKNOWN_KEY.to_owned(),
        Key::Revoked => assert!(server.store.revoke_write_key(bot, entry.id).await.unwrap()),
        Key::OfInactiveBot => server.deactivate(bot).await,
    }
    key.expose().to_owned()
}

/// A door whose paths are not those of the sample.
fn other_door(sample: &Sample) -> KeyLimit {
    let path = sample.path.trim_start_matches('/');
    KeyLimit::Door(if path.starts_with("chatwoot") { Door::Native } else { Door::Chatwoot })
}

/// How many events were rejected under a code since the process began.
async fn read_rejected(server: &TestServer, code: &str) -> u64 {
    let measures = server.get("/metrics").send().await.text();
    let line = format!("parlance_intake_rejected_total{{code=\"{code}\"}} ");
    measures.lines().find_map(|found| found.strip_prefix(&line)).map_or(0, |count| count.parse().unwrap())
}
