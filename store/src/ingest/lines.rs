//! Lines of stored facts. The facts of a line are linked from the latest to the earliest: each names the one before it, and
//! each quarter's row of activity the last one in it. A batch reads as much of a line as it has to know, from a quarter
//! behind its own facts backwards, and links them in.

use std::collections::BTreeMap;

use analytics::instant::Instant;

use super::state::{BotState, NewFact};
use crate::StoreError;
use crate::engine::{Bulk, Transaction, values};
use crate::rows::Kind;
use crate::table_keys::ChatLine;

/// Where a fact stands in its line: its time, and its key.
type Position = (i64, i64);

/// A stored fact near new ones.
#[derive(Clone, Debug)]
pub(super) struct StoredFact {
    pub(super) key: i64,
    pub(super) at: i64,
    pub(super) kind: Kind,
    /// Whether it is in no named session.
    pub(super) is_idle: bool,
    /// The bits of the revisions in which it opens a session.
    pub(super) opens: i64,
    pub(super) id: String,
}

/// What is stored around the new facts of a batch.
#[derive(Debug, Default)]
pub(super) struct Lines(BTreeMap<ChatLine, BTreeMap<Position, StoredFact>>);

/// How a batch changes the links.
#[derive(Debug, Default)]
pub(super) struct Links {
    /// For each new fact that has one: the fact before it.
    pub(super) before: BTreeMap<i64, i64>,
    /// Stored facts that now come behind a new one, and which.
    pub(super) moved: Vec<(i64, i64)>,
    /// The last fact of a line's quarter, where that is a new one.
    pub(super) last: BTreeMap<(ChatLine, i64), i64>,
}

/// The new facts of a line in one quarter.
#[derive(Clone, Copy, Debug)]
struct Group {
    line: ChatLine,
    quarter: i64,
    /// The first of them.
    since: i64,
    /// The last idle message of them.
    until: Option<i64>,
    /// Whether one of them may open a session, which the incoming message before it decides.
    seeks: bool,
}

/// Quarters with incoming messages that are passed over in a further look at the facts behind a group.
type Skipped = i64;

impl StoredFact {
    fn is_idle_incoming(&self) -> bool {
        self.is_idle && self.kind == Kind::Incoming
    }
}

