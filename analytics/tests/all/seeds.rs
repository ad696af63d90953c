//! Property tests are tests like the others: what passes here passes everywhere.

use proptest::test_runner::{Config, RngSeed};

#[test]
fn property_tests_draw_the_same_cases_each_time() {
    // From .cargo/config.toml, or from script/fuzz.sh.
    assert!(matches!(Config::default().rng_seed, RngSeed::Fixed(_)));
}
