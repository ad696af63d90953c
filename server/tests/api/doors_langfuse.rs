//! Langfuse's clients before they spoke OpenTelemetry, and what all of them ask besides.

use analytics::fact::{Direction, FactKind};
use data_encoding::BASE64;
use serde_json::{Value, json};
use server::intake::doors::otlp::{WAIT_MS, release_due};
use server::state::ServerState;

use crate::support::{Answer, Ask, NOW, TestBot, TestServer, instant};

fn basic(ask: Ask, bot: &TestBot) -> Ask {
    let pair = BASE64.encode(format!("pk-lf-1:{}", bot.write_key).as_bytes());
    ask.header("authorization", &format!("Basic {pair}"))
}

async fn start() -> (TestServer, ServerState) {
    let mut state = None;
    let server = TestServer::start_with(|made| state.insert(made).clone()).await;
    (server, state.unwrap())
}

fn event(kind: &str, body: Value) -> Value {
    json!({"id": format!("e-{kind}-{}", body["id"]), "type": kind, "timestamp": "2026-11-18T11:00:00.5Z", "body": body})
}

async fn send(server: &TestServer, bot: &TestBot, events: &[Value]) -> Answer {
    let batch = json!({"batch": events, "metadata": {"sdk_name": "python", "sdk_version": "2.60.10"}});
    let answer = basic(server.post("/api/public/ingestion", batch.to_string()), bot).send().await;
    assert_eq!(answer.status, 207, "{}", answer.text());
    answer
}

async fn wait(server: &TestServer, state: &ServerState) {
    server.clock.set(instant(NOW).plus_ms(WAIT_MS));
    release_due(state).await.unwrap();
}

fn trace() -> Value {
    event(
        "trace-create",
        json!({"id": "t-1", "name": "chat", "userId": "u-1", "sessionId": "s-1", "metadata": {"channel": "web"}}),
    )
}

fn created() -> Value {
    let body = json!({"id": "g-1", "traceId": "t-1", "name": "llm", "startTime": "2026-11-18T11:00:00Z", "model": "gpt",
        "input": [{"role": "user", "content": "hello"}]});
    event("generation-create", body)
}

fn updated() -> Value {
    let body = json!({"id": "g-1", "traceId": "t-1", "endTime": "2026-11-18T11:00:02Z", "output": {"role": "assistant",
        "content": "hi"}, "usage": {"input": 12, "output": 3, "unit": "TOKENS", "totalCost": 0.25}});
    event("generation-update", body)
}

/// All orders and cuts of what one turn is told in.
fn ways() -> Vec<Vec<Vec<Value>>> {
    vec![
        vec![vec![trace(), created(), updated()]],
        vec![vec![trace()], vec![created()], vec![updated()]],
        vec![vec![created()], vec![updated()], vec![trace()]],
        vec![vec![updated(), trace()], vec![created()]],
        vec![vec![trace(), created()], vec![trace(), updated()], vec![created(), updated()]],
    ]
}

#[tokio::test]
async fn a_turn_counts_once_however_its_events_come() {
    for way in ways() {
        let (server, state) = start().await;
        let bot = server.create_bot("legacy").await;
        for events in &way {
            let answer = send(&server, &bot, events).await.json();
            assert_eq!(answer["successes"].as_array().unwrap().len(), events.len());
            assert_eq!(answer["errors"], json!([]));
        }
        assert!(server.store.load_facts(bot.id, None, None, 10).await.unwrap().is_empty());
        wait(&server, &state).await;
        let facts = server.store.load_facts(bot.id, None, None, 10).await.unwrap();
        assert_eq!(facts.len(), 3, "{way:?}: {facts:?}");
        for fact in &facts {
            assert_eq!((fact.user_id.as_str(), fact.channel.as_str()), ("u-1", "web"));
            assert_eq!(fact.session_id.as_ref().map(|id| id.as_str()), Some("s-1"));
            let FactKind::ModelCall(used) = &fact.kind else { continue };
            assert_eq!((used.input_tokens, used.output_tokens), (Some(12), Some(3)), "{way:?}");
            assert_eq!((used.cost_nano_usd, used.model.as_deref()), (Some(250_000_000), Some("gpt")));
            assert_eq!(fact.at, instant("2026-11-18T11:00:00Z"));
        }
        let ids: Vec<_> = facts.iter().map(|fact| fact.id.as_str()).collect();
        assert!(ids.contains(&"t-1:g-1") && ids.contains(&"t-1:in") && ids.contains(&"t-1:out"));
        server.stop().await;
    }
}

