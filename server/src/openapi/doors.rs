//! Every way in: what it accepts in words, what they answer, and with which statuses. What
//! becomes of each field is in docs/INTAKE.md.

use serde_json::{Value, json};

use super::operation::{Operation, answer_of, answer_with};
use store::doors::Door as DoorName;

use super::intake::{REFUSALS, native};
use super::{client_settings, figures, parameters};
use crate::intake::door::{Door, Guard, Senders, Takes};
use crate::intake::doors::DOORS;
use crate::problem::ProblemCode;

/// Where clients put a bot's key. In a JSON body it may stand too, which no security scheme can say.
const KEYS: &[&str] = &["writeKey", "writeKeyAsUser", "writeKeyInQuery"];
const KEY_IN_BODY: &str = "The key may also be in the body, as `writeKey`, `api_key` or `token`. Content-Type is ignored; gzip is accepted.";

/// Every path of every door.
pub(super) fn operations() -> Vec<Operation> {
    let paths = DOORS.into_iter().flat_map(|door| door.paths.iter().map(move |path| (door, *path)));
    paths
        .map(|(door, path)| describe(door, path))
        .chain([projects(), prompt(), botpress()])
        .chain(client_settings::operations())
        .collect()
}

fn describe(door: &Door, path: &str) -> Operation {
    match (door.name, door.takes, door.guard) {
        (DoorName::Native, ..) => native(path),
        (DoorName::Segment, ..) => segment(door, path),
        (DoorName::Posthog, ..) => posthog(door, path),
        (DoorName::Otlp, Takes::Traces, _) => traces(door, path),
        (DoorName::Otlp, Takes::LangfuseBatch, _) => langfuse(door, path),
        (DoorName::Otlp, Takes::Events(_), _) => scores(door, path),
        (DoorName::Otlp, ..) => other_signals(door, path),
        (DoorName::Dashbot, ..) => dashbot(door, path),
        (DoorName::Rasa, _, Guard::Parameter(..)) => rasa_at_root(door, path),
        (DoorName::Rasa, ..) => rasa(door, path),
        (DoorName::Chatwoot, ..) => chatwoot(door, path),
    }
}

/// An operation without body and answer.
fn operation(door: &Door, path: &str, summary: &str, description: &str) -> Operation {
    Operation {
        description: format!("{description} {KEY_IN_BODY}"),
        security: KEYS,
        problems: refusals(door),
        ..Operation::new("post", path, &operation_id(door, path), "compatible", summary)
    }
}

fn refusals(door: &Door) -> Vec<ProblemCode> {
    let of_pages = (door.senders == Senders::Pages).then_some(ProblemCode::SiteNotNamed);
    REFUSALS.into_iter().chain(of_pages).collect()
}

/// `send`, the door's name, and the words of the path but for versions: `sendSegmentTrack`.
fn operation_id(door: &Door, path: &str) -> String {
    // Paths of one letter stand at the root and below a version, and OpenTelemetry's with and without `api`.
    let is_short = path.len() <= "/v1/t".len();
    let is_version = |word: &str| ["v0", "v1"].contains(&word) && !is_short;
    let is_api = |word: &str| word == "api" && !path.starts_with("/api/otel");
    let is_left_out = |word: &str| ["", door.name.word()].contains(&word) || is_version(word) || is_api(word);
    let words = path.split('/').filter(|word| !is_left_out(word));
    std::iter::once(door.name.word()).chain(words).fold("send".to_owned(), |id, word| id + &capital(word))
}

fn takes_json(operation: Operation, schema: &Value, codes: &[ProblemCode]) -> Operation {
    let body = json!({ "required": true, "content": { "application/json": { "schema": schema } } });
    Operation { body: Some(body), problems: [&operation.problems[..], codes].concat(), ..operation }
}

fn answers(operation: Operation, description: &str, members: &Value) -> Operation {
    let required: Vec<&String> = members.as_object().into_iter().flatten().map(|(name, _)| name).collect();
    let schema = json!({ "type": "object", "required": required, "properties": members });
    Operation { answer: answer_with(description, "application/json", &schema), ..operation }
}

