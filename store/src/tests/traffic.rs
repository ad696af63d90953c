//! Random traffic that is full of what is hard: ties, late messages, duplicates, names shared between users.

use analytics::calendar::Zone;
use analytics::fact::{Direction, Event, Fact, FactKind, Message, ModelUse};
use analytics::ids::{Channel, EventName};
use analytics::instant::{Instant, MINUTE_MS};
use analytics::query::{QueryParts, ReportQuery};
use analytics::settings::{IdleTimeout, WeekStart};
use proptest::prelude::*;

use crate::testing::{FactBuilder, incoming, model_call, outgoing};

/// Settings of a bot that decide its figures.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) zone: Zone,
    pub(super) week_start: WeekStart,
    pub(super) idle_timeout: IdleTimeout,
}

/// In most changes from one to another hours begin at the same instants, as they do between most zones.
const ZONES: [&str; 9] = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Sao_Paulo",
    "Asia/Tokyo",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Chatham",
    "America/St_Johns",
];

/// Where traffic begins: changes of daylight saving lie ahead in most zones, in the last of them off the quarter.
const STARTS: [&str; 3] = ["2026-03-01T00:00:00Z", "2026-10-20T00:00:00Z", "2010-10-30T00:00:00Z"];

pub(super) fn settings() -> impl Strategy<Value = Settings> {
    let zone = prop::sample::select(&ZONES[..]).prop_map(|name| name.parse().unwrap());
    let week_start = prop::sample::select(&WeekStart::ALL[..]);
    let timeout = prop::sample::select(vec![1, 10, 30, 24 * 60]);
    let timeout = timeout.prop_map(|minutes| IdleTimeout::from_ms(minutes * MINUTE_MS).unwrap());
    (zone, week_start, timeout).prop_map(|(zone, week_start, idle_timeout)| Settings {
        zone,
        week_start,
        idle_timeout,
    })
}

/// Facts in order of arrival, with the instant at which they begin. Ids are drawn from few, so that some come twice
/// with other content.
pub(super) fn facts(most: usize) -> impl Strategy<Value = (Instant, Vec<Fact>)> {
    let start = prop::sample::select(&STARTS[..]);
    let start = start.prop_map(|text| Instant::from(chrono::DateTime::parse_from_rfc3339(text).unwrap()));
    start.prop_flat_map(move |start| {
        let facts = prop::collection::vec(fact(start, most), 1..most);
        (Just(start), facts)
    })
}

fn fact(start: Instant, most: usize) -> impl Strategy<Value = Fact> {
    // Many ties: what happens at one instant is where order is decided.
    let minute = prop_oneof![0_i64..150, (0_i64..5).prop_map(|tie| tie * 30)];
    let at = (0_i64..45, 0_i64..5, minute, prop::sample::select(vec![0, 0, 1, 59_999]));
    let at = at.prop_map(move |(day, part, step, ms)| {
        // Busy stretches of two and a half hours in minute steps, on few of the days.
        let day = if day % 3 == 0 { day } else { day % 9 };
        start.plus_ms(((day * 24 + part * 5) * 60 + step) * MINUTE_MS + ms)
    });
    let channel = prop::sample::select(vec!["web", "web", "telegram", "whatsapp"]);
    let session = prop::option::weighted(0.3, 0..3_u8);
    (0..most * 2, 0..6_u8, at, channel, session, what()).prop_map(|(id, user, at, channel, session, what)| {
        let (id, user) = (format!("m{id:x}"), format!("user {user}"));
        let fact = what.build(&id, &user).at(at).on(channel);
        let fact = match session {
            Some(session) => fact.within(&format!("session {session}")),
            None => fact,
        };
        fact.build().unwrap()
    })
}

