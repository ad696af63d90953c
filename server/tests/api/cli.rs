//! The command line, by running the binary.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::{Value, json};
use store::testing::TestDatabase;

use crate::support::PASSWORD;

pub(crate) struct Parlance {
    pub(crate) database: TestDatabase,
}

impl Parlance {
    pub(crate) fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Self { database: runtime.block_on(TestDatabase::migrated()).unwrap() }
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_parlance"));
        command
            .args(arguments)
            .current_dir(self.database.folder())
            .env_remove("PARLANCE_BIN")
            .env("DATABASE_URL", self.database.url())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub(crate) fn run_with(&self, arguments: &[&str], input: &[u8]) -> Output {
        let mut child = self.command(arguments).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // A command that stops before it has read its input closes the pipe: what it says is what counts.
        stdin.write_all(input).unwrap_or_default();
        drop(stdin);
        child.wait_with_output().unwrap()
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.run_with(arguments, b"")
    }

    /// Runs a command that must succeed, and reads the one JSON object that it prints.
    pub(crate) fn print(&self, arguments: &[&str], input: &[u8]) -> Value {
        self.print_and_exit(arguments, input, 0)
    }

    pub(crate) fn print_and_exit(&self, arguments: &[&str], input: &[u8], code: i32) -> Value {
        let output = self.run_with(arguments, input);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", stderr(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    pub(crate) fn create_account(&self) {
        let created = self.print(&["account", "create", "--email", "Ann@Example.org"], PASSWORD.as_bytes());
        assert!(created["account_id"].is_number(), "{created}");
    }

    pub(crate) fn create_bot(&self, flags: &[&str]) -> String {
        let create =
            ["bot", "create", "--owner", "ann@example.org", "--name", "Ava", "--time-zone", "Europe/Berlin"];
        let created = self.print(&[&create, flags].concat(), b"");
        assert!(created["write_key"].as_str().unwrap().starts_with("pw_"), "{created}");
        created["bot_id"].as_str().unwrap().to_owned()
    }

    /// A file of this test's folder.
    pub(crate) fn write(&self, name: &str, contents: &str) -> String {
        let path = self.database.folder().join(name);
        std::fs::write(&path, contents).unwrap();
        path.display().to_string()
    }
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn lines(count: usize) -> String {
    let line = |n: usize| json!({"id": n, "user_id": n % 7, "direction": "incoming", "at": 1_700_000_000_000_i64 + n as i64});
    (0..count).map(|n| line(n).to_string() + "\n").collect()
}

#[test]
fn create_commands_print_one_object_each() {
    let parlance = Parlance::new();
    parlance.create_account();
    let bot = parlance.create_bot(&["--activate"]);
    for flags in [vec![], vec!["--bot", &bot]] {
        let create = [vec!["token", "create", "--account", "ann@example.org"], flags].concat();
        assert!(parlance.print(&create, b"")["token"].as_str().unwrap().starts_with("pr_"));
    }
    assert_eq!(parlance.create_bot(&["--id", "0000000000ava"]), "0000000000ava");
}

#[test]
fn accounts_are_listed_disabled_enabled_and_given_new_passwords() {
    let parlance = Parlance::new();
    parlance.create_account();
    parlance.create_bot(&[]);
    let root = ["account", "create", "--email", "root@example.org", "--admin"];
    parlance.print(&root, PASSWORD.as_bytes());
    let ann = || {
        let list = parlance.print(&["account", "list"], b"");
        assert_eq!(list["accounts"].as_array().unwrap().len(), 2);
        list["accounts"][0].clone()
    };
    let before = ann();
    assert_eq!((&before["email"], &before["bots"]), (&json!("ann@example.org"), &json!(1)));
    assert_eq!((&before["is_admin"], &before["is_disabled"]), (&json!(false), &json!(false)));
    assert!(before["created_at"].as_str().unwrap().ends_with('Z') && before["last_sign_in_at"].is_null());
    let to_ann = |command| parlance.print(&["account", command, "--email", "ann@example.org"], b"");
    assert_eq!(to_ann("disable")["account_id"], before["account_id"]);
    assert_eq!(ann()["is_disabled"], true);
    to_ann("enable");
    assert_eq!(ann()["is_disabled"], false);
    let reset = ["account", "reset-password", "--email", "ann@example.org"];
    assert_eq!(parlance.print(&reset, b"another long passphrase\r\n")["account_id"], before["account_id"]);
}

#[test]
fn a_command_that_ends_read_tokens_returns_when_no_server_knows_them_any_more() {
    let parlance = Parlance::new();
    parlance.create_account();
    parlance.print(&["account", "create", "--email", "root@example.org", "--admin"], PASSWORD.as_bytes());
    parlance.print(&["token", "create", "--account", "ann@example.org"], b"");
    let began = std::time::Instant::now();
    parlance.print(&["account", "disable", "--email", "ann@example.org"], b"");
    assert!(began.elapsed().as_millis() >= 5_000);
}

#[test]
fn a_password_is_no_argument() {
    let parlance = Parlance::new();
    parlance.create_account();
    for command in ["create", "reset-password"] {
        let email = ["account", command, "--email", "bob@example.org"];
        for rest in [vec!["--password", PASSWORD], vec![PASSWORD]] {
            let output = parlance.run(&[&email[..], &rest].concat());
            assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
        }
    }
}

#[test]
fn a_demo_is_not_opened_to_other_machines_by_mistake() {
    let parlance = Parlance::new();
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0", "[::ffff:192.0.2.1]:0"] {
        let output = parlance.run(&["serve", "--demo", "--addr", address]);
        assert_eq!(output.status.code(), Some(2), "{address}: {}", stderr(&output));
        assert!(stderr(&output).contains("--demo-open"), "{}", stderr(&output));
    }
}