const SEGMENT: &str = "For the clients of Segment and RudderStack. In events of the type `track`, `Message Received` is a message from a user and `Message Sent` a message from the bot, unless `properties.direction` says otherwise; other names are custom events. Other types are ignored by name.";

fn segment(door: &Door, path: &str) -> Operation {
    let success = json!({ "success": { "const": true } });
    let stored = "Every valid event is stored. The Intake log and /metrics show the others.";
    let word = path.rsplit('/').next().unwrap_or_default();
    let taken = if ["batch", "b", "import"].contains(&word) {
        let many = operation(door, path, "Segment: a batch of events", SEGMENT);
        let codes = [ProblemCode::JsonInvalid, ProblemCode::NotAnObject, ProblemCode::BatchInvalid];
        takes_json(many, &segment_batch(), &codes)
    } else {
        let one = operation(door, path, &format!("Segment: one event of the type {word}"), SEGMENT);
        takes_json(one, &segment_event(), &[ProblemCode::JsonInvalid, ProblemCode::NotAnObject])
    };
    answers(taken, stored, &success)
}

fn segment_batch() -> Value {
    json!({
        "type": "object",
        "required": ["batch"],
        "properties": {
            "batch": { "type": "array", "items": segment_event() },
            "sentAt": { "type": "string", "description": "The client's clock." },
            "writeKey": { "type": "string" },
        },
    })
}

fn segment_event() -> Value {
    json!({
        "type": "object",
        "properties": {
            "type": { "type": "string" },
            "event": { "type": "string" },
            "userId": { "type": ["string", "number", "null"] },
            "anonymousId": { "type": ["string", "number", "null"] },
            "messageId": { "type": "string" },
            "timestamp": { "type": "string" },
            "properties": { "type": "object" },
        },
    })
}

const POSTHOG: &str = "For the clients of PostHog: a batch, one event, or an array of events. `message_received` is a message from a user and `message_sent` a message from the bot, unless `properties.direction` says otherwise; `$ai_generation` is a call of a language model; other names that begin with `$` are ignored by name, and the rest are custom events.";

fn posthog(door: &Door, path: &str) -> Operation {
    let event = json!({
        "type": "object",
        "required": ["event"],
        "properties": {
            "api_key": { "type": "string" },
            "event": { "type": "string" },
            "distinct_id": { "type": ["string", "number"] },
            "uuid": { "type": "string" },
            "timestamp": { "type": "string" },
            "properties": { "type": "object" },
        },
    });
    let batch = json!({
        "type": "object",
        "required": ["batch"],
        "properties": { "api_key": { "type": "string" }, "batch": { "type": "array", "items": event }, "sent_at": { "type": "string" } },
    });
    let body = json!({ "anyOf": [batch, event, { "type": "array", "items": event }] });
    let codes = [ProblemCode::JsonInvalid, ProblemCode::NotAnObject, ProblemCode::BatchInvalid];
    let taken = takes_json(operation(door, path, "PostHog: events", POSTHOG), &body, &codes);
    answers(taken, "Everything valid is stored.", &json!({ "status": { "const": "Ok" } }))
}

const DASHBOT: &str =
    "For the clients of Dashbot: one message or event, or an array, in the form of the query's platform.";
const RASA: &str =
    "Events of Rasa's brokers, one or an array: `user` and `bot` are messages, the rest is ignored by name.";
const ROOT: &str = "For the broker of hecho-events, which sends again unless the status is 201. Without `platform=rasa` this path accepts only GET.";
const CHATWOOT: &str = "Chatwoot's webhook: `message_created` is a message, unless it is private. If the bot has a secret, the request must be signed.";
/// What bodies of one or many may be refused for.
const ITEMS: &[ProblemCode] = &[ProblemCode::JsonInvalid, ProblemCode::ArrayInvalid];

/// One object or an array of them.
fn takes_items(door: &Door, path: &str, summary: &str, description: &str) -> Operation {
    let items =
        json!({ "anyOf": [{ "type": "object" }, { "type": "array", "items": { "type": "object" } }] });
    let taken = takes_json(operation(door, path, summary, description), &items, ITEMS);
    Operation { answer: answer_of("Everything valid is stored.", "Receipt"), ..taken }
}

