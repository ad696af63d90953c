//! What happens on a connection, and when nothing has happened for too long.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior};

/// How often a connection is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How long each state of a connection may last.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// From the opening of a connection, or the first byte of a later request, to the end of the request's headers.
    pub headers: Duration,
    /// From the end of an answer to the next request.
    pub keep_alive: Duration,
    /// How a body has to arrive.
    pub body: Pace,
    /// How a client has to take its answer.
    pub answer: Pace,
    /// How much is taken of a body that nobody reads.
    pub unread: Unread,
}

/// What is taken and thrown away of a body that nobody reads; beyond it the connection is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unread {
    /// How long that may take.
    pub within: Duration,
    /// Most bytes of it.
    pub bytes: u64,
}

/// The slowest transfer that is waited for: so many bytes in each stretch of time. The last stretch may bring fewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Length of a stretch.
    pub within: Duration,
    /// Bytes that a stretch has to bring.
    pub bytes: u64,
}

impl Patience {
    /// A line of 20 KB/s has twenty times the pace that is asked for.
    pub const DEFAULT: Self = Self {
        headers: Duration::from_secs(10),
        keep_alive: Duration::from_secs(180),
        body: Pace { within: Duration::from_secs(30), bytes: 16 * 1024 },
        answer: Pace { within: Duration::from_secs(30), bytes: 16 * 1024 },
        unread: Unread { within: Duration::from_secs(5), bytes: 64 * 1024 * 1024 },
    };
}

/// Why a connection is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Silence {
    /// The headers of a request did not arrive in time.
    Headers,
    /// No further request came.
    KeepAlive,
    /// The client did not take its answer.
    Answer,
}

/// Counters of one connection. Each is written by one task and read by the one that watches.
#[derive(Debug, Default)]
pub(super) struct Activity {
    read: AtomicU64,
    written: AtomicU64,
    is_write_blocked: AtomicBool,
    begun: AtomicU64,
    done: AtomicU64,
    /// Bytes read when the last request was done: later ones belong to the next.
    read_when_done: AtomicU64,
}

/// A request whose answer has not gone out yet.
#[derive(Debug)]
pub(super) struct UnderWay(Arc<Activity>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.read_when_done.store(self.0.read.load(Relaxed), Relaxed);
        self.0.done.fetch_add(1, Relaxed);
    }
}

impl Activity {
    pub(super) fn begin_request(self: &Arc<Self>) -> UnderWay {
        self.begun.fetch_add(1, Relaxed);
        UnderWay(self.clone())
    }

    pub(super) fn note_read(&self, bytes: usize) {
        self.read.fetch_add(bytes as u64, Relaxed);
    }

    pub(super) fn note_written(&self, bytes: usize) {
        self.written.fetch_add(bytes as u64, Relaxed);
        self.is_write_blocked.store(false, Relaxed);
    }

    pub(super) fn note_write_blocked(&self) {
        self.is_write_blocked.store(true, Relaxed);
    }

    /// Done when the connection has been silent for too long.
    pub(super) async fn watch(&self, patience: Patience) -> Silence {
        let mut watched = Watched::new(Instant::now());
        let mut look = tokio::time::interval(LOOK_EVERY.min(patience.headers));
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            look.tick().await;
            if let Some(silence) = watched.look(self.read_counters(), Instant::now(), patience) {
                return silence;
            }
        }
    }

    fn read_counters(&self) -> Counters {
        Counters {
            read: self.read.load(Relaxed),
            written: self.written.load(Relaxed),
            is_write_blocked: self.is_write_blocked.load(Relaxed),
            begun: self.begun.load(Relaxed),
            done: self.done.load(Relaxed),
            read_when_done: self.read_when_done.load(Relaxed),
        }
    }
}

/// The counters at one instant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counters {
    read: u64,
    written: u64,
    is_write_blocked: bool,
    begun: u64,
    done: u64,
    read_when_done: u64,
}

/// What was seen of a connection up to the last look.
#[derive(Debug)]
struct Watched {
    /// When the connection was opened or the last answer went out, and how many requests were done by then.
    idle_since: Instant,
    done: u64,
    /// When the first byte of a request was seen whose headers are not complete.
    headers_since: Option<Instant>,
    /// Since when writing has been slow, and what had been written by then.
    blocked_since: Option<(Instant, u64)>,
}

impl Watched {
    fn new(opened_at: Instant) -> Self {
        Self { idle_since: opened_at, done: 0, headers_since: None, blocked_since: None }
    }

    fn look(&mut self, now: Counters, at: Instant, patience: Patience) -> Option<Silence> {
        self.look_at_answer(now, at, patience.answer).or_else(|| self.look_at_requests(now, at, patience))
    }

