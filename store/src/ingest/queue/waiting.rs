//! The batches of one line, and which of them the next transaction takes. Bots take turns batch by batch. A large batch
//! has a transaction of its own, and small ones go before and after it: whoever sends little waits for one large batch
//! of others at most.

use std::collections::{HashMap, VecDeque};

use analytics::fact::{Fact, FactKind};
use analytics::ids::BotId;

use crate::held_spans::SpanChange;

/// Facts and bytes of text after which a transaction takes no further batch.
const WINDOW: Size = Size { facts: 10_000, text: 8 * 1024 * 1024 };
/// A batch that exceeds one of these is large.
const SMALL: Size = Size { facts: 2_500, text: 2 * 1024 * 1024 };

/// How much there is to write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Size {
    facts: usize,
    text: usize,
}

impl Size {
    /// The size of a batch.
    pub(super) fn of(facts: &[Fact]) -> Self {
        Self { facts: facts.len(), text: facts.iter().map(text_bytes).sum() }
    }

    /// The same with spans that shall wait.
    pub(super) fn with_spans(self, spans: &SpanChange) -> Self {
        let bytes = usize::try_from(spans.held_bytes()).unwrap_or(usize::MAX);
        Self { facts: self.facts + spans.hold.len(), text: self.text.saturating_add(bytes) }
    }

    fn add(&mut self, other: Self) {
        self.facts += other.facts;
        self.text += other.text;
    }

    fn exceeds(self, limit: Self) -> bool {
        self.facts > limit.facts || self.text > limit.text
    }

    fn reaches(self, limit: Self) -> bool {
        self.facts >= limit.facts || self.text >= limit.text
    }
}

/// Bytes of the fields that may be long.
fn text_bytes(fact: &Fact) -> usize {
    match &fact.kind {
        FactKind::Message(message) => message.text.as_ref().map_or(0, String::len),
        FactKind::Event(event) => event.properties.as_ref().map_or(0, String::len),
        FactKind::ModelCall(_) => 0,
    }
}

/// Batches that wait, those of each bot in their order.
#[derive(Debug)]
pub(super) struct Waiting<J> {
    bots: HashMap<BotId, VecDeque<(Size, J)>>,
    /// Bots with a batch that waits, in the order of their turns.
    turns: VecDeque<BotId>,
    /// Whether the next transaction is that of a large batch, since the last one was not.
    is_turn_of_large: bool,
}

impl<J> Default for Waiting<J> {
    fn default() -> Self {
        Self { bots: HashMap::new(), turns: VecDeque::new(), is_turn_of_large: false }
    }
}

impl<J> Waiting<J> {
    pub(super) fn push_back(&mut self, bot: BotId, size: Size, job: J) {
        let jobs = self.bots.entry(bot).or_default();
        if jobs.is_empty() {
            self.turns.push_back(bot);
        }
        jobs.push_back((size, job));
    }

    /// The batches of the next transaction; none when nothing waits.
    pub(super) fn take_window(&mut self) -> Vec<J> {
        let large = self.turns.iter().position(|&bot| self.is_large(bot));
        let window = if self.is_turn_of_large && large.is_some() { Vec::new() } else { self.take_small() };
        match large {
            Some(place) if window.is_empty() => {
                self.is_turn_of_large = false;
                self.take_at(place).map(|(_, job)| job).into_iter().collect()
            }
            _ => {
                self.is_turn_of_large = large.is_some();
                window
            }
        }
    }

    fn take_small(&mut self) -> Vec<J> {
        let (mut window, mut size) = (Vec::new(), Size::default());
        let mut place = 0;
        while let Some(&bot) = self.turns.get(place) {
            if self.is_large(bot) {
                place += 1;
                continue;
            }
            let Some((added, job)) = self.take_at(place) else { break };
            window.push(job);
            size.add(added);
            if size.reaches(WINDOW) {
                break;
            }
        }
        window
    }

    /// Whether the bot's next batch is large.
    fn is_large(&self, bot: BotId) -> bool {
        let next = self.bots.get(&bot).and_then(VecDeque::front);
        next.is_some_and(|(size, _)| size.exceeds(SMALL))
    }

    /// Takes the next batch of the bot whose turn stands at this place. The bot's next turn is the last of all.
    fn take_at(&mut self, place: usize) -> Option<(Size, J)> {
        let bot = self.turns.remove(place)?;
        let jobs = self.bots.get_mut(&bot)?;
        let job = jobs.pop_front();
        if jobs.is_empty() {
            self.bots.remove(&bot);
        } else {
            self.turns.push_back(bot);
        }
        job
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The windows of batches that are there from the beginning, each a bot and a number of facts.
    fn windows(batches: &[(i64, usize)]) -> Vec<Vec<(i64, usize)>> {
        let mut waiting = Waiting::default();
        for &(bot, facts) in batches {
            waiting.push_back(BotId::from_i64(bot), Size { facts, text: 0 }, (bot, facts));
        }
        let windows = std::iter::repeat_with(|| waiting.take_window());
        windows.take_while(|window| !window.is_empty()).collect()
    }

    #[test]
    fn small_batches_share_a_window_and_bots_take_turns() {
        assert_eq!(windows(&[(1, 5), (1, 6), (2, 7)]), [[(1, 5), (2, 7), (1, 6)]]);
    }

    #[test]
    fn a_window_ends_when_it_is_full() {
        let found = windows(&[(1, 2_500); 6]);
        assert_eq!(found.iter().map(Vec::len).collect::<Vec<_>>(), [4, 2]);
    }

    #[test]
    fn who_sends_little_waits_for_one_large_batch_at_most() {
        let found = windows(&[(1, 10_000), (1, 10_000), (3, 10_000), (2, 1), (2, 2)]);
        let expected = [vec![(2, 1), (2, 2)], vec![(1, 10_000)], vec![(3, 10_000)], vec![(1, 10_000)]];
        assert_eq!(found, expected);
    }

    #[test]
    fn large_batches_have_their_turn_however_many_small_ones_come() {
        let mut waiting = Waiting::default();
        let mut seen = Vec::new();
        waiting.push_back(BotId::from_i64(1), Size { facts: 9_000, text: 0 }, "large");
        for _ in 0..3 {
            waiting.push_back(BotId::from_i64(2), Size { facts: 1, text: 0 }, "small");
            seen.extend(waiting.take_window());
        }
        assert_eq!(seen, ["small", "large", "small", "small"][..seen.len()]);
        assert!(seen.contains(&"large"));
    }

    #[test]
    fn long_texts_make_a_batch_large() {
        let mut waiting = Waiting::default();
        waiting.push_back(BotId::from_i64(1), Size { facts: 100, text: 6 << 20 }, "long");
        waiting.push_back(BotId::from_i64(1), Size { facts: 100, text: 6 << 20 }, "long");
        assert_eq!(waiting.take_window(), ["long"]);
    }

    #[test]
    fn a_bots_batches_stay_in_their_order() {
        assert_eq!(windows(&[(1, 9_000), (1, 1), (1, 9_000)]), [[(1, 9_000)], [(1, 1)], [(1, 9_000)]]);
    }
}
