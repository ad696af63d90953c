//! What is no longer kept: raw messages before a horizon, and users who were erased. Figures stay exact all the while.

use analytics::error::RejectionCode;
use analytics::fact::Fact;
use analytics::ids::{BotId, FactId, UserId};
use analytics::instant::{DAY_MS, Instant};
use analytics::query::ReportQuery;
use analytics::settings::IdleTimeout;
use proptest::prelude::*;

use super::any_order::{add_bot, ask, block_on, check_uses, figures};
use super::rebuilds::{advance, ask_for, rule};
use super::traffic::{Settings, facts, queries, settings};
use crate::Store;
use crate::bots::{BotChange, BotScope, load_bot};
use crate::engine::values;
use crate::testing::{FactBuilder, MONDAY, Oracle, TestStore, UseOracle, incoming};

/// What happens between two messages.
#[derive(Clone, Debug)]
enum Step {
    /// The horizon moves: so many days are kept, on that day.
    Keep(u32, i64),
    /// Raw rows go, so many at once.
    Delete(i64),
    Erase(u8),
    /// Another zone and week start.
    Ask(Settings),
    Advance(i64),
    Nothing,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => (1..6_u32, 0..45_i64).prop_map(|(days, today)| Step::Keep(days, today)),
        2 => (1..8_i64).prop_map(Step::Delete),
        2 => (0..6_u8).prop_map(Step::Erase),
        1 => in_quarters().prop_map(Step::Ask),
        3 => (1..12_i64).prop_map(Step::Advance),
        12 => Just(Step::Nothing),
    ]
}

/// Settings in a zone whose clocks never changed off the quarter: before the horizon such an edge is rounded.
fn in_quarters() -> impl Strategy<Value = Settings> {
    settings().prop_filter("off the quarter", |settings| settings.zone.name() != "America/St_Johns")
}

type Case = (Settings, Instant, Vec<Fact>, Vec<(ReportQuery, Instant)>, Vec<Step>);

fn case() -> impl Strategy<Value = Case> {
    (in_quarters(), facts(100)).prop_flat_map(|(settings, (start, facts))| {
        let steps = prop::collection::vec(step(), facts.len());
        (Just(settings), Just(start), Just(facts), queries(start), steps)
    })
}

/// What should be counted, as (id as sent, fact with an id of its own), and from when on messages are taken in.
#[derive(Debug)]
struct Model {
    counted: Vec<(String, Fact)>,
    horizon: Instant,
}

impl Model {
    /// Sends one fact and checks what becomes of it.
    async fn send(&mut self, store: &Store, bot: BotId, fact: &Fact) -> Result<(), TestCaseError> {
        let id = fact.id.as_str();
        let raw_from = find_raw_from(store, bot).await;
        let is_known = self.counted.iter().any(|(known, fact)| known == id && fact.at.as_ms() >= raw_from);
        let outcome = store.ingest(bot, vec![fact.clone()]).await.unwrap();
        let rejected = [(0, RejectionCode::BeforeRetention)];
        let expected = match (fact.at < self.horizon, is_known) {
            (true, _) => (0, 0, &rejected[..]),
            (false, true) => (0, 1, &[][..]),
            (false, false) => (1, 0, &[][..]),
        };
        prop_assert_eq!((outcome.accepted, outcome.duplicates, outcome.rejected.as_slice()), expected);
        if outcome.accepted == 1 {
            // A space sorts before what ids are made of, so that ties are decided as by the ids themselves.
            let own = FactId::parse(format!("{id} {}", self.counted.len())).unwrap();
            self.counted.push((id.to_owned(), Fact { id: own, ..fact.clone() }));
        }
        Ok(())
    }

    async fn take(&mut self, store: &Store, bot: BotId, start: Instant, step: &Step) {
        match step {
            Step::Keep(days, today) => self.keep(store, bot, *days, start.plus_ms(today * DAY_MS)).await,
            Step::Delete(rows) => drop(store.delete_past_rows(bot, *rows).await.unwrap()),
            Step::Erase(user) => self.erase(store, bot, &format!("user {user}")).await,
            Step::Ask(settings) => {
                let live = store.find_bot(BotScope::All, bot).await.unwrap().unwrap();
                let settings = Settings { idle_timeout: live.idle_timeout, ..settings.clone() };
                ask_for(store, bot, rule(&settings)).await;
            }
            Step::Advance(rows) => drop(advance(store, bot, *rows).await),
            Step::Nothing => {}
        }
    }

