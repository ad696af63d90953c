//! Reports of events and of model use, put together.

use analytics::assembly::{ReportPlan, ReportSubject};
use analytics::calendar::{Calendar, Zone};
use analytics::events::{EventFigures, EventTally, EventsReport};
use analytics::ids::BotId;
use analytics::instant::{DAY_MS, Instant};
use analytics::model_use::{ModelFigures, ModelTally, ModelUseReport};
use analytics::nano::Nano;
use analytics::query::{QueryParts, ReportQuery};
use analytics::report::{ReportBot, ReportHead};
use analytics::settings::{IdleTimeout, WeekStart};

/// 2026-03-04T12:00:00Z, a Wednesday.
const NOW: Instant = Instant::from_ms(1_772_625_600_000);

/// The week of three days so far; the first message came on Monday of the week before.
fn head(compare: &str) -> (ReportHead, Vec<bool>) {
    let parts = QueryParts {
        period: Some("week".to_owned()),
        compare: Some(compare.to_owned()),
        granularity: Some("day".to_owned()),
        ..QueryParts::default()
    };
    let query: ReportQuery = parts.parse().unwrap();
    let first = Some(NOW.plus_ms(-9 * DAY_MS));
    let plan = ReportPlan::new(&query, Calendar::new(Zone::UTC, WeekStart::Monday), NOW, first).unwrap();
    plan.head(ReportSubject {
        bot: ReportBot { id: BotId::from_i64(1), name: "Bot".to_owned() },
        idle_timeout: IdleTimeout::default(),
        first_message_at: first,
        last_message_at: None,
        recalculation: None,
    })
}

fn events(name: &str, count: u64, before: u64) -> EventFigures {
    let tally = |count| EventTally { count, users: count.min(1), value: Nano::from_nano(i128::from(count)) };
    EventFigures {
        name: name.to_owned(),
        totals: tally(count),
        comparison: tally(before),
        timeseries: vec![count, 0, 0],
    }
}

#[test]
fn events_stand_by_count_and_names_without_any_are_left_out() {
    let figures = || {
        vec![
            events("b", 2, 1),
            events("none", 0, 0),
            events("gone", 0, 3),
            events("a", 2, 0),
            events("c", 5, 0),
        ]
    };
    let (head, gaps) = head("previous");
    let report = EventsReport::new(head, &gaps, figures());
    let names: Vec<_> = report.events.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names, ["c", "a", "b", "gone"]);
    assert_eq!((report.count.value, report.count.previous), (9, Some(4)));
    let row = &report.events[2];
    assert_eq!((row.count.change, row.users.previous, row.value.change), (Some(1.0), Some(1), Some(1.0)));
    assert_eq!(row.timeseries, [Some(2), Some(0), Some(0)]);
    let json = serde_json::to_string(&report).unwrap();
    assert_eq!(serde_json::from_str::<EventsReport>(&json).unwrap(), report);

    let (head, gaps) = self::head("none");
    let report = EventsReport::new(head, &gaps, figures());
    assert_eq!(report.events.len(), 3);
    assert!(report.events.iter().all(|row| row.count.previous.is_none() && row.value.previous.is_none()));
}

#[test]
fn what_was_counted_in_a_gap_is_shown() {
    let (head, _) = head("none");
    let gaps = [true, true, false];
    let report = EventsReport::new(head, &gaps, vec![events("a", 2, 0)]);
    assert_eq!(report.events[0].timeseries, [Some(2), None, Some(0)]);
}

#[test]
fn models_add_up_to_their_totals() {
    let tally = |calls: u64| ModelTally {
        calls,
        errors: calls / 2,
        input_tokens: calls * 10,
        cost_usd: Nano::from_nano(i128::from(calls)),
        ..ModelTally::default()
    };
    let figures = |model: &str, calls, before| ModelFigures {
        model: model.to_owned(),
        totals: tally(calls),
        comparison: tally(before),
        timeseries: vec![tally(calls), tally(0), tally(0)],
    };
    let (head, gaps) = head("previous");
    let all = vec![figures("", 2, 0), figures("m", 4, 8), figures("none", 0, 0)];
    let report = ModelUseReport::new(head, &gaps, all);
    let models: Vec<_> = report.models.iter().map(|row| row.model.as_deref()).collect();
    assert_eq!(models, [Some("m"), None]);
    let totals = &report.totals;
    assert_eq!((totals.calls.value, totals.calls.previous, totals.errors.value), (6, Some(8), 3));
    assert_eq!((totals.input_tokens.value, totals.cost_usd.value), (60, Nano::from_nano(6)));
    assert_eq!(report.models[0].totals.calls.change, Some(-0.5));
    assert_eq!(report.timeseries.calls, [Some(6), Some(0), Some(0)]);
    let json = serde_json::to_string(&report).unwrap();
    assert_eq!(serde_json::from_str::<ModelUseReport>(&json).unwrap(), report);
}
