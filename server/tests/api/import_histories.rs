//! A file of each kind of history, as the product writes it by its own schema, imported by running the binary.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use crate::cli::stderr;
use crate::import_formats::{Importer, counts};

fn sample(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/samples/histories");
    folder.join(name).display().to_string()
}

/// Messages to the bot and from it, by user.
fn by_user(stored: &[Value]) -> BTreeMap<String, [u64; 2]> {
    let mut users = BTreeMap::new();
    for item in stored {
        let counts: &mut [u64; 2] = users.entry(item["user_id"].as_str().unwrap().to_owned()).or_default();
        counts[usize::from(item["direction"] == "outgoing")] += 1;
    }
    users
}

/// Imports samples into one bot, each twice, and gives back what is stored then.
fn import_twice(names: &[&str], flags: &[&str], code: i32) -> (Importer, Vec<Value>) {
    let importer = Importer::new();
    for name in names {
        let first = importer.import_recognised(code, &sample(name), flags);
        let again = importer.import_recognised(code, &sample(name), flags);
        let [read, accepted, duplicates] = counts(&first);
        assert_eq!(counts(&again), [read, 0, accepted + duplicates], "{name}: {first} {again}");
    }
    let stored = importer.export();
    (importer, stored)
}

/// Checks what samples of the same conversations hold: users with their messages to the bot and from it.
fn check(names: &[&str], flags: &[&str], code: i32, expected: &[(&str, [u64; 2])]) {
    let expected: BTreeMap<String, [u64; 2]> =
        expected.iter().map(|(user, counts)| ((*user).to_owned(), *counts)).collect();
    for name in names {
        let (_, stored) = import_twice(&[name], flags, code);
        assert_eq!(by_user(&stored), expected, "{name}");
    }
    let (_, stored) = import_twice(names, flags, code);
    assert_eq!(by_user(&stored), expected, "{names:?} together");
}

#[test]
fn trackers_of_rasa_are_the_same_from_its_api_and_from_mongodb() {
    // "/session_start" counts; a reminder does not.
    let both = [("ada-7", [3, 5]), ("491700000001", [1, 2])];
    check(&["rasa-tracker.json"], &[], 0, &both[..1]);
    let names = [
        "rasa-tracker.ndjson",
        "rasa-trackers-array.json",
        "rasa-mongoexport-relaxed.ndjson",
        "rasa-mongoexport-canonical.ndjson",
        "rasa-mongoexport-array.json",
        "rasa-mongodump.bson",
    ];
    check(&names, &[], 0, &both);
}

#[test]
fn a_dump_that_is_cut_off_says_so_and_keeps_what_came_before() {
    let importer = Importer::new();
    let output = importer.run_recognised(&sample("rasa-mongodump-cut.bson"), &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("document 2"), "{}", stderr(&output));
    assert_eq!(by_user(&importer.export()), BTreeMap::from([("ada-7".to_owned(), [3, 5])]));
    let whole = std::fs::read_to_string(sample("telegram-bot-chat.json")).unwrap();
    let cut = importer.parlance.write("cut.json", &whole[..whole.len() * 2 / 3]);
    let output = importer.run_recognised(&cut, &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("cut off"), "{}", stderr(&output));
    let summary: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(counts(&summary)[1] > 0, "{summary}");
}

#[test]
fn copilot_studio_is_read_from_every_place_that_holds_its_transcripts() {
    for name in [
        "copilot-studio-content.json",
        "copilot-studio-activities.json",
        "copilot-studio-dataverse.csv",
        "copilot-studio-odata.json",
    ] {
        let (_, stored) = import_twice(&[name], &[], 0);
        let users = by_user(&stored);
        let expected: &[[u64; 2]] = match name {
            "copilot-studio-content.json" => &[[3, 4]],
            "copilot-studio-activities.json" => &[[1, 2]],
            _ => &[[1, 2], [3, 4]],
        };
        let mut found: Vec<_> = users.values().copied().collect();
        found.sort_unstable();
        assert_eq!(found, expected, "{name}: {users:?}");
        if name == "copilot-studio-content.json" {
            assert_eq!(stored.iter().filter(|item| item["handled"] == json!(false)).count(), 1);
        }
    }
    let refusal = Importer::new().refusal_recognised(&sample("copilot-studio-sessions.csv"), &[]);
    assert!(refusal.contains("ConversationTranscript"), "{refusal}");
}

