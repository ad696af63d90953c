use std::collections::HashSet;

use analytics::comparison::ComparisonMode;
use analytics::error::{QueryError, RejectionCode};
use analytics::granularity::Granularity;
use analytics::ids::{BotId, Channel, EventName, FactId, SessionId, UserId};
use analytics::instant::{Instant, TimeRange};
use analytics::metric::Metric;
use analytics::period::Preset;
use analytics::settings::WeekStart;
use proptest::prelude::*;

use crate::support::*;

#[test]
fn every_word_reads_as_what_wrote_it() {
    for preset in Preset::ALL {
        assert_eq!(Preset::from_word(preset.word()), Some(preset));
    }
    for mode in ComparisonMode::ALL {
        assert_eq!(ComparisonMode::from_word(mode.word()), Ok(mode));
    }
    for granularity in Granularity::ALL {
        assert_eq!(Granularity::from_word(granularity.word()), Some(granularity));
    }
    for metric in Metric::ALL {
        assert_eq!(Metric::from_word(metric.word()), Some(metric));
    }
    for start in WeekStart::ALL {
        assert_eq!(WeekStart::from_word(start.word()), Some(start));
    }
}

#[test]
fn the_words_on_the_wire_are_the_words_in_the_url() {
    let json = |value: serde_json::Value| value.as_str().unwrap().to_owned();
    for mode in ComparisonMode::ALL {
        assert_eq!(json(serde_json::to_value(mode).unwrap()), mode.word());
    }
    for granularity in Granularity::ALL {
        assert_eq!(json(serde_json::to_value(granularity).unwrap()), granularity.word());
    }
    for metric in Metric::ALL {
        assert_eq!(json(serde_json::to_value(metric).unwrap()), metric.word());
    }
}

#[test]
fn unknown_words_are_refused() {
    for word in ["", "7", "7D", "past7", "1970", "custom"] {
        assert_eq!(Preset::from_word(word), None, "{word:?}");
    }
    assert_eq!(ComparisonMode::from_word("before"), Err(QueryError::InvalidCompare));
    assert_eq!(Granularity::from_word("minute"), None);
    assert_eq!(Metric::from_word("users"), None);
}

#[test]
fn every_preset_has_its_own_key_and_leaves_those_of_the_page() {
    let keys: HashSet<_> = Preset::ALL.iter().map(|preset| preset.key()).collect();
    assert_eq!(keys.len(), Preset::ALL.len());
    assert!(['c', 'x', 'i', '?'].iter().all(|key| !keys.contains(key)));
}

#[test]
fn opening_a_bucket_leads_to_the_hour() {
    assert_eq!(Granularity::Month.drilled(), Some(Granularity::Day));
    assert_eq!(Granularity::Week.drilled(), Some(Granularity::Day));
    assert_eq!(Granularity::Day.drilled(), Some(Granularity::Hour));
    assert_eq!(Granularity::Hour.drilled(), None);
}