#[test]
fn a_token_is_made_for_a_bot_that_its_account_sees() {
    let parlance = Parlance::new();
    parlance.create_account();
    let bot = parlance.create_bot(&[]);
    for (email, flag) in [("bob@example.org", None), ("root@example.org", Some("--admin"))] {
        let create = ["account", "create", "--email", email].into_iter().chain(flag).collect::<Vec<_>>();
        parlance.print(&create, PASSWORD.as_bytes());
    }
    let create = |email| parlance.run(&["token", "create", "--account", email, "--bot", &bot]);
    for email in ["ann@example.org", "root@example.org"] {
        assert_eq!(create(email).status.code(), Some(0), "{email}");
    }
    let refused = create("bob@example.org");
    assert_eq!((refused.status.code(), refused.stdout.as_slice()), (Some(1), &b""[..]));
    assert!(stderr(&refused).contains(&format!("there is no bot {bot}")), "{}", stderr(&refused));
}

#[test]
fn what_cannot_be_done_fails_with_1() {
    let parlance = Parlance::new();
    parlance.create_account();
    parlance.print(&["account", "create", "--email", "root@example.org", "--admin"], PASSWORD.as_bytes());
    let bot = parlance.create_bot(&["--id", "0000000000ava"]);
    let create = ["bot", "create", "--name", "x", "--time-zone", "UTC", "--owner"];
    for (arguments, input, reason) in [
        (vec!["account", "create", "--email", "ann@example.org"], PASSWORD, "exists already"),
        (vec!["account", "create", "--email", "bob@example.org"], "short", "at least 10 characters"),
        (vec!["account", "reset-password", "--email", "bob@example.org"], PASSWORD, "has no account"),
        (vec!["account", "reset-password", "--email", "ann@example.org"], "short", "at least 10 characters"),
        (vec!["account", "disable", "--email", "bob@example.org"], "", "has no account"),
        (vec!["account", "enable", "--email", "bob@example.org"], "", "has no account"),
        (vec!["account", "disable", "--email", "root@example.org"], "", "the last admin who can sign in"),
        ([&create[..], &["bob@example.org"]].concat(), "", "has no account"),
        ([&create[..], &["ann@example.org", "--id", &bot]].concat(), "", "exists already"),
        (vec!["token", "create", "--account", "bob@example.org"], "", "has no account"),
        (vec!["bot", "set", "--bot", "0000000000000", "--name", "x"], "", "there is no bot"),
        (vec!["bot", "delete", "--bot", "0000000000000", "--yes"], "", "there is no bot"),
        (vec!["import", "--bot", "0000000000000", "--format", "ndjson"], "", "there is no bot"),
        (vec!["export", "--bot", "0000000000000", "--format", "csv"], "", "there is no bot"),
        (vec!["verify", "--bot", "0000000000000"], "", "there is no bot"),
        (vec!["import", "--bot", &bot, "--format", "ndjson", "missing.ndjson"], "", "cannot be opened"),
    ] {
        let output = parlance.run_with(&arguments, input.as_bytes());
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {}", stderr(&output));
        assert!(stderr(&output).contains(reason), "{arguments:?}: {}", stderr(&output));
        assert!(output.stdout.is_empty(), "{arguments:?}");
    }
}