#[test]
fn bot_framework_tells_people_from_bots_without_roles() {
    let (_, stored) = import_twice(&["bot-framework-teams.json"], &[], 0);
    let mut found: Vec<_> = by_user(&stored).into_iter().collect();
    found.retain(|(user, _)| user.starts_with("29:"));
    assert_eq!(found.iter().map(|(_, counts)| *counts).collect::<Vec<_>>(), [[2, 3], [1, 1]]);
    check(&["bot-framework-directline.json"], &[], 0, &[("dl_carla", [1, 2])]);
    let (_, stored) = import_twice(&["bot-framework-emulator.transcript"], &[], 0);
    assert_eq!(by_user(&stored).into_values().collect::<Vec<_>>(), [[1, 1]]);
}

#[test]
fn a_chat_with_a_bot_in_telegram_needs_no_name() {
    check(&["telegram-bot-chat.json"], &[], 0, &[("100200300", [3, 2])]);
    check(&["telegram-bad-escapes.json"], &[], 0, &[("100200300", [3, 2])]);
    let refusal = Importer::new().refusal_recognised(&sample("telegram-old.json"), &[]);
    assert!(refusal.contains("--time-zone"), "{refusal}");
    let (_, stored) = import_twice(&["telegram-old.json"], &["--time-zone", "Europe/Berlin"], 0);
    assert!(!stored.is_empty());
}

#[test]
fn a_group_in_telegram_needs_the_bots_name() {
    let importer = Importer::new();
    let refusal = importer.refusal_recognised(&sample("telegram-group.json"), &[]);
    assert!(refusal.contains("--bot-name") && refusal.contains("Helper ("), "{refusal}");
    let refusal = importer.refusal_recognised(&sample("telegram-group.json"), &["--bot-name", "Nobody"]);
    assert!(refusal.contains("nobody is called Nobody"), "{refusal}");
    let (_, stored) = import_twice(&["telegram-group.json"], &["--bot-name", "Helper"], 0);
    let users = by_user(&stored);
    let sums = users.values().fold([0, 0], |sum, counts| [sum[0] + counts[0], sum[1] + counts[1]]);
    assert_eq!(sums, [5, 2], "{users:?}");
    let (_, stored) = import_twice(&["telegram-account.json"], &["--bot-name", "Helper"], 0);
    let users = by_user(&stored);
    // In the group too.
    assert_eq!(users["100200300"], [4, 2], "{users:?}");
}

#[test]
fn whatsapp_is_read_in_every_language_that_was_seen() {
    let zone = ["--time-zone", "Europe/Berlin"];
    for (name, bot, expected) in [
        ("whatsapp-ios-en.txt", "Helper Ltd", vec![("Ada L", [6, 2])]),
        ("whatsapp-ios-de.txt", "Helfer", vec![("Chris", [1, 2])]),
        ("whatsapp-android-en-us.txt", "Helper", vec![]),
        ("whatsapp-android-es.txt", "Ayudante", vec![]),
        ("whatsapp-zh.txt", "", vec![]),
        ("whatsapp-fi.txt", "", vec![]),
        ("whatsapp-ca.txt", "", vec![]),
    ] {
        let importer = Importer::new();
        let bot = if bot.is_empty() { first_answer(&sample(name), &importer) } else { bot.to_owned() };
        let flags = [&zone[..], &["--bot-name", &bot]].concat();
        let (_, stored) = import_twice(&[name], &flags, 0);
        let users = by_user(&stored);
        if expected.is_empty() {
            let counts: Vec<_> = users.values().copied().collect();
            let one = if name.contains("en-us") { [2, 2] } else { [1, 1] };
            assert_eq!(counts, [one], "{name}: {users:?}");
        } else {
            assert_eq!(
                users,
                expected.into_iter().map(|(user, counts)| (user.to_owned(), counts)).collect(),
                "{name}"
            );
        }
    }
}

/// The last of those whom a refusal names.
fn first_answer(source: &str, importer: &Importer) -> String {
    let refusal = importer.refusal_recognised(source, &["--time-zone", "UTC"]);
    let (_, speakers) = refusal.split_once("there are: ").unwrap();
    speakers.split(", ").last().unwrap().rsplit_once(" (").unwrap().0.to_owned()
}

#[test]
fn a_chat_whose_dates_can_be_read_two_ways_is_refused_until_somebody_says_how() {
    let importer = Importer::new();
    let source = sample("whatsapp-ambiguous.txt");
    let bot = first_answer(&source, &importer);
    let flags = ["--time-zone", "UTC", "--bot-name", &bot];
    let refusal = importer.refusal_recognised(&source, &flags);
    assert!(refusal.contains("dmy") && refusal.contains("mdy"), "{refusal}");
    let refusal = importer.refusal_recognised(&source, &["--bot-name", &bot, "--date-format", "dmy"]);
    assert!(refusal.contains("--time-zone"), "{refusal}");
    let months = ["dmy", "mdy"].map(|order| {
        let (_, stored) =
            import_twice(&["whatsapp-ambiguous.txt"], &[&flags[..], &["--date-format", order]].concat(), 0);
        stored[0]["at"].as_str().unwrap()[5..7].to_owned()
    });
    assert_ne!(months[0], months[1]);
}

