//! What a recount of the messages gives, in the most straightforward way: sort, walk, put users into sets.

use std::collections::{BTreeMap, HashSet};

use analytics::fact::{Direction, Fact, FactKind};
use analytics::ids::Channel;
use analytics::instant::{Instant, TimeRange};
use analytics::metric::Tally;
use analytics::report::{Kpi, Report, TimeseriesRow};
use analytics::settings::IdleTimeout;

/// Every message, and which of them open a session.
#[derive(Clone, Debug)]
pub struct Oracle {
    messages: Vec<(Fact, Direction)>,
    openings: HashSet<String>,
}

impl Oracle {
    /// Takes facts in order of arrival: of equal ids the first counts.
    pub fn new(facts: &[Fact], timeout: IdleTimeout) -> Self {
        let mut ids = HashSet::new();
        let first = facts.iter().filter(|fact| ids.insert(fact.id.as_str()));
        let messages = first.filter_map(|fact| match &fact.kind {
            FactKind::Message(message) => Some((fact.clone(), message.direction)),
            FactKind::Event(_) | FactKind::ModelCall(_) => None,
        });
        let mut messages: Vec<(Fact, Direction)> = messages.collect();
        messages.sort_by(|(one, first), (other, second)| {
            (one.at, first, one.id.as_str()).cmp(&(other.at, second, other.id.as_str()))
        });
        let openings = find_openings(&messages, timeout.as_ms());
        Self { messages, openings }
    }

    /// The first message, of one channel or of all.
    pub fn first_message_at(&self, channel: Option<&Channel>) -> Option<Instant> {
        self.on(channel).map(|(fact, _)| fact.at).min()
    }

    /// The last message, of one channel or of all.
    pub fn last_message_at(&self, channel: Option<&Channel>) -> Option<Instant> {
        self.on(channel).map(|(fact, _)| fact.at).max()
    }

    /// The counts of a range of time, of one channel or of all.
    pub fn tally(&self, range: TimeRange, channel: Option<&Channel>) -> Tally {
        let mut tally = Tally::default();
        let (mut inside, mut before) = (HashSet::new(), HashSet::new());
        for (fact, direction) in self.on(channel) {
            let is_inside = range.contains(fact.at);
            match direction {
                Direction::Incoming if is_inside => {
                    tally.messages += 1;
                    tally.sessions += u64::from(self.openings.contains(fact.id.as_str()));
                    inside.insert(&fact.user_id);
                }
                Direction::Incoming if fact.at < range.start => {
                    before.insert(&fact.user_id);
                }
                Direction::Outgoing if is_inside => tally.bot_messages += 1,
                Direction::Incoming | Direction::Outgoing => {}
            }
        }
        for user in inside {
            match before.contains(user) {
                true => tally.returning_users += 1,
                false => tally.new_users += 1,
            }
        }
        tally
    }

    /// Compares every figure of a report with the recount.
    ///
    /// # Errors
    /// The first figure that differs, in words.
    pub fn check(&self, report: &Report) -> Result<(), String> {
        let channel = report.channel.as_ref();
        let range = |start, end| TimeRange::new(Instant::from(start), Instant::from(end));
        let period = range(report.period.start, report.period.end);
        check_totals("totals", report, |kpi| Some(kpi.value), self.tally(period, channel))?;
        self.check_rows("timeseries", &report.timeseries, channel)?;
        let Some(comparison) = &report.comparison else { return Ok(()) };
        let counted = range(comparison.start, comparison.cut.unwrap_or(comparison.end));
        if report.totals.messages.previous.is_some() {
            check_totals("comparison", report, |kpi| kpi.previous, self.tally(counted, channel))?;
        }
        self.check_rows("comparison's timeseries", &comparison.timeseries, channel)
    }

    fn check_rows(
        &self,
        what: &str,
        rows: &[TimeseriesRow],
        channel: Option<&Channel>,
    ) -> Result<(), String> {
        for row in rows.iter().filter(|row| row.messages.is_some()) {
            let expected =
                self.tally(TimeRange::new(Instant::from(row.start), Instant::from(row.end)), channel);
            let counted = Tally {
                new_users: row.new_users.unwrap_or_default(),
                returning_users: row.returning_users.unwrap_or_default(),
                sessions: row.sessions.unwrap_or_default(),
                messages: row.messages.unwrap_or_default(),
                bot_messages: row.bot_messages.unwrap_or_default(),
            };
            if counted != expected || row.total_users != Some(expected.total_users()) {
                return Err(format!("{what}, {} … {}: {counted:?} is not {expected:?}", row.start, row.end));
            }
        }
        Ok(())
    }

    fn on(&self, channel: Option<&Channel>) -> impl Iterator<Item = &(Fact, Direction)> {
        self.messages.iter().filter(move |(fact, _)| channel.is_none_or(|channel| *channel == fact.channel))
    }
}

fn check_totals(
    what: &str,
    report: &Report,
    figure: fn(Kpi) -> Option<u64>,
    expected: Tally,
) -> Result<(), String> {
    let totals = &report.totals;
    let counted = [
        ("total_users", figure(totals.total_users), expected.total_users()),
        ("new_users", figure(totals.new_users), expected.new_users),
        ("returning_users", figure(totals.returning_users), expected.returning_users),
        ("sessions", figure(totals.sessions), expected.sessions),
        ("messages", figure(totals.messages), expected.messages),
        ("bot_messages", figure(totals.bot_messages), expected.bot_messages),
    ];
    let wrong = counted.into_iter().find(|(_, counted, expected)| *counted != Some(*expected));
    wrong.map_or(Ok(()), |(name, counted, expected)| {
        Err(format!("{what}, {name}: {counted:?} is not {expected}"))
    })
}

/// The ids of the messages that open a session; `messages` are in order.
fn find_openings(messages: &[(Fact, Direction)], timeout_ms: i64) -> HashSet<String> {
    let mut openings = HashSet::new();
    let mut named = HashSet::new();
    let mut last: BTreeMap<(&str, &str), i64> = BTreeMap::new();
    for (fact, direction) in messages {
        let (user, at) = (fact.user_id.as_str(), fact.at.as_ms());
        let opens = match &fact.session_id {
            Some(session) => *direction == Direction::Incoming && named.insert((user, session.as_str())),
            None => {
                let line = (user, fact.channel.as_str());
                let is_alive = last.get(&line).is_some_and(|last| at - last <= timeout_ms);
                if *direction == Direction::Incoming || is_alive {
                    last.insert(line, at);
                }
                *direction == Direction::Incoming && !is_alive
            }
        };
        if opens {
            openings.insert(fact.id.as_str().to_owned());
        }
    }
    openings
}
