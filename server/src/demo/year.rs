//! A year of traffic, hour by hour of the bot's zone.

use analytics::calendar::Calendar;
use analytics::fact::Fact;
use analytics::instant::{HOUR_MS, Instant, TimeRange};
use chrono::{Datelike, Days, NaiveDate, Timelike};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::conversation::Conversation;
use super::people::{People, Person};
use super::profile::{Channel, Profile};

/// Days before today. One more would lie in the period that "past 12 months" is compared with.
const DAYS: i64 = 364;
/// An hour has this many thousandths of what is usual, at least and at most.
const NOISE: std::ops::Range<u64> = 650..1_350;

/// Writes a bot's year day after day, and then knows who talked.
pub(crate) struct Year {
    profile: &'static Profile,
    calendar: Calendar,
    now: Instant,
    /// Days that are not written yet, today included.
    days_left: i64,
    /// Sum of all hours' weights.
    total_weight: u64,
    outage: Option<TimeRange>,
    people: People,
    conversations: u64,
    random: ChaCha8Rng,
}

impl Year {
    /// The year that ends `now`.
    pub(super) fn new(profile: &'static Profile, calendar: Calendar, now: Instant) -> Self {
        let mut year = Self {
            profile,
            calendar,
            now,
            days_left: DAYS + 1,
            total_weight: 0,
            outage: None,
            people: People::default(),
            conversations: 0,
            random: ChaCha8Rng::seed_from_u64(profile.seed),
        };
        year.outage = profile.outage.as_ref().map(|outage| {
            let start = calendar.day_start(year.date(outage.days_ago)).plus_ms(outage.from_hour * HOUR_MS);
            TimeRange::new(start, start.plus_ms(outage.hours * HOUR_MS))
        });
        let hours = profile.hours.iter().sum::<u64>();
        let days = (0..=DAYS).map(|days_ago| year.day_weight(days_ago));
        year.total_weight = days.sum::<u64>() * hours;
        year
    }

    /// The next whole days with at least `size` facts between them, in order of time; empty when the year is over.
    pub(super) fn next_batch(&mut self, size: usize) -> anyhow::Result<Vec<Fact>> {
        let mut batch = Vec::new();
        while self.days_left > 0 && batch.len() < size {
            self.days_left -= 1;
            self.write_day(self.days_left, &mut batch)?;
        }
        let now = self.now;
        batch.retain(|fact| fact.at <= now);
        batch.sort_by_key(|fact| fact.at);
        Ok(batch)
    }

    /// Who begins a conversation now, and where.
    pub(super) fn next_person(&mut self) -> (Person, &'static Channel) {
        let person = self.people.next(self.profile.newcomers, &mut self.random);
        (person, self.channel(person, 0))
    }

    /// How busy the hour at `now` is, beside the busiest of the day, in hundredths.
    pub(super) fn busyness(&self, now: Instant) -> u64 {
        let busiest = self.profile.hours.iter().max().copied().unwrap_or(1);
        self.hour_weight(now) * 100 / busiest
    }

    fn write_day(&mut self, days_ago: i64, facts: &mut Vec<Fact>) -> anyhow::Result<()> {
        let day = self.calendar.day(self.date(days_ago));
        let mut hour = day.start;
        while hour < day.end && hour <= self.now {
            if !self.outage.is_some_and(|outage| outage.contains(hour)) {
                self.write_hour(hour, days_ago, facts)?;
            }
            hour = hour.plus_ms(HOUR_MS);
        }
        Ok(())
    }

    fn write_hour(&mut self, hour: Instant, days_ago: i64, facts: &mut Vec<Fact>) -> anyhow::Result<()> {
        let weight = self.day_weight(days_ago) * self.hour_weight(hour);
        let thousandths = weight * self.profile.conversations * 1_000 / self.total_weight;
        let thousandths = thousandths * self.random.random_range(NOISE) / 1_000;
        let one_more = u64::from(self.random.random_range(0..1_000) < thousandths % 1_000);
        for _ in 0..thousandths / 1_000 + one_more {
            let person = self.people.next(self.profile.newcomers, &mut self.random);
            self.conversations += 1;
            let conversation = Conversation {
                number: self.conversations,
                person,
                channel: self.channel(person, days_ago),
                start: hour.plus_ms(self.random.random_range(0..HOUR_MS)),
                has_model: days_ago < self.profile.model_days,
            };
            facts.extend(conversation.facts(&mut self.random)?);
        }
        Ok(())
    }

    fn hour_weight(&self, at: Instant) -> u64 {
        let hour = usize::try_from(self.calendar.local(at).hour()).unwrap_or(0);
        self.profile.hours[hour]
    }