#[tokio::test]
async fn what_is_no_call_is_ignored_and_what_names_no_trace_is_refused_alone() {
    let (server, state) = start().await;
    let bot = server.create_bot("others").await;
    let title = json!({"id": "g-2", "traceId": "t-2", "name": "generate_conversation_name", "model": "gpt"});
    let events = [
        trace(),
        created(),
        event("score-create", json!({"id": "x", "traceId": "t-1", "name": "stars", "value": 5})),
        event("sdk-log", json!({"log": {}})),
        event("span-create", json!({"id": "s-1", "traceId": "t-1", "name": "step"})),
        event("generation-create", title),
        event("generation-create", json!({"id": "g-3"})),
        json!(7),
    ];
    let answer = send(&server, &bot, &events).await.json();
    assert_eq!(answer["errors"].as_array().unwrap().len(), 1, "{answer}");
    assert_eq!(answer["errors"][0]["status"], 400);
    wait(&server, &state).await;
    let facts = server.store.load_facts(bot.id, None, None, 10).await.unwrap();
    let messages = facts.iter().filter(
        |fact| matches!(&fact.kind, FactKind::Message(said) if said.direction == Direction::Incoming),
    );
    assert_eq!((facts.len(), messages.count()), (4, 1), "{facts:?}");
    server.stop().await;
}

#[tokio::test]
async fn a_batch_that_is_none_is_refused() {
    let (server, _) = start().await;
    let bot = server.create_bot("broken").await;
    for (body, code) in
        [("{}", "batch_invalid"), ("", "body_empty"), ("[]", "not_an_object"), ("{", "json_invalid")]
    {
        let answer = basic(server.post("/api/public/ingestion", body), &bot).send().await;
        answer.assert_problem(400, code);
    }
    let many = vec![json!({"id": "e", "type": "sdk-log"}); 10_001];
    let answer =
        basic(server.post("/api/public/ingestion", json!({"batch": many}).to_string()), &bot).send().await;
    answer.assert_problem(413, "too_many_items");
    server.stop().await;
}

#[tokio::test]
async fn the_check_of_keys_prompts_and_scores_are_answered() {
    let (server, _) = start().await;
    let bot = server.create_bot("check").await;
    let project = basic(server.get("/api/public/projects"), &bot).send().await;
    assert_eq!(project.status, 200);
    let project = &project.json()["data"][0];
    assert_eq!((&project["id"], &project["name"]), (&json!(bot.id.to_string()), &json!("check")));
    assert!(project["organization"]["id"].is_string() && project["metadata"].is_object());
    server.get("/api/public/projects").send().await.assert_problem(401, "unauthorized");
    let prompt = basic(server.get("/api/public/v2/prompts/greet?label=latest"), &bot).send().await;
    assert_eq!((prompt.status, &prompt.json()["error"]), (404, &json!("LangfuseNotFoundError")));
    assert_eq!(prompt.json()["message"], "Prompt not found: 'greet' with label 'latest'");
    let score = json!({"id": "x", "traceId": "t", "name": "stars", "value": 5});
    let one = basic(server.post("/api/public/scores", score.to_string()), &bot).send().await;
    assert_eq!((one.status, one.json()), (200, json!({"id": "x"})));
    let many = basic(server.post("/api/public/scores", json!([score, score]).to_string()), &bot).send().await;
    assert_eq!((many.status, many.json()["successes"].as_array().unwrap().len()), (200, 2));
    server.deactivate(bot.id).await;
    server.clock.set(instant(NOW).plus_ms(60_000));
    basic(server.get("/api/public/projects"), &bot).send().await.assert_problem(403, "bot_inactive");
    server.stop().await;
}