#[test]
fn codes_are_unique_and_stable_words() {
    let codes: HashSet<_> = RejectionCode::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(codes.len(), RejectionCode::ALL.len());
    assert!(codes.iter().all(|code| code.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_')));
    assert!(RejectionCode::ALL.iter().all(|code| code.detail().ends_with(['.', '?'])));
}

#[test]
fn a_bots_id_is_thirteen_unmistakable_characters() {
    assert_eq!(BotId::from_i64(0).to_string(), "0000000000000");
    assert_eq!(BotId::from_i64(33).to_string(), "0000000000011");
    assert_eq!(BotId::from_i64(i64::MAX).to_string(), "7zzzzzzzzzzzz");
    for text in [
        "",
        "000000000000",
        "00000000000000",
        "000000000000i",
        "000000000000A",
        "8000000000000",
        "-000000000001",
        "00000000000é",
    ] {
        assert!(text.parse::<BotId>().is_err(), "{text:?}");
    }
}

#[test]
fn texts_are_bounded_and_hold_no_control_characters() {
    let limits = [
        ("a".repeat(200), true),
        ("a".repeat(201), false),
        ("é".repeat(100), true),
        ("é".repeat(101), false),
    ];
    for (text, is_allowed) in limits {
        assert_eq!(UserId::parse(text.as_str()).is_ok(), is_allowed);
        assert_eq!(FactId::parse(text.as_str()).is_ok(), is_allowed);
        assert_eq!(SessionId::parse(text.as_str()).is_ok(), is_allowed);
    }
    assert_eq!(EventName::parse("e".repeat(81)), Err(RejectionCode::TypeInvalid));
    assert_eq!(UserId::parse(""), Err(RejectionCode::UserIdMissing));
    assert_eq!(UserId::parse("a\u{0}b"), Err(RejectionCode::UserIdInvalid));
    assert_eq!(FactId::parse("line\nbreak"), Err(RejectionCode::IdInvalid));
}

#[test]
fn channels_are_lower_case_words() {
    assert_eq!(Channel::parse("WhatsApp").unwrap().as_str(), "whatsapp");
    assert_eq!(Channel::parse("web-chat_2.0").unwrap().as_str(), "web-chat_2.0");
    assert!(Channel::parse(&"c".repeat(40)).is_ok());
    for word in [String::new(), "c".repeat(41), "web chat".to_owned(), "wéb".to_owned(), "a/b".to_owned()] {
        assert_eq!(Channel::parse(&word), Err(RejectionCode::ChannelInvalid), "{word:?}");
    }
}

#[test]
fn an_instant_is_written_in_utc_and_sent_as_a_number() {
    let instant = at("2026-11-01T09:00:00.5+01:00");
    assert_eq!(instant.to_string(), "2026-11-01T08:00:00.500Z");
    assert_eq!(serde_json::to_string(&instant).unwrap(), instant.as_ms().to_string());
}

#[test]
fn the_whole_quarters_of_a_range_leave_less_than_a_quarter_on_each_side() {
    let of = |start, end| range(start, end).quarters();
    assert_eq!(
        of("2026-11-01T09:07:00Z", "2026-11-01T10:20:00Z"),
        range("2026-11-01T09:15:00Z", "2026-11-01T10:15:00Z")
    );
    assert_eq!(
        of("2026-11-01T09:15:00Z", "2026-11-01T10:15:00Z"),
        range("2026-11-01T09:15:00Z", "2026-11-01T10:15:00Z")
    );
    assert!(of("2026-11-01T09:15:00Z", "2026-11-01T09:29:59Z").is_empty());
    assert!(of("2026-11-01T09:16:00Z", "2026-11-01T09:20:00Z").is_empty());
    assert!(of("2026-11-01T09:16:00Z", "2026-11-01T09:35:00Z").is_empty());
}

proptest! {
    #[test]
    fn a_bots_id_reads_as_what_wrote_it(number in any::<i64>()) {
        let id = BotId::from_i64(number);
        let text = id.to_string();
        prop_assert_eq!(text.len(), 13);
        prop_assert_eq!(text.parse::<BotId>(), Ok(id));
        let json = serde_json::to_string(&id).unwrap();
        prop_assert_eq!(serde_json::from_str::<BotId>(&json).unwrap(), id);
    }

    #[test]
    fn no_text_panics_as_an_id(text in ".{0,20}") {
        if let Ok(id) = text.parse::<BotId>() {
            prop_assert_eq!(id.to_string(), text);
        }
    }

    #[test]
    fn quarters_and_what_is_beside_them_make_the_range(start in -10_000_000..10_000_000i64, length in 0..5_000_000i64) {
        let range = TimeRange::new(Instant::from_ms(start), Instant::from_ms(start + length));
        let quarters = range.quarters();
        prop_assert!(range.start <= quarters.start && quarters.start <= quarters.end && quarters.end <= range.end);
        prop_assert!(quarters.is_empty() || quarters.is_on_quarters());
        prop_assert!(quarters.is_empty() || quarters.start.as_ms() - range.start.as_ms() < HOUR_MS / 4);
        prop_assert!(range.end.as_ms() - quarters.end.as_ms() < HOUR_MS / 4);
    }
}