#[test]
fn what_cannot_be_meant_stops_with_2_and_says_what_is_expected() {
    let parlance = Parlance::new();
    let create = ["bot", "create", "--owner", "a@example.org", "--name", "x", "--time-zone"];
    for (arguments, reason) in [
        (vec!["fly"], "fly"),
        (vec!["serve", "--addr", "localhost"], "such as 127.0.0.1:3000"),
        (vec!["serve", "--base-url", "parlance.example"], "http:// or https://"),
        (vec!["serve", "--trusted-proxies", "proxy"], "such as 10.0.0.1"),
        (vec!["serve", "--intake-limit", "0"], "at least 1"),
        (vec!["serve", "--log", "a=b=c"], "PARLANCE_LOG"),
        ([&create[..], &["Berlin"]].concat(), "such as Europe/Berlin"),
        (vec!["account", "create", "--email", "nobody"], "such as you@example.org"),
        (vec!["bot", "set", "--bot", "x"], "13 characters"),
        (vec!["bot", "set", "--bot", "0000000000ava", "--idle-timeout", "2d"], "1 minute to 24 hours"),
        (
            vec!["bot", "set", "--bot", "0000000000ava", "--week-start", "someday"],
            "a day of the week, such as monday",
        ),
        (vec!["bot", "set", "--bot", "0000000000ava", "--activate", "--deactivate"], "cannot be used with"),
        (vec!["bot", "delete", "--bot", "0000000000ava"], "--yes"),
        (vec!["import", "--bot", "0000000000ava", "--format", "xml"], "ndjson"),
        (vec!["import", "--bot", "0000000000ava", "--time-zone", "CEST"], "such as Europe/Berlin"),
        (vec!["import", "--bot", "0000000000ava", "--date-format", "DD.MM.YYYY"], "expected dmy"),
        (vec!["import", "--bot", "0000000000ava", "--at", "then"], "now"),
        (vec!["export", "--bot", "0000000000ava", "--format", "csv", "--from", "yesterday"], "--from"),
        (vec!["verify", "--database-url", "parlance.db"], "sqlite://"),
        (vec!["verify", "--database-url", "mysql://localhost/x"], "postgres://"),
    ] {
        let output = parlance.run(&arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", stderr(&output));
        assert!(stderr(&output).contains(reason), "{arguments:?}: {}", stderr(&output));
    }
}

#[test]
fn the_password_of_a_database_is_never_shown() {
    let parlance = Parlance::new();
    for (arguments, code) in [(vec!["verify"], 1), (vec!["verify", "--help"], 0)] {
        for url in ["postgres://ann:hush-hush@%2Fnowhere/x", "postgres://ann:hush-hush@localhost:port/x"] {
            let output = parlance.command(&arguments).env("DATABASE_URL", url).output().unwrap();
            assert_eq!(output.status.code(), Some(code), "{}", stderr(&output));
            let shown = stderr(&output) + &String::from_utf8_lossy(&output.stdout);
            assert!(shown.contains("database") && !shown.contains("hush-hush"), "{shown}");
        }
    }
}

#[test]
fn the_environment_holds_the_same_settings_and_none_that_is_unknown() {
    let parlance = Parlance::new();
    for (name, value, reason) in [
        ("PARLANCE_ADDR", "here", "such as 127.0.0.1:3000"),
        ("PARLANCE_INTAKE_LIMIT", "many", "at least 1"),
        ("PARLANCE_ADRR", "127.0.0.1:1", "PARLANCE_ADRR"),
        ("DATABASE_URL", "mysql://x", "DATABASE_URL"),
    ] {
        let output = parlance.command(&["serve"]).env(name, value).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{name}: {}", stderr(&output));
        assert!(stderr(&output).contains(reason), "{name}: {}", stderr(&output));
    }
    parlance.create_account();
    let mut create = parlance.command(&["bot", "create"]);
    create.envs([
        ("PARLANCE_OWNER", "ann@example.org"),
        ("PARLANCE_NAME", "x"),
        ("PARLANCE_TIME_ZONE", "UTC"),
    ]);
    let output = create.env("PARLANCE_ACTIVATE", "yes").output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
}

#[test]
fn what_is_exported_can_be_imported_and_is_the_same() {
    let parlance = Parlance::new();
    parlance.create_account();
    let (one, two) = (parlance.create_bot(&[]), parlance.create_bot(&[]));
    let file = parlance.write("in.ndjson", &lines(12_000));
    let summary = parlance.print(&["import", "--bot", &one, "--format", "ndjson", &file], b"");
    assert_eq!(summary, json!({"read": 12_000, "accepted": 12_000, "duplicates": 0, "rejected": {}}));
    let exported = parlance.run(&["export", "--bot", &one, "--format", "ndjson"]).stdout;
    let summary = parlance.print(&["import", "--bot", &two, "--format", "ndjson", "-"], &exported);
    assert_eq!(summary["accepted"], 12_000);
    assert_eq!(parlance.run(&["export", "--bot", &two, "--format", "ndjson"]).stdout, exported);
    assert_eq!(parlance.run(&["verify"]).status.code(), Some(0));
}

#[test]
fn an_import_that_runs_again_resumes_and_fails_with_what_it_rejects() {
    let parlance = Parlance::new();
    parlance.create_account();
    let bot = parlance.create_bot(&[]);
    let import = ["import", "--bot", &bot, "--format", "ndjson"];
    parlance.print(&import, ("\u{feff}".to_owned() + &lines(10)).as_bytes());
    let again = format!("{}\n\n{{broken\n{{}}\n\"x\"\n", lines(12));
    let summary = parlance.print_and_exit(&import, again.as_bytes(), 1);
    assert_eq!(
        (&summary["read"], &summary["accepted"], &summary["duplicates"]),
        (&json!(15), &json!(2), &json!(10))
    );
    assert_eq!(summary["rejected"]["not_an_object"]["count"], 2);
    assert_eq!(summary["rejected"]["not_an_object"]["first_lines"], json!([15, 17]));
    assert_eq!(summary["rejected"]["user_id_missing"]["first_lines"], json!([16]));
}

#[test]
fn an_export_may_be_a_range_of_local_dates_and_a_table_without_formulas() {
    let parlance = Parlance::new();
    parlance.create_account();
    let bot = parlance.create_bot(&[]);
    // Berlin is an hour ahead: the second message is the next day's.
    let items = [("=1+1", "2026-01-10T22:59:59Z"), ("@b", "2026-01-10T23:00:00Z")];
    let items = items.map(|(user, at)| {
        json!({"user_id": user, "at": at, "direction": "incoming", "id": user}).to_string()
    });
    parlance.print(&["import", "--bot", &bot, "--format", "ndjson"], items.join("\n").as_bytes());
    let export = |flags: &[&str]| {
        let output = parlance.run(&[&["export", "--bot", &bot, "--format", "csv"], flags].concat());
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        let mut table = csv::Reader::from_reader(output.stdout.as_slice());
        table.records().map(|row| row.unwrap()[2].to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(export(&[]), ["'=1+1", "'@b"]);
    assert_eq!(export(&["--to", "2026-01-10"]), ["'=1+1"]);
    assert_eq!(export(&["--from", "2026-01-11"]), ["'@b"]);
    let backwards =
        ["export", "--bot", &bot, "--format", "csv", "--from", "2026-01-11", "--to", "2026-01-10"];
    assert_eq!(parlance.run(&backwards).status.code(), Some(2));
}

#[test]
fn files_are_their_owners_whatever_the_umask() {
    use std::os::unix::fs::PermissionsExt;

    let parlance = Parlance::new();
    parlance.create_account();
    let bot = parlance.create_bot(&[]);
    let run = |umask: &str, url: &str, command: &str| {
        let line = format!("umask {umask}; {} {command}", env!("CARGO_BIN_EXE_parlance"));
        let mut shell = Command::new("sh");
        shell.args(["-c", &line]).current_dir(parlance.database.folder()).env("DATABASE_URL", url);
        let output = shell.output().unwrap();
        assert!(output.status.success(), "{command}: {}", stderr(&output));
    };
    let mode = |name: &str| {
        let file = std::fs::metadata(parlance.database.folder().join(name)).unwrap();
        format!("{:o}", file.permissions().mode() & 0o777)
    };
    for umask in ["000", "277"] {
        let (new, export) = (format!("new-{umask}.db"), format!("export-{umask}.csv"));
        run(umask, &format!("sqlite://{new}"), "token create --account a@example.org || true");
        run(umask, parlance.database.url(), &format!("export --bot {bot} --format csv --output {export}"));
        assert_eq!((mode(&new), mode(&export)), ("600".to_owned(), "600".to_owned()), "{umask}");
    }
    let again = parlance.run(&["export", "--bot", &bot, "--format", "csv", "--output", "export-000.csv"]);
    assert_eq!(again.status.code(), Some(1), "it is not written over");
}

#[test]
fn write_keys_are_made_listed_and_revoked() {
    let parlance = Parlance::new();
    parlance.create_account();
    let bot = parlance.create_bot(&[]);
    let create = ["key", "create", "--bot", &bot];
    let limited = parlance.print(&[&create[..], &["--door", "chatwoot"]].concat(), b"");
    assert!(limited["write_key"].as_str().unwrap().starts_with("pw_"), "{limited}");
    let list = || parlance.print(&["key", "list", "--bot", &bot], b"")["keys"].as_array().unwrap().clone();
    let keys = list();
    assert_eq!((&keys[0]["door"], &keys[1]["door"]), (&Value::Null, &json!("chatwoot")));
    assert_eq!((&keys[1]["key_id"], &keys[1]["last_used_at"]), (&limited["key_id"], &Value::Null));
    assert!(limited["write_key"].as_str().unwrap().starts_with(keys[1]["prefix"].as_str().unwrap()));
    let number = limited["key_id"].to_string();
    let revoke = ["key", "revoke", "--bot", &bot, "--key", &number];
    assert_eq!(parlance.print(&revoke, b"")["key_id"], limited["key_id"]);
    assert_eq!(list().len(), 1);
    assert_eq!(parlance.run(&revoke).status.code(), Some(1));
    assert_eq!(parlance.run(&[&create[..], &["--door", "window"]].concat()).status.code(), Some(2));
    assert_eq!(parlance.run(&["key", "list", "--bot", "0000000000000"]).status.code(), Some(1));
    parlance.print(&create, b"");
    let full = parlance.run(&create);
    assert_eq!(full.status.code(), Some(1));
    assert!(stderr(&full).contains("revoke one"), "{}", stderr(&full));
}

#[test]
fn sites_of_a_key_and_openings_of_a_bot_are_named() {
    let parlance = Parlance::new();
    parlance.create_account();
    let bot = parlance.create_bot(&[]);
    let list = || parlance.print(&["key", "list", "--bot", &bot], b"")["keys"][0].clone();
    let number = list()["key_id"].to_string();
    let set = |sites: &str| parlance.run(&["key", "set", "--bot", &bot, "--key", &number, "--sites", sites]);
    assert_eq!(list()["sites"], json!([]));
    assert_eq!(set("https://shop.example,http://localhost:8080").status.code(), Some(0));
    assert_eq!(list()["sites"], json!(["https://shop.example", "http://localhost:8080"]));
    let refused = set("shop.example");
    assert_eq!(refused.status.code(), Some(2));
    assert!(stderr(&refused).contains("https://shop.example"), "{}", stderr(&refused));
    assert_eq!(set("").status.code(), Some(0));
    assert_eq!(list()["sites"], json!([]));
    let openings = |texts: &str| parlance.run(&["bot", "set", "--bot", &bot, "--openings", texts]);
    assert_eq!(openings("/greet").status.code(), Some(0));
    let many = "x\n".repeat(21);
    let refused = openings(&many);
    assert_eq!(refused.status.code(), Some(2));
    assert!(stderr(&refused).contains("at most 20 openings"), "{}", stderr(&refused));
}

#[test]
fn a_hidden_character_of_a_name_is_refused_and_none_reaches_the_terminal() {
    let parlance = Parlance::new();
    parlance.create_account();
    let bot = parlance.create_bot(&[]);
    let renamed = parlance.run(&["bot", "set", "--bot", &bot, "--name", "abc\u{202e}gnp.exe"]);
    assert_eq!(renamed.status.code(), Some(2));
    assert!(stderr(&renamed).contains("U+202E"), "{}", stderr(&renamed));
    let table = parlance.write("table.csv", "\u{1b}]0;owned\u{7},\u{9b}2J\nx,y\n");
    let refused = parlance.run(&["import", "--bot", &bot, "--format", "csv", &table]);
    assert!(stderr(&refused).contains("[U+001B]]0;owned[U+0007]"), "{}", stderr(&refused));
    let items = json!({"user_id": "a\u{202e}b", "direction": "incoming", "at": 1_700_000_000}).to_string();
    let shown =
        parlance.run_with(&["import", "--bot", &bot, "--format", "ndjson", "--dry-run"], items.as_bytes());
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(shown.contains("a\\u202eb"), "{shown}");
}

#[test]
fn a_bot_is_changed_and_deleted() {
    let parlance = Parlance::new();
    parlance.create_account();
    let bot = parlance.create_bot(&[]);
    parlance.print(&["import", "--bot", &bot, "--format", "ndjson"], lines(100).as_bytes());
    let change =
        ["--time-zone", "Asia/Kathmandu", "--idle-timeout", "1h", "--week-start", "sunday", "--activate"];
    let set = [&["bot", "set", "--bot", &bot][..], &change].concat();
    assert_eq!(parlance.print(&set, b""), json!({"bot_id": bot}));
    assert_eq!(parlance.run(&["verify", "--bot", &bot]).status.code(), Some(0));
    assert_eq!(parlance.print(&["bot", "delete", "--bot", &bot, "--yes"], b""), json!({"bot_id": bot}));
    assert_eq!(parlance.run(&["export", "--bot", &bot, "--format", "csv"]).status.code(), Some(1));
}

#[test]
fn a_user_is_erased_and_old_raw_messages_go() {
    let parlance = Parlance::new();
    parlance.create_account();
    let bot = parlance.create_bot(&[]);
    parlance.print(&["import", "--bot", &bot, "--format", "ndjson"], lines(70).as_bytes());
    let retention = ["retention", "--bot", &bot];
    let nothing_yet = json!({"bot_id": bot, "days": null, "horizon": null, "messages_beyond": 0});
    assert_eq!(parlance.print(&retention, b""), nothing_yet);

    let erase = ["user", "erase", "--bot", &bot, "--user", "3"];
    let erased = parlance.run(&erase);
    assert_eq!(erased.status.code(), Some(0), "{}", stderr(&erased));
    assert!(stderr(&erased).contains("a user was erased"), "{}", stderr(&erased));
    assert_eq!(
        serde_json::from_slice::<Value>(&erased.stdout).unwrap(),
        json!({"bot_id": bot, "erased": 10})
    );
    assert_eq!(parlance.run(&erase).status.code(), Some(1));
    assert_eq!(parlance.run(&["verify"]).status.code(), Some(0));

    let kept = parlance.print(&[&retention[..], &["--days", "30"]].concat(), b"");
    assert_eq!((&kept["days"], &kept["messages_beyond"]), (&json!(30), &json!(60)));
    assert!(kept["horizon"].is_string(), "{kept}");
    let verified = parlance.run(&["verify"]);
    assert_eq!(verified.status.code(), Some(0));
    assert!(stderr(&verified).contains("60 messages before"), "{}", stderr(&verified));
    let import = ["import", "--bot", &bot, "--format", "ndjson"];
    let again = parlance.print_and_exit(&import, lines(70).as_bytes(), 1);
    assert_eq!(again["rejected"]["before_retention"]["count"], 70);
    assert_eq!(parlance.print(&[&retention[..], &["--keep-all"]].concat(), b"")["days"], Value::Null);
    assert_eq!(parlance.run(&[&retention[..], &["--days", "0"]].concat()).status.code(), Some(2));
}

#[test]
fn a_backup_taken_beside_a_server_is_restored_to_a_file_that_verifies() {
    let parlance = Parlance::new();
    if parlance.database.url().starts_with("postgres") {
        let refused = parlance.run(&["backup", "backup.db"]);
        assert_eq!(refused.status.code(), Some(1));
        return assert!(stderr(&refused).contains("use pg_dump and pg_restore"), "{}", stderr(&refused));
    }
    parlance.create_account();
    let bot = parlance.create_bot(&[]);
    let mut served = Served(parlance.command(&["--addr", "127.0.0.1:0"]).spawn().unwrap());
    served.read_until("Parlance listens on");
    parlance.print(&["import", "--bot", &bot, "--format", "ndjson"], lines(3_000).as_bytes());
    let backup = parlance.database.folder().join("backup.db").display().to_string();
    assert!(parlance.print(&["backup", &backup], b"")["bytes"].as_u64().unwrap() > 100_000);
    assert_eq!(parlance.run(&["backup", &backup]).status.code(), Some(1));
    assert_eq!(served.interrupt().0, Some(0));

    let url = format!("sqlite://{}", parlance.database.folder().join("restored.db").display());
    assert_eq!(parlance.run(&["restore", &backup]).status.code(), Some(1));
    let restore = parlance.print(&["restore", &backup, "--database-url", &url], b"");
    assert_eq!(restore, json!({"restored": url, "bots": 1}));
    assert_eq!(parlance.run(&["verify", "--database-url", &url]).status.code(), Some(0));
    let export = |more: &[&str]| {
        let arguments = [&["export", "--bot", &bot, "--format", "ndjson"], more].concat();
        parlance.run(&arguments).stdout
    };
    assert_eq!(export(&["--database-url", &url]), export(&[]));
}

/// A running server, ended with the test.
struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        self.0.kill().unwrap_or_default();
        self.0.wait().map(drop).unwrap_or_default();
    }
}

impl Served {
    /// Reads stderr up to the line that holds `text`, and gives back everything up to there.
    fn read_until(&mut self, text: &str) -> String {
        let mut lines = BufReader::new(self.0.stderr.as_mut().unwrap());
        let mut read = String::new();
        while lines.read_line(&mut read).unwrap() > 0 {
            if read.contains(text) {
                return read;
            }
        }
        panic!("{text:?} never came: {read}");
    }

    fn interrupt(&mut self) -> (Option<i32>, String) {
        let id = self.0.id().to_string();
        assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
        let code = self.0.wait().unwrap().code();
        let mut rest = String::new();
        self.0.stderr.as_mut().unwrap().read_to_string(&mut rest).unwrap();
        (code, rest)
    }
}

#[test]
fn a_first_start_prints_the_set_up_address_whatever_the_log_level() {
    let parlance = Parlance::new();
    let serve = || {
        let mut command = parlance.command(&["--addr", "127.0.0.1:0", "--log", "off"]);
        Served(command.spawn().unwrap())
    };
    let mut served = serve();
    let printed = served.read_until("Parlance listens on");
    assert!(printed.contains("/set-up?token=ps_"), "{printed}");
    assert_eq!(served.interrupt().0, Some(0));
    parlance.create_account();
    assert!(!serve().read_until("Parlance listens on").contains("set-up"));
}

#[test]
fn a_demo_that_is_interrupted_leaves_nothing_behind() {
    let parlance = Parlance::new();
    let folder = parlance.database.folder().join("tmp");
    std::fs::create_dir(&folder).unwrap();
    let mut command = parlance.command(&["serve", "--demo", "--addr", "127.0.0.1:0"]);
    let mut served = Served(command.env("TMPDIR", &folder).spawn().unwrap());
    served.read_until("Writing a year");
    assert_eq!(entries(&folder), 1);
    assert_eq!(served.interrupt().0, Some(0));
    assert_eq!(entries(&folder), 0);
}

fn entries(folder: &Path) -> usize {
    std::fs::read_dir(folder).unwrap().count()
}
