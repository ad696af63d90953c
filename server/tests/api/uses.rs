//! Custom events and model use by the read API: the same question as of messages, the same rights, JSON and CSV.

use serde_json::{Value, json};

use crate::support::{TestBot, TestServer};

/// Yesterday at ten, Berlin's time.
const AT: &str = "2026-11-17T10:00:00+01:00";

async fn bot_with_uses(server: &TestServer) -> TestBot {
    let bot = server.create_bot("uses").await;
    let items = json!([
        {"id": "1", "user_id": "u", "at": AT, "direction": "incoming", "channel": "web"},
        {"id": "2", "user_id": "u", "at": AT, "direction": "outgoing", "channel": "web", "model": "m-1",
            "input_tokens": 10, "output_tokens": 5, "cost_usd": 0.25, "latency_ms": 800},
        {"id": "3", "user_id": "v", "at": AT, "type": "model_call", "model": "m-1", "model_failed": true},
        {"id": "4", "user_id": "u", "at": AT, "type": "=handoff", "value": 1.5},
        {"id": "5", "user_id": "u", "at": AT, "type": "=handoff", "value": 2, "channel": "web"},
        {"id": "6", "user_id": "v", "at": AT, "type": "=handoff"},
        {"id": "7", "user_id": "v", "at": AT, "type": "rated"}
    ]);
    let answer = server.send(&bot, items.to_string()).send().await;
    assert_eq!(answer.status, 200);
    bot
}

