//! Traces as people's clients send them, each from a public report of somebody whose analytics had them wrong.

use std::collections::BTreeSet;

use analytics::fact::{Direction, Fact, FactKind};
use server::intake::doors::otlp::{WAIT_MS, release_due};

use crate::support::{TestServer, instant};

/// A moment after all of the samples.
const LATER: &str = "2026-11-28T12:00:00Z";

fn sample(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/samples/traces/{name}.json", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(path).unwrap()
}

/// What requests come to: users, sessions, messages, answers, calls.
#[derive(Debug, PartialEq, Eq)]
struct Sums {
    users: Vec<String>,
    sessions: Vec<String>,
    messages: usize,
    answers: usize,
    calls: usize,
}

fn sums(users: &[&str], sessions: &[&str], [messages, answers, calls]: [usize; 3]) -> Sums {
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    Sums { users: owned(users), sessions: owned(sessions), messages, answers, calls }
}

fn sum_up(facts: &[Fact]) -> Sums {
    let names = |name: fn(&Fact) -> Option<&str>| {
        facts.iter().filter_map(name).collect::<BTreeSet<_>>().into_iter().map(str::to_owned).collect()
    };
    let count = |is: fn(&FactKind) -> bool| facts.iter().filter(|fact| is(&fact.kind)).count();
    Sums {
        users: names(|fact| Some(fact.user_id.as_str())),
        sessions: names(|fact| fact.session_id.as_ref().map(|id| id.as_str())),
        messages: count(
            |kind| matches!(kind, FactKind::Message(said) if said.direction == Direction::Incoming),
        ),
        answers: count(
            |kind| matches!(kind, FactKind::Message(said) if said.direction == Direction::Outgoing),
        ),
        calls: count(|kind| matches!(kind, FactKind::ModelCall(_))),
    }
}

/// Sends samples to a bot of their own, waits for whatever waits, and gives back what is stored.
async fn store(names: &[&str]) -> Vec<Fact> {
    let mut state = None;
    let server = TestServer::start_with(|made| state.insert(made).clone()).await;
    server.clock.set(instant(LATER));
    let bot = server.create_bot("case").await;
    for name in names {
        let path = "/api/public/otel/v1/traces";
        let answer =
            server.post(path, sample(name)).bearer(&bot.write_key).header("content-type", "application/json");
        assert_eq!(answer.send().await.text(), "{}", "{name}");
    }
    server.clock.set(instant(LATER).plus_ms(WAIT_MS));
    release_due(&state.unwrap()).await.unwrap();
    let facts = server.store.load_facts(bot.id, None, None, 100).await.unwrap();
    server.stop().await;
    facts
}

#[tokio::test]
async fn each_case_comes_to_what_people_expect() {
    for (names, expected) in [
        (&["stream-without-usage"][..], sums(&["u-1"], &["s-1"], [1, 1, 1])),
        (&["langfuse-responses-api"], sums(&["u-1"], &["s-1"], [1, 1, 1])),
        (&["ai-sdk-7-user"], sums(&["u-1"], &["s-1"], [1, 1, 1])),
        (&["three-turns"], sums(&["u-1"], &["c-1"], [3, 3, 3])),
        (&["tool-loop-1", "tool-loop-2", "tool-loop-3"], sums(&["u-1"], &["c-1"], [1, 1, 3])),
    ] {
        assert_eq!(sum_up(&store(names).await), expected, "{names:?}");
    }
    let turns = store(&["langfuse-names-1", "langfuse-names-2", "langfuse-names-3"]).await;
    let turns = sum_up(&turns);
    assert_eq!((turns.users.len(), turns.sessions.len(), turns.messages, turns.answers), (1, 1, 3, 3));
}

#[tokio::test]
async fn numbers_of_each_case_are_read() {
    for (name, input, output, cost) in [
        ("langfuse-responses-api", Some(100), Some(7), None),
        ("cached-tokens", Some(17_903), None, None),
        ("cost", None, None, Some(250_000_000)),
    ] {
        let facts = store(&[name]).await;
        let used = facts.iter().find_map(|fact| match &fact.kind {
            FactKind::ModelCall(used) => Some(used),
            _ => None,
        });
        let used = used.unwrap();
        assert!(input.is_none() || used.input_tokens == input, "{name}: {used:?}");
        assert!(output.is_none() || used.output_tokens == output, "{name}: {used:?}");
        assert_eq!(used.cost_nano_usd, cost, "{name}");
    }
}

#[tokio::test]
async fn a_channel_that_is_written_as_json_is_read() {
    let facts = store(&["langfuse-metadata"]).await;
    assert!(!facts.is_empty() && facts.iter().all(|fact| fact.channel.as_str() == "web"), "{facts:?}");
}

#[tokio::test]
async fn words_for_enums_and_numbers_refuse_nothing() {
    for name in ["kind-as-word", "infinity", "js-nan"] {
        assert_eq!(sum_up(&store(&[name]).await).calls, 1, "{name}");
    }
}