    /// Moves the horizon without deleting anything yet.
    async fn keep(&mut self, store: &Store, bot: BotId, days: u32, today: Instant) {
        store.set_retention(bot, Some(days)).await.unwrap();
        store.move_horizon(bot, today).await.unwrap();
        let kept = store.find_retention(bot).await.unwrap().unwrap();
        let horizon = kept.horizon.unwrap_or(self.horizon);
        assert!(horizon >= self.horizon);
        self.horizon = horizon;
    }

    async fn erase(&mut self, store: &Store, bot: BotId, name: &str) {
        let raw = store.load_facts(bot, None, None, 1_000).await.unwrap();
        let raw = raw.iter().filter(|fact| fact.user_id.as_str() == name).count();
        let erased = store.erase_user(bot, &UserId::parse(name).unwrap()).await.unwrap();
        let was_there = self.counted.iter().any(|(_, fact)| fact.user_id.as_str() == name);
        assert_eq!(erased, was_there.then_some(raw as u64));
        // Ids stay apart: the place of a fact that is gone is not given again.
        for (id, fact) in &mut self.counted {
            if fact.user_id.as_str() == name {
                id.clear();
                fact.user_id = UserId::parse("nobody").unwrap();
            }
        }
    }

    fn oracle(&self, timeout: IdleTimeout) -> Oracle {
        Oracle::new(&self.counted(), timeout)
    }

    fn counted(&self) -> Vec<Fact> {
        let counted = self.counted.iter().filter(|(id, _)| !id.is_empty());
        counted.map(|(_, fact)| fact.clone()).collect()
    }

