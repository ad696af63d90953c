use analytics::fact::Direction;
use analytics::instant::{Instant, MINUTE_MS};
use analytics::session::{IdleFold, Turn, find_opener, openings};
use analytics::settings::IdleTimeout;
use proptest::prelude::*;

use Direction::{Incoming, Outgoing};

fn turn(minute: i64, direction: Direction, id: &str) -> Turn<'_> {
    Turn { at: Instant::from_ms(minute * MINUTE_MS), direction, id }
}

fn opening_ids<'a>(turns: &[Turn<'a>], timeout: IdleTimeout) -> Vec<&'a str> {
    let flags = openings(IdleFold::default(), turns, timeout);
    turns.iter().zip(flags).filter(|(_, opens)| *opens).map(|(turn, _)| turn.id).collect()
}

fn check(turns: &[(i64, Direction)], expected: &[i64]) {
    let ids: Vec<_> = (0..turns.len()).map(|index| index.to_string()).collect();
    let turns: Vec<_> =
        turns.iter().zip(&ids).map(|((at, direction), id)| turn(*at, *direction, id)).collect();
    let found: Vec<i64> = opening_ids(&turns, IdleTimeout::default())
        .into_iter()
        .map(|id| turns[id.parse::<usize>().unwrap()].at.as_ms() / MINUTE_MS)
        .collect();
    assert_eq!(found, expected, "{turns:?}");
}

#[test]
fn a_session_lives_while_pauses_are_at_most_the_timeout() {
    check(&[(0, Incoming), (30, Incoming), (60, Incoming)], &[0]);
    check(&[(0, Incoming), (31, Incoming)], &[0, 31]);
    check(&[(0, Incoming), (0, Incoming)], &[0]);
}

#[test]
fn an_answer_keeps_a_session_alive_but_opens_none() {
    check(&[(0, Incoming), (20, Outgoing), (50, Incoming)], &[0]);
    check(&[(0, Incoming), (31, Outgoing), (50, Incoming)], &[0, 50]);
    check(&[(0, Outgoing), (1, Outgoing)], &[]);
    check(&[(0, Outgoing), (1, Incoming), (31, Outgoing), (61, Incoming)], &[1]);
}

#[test]
fn at_one_instant_the_question_precedes_the_answer() {
    let mut turns = vec![turn(40, Outgoing, "a"), turn(40, Incoming, "b"), turn(0, Incoming, "c")];
    turns.sort();
    assert_eq!(turns.iter().map(|turn| turn.id).collect::<Vec<_>>(), ["c", "b", "a"]);
    assert_eq!(opening_ids(&turns, IdleTimeout::default()), ["c", "b"]);
}

#[test]
fn a_named_session_opens_at_its_earliest_incoming_message() {
    let turns =
        [turn(5, Incoming, "late"), turn(3, Incoming, "b"), turn(3, Incoming, "a"), turn(1, Outgoing, "0")];
    assert_eq!(find_opener(&turns).map(|turn| turn.id), Some("a"));
    assert_eq!(find_opener(&turns[3..]), None);
}

#[test]
fn timeouts_lie_between_a_minute_and_a_day() {
    assert_eq!(IdleTimeout::default().as_ms(), 1_800_000);
    for (ms, is_allowed) in
        [(59_999, false), (60_000, true), (86_400_000, true), (86_400_001, false), (-1, false)]
    {
        assert_eq!(IdleTimeout::from_ms(ms).is_some(), is_allowed, "{ms}");
    }
}

/// What the store keeps: turns in order, each with its flag. Inserting refolds from the previous incoming message up to
/// and with the next incoming one, and nothing else.
#[derive(Default)]
struct Kept<'a>(Vec<(Turn<'a>, bool)>);

impl<'a> Kept<'a> {
    fn insert(&mut self, turn: Turn<'a>, timeout: IdleTimeout) {
        let index = self.0.partition_point(|(other, _)| *other < turn);
        self.0.insert(index, (turn, false));
        let is_incoming = |kept: &(Turn, bool)| kept.0.direction == Incoming;
        let previous = self.0[..index].iter().rposition(is_incoming);
        let next = self.0[index + 1..].iter().position(is_incoming).map(|found| index + 1 + found);
        let fold = previous.map_or_else(IdleFold::default, |at| IdleFold::behind(self.0[at].0.at));
        let start = previous.map_or(0, |at| at + 1);
        let end = next.map_or(index + 1, |at| at + 1);
        let turns: Vec<_> = self.0[start..end].iter().map(|kept| kept.0.clone()).collect();
        for (kept, opens) in self.0[start..end].iter_mut().zip(openings(fold, &turns, timeout)) {
            kept.1 = opens;
        }
    }
}

fn turns_in_two_orders() -> impl Strategy<Value = (Vec<(i64, bool)>, Vec<usize>)> {
    prop::collection::vec((0..400i64, any::<bool>()), 0..40).prop_flat_map(|turns| {
        let order = Just((0..turns.len()).collect::<Vec<_>>()).prop_shuffle();
        (Just(turns), order)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn every_order_of_arrival_gives_the_same_sessions(
        (turns, order) in turns_in_two_orders(),
        minutes in 1..90i64,
    ) {
        let timeout = IdleTimeout::from_ms(minutes * MINUTE_MS).unwrap();
        let ids: Vec<_> = (0..turns.len()).map(|index| format!("{index:03}")).collect();
        let direction = |is_incoming| if is_incoming { Incoming } else { Outgoing };
        let turns: Vec<_> =
            turns.iter().zip(&ids).map(|((at, incoming), id)| turn(*at, direction(*incoming), id)).collect();
        let mut sorted = turns.clone();
        sorted.sort();
        let mut kept = Kept::default();
        for index in order {
            kept.insert(turns[index].clone(), timeout);
        }
        let found: Vec<_> = kept.0.iter().filter(|(_, opens)| *opens).map(|(turn, _)| turn.id).collect();
        prop_assert_eq!(found, opening_ids(&sorted, timeout));
    }
}
