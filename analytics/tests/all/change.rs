use analytics::change::Change;
use analytics::metric::{Metric, Tally};
use analytics::report::{Kpi, Totals};
use proptest::prelude::*;

#[test]
fn a_change_is_a_ratio_a_word_or_nothing() {
    let cases = [
        (125, Some(100), Change::Ratio(0.25)),
        (50, Some(100), Change::Ratio(-0.5)),
        (100, Some(100), Change::Ratio(0.0)),
        (0, Some(100), Change::Ratio(-1.0)),
        (5, Some(0), Change::New),
        (0, Some(0), Change::Nothing),
        (5, None, Change::NoEarlierData),
        (0, None, Change::NoEarlierData),
    ];
    for (current, previous, expected) in cases {
        assert_eq!(Change::between(current, previous), expected, "{current} after {previous:?}");
        assert_eq!(Kpi::new(current, previous).index(), expected);
    }
}

#[test]
fn only_a_ratio_is_a_number() {
    assert_eq!(Change::Ratio(0.25).ratio(), Some(0.25));
    for word in [Change::New, Change::Nothing, Change::NoEarlierData] {
        assert_eq!(word.ratio(), None);
    }
}

#[test]
fn totals_show_each_figure_beside_its_own_predecessor() {
    let current = Tally { new_users: 3, returning_users: 4, sessions: 10, messages: 50, bot_messages: 60 };
    let previous = Tally { new_users: 6, returning_users: 8, sessions: 20, messages: 100, bot_messages: 120 };
    let totals = Totals::new(current, Some(previous));
    for metric in Metric::ALL {
        let expected =
            Kpi { value: current.get(metric), previous: Some(previous.get(metric)), change: Some(-0.5) };
        assert_eq!(totals.get(metric), expected, "{metric:?}");
    }
    assert_eq!(totals.total_users.value, 7);
    assert_eq!(totals.bot_messages.previous, Some(120));
    assert_eq!(Totals::new(current, None).messages, Kpi { value: 50, previous: None, change: None });
}

proptest! {
    #[test]
    fn the_sign_of_a_change_says_more_or_less(current in 0..u64::MAX >> 12, previous in 1..u64::MAX >> 12) {
        let ratio = Change::between(current, Some(previous)).ratio().unwrap();
        prop_assert!(ratio.is_finite() && ratio >= -1.0);
        prop_assert_eq!(ratio > 0.0, current > previous);
    }
}