    async fn check(
        &self,
        store: &Store,
        bot: BotId,
        queries: &[(ReportQuery, Instant)],
    ) -> Result<(), TestCaseError> {
        prop_assert_eq!(store.verify(bot, false).await.unwrap(), []);
        let live = store.find_bot(BotScope::All, bot).await.unwrap().unwrap();
        let oracle = self.oracle(live.idle_timeout);
        let use_oracle = UseOracle::new(&self.counted());
        for question in queries.iter().take(4) {
            check_uses(store, bot, &use_oracle, question).await?;
        }
        for (query, now) in queries {
            let Some(report) = ask(store, bot, query, *now).await else { continue };
            prop_assert_eq!(oracle.check(&report), Ok(()));
            let cut = report.comparison.and_then(|comparison| comparison.cut).map(Instant::from);
            prop_assert!(cut.is_none_or(|cut| cut >= self.horizon || cut.is_on_quarter()));
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn figures_stay_exact_while_raw_rows_go_and_users_are_erased(
        (settings, start, facts, queries, steps) in case(),
    ) {
        block_on(async {
            let store = TestStore::open().await.unwrap();
            let bot = add_bot(&store, &settings).await;
            let mut model = Model { counted: Vec::new(), horizon: Instant::from_ms(0) };
            for (place, (fact, step)) in facts.iter().zip(&steps).enumerate() {
                model.take(&store, bot, start, step).await;
                model.send(&store, bot, fact).await?;
                if place % 8 == 0 {
                    model.check(&store, bot, &queries[..3]).await?;
                }
            }
            model.check(&store, bot, &queries).await?;
            while store.delete_past_rows(bot, 7).await.unwrap() {}
            let raw = store.load_facts(bot, None, None, 1_000).await.unwrap();
            prop_assert!(raw.iter().all(|fact| fact.at >= model.horizon));
            model.check(&store, bot, &queries).await
        })?;
    }

    #[test]
    fn another_timeout_leaves_sessions_before_the_horizon_and_goes_the_same_way_at_once_and_in_slices(
        (settings, start, facts, queries, _) in case(),
        later in in_quarters(),
        (days, today) in (1..6_u32, 0..45_i64),
    ) {
        block_on(async {
            let store = TestStore::open().await.unwrap();
            let (at_once, in_slices) = (add_bot(&store, &settings).await, add_bot(&store, &settings).await);
            let (first, rest) = facts.split_at(facts.len() / 2);
            for bot in [at_once, in_slices] {
                store.ingest(bot, first.to_vec()).await.unwrap();
                store.set_retention(bot, Some(days)).await.unwrap();
                store.apply_retention(bot, start.plus_ms(today * DAY_MS)).await.unwrap();
            }
            let before = count_before_horizon(&store, at_once).await;
            let change = BotChange { idle_timeout: Some(later.idle_timeout), ..BotChange::default() };
            store.change_bot(at_once, &change).await.unwrap();
            let wanted = Settings { idle_timeout: later.idle_timeout, ..settings.clone() };
            ask_for(&store, in_slices, rule(&wanted)).await;
            for fact in rest {
                store.ingest(at_once, vec![fact.clone()]).await.unwrap();
                store.ingest(in_slices, vec![fact.clone()]).await.unwrap();
                advance(&store, in_slices, 5).await;
                prop_assert_eq!(store.verify(in_slices, false).await.unwrap(), []);
            }
            while advance(&store, in_slices, 5).await {}
            for bot in [at_once, in_slices] {
                prop_assert_eq!(store.verify(bot, false).await.unwrap(), []);
                prop_assert_eq!(count_before_horizon(&store, bot).await, before);
            }
            for (query, now) in &queries {
                let (one, other) = (ask(&store, at_once, query, *now).await, ask(&store, in_slices, query, *now).await);
                prop_assert_eq!(figures(one), figures(other));
            }
            Ok(())
        })?;
    }
}

/// From when on raw rows are there, and with them their ids known.
async fn find_raw_from(store: &Store, bot: BotId) -> i64 {
    let mut transaction = store.database().read().await.unwrap();
    load_bot(&mut transaction, bot).await.unwrap().unwrap().raw_from
}

/// The sessions that are counted before a bot's horizon.
async fn count_before_horizon(store: &Store, bot: BotId) -> i64 {
    let mut transaction = store.database().read().await.unwrap();
    let sql = "select coalesce(cast(sum(sessions) as bigint), 0) as sessions from counts
        join bot_state on bot_state.bot_key = counts.bot_key join bots on bots.bot_key = counts.bot_key
        where bot_id = $1 and counts.revision = session_revision and scope = 0 and tier = 0 and bucket < horizon";
    transaction.fetch_one(sql, values![bot.as_i64()]).await.unwrap().int("sessions").unwrap()
}

#[tokio::test]
async fn the_key_of_a_fact_that_is_gone_is_not_given_to_another() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    let send = async |fact: FactBuilder| {
        let outcome = store.ingest(bot, vec![fact.build().unwrap()]).await.unwrap();
        assert_eq!(outcome.accepted, 1);
    };
    send(incoming("recent", "ada", 14)).await;
    // What came last goes first, and ada's other message still names it as the one before it.
    send(incoming("old", "ada", -10 * 24 * 60)).await;
    store.set_retention(bot, Some(5)).await.unwrap();
    store.apply_retention(bot, MONDAY).await.unwrap();
    send(incoming("other", "bob", 1)).await;
    assert_eq!(store.verify(bot, false).await.unwrap(), []);
    let ada = UserId::parse("ada").unwrap();
    assert_eq!(store.erase_user(bot, &ada).await.unwrap(), Some(1));
    assert_eq!(store.verify(bot, false).await.unwrap(), []);
}

#[tokio::test]
async fn erasing_finds_what_broken_links_would_not() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    let facts = [incoming("1", "ada", 0), incoming("2", "ada", 1), incoming("3", "ada", 40)];
    let facts = facts.map(|fact| fact.build().unwrap());
    store.ingest(bot, facts.into()).await.unwrap();
    let mut transaction = store.database().write().await.unwrap();
    let key = load_bot(&mut transaction, bot).await.unwrap().unwrap().key;
    transaction.execute("update facts set before_key = 0 where bot_key = $1", values![key]).await.unwrap();
    transaction.commit().await.unwrap();
    let ada = UserId::parse("ada").unwrap();
    assert_eq!(store.erase_user(bot, &ada).await.unwrap(), Some(3));
    assert_eq!(store.verify(bot, false).await.unwrap(), []);
    assert!(store.load_facts(bot, None, None, 10).await.unwrap().is_empty());
}
