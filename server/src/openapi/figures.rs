//! The read API.

use serde_json::json;

use super::codes;
use super::operation::{Operation, answer_of, answer_with};
use super::parameters;
use crate::read::csv_table;

/// What everything that is read may answer.
pub(super) const REFUSALS: [&str; 3] = ["unauthorized", "internal", "unavailable"];

const READER: &[&str] = &["readToken", "login"];
const REPORT: &str = "The same report that the dashboard shows: totals, what they are compared with, and a series of buckets that tile the period. Counts are null in a gap: before the first message and after as_of.";

pub(super) fn operations() -> Vec<Operation> {
    let read = |path, id, summary| Operation {
        security: READER,
        problems: REFUSALS.to_vec(),
        ..Operation::new("get", path, id, "figures", summary)
    };
    let list = Operation {
        answer: answer_of("The list.", "BotList"),
        ..read("/api/v1/bots", "listBots", "The bots that the client may see, by name")
    };
    let bot = Operation {
        description: "Activated or not: an inactive bot shows its settings, and no figures.".to_owned(),
        parameters: vec![parameters::bot_id()],
        answer: answer_of("The bot.", "Bot"),
        problems: [&REFUSALS[..], &["not_found"]].concat(),
        ..read("/api/v1/bots/{id}", "getBot", "One bot")
    };
    let path = "/api/v1/bots/{id}/analytics";
    let report = Operation {
        description: REPORT.to_owned(),
        answer: answer_of("The figures.", "Report"),
        ..with_query(read(path, "getAnalytics", "A bot's figures"))
    };
    let path = "/api/v1/bots/{id}/analytics.csv";
    let table = with_query(read(path, "getAnalyticsCsv", "The chart's rows as a table"));
    vec![list, bot, report, Operation { description: describe_table(), answer: answer_table(), ..table }]
}

fn with_query(operation: Operation) -> Operation {
    let parameters = [vec![parameters::bot_id()], parameters::of_report()].concat();
    let query = codes::of_queries().map(|code| code.word);
    let problems = ["not_found", "bot_inactive", "invalid_query"].into_iter().chain(query).chain(REFUSALS);
    Operation { parameters, problems: problems.collect(), ..operation }
}

fn describe_table() -> String {
    let columns = csv_table::COLUMNS.join(", ");
    format!(
        "One line for each bucket, with its counterpart of the comparison beside it. A gap is an empty cell. Columns: {columns}."
    )
}

fn answer_table() -> serde_json::Value {
    let mut answer = answer_with("The table, with a heading.", "text/csv", &json!({ "type": "string" }));
    answer["headers"]["Content-Disposition"] =
        json!({ "description": "A name for the file.", "schema": { "type": "string" } });
    answer
}
