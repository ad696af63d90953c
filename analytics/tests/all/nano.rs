//! Sums of decimals.

use analytics::change::Change;
use analytics::nano::Nano;
use analytics::report::{Amount, Kpi};
use proptest::prelude::*;

#[test]
fn a_sum_is_written_with_all_its_digits_and_read_again() {
    for (nano, text) in [
        (0, "0"),
        (1, "0.000000001"),
        (-250_000_000, "-0.25"),
        (12_500_000_000, "12.5"),
        (i128::from(i64::MAX) * 1_000_000_000, "9223372036854775807"),
    ] {
        assert_eq!(Nano::from_nano(nano).to_string(), text);
        assert_eq!(text.parse(), Ok(Nano::from_nano(nano)));
        let json = serde_json::to_string(&Nano::from_nano(nano)).unwrap();
        assert_eq!(json, format!("\"{text}\""));
        assert_eq!(serde_json::from_str::<Nano>(&json).unwrap(), Nano::from_nano(nano));
    }
    for text in ["", "-", ".5", "1e3", "+1", "0.0000000001", "1.-5", "1,5"] {
        assert!(text.parse::<Nano>().is_err(), "{text}");
    }
}

#[test]
fn a_cost_per_session_is_none_without_a_session() {
    let amount = Amount::new(Nano::from_parts(1, 0), Some(Nano::from_nano(-5)));
    let per = |sessions, before| amount.per(Kpi::new(sessions, before));
    assert_eq!(per(3, Some(2)), Some(Amount::new(Nano::from_nano(333_333_333), Some(Nano::from_nano(-3)))));
    assert_eq!(per(8, Some(0)), Some(Amount::new(Nano::from_nano(125_000_000), None)));
    assert_eq!(per(0, Some(2)), None);
}

#[test]
fn a_sum_that_grows_has_a_ratio_above_zero() {
    let nano = Nano::from_nano;
    assert_eq!(Change::between_sums(nano(3), Some(nano(2))), Change::Ratio(0.5));
    assert_eq!(Change::between_sums(nano(3), Some(nano(0))), Change::New);
    assert_eq!(Change::between_sums(nano(0), Some(nano(0))), Change::Nothing);
    assert_eq!(Change::between_sums(nano(3), Some(nano(-2))), Change::Ratio(2.5));
    assert_eq!(Change::between_sums(nano(3), None), Change::NoEarlierData);
}

proptest! {
    #[test]
    fn two_parts_add_up_to_the_sum(values in prop::collection::vec(any::<i64>(), 0..50)) {
        let parts = values.iter().map(|value| Nano::split(*value));
        let (whole, nano) = parts.fold((0, 0), |(whole, nano), part| (whole + part.0, nano + part.1));
        let sum: Nano = values.iter().map(|value| Nano::from_nano((*value).into())).sum();
        prop_assert_eq!(Nano::from_parts(whole, nano), sum);
    }
}
