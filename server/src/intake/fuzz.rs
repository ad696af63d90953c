//! Any body at the native door, and any bytes as gzip.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use proptest::test_runner::{TestCaseError, TestRunner};
use store::testing::TestStore;

use super::inflate::{MAX_INFLATED_BYTES, expected_length, inflate};
use super::split::split;
use super::{MAX_EVENTS, key};
use crate::fuzzing::{check_item, edited, edited_json, load, within_limits};

/// Objects alone, in arrays and in lines.
fn bodies() -> impl Strategy<Value = Vec<u8>> {
    let is_json = |body: &Vec<u8>| serde_json::from_slice::<serde_json::Value>(body).is_ok();
    let json = load("native").into_iter().filter(is_json).collect();
    prop_oneof![edited_json(json), edited(load("native"))]
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zipped() -> Vec<Vec<u8>> {
    let empty = gzip(b"");
    let bomb = gzip(&vec![b' '; MAX_INFLATED_BYTES + 1]);
    let half_of_a_bomb = gzip(&vec![b' '; MAX_INFLATED_BYTES / 2 + 1]);
    let two = [gzip(b"{"), gzip(b"}")].concat();
    vec![empty, two, gzip(&load("native").concat()), bomb, half_of_a_bomb.repeat(2)]
}

#[test]
fn the_samples_are_understood() {
    for body in load("native") {
        let items = split(&body).unwrap();
        assert!(items.into_iter().all(|item| check_item(item).unwrap().is_some()));
    }
}

/// One that could not would take its neighbours along.
#[test]
fn whatever_is_read_can_be_stored() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let store = runtime.block_on(TestStore::open()).unwrap();
    let bot = runtime.block_on(store.add_bot()).unwrap();
    let config = ProptestConfig { source_file: Some(file!()), ..ProptestConfig::with_cases(150) };
    let checked = TestRunner::new(config).run(&bodies(), |body| {
        let items = split(&body).unwrap_or_default();
        let facts = items.into_iter().map(check_item).collect::<Result<Vec<_>, _>>()?;
        let facts: Vec<_> = facts.into_iter().flatten().collect();
        let count = facts.len() as u64;
        let outcome = runtime.block_on(store.ingest(bot, facts));
        let outcome = outcome.map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(outcome.accepted + outcome.duplicates + outcome.rejected.len() as u64, count);
        Ok(())
    });
    checked.unwrap();
    let differences = runtime.block_on(store.verify(bot, false)).unwrap();
    assert_eq!(differences, []);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_body_gives_items_within_their_limits(body in bodies()) {
        let items = within_limits(body.len(), || split(&body))?.unwrap_or_default();
        prop_assert!(items.len() <= MAX_EVENTS);
        for item in items {
            check_item(item)?;
        }
        within_limits(body.len(), || key::find_key_in_body(body.as_slice()))?.unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn any_gzip_inflates_within_the_limit(body in edited(zipped())) {
        // The limit of what comes out counts as input, since that is what may be held.
        let inflated = within_limits(MAX_INFLATED_BYTES + body.len(), || inflate(&body, MAX_INFLATED_BYTES))?;
        prop_assert!(inflated.ok().flatten().is_none_or(|inflated| inflated.len() <= MAX_INFLATED_BYTES));
        let expected = expected_length(&body);
        let inflated = within_limits(expected + body.len(), || inflate(&body, expected))?;
        prop_assert!(inflated.ok().flatten().is_none_or(|inflated| inflated.len() <= expected));
    }
}