async fn read(server: &TestServer, bot: &TestBot, path: &str) -> Value {
    let path = format!("/api/v1/bots/{}/{path}", bot.id);
    let answer = server.get(&path).bearer(&bot.read_token).send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

#[tokio::test]
async fn events_are_counted_by_name_with_users_values_and_a_series() {
    let server = TestServer::start().await;
    let bot = bot_with_uses(&server).await;
    let report = read(&server, &bot, "events?period=7d").await;
    assert_eq!(report["count"]["value"], 4);
    let handoff = &report["events"][0];
    assert_eq!(handoff["name"], "=handoff");
    assert_eq!((&handoff["count"]["value"], &handoff["users"]["value"]), (&json!(3), &json!(2)));
    assert_eq!(handoff["value"]["value"], "3.5");
    let total: u64 = handoff["timeseries"].as_array().unwrap().iter().filter_map(Value::as_u64).sum();
    assert_eq!(total, 3);
    let web = read(&server, &bot, "events?period=7d&channel=web").await;
    assert_eq!(web["events"][0]["count"]["value"], 1);
}

#[tokio::test]
async fn model_use_is_added_up_by_model() {
    let server = TestServer::start().await;
    let bot = bot_with_uses(&server).await;
    let report = read(&server, &bot, "model-use?period=7d").await;
    let totals = &report["totals"];
    assert_eq!((&totals["calls"]["value"], &totals["errors"]["value"]), (&json!(2), &json!(1)));
    assert_eq!(totals["cost_usd"]["value"], "0.25");
    assert_eq!((&totals["latency"]["calls"], &totals["latency"]["mean_ms"]), (&json!(1), &json!(800.0)));
    let median = &totals["latency"]["median"];
    assert!(median["lower_ms"].as_u64() <= Some(800) && median["upper_ms"].as_u64() > Some(800));
    assert_eq!(report["models"][0]["model"], "m-1");
}

#[tokio::test]
async fn both_are_tables_too_in_which_no_name_is_run() {
    let server = TestServer::start().await;
    let bot = bot_with_uses(&server).await;
    let lines = [("events", "\"'=handoff\",3,,2,,3.5,"), ("model-use", "\"m-1\",2,,1,,10,,5,,0.25,,1,800,")];
    for (what, line) in lines {
        let path = format!("/api/v1/bots/{}/{what}.csv?period=7d", bot.id);
        let answer = server.get(&path).bearer(&bot.read_token).send().await;
        assert_eq!(answer.status, 200);
        let first = answer.text().lines().nth(1).unwrap().to_owned();
        assert!(first.starts_with(line), "{first}");
    }
}

/// A separator, a quote or a blank before the formula changes nothing.
#[tokio::test]
async fn a_name_is_one_cell_in_every_table_whatever_separates_the_cells() {
    let server = TestServer::start().await;
    let bot = server.create_bot("cells").await;
    let name = "x;=cmd|' /C calc'!A0;\"";
    let items = json!([
        {"id": "1", "user_id": "u", "at": AT, "type": name},
        {"id": "2", "user_id": "u", "at": AT, "type": "model_call", "model": "\u{a0}=1+1"},
    ]);
    let answer = server.send(&bot, items.to_string()).send().await;
    assert_eq!(answer.json()["accepted"], 2, "{}", answer.text());
    for (what, cell) in [("events", name), ("model-use", "'\u{a0}=1+1")] {
        let path = format!("/api/v1/bots/{}/{what}.csv?period=7d", bot.id);
        let table = server.get(&path).bearer(&bot.read_token).send().await.text();
        for separator in [b',', b';', b'\t'] {
            let table = table.lines().nth(1).unwrap().replacen(',', &char::from(separator).to_string(), 1);
            let mut table = csv::ReaderBuilder::new()
                .has_headers(false)
                .delimiter(separator)
                .from_reader(table.as_bytes());
            assert_eq!(&table.records().next().unwrap().unwrap()[0], cell);
        }
    }
    server.stop().await;
}

#[tokio::test]
async fn whoever_may_not_read_the_bot_reads_none_of_it() {
    let server = TestServer::start().await;
    let bot = bot_with_uses(&server).await;
    let stranger = server.create_bot("stranger").await;
    for what in ["events", "events.csv", "model-use", "model-use.csv"] {
        let path = format!("/api/v1/bots/{}/{what}", bot.id);
        let signed_out = server.get(&path).send().await;
        assert_eq!(signed_out.status, 401, "{what}");
        let foreign = server.get(&path).bearer(&stranger.read_token).send().await;
        assert_eq!(foreign.status, 404, "{what}");
        let path = format!("{path}?period=fortnight");
        let unreadable = server.get(&path).bearer(&bot.read_token).send().await;
        assert_eq!(unreadable.status, 400, "{what}");
    }
}

/// Names times buckets are counted before anything is read, and the answer says what fits.
#[tokio::test]
async fn a_report_of_very_many_names_and_buckets_is_refused_with_what_fits() {
    let server = TestServer::start().await;
    let bot = server.create_bot("names").await;
    let event = |name: usize| json!({"id": format!("e{name}"), "user_id": "u", "at": AT, "type": format!("event-{name}")});
    let call = |name: usize| json!({"id": format!("c{name}"), "user_id": "u", "at": AT, "type": "model_call", "model": format!("m-{name}")});
    let items: Vec<_> = (0..140).flat_map(|name| [event(name), call(name)]).collect();
    let answer = server.send(&bot, json!(items).to_string()).send().await;
    assert_eq!(answer.json()["accepted"], 280, "{}", answer.text());
    let year = "from=2025-11-19&to=2026-11-18";
    for what in ["events", "events.csv", "model-use", "model-use.csv"] {
        let get = |granularity: &str| {
            let path = format!("/api/v1/bots/{}/{what}?{year}&granularity={granularity}", bot.id);
            server.get(&path).bearer(&bot.read_token).send()
        };
        let refused = get("day").await;
        refused.assert_problem(400, "too_many_cells");
        let detail = refused.json()["detail"].to_string();
        assert!(
            detail.contains("140 names in 365 buckets") && detail.contains("granularity=week"),
            "{detail}"
        );
        assert_eq!(get("week").await.status, 200, "{what}");
    }
    // The page shows its cards all the same, and says that the chart cannot show one of so many.
    let cookie = server.login_cookie(bot.owner).await;
    let query = format!("{year}&granularity=day&event=event-7").replace('=', "%3D").replace('&', "%26");
    let path = format!("/fn/load_report?bot_id={}&query={query}", bot.id);
    let page = server.get(&path).header("accept", "application/json").cookie(&cookie).send().await;
    assert_eq!(page.status, 200, "{}", page.text());
    let text = page.text();
    assert!(
        text.contains("EventTooFine") && text.contains("event-10") && !text.contains("could not be loaded")
    );
    server.stop().await;
}
