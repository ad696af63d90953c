//! The read API.

use serde_json::json;

use super::operation::{Operation, answer_of, answer_with};
use super::parameters;
use crate::problem::ProblemCode;
use crate::read::{csv_table, uses_table};

/// What everything that is read may answer.
pub(super) const REFUSALS: [ProblemCode; 4] =
    [ProblemCode::Unauthorized, ProblemCode::Internal, ProblemCode::Busy, ProblemCode::Unavailable];

const READER: &[&str] = &["readToken", "login"];
const REPORT: &str = "The same report as the dashboard's: totals, their comparison, and a series of buckets that cover the period. Counts are null in a gap: before the first message and after as_of.";

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
        description: "Activated or not: an inactive bot has its settings, but no figures.".to_owned(),
        parameters: vec![parameters::bot_id()],
        answer: answer_of("The bot.", "Bot"),
        problems: [&REFUSALS[..], &[ProblemCode::NotFound]].concat(),
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
    let table = Operation { description: describe_table(), answer: answer_table(), ..with_table(table) };
    [vec![list, bot, report, table], events(read), model_use(read)].concat()
}

const EVENTS: &str = "By name: the number of events, of their users, and the sum of their values, each with its comparison, for the same periods, zones, granularities and channels as messages. timeseries has one entry for each entry of buckets.";
const MODEL_USE: &str = "Outgoing messages of a model, and model calls: calls, errors, tokens, cost and latency, in total and by model. Percentiles come with the bounds of their bin of the histogram.";

fn events(read: impl Fn(&'static str, &'static str, &'static str) -> Operation) -> Vec<Operation> {
    let path = "/api/v1/bots/{id}/events";
    let report = Operation {
        description: EVENTS.to_owned(),
        answer: answer_of("The events.", "EventsReport"),
        ..with_query(read(path, "getEvents", "A bot's custom events"))
    };
    let path = "/api/v1/bots/{id}/events.csv";
    vec![
        report,
        named_table(read(path, "getEventsCsv", "Custom events as a table"), &uses_table::EVENT_COLUMNS),
    ]
}

fn model_use(read: impl Fn(&'static str, &'static str, &'static str) -> Operation) -> Vec<Operation> {
    let path = "/api/v1/bots/{id}/model-use";
    let report = Operation {
        description: MODEL_USE.to_owned(),
        answer: answer_of("The use.", "ModelUseReport"),
        ..with_query(read(path, "getModelUse", "A bot's use of language models"))
    };
    let path = "/api/v1/bots/{id}/model-use.csv";
    vec![
        report,
        named_table(read(path, "getModelUseCsv", "Model use as a table"), &uses_table::MODEL_COLUMNS),
    ]
}

/// One line for each name.
fn named_table(operation: Operation, columns: &[&str]) -> Operation {
    let description =
        format!("One line for each name, the most frequent first. Columns: {}.", columns.join(", "));
    Operation { description, answer: answer_table(), ..with_table(with_query(operation)) }
}

fn with_query(operation: Operation) -> Operation {
    let parameters = [vec![parameters::bot_id()], parameters::of_report()].concat();
    let query = ProblemCode::OF_QUERIES;
    let problems = [ProblemCode::NotFound, ProblemCode::BotInactive, ProblemCode::InvalidQuery]
        .into_iter()
        .chain(query)
        .chain(REFUSALS);
    Operation { parameters, problems: problems.collect(), ..operation }
}

fn with_table(operation: Operation) -> Operation {
    let parameters = [operation.parameters, vec![parameters::of_table()]].concat();
    Operation { parameters, ..operation }
}

fn describe_table() -> String {
    let columns = csv_table::COLUMNS.join(", ");
    format!(
        "One line for each bucket of the period and of its comparison; two compared buckets share a line. Gaps and missing partners are empty cells. Times are given twice: as instants with their offset, and for spreadsheets, with the local time in one column and the offset in another. Columns: {columns}."
    )
}

fn answer_table() -> serde_json::Value {
    let mut answer = answer_with("The table, with a heading.", "text/csv", &json!({ "type": "string" }));
    answer["headers"]["Content-Disposition"] =
        json!({ "description": "A name for the file.", "schema": { "type": "string" } });
    answer
}