#[test]
fn slack_is_read_as_a_folder_and_as_an_archive() {
    let expected = [("U01ADA", [4, 2]), ("U02BOB", [1, 1])];
    for name in ["slack", "slack.zip", "slack-rezipped.zip"] {
        let (_, stored) = import_twice(&[name], &["--bot-name", "Helper"], 0);
        let users = by_user(&stored);
        let incoming: Vec<_> = expected.iter().map(|(user, counts)| (*user, counts[0])).collect();
        assert_eq!(
            users.iter().map(|(user, counts)| (user.as_str(), counts[0])).collect::<Vec<_>>(),
            incoming,
            "{name}"
        );
        assert_eq!(users.values().map(|counts| counts[1]).sum::<u64>(), 3, "{name}: {users:?}");
    }
    let importer = Importer::new();
    let refusal = importer.refusal_recognised(&sample("slack/general/2026-10-12.json"), &[]);
    assert!(refusal.contains("one day of a Slack export"), "{refusal}");
    let refusal = importer.refusal_recognised(&sample("slack"), &["--bot-name", "Nobody"]);
    assert!(refusal.contains("--bot-name"), "{refusal}");
}

#[test]
fn an_export_of_slack_without_messages_says_so() {
    let importer = Importer::new();
    let folder = importer.parlance.database.folder().join("slack");
    std::fs::create_dir(&folder).unwrap();
    let users = json!([{"id": "U9", "name": "helper", "is_bot": true}]).to_string();
    std::fs::write(folder.join("users.json"), users).unwrap();
    std::fs::write(folder.join("channels.json"), "[]").unwrap();
    let output = importer.run_recognised(&folder.display().to_string(), &["--format", "slack"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("no files of channels"), "{}", stderr(&output));
}

#[test]
fn discord_counts_what_is_said_to_the_bot() {
    let refusal = Importer::new().refusal_recognised(&sample("discord.json"), &[]);
    assert!(refusal.contains("--bot-name"), "{refusal}");
    let (_, stored) = import_twice(&["discord.json"], &["--bot-name", "Helper"], 0);
    let outgoing = stored.iter().filter(|item| item["direction"] == "outgoing").count();
    assert_eq!(outgoing, 2);
    assert!(stored.iter().any(|item| item["id"] == "discord-900"), "{stored:?}");
    let (_, all) = import_twice(&["discord.json"], &["--bot-name", "Helper", "--all-messages"], 0);
    assert!(all.len() > stored.len());
    let (_, stored) = import_twice(&["discord-dm.json"], &[], 0);
    assert_eq!(by_user(&stored).into_values().collect::<Vec<_>>(), [[1, 1]]);
}

#[test]
fn botpress_cloud_is_read_as_its_api_answers() {
    let expected = [("user_ada", [2, 3]), ("user_bob", [1, 2])];
    let names = [
        "botpress-cloud-messages.json",
        "botpress-cloud-array.json",
        "botpress-cloud-bundle.json",
        "botpress-cloud-nested.json",
    ];
    // In one conversation only the bot speaks.
    check(&names, &[], 1, &expected);
}

#[test]
fn voiceflow_is_read_in_both_of_its_forms() {
    check(&["voiceflow-transcript.json"], &[], 0, &[("sess-ada-1", [2, 4])]);
    check(&["voiceflow-transcripts-array.json"], &[], 0, &[("sess-ada-1", [2, 4]), ("bob-77", [1, 2])]);
    check(&["voiceflow-legacy.json"], &[], 0, &[("sess-ada-0", [2, 2])]);
    for (name, reason) in
        [("voiceflow-search.json", "fetch each transcript"), ("voiceflow-legacy-turns.json", "names no user")]
    {
        let refusal = Importer::new().refusal_recognised(&sample(name), &[]);
        assert!(refusal.contains(reason), "{name}: {refusal}");
    }
}

#[test]
fn typebot_tells_what_people_answered() {
    for (name, expected) in [
        ("typebot-results.json", vec![1, 3]),
        ("typebot-results-old.json", vec![2]),
        ("typebot-answersv2.csv", vec![1, 2]),
    ] {
        let (_, stored) = import_twice(&[name], &[], 0);
        let mut found: Vec<_> = by_user(&stored).into_values().map(|counts| counts[0]).collect();
        found.sort_unstable();
        assert_eq!(found, expected, "{name}");
    }
    for (name, reason) in
        [("typebot-results.csv", "no ids and no years"), ("typebot-transcript.json", "has no user")]
    {
        let refusal = Importer::new().refusal_recognised(&sample(name), &[]);
        assert!(refusal.contains(reason), "{name}: {refusal}");
    }
}

#[test]
fn dialogflow_cx_is_the_same_from_bigquery_the_api_and_the_logs() {
    let names = [
        "dialogflow-cx-bigquery.ndjson",
        "dialogflow-cx-bigquery-strings.ndjson",
        "dialogflow-cx-bigquery.csv",
        "dialogflow-cx-conversations.json",
        "dialogflow-cx-logging.json",
    ];
    check(&names, &[], 0, &[("s-ada", [2, 6]), ("s-bob", [1, 1])]);
    check(
        &["dialogflow-es-logging.json", "dialogflow-es-logging.ndjson"],
        &[],
        0,
        &[("sess-ada", [1, 2]), ("sess-bob", [1, 1])],
    );
}

#[test]
fn chatwoot_is_the_same_from_its_api_and_its_tables() {
    let all = [("501", [2, 5]), ("502", [1, 2]), ("503", [0, 1])];
    check(&["chatwoot-messages.json"], &[], 0, &all[..1]);
    check(
        &["chatwoot-pages-array.json", "chatwoot-messages.ndjson", "chatwoot-table-bare.csv"],
        &[],
        1,
        &all[..2],
    );
    check(
        &["chatwoot-conversations-full.json", "chatwoot-table-joined.csv", "chatwoot-table-joined.ndjson"],
        &[],
        0,
        &all,
    );
    let (importer, _) = import_twice(&["chatwoot-conversations-full.json"], &[], 0);
    let stored = importer.export();
    assert!(stored.iter().all(|item| item["id"].as_str().unwrap().starts_with("chatwoot-")));
    assert!(stored.iter().any(|item| item["channel"] == "webwidget"));
}

#[test]
fn intercom_is_read_with_its_parts() {
    check(&["intercom-conversation.json"], &[], 0, &[("6650a1", [4, 4])]);
    check(&["intercom-array.json", "intercom.ndjson"], &[], 0, &[("6650a1", [5, 4]), ("6650b2", [2, 3])]);
    let (_, stored) = import_twice(&["intercom-1.x.json"], &[], 0);
    assert_eq!(by_user(&stored).into_values().collect::<Vec<_>>(), [[1, 1]]);
    let refusal = Importer::new().refusal_recognised(&sample("intercom-list-no-parts.json"), &[]);
    assert!(refusal.contains("fetch each conversation"), "{refusal}");
}

#[test]
fn zendesk_is_read_in_four_forms() {
    check(&["zendesk-conversation-log.json"], &[], 0, &[("8303911", [3, 3])]);
    check(&["zendesk-sunshine-messages.json"], &[], 0, &[("6aada1", [5, 2])]);
    check(&["zendesk-sunshine-conversations.json"], &[], 0, &[("6aada1", [5, 2]), ("6ab0b1", [1, 2])]);
    check(&["zendesk-tickets.ndjson"], &[], 0, &[("8303911", [2, 2]), ("8304000", [1, 1])]);
    check(
        &["zendesk-chats.json", "zendesk-chats.ndjson"],
        &[],
        0,
        &[("1.VISADA", [2, 2]), ("1.VISBOB", [1, 0])],
    );
    let refusal = Importer::new().refusal_recognised(&sample("zendesk-comments-only.json"), &[]);
    assert!(refusal.contains("the requester is missing"), "{refusal}");
}

#[test]
fn a_history_of_another_kind_is_named() {
    let importer = Importer::new();
    for (told, name, meant) in [
        ("ndjson", "telegram-bot-chat.json", "telegram"),
        ("bot-framework", "rasa-tracker.json", "rasa-tracker-json"),
        ("rasa-broker-file", "rasa-tracker.ndjson", "rasa-tracker-json"),
        ("telegram", "discord.json", "discord"),
        ("csv", "whatsapp-ios-en.txt", "whatsapp"),
        ("chatwoot", "intercom.ndjson", "intercom"),
        ("voiceflow", "zendesk-chats.json", "zendesk"),
        ("csv", "chatwoot-table-joined.csv", "chatwoot"),
        ("botpress-v12", "botpress-cloud-array.json", "botpress-cloud"),
    ] {
        let refusal = importer.refusal(1, told, &sample(name), &[]);
        assert!(refusal.contains(&format!("--format {meant}")), "{told} {name}: {refusal}");
    }
}
