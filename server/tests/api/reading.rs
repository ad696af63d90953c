//! The read API's figures: hand-counted, and the same in JSON and in CSV.

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::{TestBot, TestServer, incoming};

/// Three users over two days, one of them on both; figures by hand in the tests.
async fn with_traffic() -> (TestServer, TestBot) {
    let server = TestServer::start().await;
    let bot = server.create_bot("figures").await;
    let mut reply = incoming("a", "2026-11-17T10:00:05Z");
    reply["direction"] = json!("outgoing");
    let mut telegram = incoming("c", "2026-11-18T09:00:00Z");
    telegram["channel"] = json!("telegram");
    let items = json!([
        incoming("a", "2026-11-17T10:00:00Z"),
        reply,
        incoming("b", "2026-11-17T11:00:00Z"),
        incoming("a", "2026-11-18T08:00:00Z"),
        incoming("a", "2026-11-18T08:10:00Z"),
        telegram,
    ]);
    assert_eq!(server.send(&bot, items.to_string()).send().await.json()["accepted"], 6);
    (server, bot)
}

async fn analytics(server: &TestServer, bot: &TestBot, query: &str) -> Value {
    let path = format!("/api/v1/bots/{}/analytics?{query}", bot.id);
    let answer = server.get(&path).bearer(&bot.read_token).send().await;
    assert_eq!(answer.status, 200, "{query}: {}", answer.text());
    answer.json()
}

#[tokio::test]
async fn the_figures_are_those_of_the_messages() {
    let (server, bot) = with_traffic().await;
    let report = analytics(&server, &bot, "period=today").await;
    let totals =
        |name: &str| (report["totals"][name]["value"].clone(), report["totals"][name]["previous"].clone());
    assert_eq!(totals("total_users"), (json!(2), json!(2)));
    assert_eq!(totals("new_users"), (json!(1), json!(2)));
    assert_eq!(totals("returning_users"), (json!(1), json!(0)));
    assert_eq!(totals("sessions"), (json!(2), json!(2)));
    assert_eq!(totals("messages"), (json!(3), json!(2)));
    assert_eq!(totals("bot_messages"), (json!(0), json!(1)));
    assert_eq!(report["totals"]["messages"]["change"], 0.5);
    assert_eq!(report["bot"], json!({"id": bot.id, "name": "figures"}));
    assert_eq!(report["time_zone"], "Europe/Berlin");
    assert_eq!(report["as_of"], "2026-11-18T13:00:00+01:00");
    assert_eq!(report["period"]["start"], "2026-11-18T00:00:00+01:00");
    assert_eq!(report["period"]["running"], true);
    assert_eq!(report["granularity"], "hour");
    server.stop().await;
}

