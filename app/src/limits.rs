//! How often credentials may be tried. Every try counts, whether or not it succeeds. Names are remembered as hashes, in
//! a fixed amount of memory.
//!
//! Whoever guesses an account's password must not keep its owner out, after OWASP's advice on device cookies:
//! - a browser that has signed in to the account before has tries of its own;
//! - for others, tries are counted for each e-mail and network together;
//! - an e-mail that is tried from many networks at once becomes slow for those that have tried it lately. One that has not
//!   is still let through.

mod network;
mod sketch;

use std::hash::{BuildHasher, Hash, RandomState};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use analytics::clock::Clock;
use governor::clock::Clock as GovernorClock;
use governor::middleware::NoOpMiddleware;
use governor::{Quota, RateLimiter};
use store::credentials::{Email, Secret};

use self::network::Network;
use self::sketch::Sketch;
use crate::error::AppError;

/// Tries a minute for one e-mail address from one network, on one known device, and for a password by one login.
pub const TRIES_PER_NAME: NonZeroU32 = per_minute(5);
/// Tries a minute from one network address, or from a /64 of IPv6.
pub const TRIES_PER_LINE: NonZeroU32 = per_minute(20);
/// Tries a minute from a /56 of IPv6.
pub const TRIES_PER_HOUSEHOLD: NonZeroU32 = per_minute(30);
/// Tries a minute from a /48 of IPv6.
pub const TRIES_PER_SITE: NonZeroU32 = per_minute(60);
/// Tries for one e-mail address by strangers, from anywhere, until it becomes slow.
pub const TRIES_OF_STRANGERS: NonZeroU32 = per_minute(20);

/// A slow e-mail address admits one try in this time, whoever comes.
const SLOW: Duration = Duration::from_secs(60);
/// And one from each /24 of IPv4 or /48 of IPv6 that has not tried it for this time.
const LATELY: Duration = Duration::from_secs(600);

const fn per_minute(tries: u32) -> NonZeroU32 {
    NonZeroU32::MIN.saturating_add(tries - 1)
}

type Limiter = RateLimiter<u64, Sketch, ContextClock, NoOpMiddleware<Duration>>;

/// Counts the tries of every credential step.
#[derive(Debug)]
pub struct Limits {
    clock: ContextClock,
    /// A hash that nobody outside can foresee: nobody can choose a name that shares all cells with another.
    hasher: RandomState,
    sign_in: ByNetwork,
    link: ByNetwork,
    by_email_and_line: Limiter,
    by_email: Limiter,
    first_of_neighbourhood: Limiter,
    by_device: Limiter,
    by_login: Limiter,
}

/// Tries by the network that they come from. A narrow one that is refused uses up nothing of the wider.
#[derive(Debug)]
struct ByNetwork {
    line: Limiter,
    household: Limiter,
    site: Limiter,
}

impl Limits {
    /// Nobody has tried anything yet.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let clock = ContextClock(clock);
        Self {
            hasher: RandomState::new(),
            sign_in: ByNetwork::new(&clock),
            link: ByNetwork::new(&clock),
            by_email_and_line: minutely(TRIES_PER_NAME, &clock),
            by_email: limiter(every(SLOW).allow_burst(TRIES_OF_STRANGERS), &clock),
            first_of_neighbourhood: limiter(every(LATELY), &clock),
            by_device: minutely(TRIES_PER_NAME, &clock),
            by_login: minutely(TRIES_PER_NAME, &clock),
            clock,
        }
    }

    /// Counts a sign-in with something that is no e-mail address.
    ///
    /// # Errors
    /// [`AppError::RateLimited`] when there are too many from one network.
    pub fn count_nameless_sign_in(&self, from: IpAddr) -> Result<(), AppError> {
        self.count_network(&self.sign_in, from)
    }

    /// Counts a sign-in by a browser that is not known to the account.
    ///
    /// # Errors
    /// [`AppError::RateLimited`] when there are too many from one network, for this e-mail from one network, or for this
    /// e-mail from anywhere.
    pub fn count_sign_in(&self, email: &Email, from: IpAddr) -> Result<(), AppError> {
        self.count_network(&self.sign_in, from)?;
        let line = (email.as_str(), Network::line(from));
        self.count(&self.by_email_and_line, &line)?;
        // Both are counted each time: a network that is admitted by the one has used up the other.
        let neighbourhood = (email.as_str(), Network::neighbourhood(from));
        let first = self.count(&self.first_of_neighbourhood, &neighbourhood);
        self.count(&self.by_email, &email.as_str()).or(first)
    }

    /// Counts a sign-in in a browser that is known to the account.
    ///
    /// # Errors
    /// [`AppError::RateLimited`] after 5 a minute.
    pub fn count_sign_in_on_device(&self, device: &Secret) -> Result<(), AppError> {
        self.count(&self.by_device, &device.expose())
    }

    /// Counts a use of a one-time link: set-up, an invitation, a new password.
    ///
    /// # Errors
    /// [`AppError::RateLimited`] when there are too many from one network.
    pub fn count_link(&self, from: IpAddr) -> Result<(), AppError> {
        self.count_network(&self.link, from)
    }

    /// Counts a change of the password by one login: whoever has got hold of another login of the account uses up tries of
    /// their own.
    ///
    /// # Errors
    /// [`AppError::RateLimited`] after 5 a minute.
    pub fn count_password_change(&self, login: &Secret) -> Result<(), AppError> {
        self.count(&self.by_login, &login.expose())
    }

    fn count_network(&self, limits: &ByNetwork, from: IpAddr) -> Result<(), AppError> {
        self.count(&limits.line, &Network::line(from))?;
        if let Some(network) = Network::household(from) {
            self.count(&limits.household, &network)?;
        }
        if let Some(network) = Network::site(from) {
            self.count(&limits.site, &network)?;
        }
        Ok(())
    }

    fn count(&self, limiter: &Limiter, name: &impl Hash) -> Result<(), AppError> {
        limiter.check_key(&self.hasher.hash_one(name)).map_err(|refusal| {
            let wait = refusal.wait_time_from(self.clock.now());
            AppError::RateLimited { retry_after_s: wait.as_secs() + 1 }
        })
    }
}

impl ByNetwork {
    fn new(clock: &ContextClock) -> Self {
        Self {
            line: minutely(TRIES_PER_LINE, clock),
            household: minutely(TRIES_PER_HOUSEHOLD, clock),
            site: minutely(TRIES_PER_SITE, clock),
        }
    }
}

/// The server's clock as governor reads it: time since the epoch.
#[derive(Clone)]
struct ContextClock(Arc<dyn Clock>);

impl GovernorClock for ContextClock {
    type Instant = Duration;

    fn now(&self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.now().as_ms()).unwrap_or(0))
    }
}

impl std::fmt::Debug for ContextClock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ContextClock({})", self.0.now())
    }
}

fn minutely(tries: NonZeroU32, clock: &ContextClock) -> Limiter {
    limiter(Quota::per_minute(tries), clock)
}

/// One try in each period. The periods are not zero, which is all that governor asks of them.
fn every(period: Duration) -> Quota {
    Quota::with_period(period).unwrap_or(Quota::per_hour(NonZeroU32::MIN))
}

fn limiter(quota: Quota, clock: &ContextClock) -> Limiter {
    RateLimiter::new(quota, Sketch::default(), clock.clone())
}

#[cfg(test)]
mod tests;