    fn look_at_answer(&mut self, now: Counters, at: Instant, pace: Pace) -> Option<Silence> {
        if !now.is_write_blocked {
            self.blocked_since = None;
            return None;
        }
        let (since, written) = *self.blocked_since.get_or_insert((at, now.written));
        if at.duration_since(since) < pace.within {
            return None;
        }
        if now.written - written < pace.bytes {
            return Some(Silence::Answer);
        }
        self.blocked_since = Some((at, now.written));
        None
    }

    fn look_at_requests(&mut self, now: Counters, at: Instant, patience: Patience) -> Option<Silence> {
        let is_busy = now.begun > now.done || now.is_write_blocked;
        if is_busy || now.done != self.done {
            self.idle_since = at;
            self.done = now.done;
            self.headers_since = None;
        }
        if is_busy {
            return None;
        }
        if now.read > now.read_when_done {
            let since = *self.headers_since.get_or_insert(at);
            return (at.duration_since(since) >= patience.headers).then_some(Silence::Headers);
        }
        let (limit, silence) = match now.begun {
            0 => (patience.headers, Silence::Headers),
            _ => (patience.keep_alive, Silence::KeepAlive),
        };
        (at.duration_since(self.idle_since) >= limit).then_some(silence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPEN: Counters =
        Counters { read: 0, written: 0, is_write_blocked: false, begun: 0, done: 0, read_when_done: 0 };

    /// What each look finds, at these seconds.
    fn looks(looks: &[(u64, Counters)]) -> Vec<Option<Silence>> {
        let opened_at = Instant::now();
        let mut watched = Watched::new(opened_at);
        let look = |&(second, counters): &(u64, Counters)| {
            watched.look(counters, opened_at + Duration::from_secs(second), Patience::DEFAULT)
        };
        looks.iter().map(look).collect()
    }

    #[test]
    fn a_connection_that_says_nothing_is_closed_after_ten_seconds() {
        assert_eq!(looks(&[(1, OPEN), (9, OPEN), (10, OPEN)]), [None, None, Some(Silence::Headers)]);
    }

    #[test]
    fn headers_that_trickle_in_are_not_waited_for() {
        let trickle = |read| Counters { read, ..OPEN };
        let found = looks(&[(1, trickle(1)), (6, trickle(2)), (10, trickle(3)), (11, trickle(4))]);
        assert_eq!(found, [None, None, None, Some(Silence::Headers)]);
    }

    #[test]
    fn between_requests_a_client_may_be_silent_for_minutes() {
        let idle = Counters { read: 100, written: 100, begun: 1, done: 1, read_when_done: 100, ..OPEN };
        let busy = Counters { done: 0, read_when_done: 0, ..idle };
        let found = looks(&[(1, busy), (2, idle), (170, idle), (181, idle), (182, idle)]);
        assert_eq!(found, [None, None, None, None, Some(Silence::KeepAlive)]);
        // A request that comes and goes between two looks.
        let again = Counters { read: 200, begun: 2, done: 2, read_when_done: 200, ..idle };
        assert_eq!(looks(&[(1, idle), (100, again), (279, again)]), [None; 3]);
    }

    #[test]
    fn the_second_request_has_to_send_its_headers_in_time_too() {
        let idle = Counters { read: 100, written: 100, begun: 1, done: 1, read_when_done: 100, ..OPEN };
        let begun = Counters { read: 101, ..idle };
        let busy = Counters { done: 0, ..idle };
        let found = looks(&[(1, busy), (2, idle), (100, begun), (109, begun), (110, begun)]);
        assert_eq!(found, [None, None, None, None, Some(Silence::Headers)]);
    }

    #[test]
    fn a_request_may_take_as_long_as_it_needs() {
        let busy = Counters { read: 100, begun: 1, ..OPEN };
        assert_eq!(looks(&[(1, busy), (500, busy), (5_000, busy)]), [None; 3]);
    }

    #[test]
    fn an_answer_that_nobody_takes_is_given_up() {
        let blocked = |written| Counters { read: 100, begun: 1, written, is_write_blocked: true, ..OPEN };
        let found = looks(&[(1, blocked(5)), (30, blocked(900)), (31, blocked(1_000))]);
        assert_eq!(found, [None, None, Some(Silence::Answer)]);
    }

    #[test]
    fn an_answer_over_a_slow_line_goes_on() {
        let blocked = |written| Counters { read: 100, begun: 1, written, is_write_blocked: true, ..OPEN };
        let slow: Vec<_> = (1..400).map(|second| (second, blocked(second * 1_000))).collect();
        assert!(looks(&slow).iter().all(Option::is_none));
    }

    #[test]
    fn what_is_left_of_an_answer_when_the_request_is_done_is_waited_for_as_well() {
        let rest = Counters {
            read: 100,
            begun: 1,
            done: 1,
            written: 10,
            is_write_blocked: true,
            read_when_done: 100,
        };
        assert_eq!(looks(&[(1, rest), (200, rest)]), [None, Some(Silence::Answer)]);
    }
}