/// There are fewer connections than people who ask, so whoever has one must not wait for a second.
#[tokio::test]
async fn many_who_ask_at_once_are_all_answered() {
    let (server, bot) = with_traffic().await;
    let cookie = server.login_cookie(bot.owner).await;
    let mut asked = JoinSet::new();
    for _ in 0..20 {
        for path in ["analytics", "analytics.csv"] {
            let path = format!("/api/v1/bots/{}/{path}", bot.id);
            asked.spawn(server.get(&path).bearer(&bot.read_token).send());
        }
        let page = format!("/fn/load_report?bot_id={}&query=", bot.id);
        asked.spawn(server.get(&page).header("accept", "application/json").cookie(&cookie).send());
        asked.spawn(server.call("load_bots", "sort=Name").cookie(&cookie).send());
    }
    while let Some(answer) = asked.join_next().await {
        let answer = answer.unwrap();
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    server.stop().await;
}

#[tokio::test]
async fn a_channel_answers_as_if_the_bot_had_only_that() {
    let (server, bot) = with_traffic().await;
    let report = analytics(&server, &bot, "period=today&channel=telegram&compare=none").await;
    assert_eq!(report["totals"]["total_users"], json!({"value": 1, "previous": null, "change": null}));
    assert_eq!((&report["channel"], &report["comparison"]), (&json!("telegram"), &Value::Null));
    server.stop().await;
}

#[tokio::test]
async fn the_csv_has_exactly_the_rows_of_the_json() {
    let (server, bot) = with_traffic().await;
    for query in [
        "",
        "period=today",
        "period=28d&compare=year",
        "period=7d&compare=none",
        "period=month&granularity=week",
        "period=24h",
        "period=28d_full&compare=custom&compare_from=2026-11-01&compare_to=2026-11-18",
        "from=2026-11-01&to=2026-11-02&compare=custom&compare_from=2026-10-25&compare_to=2026-10-25",
    ] {
        let report = analytics(&server, &bot, query).await;
        let path = format!("/api/v1/bots/{}/analytics.csv?{query}", bot.id);
        let answer = server.get(&path).bearer(&bot.read_token).send().await;
        assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8");
        assert!(answer.header("content-disposition").starts_with("attachment; filename=\"parlance-"));
        assert_eq!(rows_of_csv(&answer.text()), rows_of_json(&report), "{query}");
    }
    server.stop().await;
}

fn rows_of_csv(table: &str) -> Vec<Vec<(String, String)>> {
    let mut table = csv::Reader::from_reader(table.as_bytes());
    let columns = table.headers().unwrap().clone();
    let cells = |row: csv::StringRecord| {
        columns.iter().zip(row.iter()).map(|(a, b)| (a.to_owned(), b.to_owned())).collect()
    };
    table.records().map(|row| cells(row.unwrap())).collect()
}

fn rows_of_json(report: &Value) -> Vec<Vec<(String, String)>> {
    const TIMES: [&str; 2] = ["start", "end"];
    const STATE: [&str; 2] = ["partial", "running"];
    const FIGURES: [&str; 6] =
        ["total_users", "new_users", "returning_users", "sessions", "messages", "bot_messages"];
    let cell = |row: &Value, name: &str| match &row[name] {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let times = |row: &Value| {
        let instants = TIMES.map(|name| (name.to_owned(), cell(row, name)));
        let local = TIMES.into_iter().flat_map(|name| {
            let text = cell(row, name);
            let (local, offset) = text.split_at(text.len().min(19));
            let offset = if offset.is_empty() { String::new() } else { format!("UTC{offset}") };
            [(format!("{name}_local"), local.replace('T', " ")), (format!("{name}_offset"), offset)]
        });
        instants.into_iter().chain(local).collect::<Vec<_>>()
    };
    let figures = |row: &Value, names: &[&str]| -> Vec<(String, String)> {
        names.iter().map(|name| ((*name).to_owned(), cell(row, name))).collect()
    };
    let line = |current: &Value, previous: &Value| {
        let own = [times(current), figures(current, &STATE), figures(current, &FIGURES)].concat();
        let before = [times(previous), figures(previous, &FIGURES)].concat();
        let before = before.into_iter().map(|(name, cell)| (format!("previous_{name}"), cell));
        own.into_iter().chain(before).collect()
    };
    let (rows, comparison) = (&report["timeseries"], &report["comparison"]);
    let find = |rows: &Value, place: &Value| {
        place.as_u64().map_or(Value::Null, |place| rows[usize::try_from(place).unwrap()].clone())
    };
    match comparison["pairs"].as_array() {
        None => rows.as_array().unwrap().iter().map(|row| line(row, &Value::Null)).collect(),
        Some(pairs) => pairs
            .iter()
            .map(|pair| {
                line(&find(rows, &pair["current"]), &find(&comparison["timeseries"], &pair["previous"]))
            })
            .collect(),
    }
}

/// 29 days of one month beside 31 of the other: figures of every bucket of both are in the table.
#[tokio::test]
async fn the_columns_of_the_csv_add_up_to_the_totals_also_where_the_comparison_is_longer() {
    let server = TestServer::start().await;
    let bot = server.create_bot("sums").await;
    let items: Vec<_> = (1..=31)
        .map(|day| json!({"id": format!("{day}"), "user_id": "u", "direction": "incoming", "at": format!("2026-01-{day:02}T12:00:00Z")}))
        .collect();
    let answer = server.send(&bot, json!(items).to_string()).send().await;
    assert_eq!(answer.json()["accepted"], 31, "{}", answer.text());
    let query = "from=2026-02-01&to=2026-02-28";
    let report = analytics(&server, &bot, query).await;
    assert_eq!(report["totals"]["messages"]["previous"], 31);
    let path = format!("/api/v1/bots/{}/analytics.csv?{query}", bot.id);
    let table = server.get(&path).bearer(&bot.read_token).send().await.text();
    let rows = rows_of_csv(&table);
    let sum = |column: &str| -> u64 {
        let cells = rows.iter().flatten().filter(|(name, _)| name == column);
        cells.filter_map(|(_, cell)| cell.parse::<u64>().ok()).sum()
    };
    assert_eq!((rows.len(), sum("previous_messages"), sum("messages")), (31, 31, 0));
    server.stop().await;
}

#[tokio::test]
async fn a_table_begins_with_a_mark_for_excel_if_asked_for() {
    let (server, bot) = with_traffic().await;
    for what in ["analytics.csv", "events.csv", "model-use.csv"] {
        let get = |query: &str| {
            server.get(&format!("/api/v1/bots/{}/{what}?{query}", bot.id)).bearer(&bot.read_token).send()
        };
        let (plain, marked) = (get("").await.text(), get("bom=1").await.text());
        assert_eq!(marked, format!("\u{feff}{plain}"), "{what}");
        assert_eq!(get("bom=0").await.text(), plain, "{what}");
        get("bom=yes").await.assert_problem(400, "invalid_query");
        get("bom=1&bom=1").await.assert_problem(400, "invalid_query");
    }
    server.stop().await;
}

#[tokio::test]
async fn an_unreadable_query_is_refused_with_its_code() {
    let (server, bot) = with_traffic().await;
    for (query, code) in [
        ("period=fortnight", "invalid_period"),
        ("period=7d&from=2026-11-01&to=2026-11-02", "invalid_period"),
        ("from=2026-11-01", "invalid_range"),
        ("from=2026-11-02&to=2026-11-01", "invalid_range"),
        ("from=2026-11-01&to=2026-11-02T00:00:00Z", "invalid_range"),
        ("from=2026-02-29&to=2026-03-01", "no_such_date"),
        ("compare=custom", "invalid_compare_range"),
        ("compare=custom&compare_from=2026-02-30&compare_to=2026-03-01", "no_such_date"),
        ("compare=custom&compare_from=2026-03-02&compare_to=2026-03-01", "invalid_compare_range"),
        ("compare=custom&compare_from=1999-03-02&compare_to=2026-03-01", "comparison_out_of_range"),
        (
            "period=yesterday&compare=custom&compare_from=2000-03-02&compare_to=2026-03-01&granularity=day",
            "too_many_buckets",
        ),
        ("compare_from=2026-03-01&compare_to=2026-03-01", "invalid_compare"),
        ("granularity=minute", "invalid_granularity"),
        ("channel=%20", "invalid_channel"),
        ("compare=tomorrow", "invalid_compare"),
        ("from=2026-11-01T00:01:00Z&to=2026-11-02T00:00:00Z", "instant_not_on_quarter"),
        ("from=2020-01-01&to=2026-01-01&granularity=hour", "too_many_buckets"),
        ("from=1999-12-31&to=2000-01-01", "period_out_of_range"),
        ("period=7d&period=28d", "invalid_query"),
    ] {
        for door in ["analytics", "analytics.csv"] {
            let path = format!("/api/v1/bots/{}/{door}?{query}", bot.id);
            server.get(&path).bearer(&bot.read_token).send().await.assert_problem(400, code);
        }
    }
    server.stop().await;
}

#[tokio::test]
async fn a_parameter_that_comes_twice_is_refused_with_what_to_do() {
    let (server, bot) = with_traffic().await;
    let path = format!("/api/v1/bots/{}/analytics?period=7d&period=28d", bot.id);
    let answer = server.get(&path).bearer(&bot.read_token).send().await;
    assert_eq!(answer.json()["detail"], "A parameter is repeated: send each parameter at most once.");
    server.stop().await;
}

#[tokio::test]
async fn an_unknown_parameter_changes_nothing() {
    let (server, bot) = with_traffic().await;
    assert_eq!(analytics(&server, &bot, "x=1").await, analytics(&server, &bot, "").await);
    server.stop().await;
}

#[tokio::test]
async fn a_bot_is_shown_with_its_settings_in_its_own_time() {
    let (server, bot) = with_traffic().await;
    let shown = server.get(&format!("/api/v1/bots/{}", bot.id)).bearer(&bot.read_token).send().await.json();
    assert_eq!(
        shown,
        json!({
            "id": bot.id,
            "name": "figures",
            "state": "activated",
            "time_zone": "Europe/Berlin",
            "week_start": "monday",
            "idle_timeout_ms": 1_800_000,
            "created_at": "2026-11-18T13:00:00+01:00",
            "first_message_at": "2026-11-17T11:00:00+01:00",
            "last_message_at": "2026-11-18T10:00:00+01:00",
            "recalculation": null,
        })
    );
    let list = server.get("/api/v1/bots").bearer(&bot.read_token).send().await.json();
    assert_eq!(list, json!({ "bots": [shown] }));
    server.stop().await;
}
