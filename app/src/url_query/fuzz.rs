//! Any address.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;

const KEYS: [&str; 12] = [
    "period",
    "from",
    "to",
    "compare",
    "compare_from",
    "compare_to",
    "granularity",
    "channel",
    "event",
    "metric",
    "utm_source",
    "",
];
const VALUES: [&str; 43] = [
    "",
    "24h",
    "28d_full",
    "custom",
    "7d",
    "today",
    "yesterday",
    "wtd",
    "28d",
    "12mo",
    "alltime",
    "2026-11-18",
    "2026-02-30",
    "2024-02-29",
    "1999-12-31",
    "2026-11-18T10:15:00Z",
    "2026-11-18T10:15:00+02:00",
    "2026-11-18T23:59:60Z",
    "-262143-01-01",
    "+262142-12-31",
    "+999999-01-01",
    "0000-00-00",
    "none",
    "previous",
    "year",
    "hour",
    "day",
    "week",
    "month",
    "web",
    "a.b_c-d",
    "WEB",
    "sessions",
    "new_users",
    "total_users",
    "handoff",
    "%",
    "%4",
    "%zz",
    "%ff",
    "%00",
    "a%26b%3Dc",
    "+",
];

fn address() -> impl Strategy<Value = String> {
    let value = prop_oneof![
        6 => select(VALUES.to_vec()).prop_map(str::to_owned),
        2 => "[-+0-9T:Z.]{0,30}",
        2 => ".{0,12}",
    ];
    let pairs = vec((select(KEYS.to_vec()), value), 0..7);
    let written = pairs.prop_map(|pairs| {
        pairs.into_iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join("&")
    });
    prop_oneof![9 => written, 1 => ".{0,60}"]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_address_is_read_and_what_is_read_is_written_and_read_again(text in address()) {
        let (state, notices) = read(|key| find_part(&text, key));
        let Some(state) = state else {
            prop_assert!(notices.is_empty());
            return Ok(());
        };
        prop_assert!(notices.iter().all(|notice| notice.sentence().ends_with('.')));
        let written = write(&state);
        prop_assert_eq!(read(|key| find_part(&written, key)), (Some(state.clone()), Vec::new()));
        let asked = DashboardState { metric: Metric::TotalUsers, ..state.clone() };
        prop_assert_eq!(parse_asked(&write_asked(&state)), Ok(asked));
        prop_assert!(habit(&state).is_none_or(|habit| habit.query.channel.is_none() && habit.event.is_none()));
    }
}