fn dashbot(door: &Door, path: &str) -> Operation {
    let taken = takes_items(door, path, "Dashbot: a message or an event", DASHBOT);
    Operation { parameters: dashbot_query(), answer: dashbot_answer(), ..taken }
}

fn rasa(door: &Door, path: &str) -> Operation {
    takes_items(door, path, "Rasa: events", RASA)
}

fn rasa_at_root(door: &Door, path: &str) -> Operation {
    let taken = takes_items(door, path, "Rasa: events of hecho-events", ROOT);
    let platform = json!({ "const": "rasa" });
    Operation {
        id: "sendRasaEventsToRoot".to_owned(),
        parameters: vec![parameters::required_query("platform", "What sends.", &platform)],
        status: "201",
        problems: [&taken.problems[..], &[ProblemCode::MethodNotAllowed]].concat(),
        ..taken
    }
}

fn chatwoot(door: &Door, path: &str) -> Operation {
    let taken = takes_items(door, path, "Chatwoot: a webhook", CHATWOOT);
    Operation { parameters: signature(), ..taken }
}

fn dashbot_query() -> Vec<Value> {
    let kinds = json!({ "enum": ["incoming", "outgoing", "all", "event"] });
    let text = json!({ "type": "string" });
    vec![
        parameters::query("type", "The kind of item; other kinds are ignored by name.", &kinds),
        parameters::query(
            "platform",
            "The form of the body: rasa, microsoft, slack, facebook, or any other word for the generic form.",
            &text,
        ),
        parameters::query("v", "The client's version.", &text),
    ]
}

fn dashbot_answer() -> Value {
    let success = json!({ "type": "boolean", "description": "Whether all of it is stored." });
    let schema = json!({
        "$ref": "#/components/schemas/Receipt",
        "required": ["success"],
        "properties": { "success": success },
    });
    answer_with("Everything valid is stored.", "application/json", &schema)
}

fn signature() -> Vec<Value> {
    let header = |name, description| json!({ "name": name, "in": "header", "description": description, "schema": { "type": "string" } });
    vec![
        header(
            "X-Chatwoot-Signature",
            "HMAC-SHA256 of the time, a point and the body, in hexadecimal after `sha256=`.",
        ),
        header("X-Chatwoot-Timestamp", "Time of the signature, in seconds: at most 5 minutes ago."),
    ]
}

const TRACES: &str = "OTLP over HTTP, in protobuf or JSON: spans of model calls count as such, and each trace as one turn of a conversation. `partialSuccess` tells about spans that cannot be counted.";
const DROPPED: &str = "Accepted and dropped, so that exporters do not report errors.";

fn traces(door: &Door, path: &str) -> Operation {
    let taken = operation(door, path, "OpenTelemetry: traces", TRACES);
    Operation {
        body: Some(otlp_body()),
        answer: otlp_answer("Every valid span is stored, or waits for the root of its trace."),
        problems: [&taken.problems[..], &[ProblemCode::OtlpInvalid, ProblemCode::SpanTooLarge]].concat(),
        ..taken
    }
}

const LANGFUSE: &str = "For the clients of Langfuse from before OpenTelemetry (Python up to version 2, JavaScript up to 3). Generations are calls of a model, and each trace is a turn of a conversation, counted when no event of it has come for a minute. Scores are ignored by name.";

fn langfuse(door: &Door, path: &str) -> Operation {
    let event = json!({
        "type": "object",
        "required": ["id", "type", "body"],
        "properties": {
            "id": { "type": "string" },
            "type": { "type": "string" },
            "timestamp": { "type": "string" },
            "body": { "type": "object" },
        },
    });
    let batch = json!({
        "type": "object",
        "required": ["batch"],
        "properties": { "batch": { "type": "array", "items": event }, "metadata": { "type": "object" } },
    });
    let codes = [ProblemCode::JsonInvalid, ProblemCode::NotAnObject, ProblemCode::BatchInvalid];
    let taken = takes_json(operation(door, path, "Langfuse: a batch of events", LANGFUSE), &batch, &codes);
    let outcomes = json!({ "type": "array", "items": { "type": "object" } });
    let members = json!({ "successes": outcomes, "errors": outcomes });
    Operation {
        status: "207",
        ..answers(taken, "Every valid event waits until its trace is complete.", &members)
    }
}