impl Lines {
    /// Reads what lies around new facts: those behind them in the next quarter or, where sessions are decided, up to an
    /// incoming idle message, if there is one; those between them; and those before them to the nearest or, where sessions
    /// are decided, to an incoming idle message.
    pub(super) async fn load(
        transaction: &mut Transaction,
        state: &BotState,
        first_new_user: i64,
        new: &[NewFact<'_>],
    ) -> Result<Self, StoreError> {
        let mut lines = Self::default();
        // Of users who were unknown before the batch nothing is stored.
        let mut groups = group(new.iter().filter(|fact| fact.user < first_new_user));
        let mut skipped: Skipped = 0;
        while !groups.is_empty() {
            let neighbours = load_neighbours(transaction, state, &groups, skipped).await?;
            // Each further look goes about as far as all before it.
            skipped = skipped * 2 + 1;
            let mut unfinished = Vec::new();
            for (group, found) in groups.into_iter().zip(neighbours) {
                unfinished.extend(group.look_on(&found));
                let line = lines.0.entry(group.line).or_default();
                line.extend(found.into_iter().map(|fact| ((fact.at, fact.key), fact)));
            }
            groups = unfinished;
        }
        Ok(lines)
    }

    /// The stored facts of a line that were read, in order of time.
    pub(super) fn of(&self, line: ChatLine) -> impl Iterator<Item = &StoredFact> {
        self.0.get(&line).into_iter().flat_map(BTreeMap::values)
    }

    /// Links new facts in, each behind everything of its instant.
    pub(super) fn link(&self, new: &[NewFact<'_>]) -> Links {
        let mut added: BTreeMap<ChatLine, Vec<Position>> = BTreeMap::new();
        for fact in new {
            added.entry(fact.line()).or_default().push((fact.at, fact.key));
        }
        let mut links = Links::default();
        for (line, added) in added {
            let stored = self.of(line).map(|fact| ((fact.at, fact.key), false));
            let all: BTreeMap<Position, bool> =
                stored.chain(added.into_iter().map(|place| (place, true))).collect();
            links.add_line(line, &all);
        }
        links
    }
}

impl Links {
    /// Adds a line, given as places that are new or not.
    fn add_line(&mut self, line: ChatLine, all: &BTreeMap<Position, bool>) {
        let mut before: Option<(i64, bool)> = None;
        for (&(at, key), &is_new) in all {
            match before {
                Some((before, _)) if is_new => drop(self.before.insert(key, before)),
                Some((before, true)) => self.moved.push((key, before)),
                _ => {}
            }
            let quarter = (line, quarter_of(at));
            if is_new {
                self.last.insert(quarter, key);
            } else {
                self.last.remove(&quarter);
            }
            before = Some((key, is_new));
        }
    }
}

fn quarter_of(at: i64) -> i64 {
    Instant::from_ms(at).quarter().as_ms()
}

fn group<'a>(new: impl Iterator<Item = &'a NewFact<'a>>) -> Vec<Group> {
    let mut groups: BTreeMap<(ChatLine, i64), Group> = BTreeMap::new();
    let mut last_incoming: BTreeMap<ChatLine, i64> = BTreeMap::new();
    for fact in new {
        let (line, quarter) = (fact.line(), quarter_of(fact.at));
        let first = Group { line, quarter, since: fact.at, until: None, seeks: false };
        let group = groups.entry((line, quarter)).or_insert(first);
        group.since = group.since.min(fact.at);
        if fact.is_idle() {
            group.until = group.until.max(Some(fact.at));
        }
        if fact.is_idle() && fact.kind == Kind::Incoming {
            let last = last_incoming.entry(line).or_insert(fact.at);
            *last = fact.at.max(*last);
        }
    }
    for (line, last) in last_incoming {
        let earlier = groups.range_mut((line, i64::MIN)..).take_while(|((of, _), _)| *of == line);
        earlier.for_each(|(_, group)| group.seeks = group.since <= last);
    }
    groups.into_values().collect()
}

impl Group {
    /// What has to be read further on: the facts behind those found, if these end in a quarter with incoming
    /// messages of which none is idle. They are read back to where those found end, and further if there is an incoming idle
    /// message.
    fn look_on(&self, found: &[StoredFact]) -> Option<Self> {
        let until = self.until?;
        let end = found.iter().map(|fact| fact.at).max()?;
        let quarter = quarter_of(end);
        let has_incoming =
            found.iter().any(|fact| fact.kind == Kind::Incoming && quarter_of(fact.at) == quarter);
        let is_decided = found.iter().any(|fact| fact.at > until && fact.is_idle_incoming());
        let goes_on = has_incoming && !is_decided && quarter > self.quarter;
        goes_on.then_some(Self { quarter, since: end, seeks: false, ..*self })
    }
}

/// For each group the facts from the end of a later quarter, or else of the line, backwards: to the first before `since`
/// and, where incoming idle messages stand in the group or behind, on to such a one. The later quarter is the next or,
/// where sessions are decided, the next with incoming messages behind those that are passed over.
async fn load_neighbours(
    transaction: &mut Transaction,
    state: &BotState,
    groups: &[Group],
    skipped: Skipped,
) -> Result<Vec<Vec<StoredFact>>, StoreError> {
    let bulk = Bulk::new()
        .ints("place", (0_i64..).take(groups.len()))
        .ints("user_key", groups.iter().map(|group| group.line.user))
        .ints("channel_key", groups.iter().map(|group| group.line.channel))
        .ints("quarter", groups.iter().map(|group| group.quarter))
        .ints("since", groups.iter().map(|group| group.since))
        .ints("seeks", groups.iter().map(|group| i64::from(group.seeks)))
        .ints("decides", groups.iter().map(|group| i64::from(group.until.is_some())));
    let sql = ", walk (place, fact_key, at, kind, session_key, opens, id, before_key, since, seeks) as (
            select input.place, facts.fact_key, facts.at, facts.kind, facts.session_key, facts.opens, facts.id,
                facts.before_key, input.since,
                case when input.seeks = 1
                    or (facts.at >= input.since and facts.kind = 0 and facts.session_key is null) then 1 else 0 end
            from input
            left join facts on facts.bot_key = $1 and facts.fact_key = coalesce(
                case when input.decides = 1 then
                    (select a.last_key from activity as a where a.bot_key = $1 and a.user_key = input.user_key
                        and a.scope = input.channel_key and a.quarter > input.quarter and a.messages > 0
                        order by a.quarter limit 1 offset $3) end,
                case when input.decides = 1 and $3 > 0 then
                    (select a.last_key from activity as a where a.bot_key = $1 and a.user_key = input.user_key
                        and a.scope = input.channel_key and a.quarter > input.quarter and a.messages > 0
                        order by a.quarter desc limit 1) end,
                case when $3 = 0 then
                    (select a.last_key from activity as a where a.bot_key = $1 and a.user_key = input.user_key
                        and a.scope = input.channel_key and a.quarter > input.quarter order by a.quarter limit 1) end,
                case when $3 = 0 then
                    (select a.last_key from activity as a where a.bot_key = $1 and a.user_key = input.user_key
                        and a.scope = input.channel_key order by a.quarter desc limit 1) end)
            union all
            select walk.place, facts.fact_key, facts.at, facts.kind, facts.session_key, facts.opens, facts.id,
                facts.before_key, walk.since,
                case when walk.seeks = 1
                    or (facts.at >= walk.since and facts.kind = 0 and facts.session_key is null) then 1 else 0 end
            from walk
            left join facts on facts.bot_key = $1 and facts.fact_key = walk.before_key
                and (facts.at, facts.fact_key) < (walk.at, walk.fact_key)
            where walk.before_key > 0 and (walk.at >= walk.since
                or (walk.seeks = 1 and walk.at >= $2 and (walk.kind <> 0 or walk.session_key is not null)))
        )
        select place, fact_key, at, kind, session_key, opens, id from walk";
    let mut neighbours: Vec<Vec<StoredFact>> = groups.iter().map(|_| Vec::new()).collect();
    for row in transaction.bulk_fetch(sql, values![state.bot, state.horizon, skipped], &bulk).await? {
        let Some(key) = row.optional_int("fact_key")? else { continue };
        neighbours[row.place("place")?].push(StoredFact {
            key,
            at: row.int("at")?,
            kind: row.kind("kind")?,
            is_idle: row.optional_int("session_key")?.is_none(),
            opens: row.int("opens")?,
            id: row.text("id")?,
        });
    }
    Ok(neighbours)
}
