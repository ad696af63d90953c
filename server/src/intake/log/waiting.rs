//! One bot's notes until they are written: the newest of them, and how many there were besides.

use std::collections::VecDeque;

use analytics::ids::BotId;
use store::intake_log::{IntakeNotes, IntakeRejection, IntakeRequest};

/// Most requests of a second that are kept, and as many more with problems.
const MAX_REQUESTS: usize = 20;
/// Most reasons for which items were not counted, each with one sample.
const MAX_REASONS: usize = 20;

/// What waits of one bot.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    plain: VecDeque<IntakeRequest>,
    problematic: VecDeque<IntakeRequest>,
    left_out: u64,
    rejections: Vec<IntakeRejection>,
}

impl Waiting {
    pub(super) fn add(&mut self, request: IntakeRequest, rejections: Vec<IntakeRejection>) {
        self.add_request(request);
        rejections.into_iter().for_each(|rejection| self.add_rejection(rejection));
    }

    pub(super) fn absorb(&mut self, notes: IntakeNotes) {
        notes.requests.into_iter().for_each(|request| self.add_request(request));
        notes.rejections.into_iter().for_each(|rejection| self.add_rejection(rejection));
    }

    /// Oldest first; the newest says how many are missing.
    pub(super) fn into_notes(self, bot: BotId) -> IntakeNotes {
        let mut requests: Vec<_> = self.plain.into_iter().chain(self.problematic).collect();
        requests.sort_by_key(|request| request.at);
        if let Some(newest) = requests.last_mut() {
            newest.left_out += self.left_out;
        }
        IntakeNotes { bot, requests, rejections: self.rejections }
    }

    fn add_request(&mut self, request: IntakeRequest) {
        let is_problematic = request.status >= 400 || request.rejected > 0;
        let kept = if is_problematic { &mut self.problematic } else { &mut self.plain };
        if kept.len() >= MAX_REQUESTS {
            let oldest = kept.pop_front();
            self.left_out += 1 + oldest.map_or(0, |oldest| oldest.left_out);
        }
        kept.push_back(request);
    }

    fn add_rejection(&mut self, newer: IntakeRejection) {
        let reason = |known: &IntakeRejection| (known.kind, known.code.clone(), known.door.clone());
        let same = self.rejections.iter().position(|known| reason(known) == reason(&newer));
        match same.and_then(|place| self.rejections.get_mut(place)) {
            Some(known) => {
                let items = known.items + newer.items;
                let sample = newer.sample.or(known.sample.take());
                *known = IntakeRejection { items, sample, ..newer };
            }
            None => {
                let of_kind = self.rejections.iter().filter(|known| known.kind == newer.kind).count();
                if of_kind < MAX_REASONS {
                    self.rejections.push(newer);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use analytics::instant::Instant;
    use store::intake_log::RejectionKind;

    use super::*;

    const BOT: BotId = BotId::from_i64(7);

    fn request(at: i64, status: u16) -> IntakeRequest {
        IntakeRequest {
            at: Instant::from_ms(at),
            door: Cow::Borrowed("native"),
            client: None,
            status,
            refusal: None,
            accepted: 1,
            duplicates: 0,
            rejected: 0,
            ignored: 0,
            latency_ms: 1,
            left_out: 0,
        }
    }

    fn rejection(code: String, at: i64) -> IntakeRejection {
        IntakeRejection {
            at: Instant::from_ms(at),
            door: Cow::Borrowed("native"),
            client: None,
            kind: RejectionKind::Rejected,
            code: Cow::Owned(code),
            items: 2,
            sample: None,
        }
    }

    #[test]
    fn a_storm_leaves_its_newest_requests_its_problems_and_a_count() {
        let mut waiting = Waiting::default();
        waiting.add(request(0, 429), Vec::new());
        (1..=12_360).for_each(|at| waiting.add(request(at, 200), Vec::new()));
        let notes = waiting.into_notes(BOT);
        assert_eq!(notes.requests.len(), 21);
        assert_eq!((notes.requests[0].status, notes.requests[1].at.as_ms()), (429, 12_341));
        assert_eq!(notes.requests[20].left_out, 12_340);

        let mut again = Waiting::default();
        again.absorb(notes);
        (20_000..20_020).for_each(|at| again.add(request(at, 200), Vec::new()));
        let notes = again.into_notes(BOT);
        assert_eq!(notes.requests.iter().map(|request| request.left_out).sum::<u64>(), 12_360);
    }

    #[test]
    fn items_of_one_reason_are_one_and_reasons_are_few() {
        let mut waiting = Waiting::default();
        for at in 0..100 {
            waiting.add(request(at, 200), vec![rejection(format!("code {}", at % 30), at)]);
        }
        let notes = waiting.into_notes(BOT);
        assert_eq!(notes.rejections.len(), MAX_REASONS);
        assert_eq!((notes.rejections[0].items, notes.rejections[0].at.as_ms()), (8, 90));
    }
}