fn scores(door: &Door, path: &str) -> Operation {
    let words = "Scores of Langfuse's clients are accepted and ignored by name. Each score of an array is answered with its id.";
    let taken = takes_items(door, path, "Langfuse: scores", words);
    answers(taken, "Taken.", &json!({}))
}

fn projects() -> Operation {
    let words = "For `auth_check` of Langfuse's clients: the bot of the key, as the only project.";
    let project = json!({ "type": "array", "items": { "type": "object" } });
    let asked = Operation {
        description: words.to_owned(),
        security: KEYS,
        problems: vec![
            ProblemCode::Unauthorized,
            ProblemCode::BotInactive,
            ProblemCode::NotFound,
            ProblemCode::RateLimited,
            ProblemCode::Internal,
            ProblemCode::Busy,
            ProblemCode::Stopping,
            ProblemCode::Unavailable,
        ],
        ..Operation::new(
            "get",
            "/api/public/projects",
            "getLangfuseProjects",
            "compatible",
            "Langfuse: the project of a key",
        )
    };
    answers(asked, "The project.", &json!({ "data": project }))
}

fn prompt() -> Operation {
    let text = json!({ "type": "string" });
    let absent = json!({ "message": text, "error": { "const": "LangfuseNotFoundError" } });
    let name = json!({ "name": "name", "in": "path", "required": true, "description": "The prompt's name.", "schema": text });
    let asked = Operation {
        description: "There are no prompts here: clients use their fallback.".to_owned(),
        parameters: vec![name],
        ..Operation::new(
            "get",
            "/api/public/v2/prompts/{name}",
            "getLangfusePrompt",
            "compatible",
            "Langfuse: a prompt",
        )
    };
    Operation { status: "404", ..answers(asked, "No such prompt.", &absent) }
}

fn other_signals(door: &Door, path: &str) -> Operation {
    let signal = path.rsplit('/').next().unwrap_or_default();
    let taken = operation(door, path, &format!("OpenTelemetry: {signal}"), DROPPED);
    Operation { body: Some(otlp_body()), answer: otlp_answer("Dropped."), ..taken }
}

fn otlp_body() -> Value {
    json!({
        "required": true,
        "content": {
            "application/x-protobuf": { "schema": { "type": "string", "format": "binary" } },
            "application/json": { "schema": { "type": "object" } },
        },
    })
}

fn otlp_answer(description: &str) -> Value {
    let partial = json!({
        "type": "object",
        "properties": { "rejectedSpans": { "type": "string" }, "errorMessage": { "type": "string" } },
    });
    let mut answer = answer_with(
        description,
        "application/json",
        &json!({ "type": "object", "properties": { "partialSuccess": partial } }),
    );
    answer["content"]["application/x-protobuf"] =
        json!({ "schema": { "type": "string", "format": "binary" } });
    answer
}

const BOTPRESS: &str = "For programs that read Botpress' admin API. The figures of the read API, one record for each local day of the bot from startDate to endDate, at most 1,500. An instant means the day that contains it; as endDate, the instant at which a day begins means the day before. Days before the first message and future days have zeros.";

fn botpress() -> Operation {
    let day = |name: &str| {
        let description = "A local date (2026-11-01) or an RFC 3339 instant.";
        parameters::required_query(name, description, &parameters::date_or_instant())
    };
    Operation {
        description: BOTPRESS.to_owned(),
        security: &["readToken", "login"],
        parameters: vec![parameters::bot_id(), day("startDate"), day("endDate")],
        answer: answer_of("The figures.", "BotAnalytics"),
        problems: [
            &[
                ProblemCode::NotFound,
                ProblemCode::BotInactive,
                ProblemCode::InvalidQuery,
                ProblemCode::TooManyBuckets,
                ProblemCode::PeriodOutOfRange,
            ],
            &figures::REFUSALS[..],
        ]
        .concat(),
        problem: "BotpressProblem",
        ..Operation::new(
            "get",
            "/v1/admin/bots/{id}/analytics",
            "getBotAnalytics",
            "compatible",
            "Botpress: figures by the day",
        )
    }
}

fn capital(word: &str) -> String {
    let (first, rest) = word.split_at(1);
    format!("{}{rest}", first.to_uppercase())
}