/// What a fact is.
#[derive(Clone, Debug)]
enum What {
    Incoming,
    Outgoing(Option<ModelUse>),
    ModelCall(ModelUse),
    Event(&'static str, Option<i64>),
}

impl What {
    fn build(self, id: &str, user: &str) -> FactBuilder {
        match self {
            Self::Incoming => incoming(id, user, 0),
            Self::Outgoing(model_use) => {
                let message = Message { model_use, ..Message::new(Direction::Outgoing) };
                outgoing(id, user, 0).kind(FactKind::Message(message))
            }
            Self::ModelCall(used) => model_call(id, user, 0, used),
            Self::Event(name, value_nano) => {
                let event = Event { name: EventName::parse(name).unwrap(), value_nano, properties: None };
                incoming(id, user, 0).kind(FactKind::Event(event))
            }
        }
    }
}

fn what() -> impl Strategy<Value = What> {
    let name = prop::sample::select(vec!["handoff", "handoff", "feedback"]);
    let value = prop::option::of(prop_oneof![
        4 => -2_500_000_000..2_500_000_000_i64,
        1 => prop::sample::select(vec![i64::MIN, i64::MAX, -1, 0]),
    ]);
    prop_oneof![
        5 => Just(What::Incoming),
        3 => Just(What::Outgoing(None)),
        2 => model_use().prop_map(|used| What::Outgoing(Some(used))),
        1 => model_use().prop_map(What::ModelCall),
        2 => (name, value).prop_map(|(name, value)| What::Event(name, value)),
    ]
}

fn model_use() -> impl Strategy<Value = ModelUse> {
    let model = prop::sample::select(vec![None, Some(""), Some("m-1"), Some("m-2")]);
    let tokens = || prop::option::of(prop_oneof![4 => 0..9_000_u64, 1 => Just(i64::MAX as u64)]);
    let cost = prop::option::of(prop_oneof![4 => 0..900_000_000_i64, 1 => Just(i64::MAX)]);
    let latency =
        prop::option::of(prop_oneof![2 => 0..40_u64, 3 => 40..90_000_u64, 1 => 4_000_000..5_000_000_u64]);
    (model, tokens(), tokens(), cost, latency, any::<bool>()).prop_map(
        |(model, input_tokens, output_tokens, cost_nano_usd, latency_ms, failed)| ModelUse {
            model: model.map(str::to_owned),
            input_tokens,
            output_tokens,
            cost_nano_usd,
            latency_ms,
            failed,
        },
    )
}

/// Questions over the traffic: dates, instants and presets, every granularity, with and without a channel.
pub(super) fn queries(start: Instant) -> impl Strategy<Value = Vec<(ReportQuery, Instant)>> {
    prop::collection::vec(query(start), 12)
}

fn query(start: Instant) -> impl Strategy<Value = (ReportQuery, Instant)> {
    let period = prop_oneof![
        (-3_i64..50, 0_i64..30).prop_map(move |(first, days)| {
            let date =
                |days: i64| start.plus_ms(days * 24 * 60 * MINUTE_MS).to_utc().date_naive().to_string();
            QueryParts { from: Some(date(first)), to: Some(date(first + days)), ..QueryParts::default() }
        }),
        (-100_i64..4_000, 1_i64..1_000).prop_map(move |(first, quarters)| {
            let instant = |quarter: i64| start.plus_ms(quarter * 15 * MINUTE_MS).to_string();
            QueryParts {
                from: Some(instant(first)),
                to: Some(instant(first + quarters)),
                ..QueryParts::default()
            }
        }),
        prop::sample::select(vec![
            "today",
            "yesterday",
            "7d",
            "28d",
            "week",
            "last_week",
            "month",
            "last_month",
            "year",
            "12mo",
            "all"
        ])
        .prop_map(|word| QueryParts { period: Some(word.to_owned()), ..QueryParts::default() }),
    ];
    let compare = prop::sample::select(vec!["previous", "year", "none"]);
    let granularity = prop::option::of(prop::sample::select(vec!["hour", "day", "week", "month"]));
    let channel = prop::option::weighted(0.4, prop::sample::select(vec!["web", "telegram", "fax"]));
    let now = (0_i64..46 * 24 * 60, 0_i64..MINUTE_MS)
        .prop_map(move |(minute, ms)| start.plus_ms(minute * MINUTE_MS + ms));
    (period, compare, granularity, channel, now).prop_map(|(parts, compare, granularity, channel, now)| {
        let parts = QueryParts {
            compare: Some(compare.to_owned()),
            granularity: granularity.map(str::to_owned),
            ..parts
        };
        let query = parts.parse().unwrap();
        (ReportQuery { channel: channel.map(|word| Channel::parse(word).unwrap()), ..query }, now)
    })
}
