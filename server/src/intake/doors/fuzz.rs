//! Any body at each door.

use analytics::fact::Fact;
use http::HeaderMap;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::TestCaseError;

use super::{chatwoot, dashbot, posthog, rasa, segment};
use crate::fuzzing::{READER, Sample, check_translation, edited, edited_json, load, recorded, within_limits};
use crate::intake::door::{Door, Takes};
use crate::intake::key::find_key_in_body;
use crate::intake::query::Query;
use crate::intake::request::Asked;
use crate::intake::translation::Translation;

const PLATFORMS: [&str; 8] = ["generic", "rasa", "microsoft", "slack", "facebook", "line", "", "\u{7}"];
const TYPES: [&str; 6] = ["incoming", "outgoing", "all", "event", "", "telepathy"];

/// A request as a door sees it.
pub(super) fn ask(path: &str, body: Vec<u8>) -> Asked {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    Asked {
        path: path.trim_end_matches('/').to_owned(),
        query: Query::parse(query),
        headers: HeaderMap::new(),
        body,
        arrived_at: READER.arrived_at,
    }
}

fn check(door: &Door, path: &str, body: Vec<u8>) -> Result<Vec<Fact>, TestCaseError> {
    let length = body.len();
    within_limits(length, || find_key_in_body(body.as_slice()))?.unwrap();
    let asked = ask(path, body);
    let Takes::Events(translate) = door.takes else { return Ok(Vec::new()) };
    let mut translation = Translation::new(READER);
    match within_limits(length, || translate(&asked, &mut translation))? {
        Ok(()) => check_translation(&translation),
        Err(problem) => {
            prop_assert!(problem.status().is_client_error(), "{:?}", problem);
            Ok(Vec::new())
        }
    }
}

fn bodies(samples: Vec<Sample>) -> Vec<Vec<u8>> {
    samples.into_iter().map(|sample| sample.body).collect()
}

/// JSON, and the same without a look at what it means: lines, several values, none.
fn any_of(inputs: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let (values, lines) =
        inputs.into_iter().partition(|input| serde_json::from_slice::<serde_json::Value>(input).is_ok());
    let lines: Vec<Vec<u8>> = lines;
    let values: Vec<Vec<u8>> = values;
    let all = [values.clone(), lines].concat();
    prop_oneof![3 => edited_json(values), 1 => edited(all)]
}

fn of_dashbot() -> Vec<Vec<u8>> {
    [bodies(recorded("/track")), load("slack"), load("messenger")].concat()
}

fn of_rasa() -> Vec<Vec<u8>> {
    let events =
        recorded("/track").into_iter().filter(|sample| sample.path.contains("platform=rasa")).collect();
    [bodies(recorded("/?")), bodies(events), load("rasa-lines")].concat()
}

#[test]
fn the_samples_are_understood() {
    let count = |door: &Door, samples: Vec<Sample>| {
        samples
            .into_iter()
            .map(|Sample { path, body }| check(door, &path, body).unwrap().len())
            .sum::<usize>()
    };
    let at = |path: &str, bodies: Vec<Vec<u8>>| {
        bodies.into_iter().map(|body| Sample { path: path.to_owned(), body }).collect::<Vec<_>>()
    };
    assert!(count(&segment::BATCH, recorded("/v1/batch")) >= 18);
    assert!(count(&posthog::EVENTS, recorded("/batch")) >= 6);
    assert_eq!(count(&dashbot::TRACK, recorded("/track")), 11);
    assert_eq!(count(&dashbot::TRACK, at("/track?type=incoming&platform=slack", load("slack"))), 1);
    assert_eq!(count(&dashbot::TRACK, at("/track?type=all&platform=facebook", load("messenger"))), 4);
    assert!(count(&rasa::EVENTS, at("/rasa/events", of_rasa())) >= 8);
    assert_eq!(count(&chatwoot::WEBHOOK, at("/chatwoot", load("chatwoot"))), 2);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_body_for_segment(body in any_of(bodies(recorded("/v1/batch")))) {
        check(&segment::BATCH, "/v1/batch", body.clone())?;
        check(&segment::CALL, "/v1/track", body)?;
    }

    #[test]
    fn any_body_for_posthog(body in any_of(bodies(recorded("/batch")))) {
        check(&posthog::EVENTS, "/batch", body)?;
    }

    #[test]
    fn any_body_for_dashbot(
        body in any_of(of_dashbot()),
        platform in select(PLATFORMS.to_vec()),
        kind in select(TYPES.to_vec()),
    ) {
        check(&dashbot::TRACK, &format!("/track?v=1&type={kind}&platform={platform}"), body)?;
    }

    #[test]
    fn any_body_for_rasa(body in any_of(of_rasa())) {
        check(&rasa::EVENTS, "/rasa/events", body)?;
    }

    #[test]
    fn any_body_for_chatwoot(body in any_of(load("chatwoot"))) {
        check(&chatwoot::WEBHOOK, "/chatwoot", body)?;
    }

    #[test]
    fn any_query(query in ".{0,80}", name in ".{0,4}") {
        let read = within_limits(query.len(), || Query::parse(&query))?;
        prop_assert!(read.find(&name).is_none_or(|value| value.len() <= 3 * query.len()));
    }
}