    /// Growth, the week's rhythm, and a launch that many are curious about.
    fn day_weight(&self, days_ago: i64) -> u64 {
        let weekday = usize::try_from(self.date(days_ago).weekday().num_days_from_monday()).unwrap_or(0);
        let start = self.profile.start_percent;
        let (elapsed, days) = ((DAYS - days_ago).unsigned_abs(), DAYS.unsigned_abs());
        let growth = start + (100 - start) * elapsed / days;
        let launch = self.profile.launch.as_ref().map_or(0, |launch| {
            let since = launch.days_ago - days_ago;
            let curiosity = if since < 0 { 0 } else { (launch.days - since).max(0).unsigned_abs() };
            launch.extra_percent * curiosity / launch.days.unsigned_abs()
        });
        self.profile.weekdays[weekday] * growth * (100 + launch) / 100
    }

    /// A person stays on one channel, from the day on which it opens.
    fn channel(&self, person: Person, days_ago: i64) -> &'static Channel {
        let mut below = 0;
        let own = self.profile.channels.iter().find(|channel| {
            below += channel.percent;
            person.taste() < below
        });
        let is_open = |channel: &&Channel| {
            let launch = self.profile.launch.as_ref().filter(|launch| launch.channel == channel.name);
            launch.is_none_or(|launch| days_ago <= launch.days_ago)
        };
        own.filter(is_open).unwrap_or(&self.profile.channels[0])
    }

    fn date(&self, days_ago: i64) -> NaiveDate {
        let today = self.calendar.date(self.now);
        today.checked_sub_days(Days::new(days_ago.unsigned_abs())).unwrap_or(today)
    }
}

#[cfg(test)]
mod tests {
    use analytics::fact::FactKind;
    use analytics::settings::WeekStart;

    use super::*;
    use crate::demo::profile::{AVA, MAX};

    const NOW: Instant = Instant::from_ms(1_795_345_200_000);

    fn facts(profile: &'static Profile) -> Vec<Fact> {
        let calendar = Calendar::new(profile.zone.parse().unwrap(), WeekStart::Monday);
        let mut year = Year::new(profile, calendar, NOW);
        let batches =
            std::iter::from_fn(|| Some(year.next_batch(8_000).unwrap()).filter(|batch| !batch.is_empty()));
        batches.flatten().collect()
    }

    fn on_day(facts: &[Fact], days_ago: i64) -> usize {
        let day =
            TimeRange::new(NOW.plus_ms(-days_ago * 24 * HOUR_MS), NOW.plus_ms((1 - days_ago) * 24 * HOUR_MS));
        facts.iter().filter(|fact| day.contains(fact.at)).count()
    }

    #[test]
    fn the_bots_are_of_the_promised_sizes() {
        let messages = |profile| {
            let facts = facts(profile).into_iter();
            facts.filter(|fact| matches!(fact.kind, FactKind::Message(_))).count()
        };
        assert!((290_000..310_000).contains(&messages(&AVA)), "{}", messages(&AVA));
        assert!((19_000..21_000).contains(&messages(&MAX)), "{}", messages(&MAX));
    }

    #[test]
    fn the_same_seed_gives_the_same_year() {
        assert_eq!(facts(&MAX), facts(&MAX));
    }

    #[test]
    fn nothing_lies_ahead_and_no_id_comes_twice() {
        let facts = facts(&AVA);
        assert!(facts.iter().all(|fact| fact.at <= NOW));
        let ids: std::collections::HashSet<_> = facts.iter().map(|fact| &fact.id).collect();
        assert_eq!(ids.len(), facts.len());
    }

    #[test]
    fn the_year_has_growth_a_launch_and_an_outage() {
        let facts = facts(&AVA);
        let week = |days_ago: i64| (0..7).map(|day| on_day(&facts, days_ago + day)).sum::<usize>();
        assert!(week(7) > week(350) * 2, "growth");
        assert!(week(122) > week(140) * 2, "launch");
        assert!(on_day(&facts, 18) * 2 < on_day(&facts, 25), "outage");
    }

    #[test]
    fn a_channel_has_no_traffic_before_it_opens() {
        let facts = facts(&AVA);
        let opened = NOW.plus_ms(-130 * 24 * HOUR_MS);
        let channels = |before: bool| {
            let facts = facts.iter().filter(move |fact| (fact.at < opened) == before);
            facts.map(|fact| fact.channel.as_str()).collect::<std::collections::BTreeSet<_>>()
        };
        assert_eq!(channels(true).len(), 3);
        assert_eq!(channels(false).len(), 4);
    }

    #[test]
    fn few_come_often_and_many_come_once() {
        let mut visits = std::collections::HashMap::<_, u32>::new();
        for fact in facts(&MAX) {
            *visits.entry(fact.user_id).or_default() += 1;
        }
        let mut counts: Vec<u32> = visits.into_values().collect();
        counts.sort_unstable();
        let (median, most) = (counts[counts.len() / 2], counts[counts.len() - 1]);
        assert!(most > median * 10, "{median} {most}");
    }
}
