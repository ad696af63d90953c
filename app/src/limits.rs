//! How often credentials may be tried. Every try counts, whether or not it succeeds.

use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use analytics::clock::Clock;
use analytics::ids::AccountId;
use governor::clock::Clock as GovernorClock;
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};

use crate::error::AppError;

/// Tries a minute for one e-mail address, and for one account's password.
pub const TRIES_PER_NAME: NonZeroU32 = NonZeroU32::MIN.saturating_add(4);
/// Tries a minute from one network address.
pub const TRIES_PER_ADDRESS: NonZeroU32 = NonZeroU32::MIN.saturating_add(19);

/// Names seen long ago are forgotten once there are this many, so that inventing names costs us no memory.
const MAX_NAMES: usize = 10_000;

type Limiter<K> = RateLimiter<K, DashMapStateStore<K>, ContextClock, NoOpMiddleware<Duration>>;

/// Counts the tries of every credential step.
#[derive(Debug)]
pub struct Limits {
    clock: ContextClock,
    sign_in_by_email: Limiter<String>,
    sign_in_by_address: Limiter<IpAddr>,
    set_up_by_address: Limiter<IpAddr>,
    password_by_account: Limiter<AccountId>,
}

impl Limits {
    /// Nobody has tried anything yet.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let clock = ContextClock(clock);
        Self {
            sign_in_by_email: limiter(TRIES_PER_NAME, &clock),
            sign_in_by_address: limiter(TRIES_PER_ADDRESS, &clock),
            set_up_by_address: limiter(TRIES_PER_ADDRESS, &clock),
            password_by_account: limiter(TRIES_PER_NAME, &clock),
            clock,
        }
    }

    /// Counts a sign-in.
    ///
    /// # Errors
    /// [`AppError::RateLimited`] after 20 a minute from one address or 5 a minute for one e-mail.
    pub fn count_sign_in(&self, email: &str, from: IpAddr) -> Result<(), AppError> {
        self.count(&self.sign_in_by_address, &network(from))?;
        self.count(&self.sign_in_by_email, &email.trim().to_lowercase())
    }

    /// Counts a use of a set-up token.
    ///
    /// # Errors
    /// [`AppError::RateLimited`] after 20 a minute from one address.
    pub fn count_set_up(&self, from: IpAddr) -> Result<(), AppError> {
        self.count(&self.set_up_by_address, &network(from))
    }

    /// Counts a change of an account's password.
    ///
    /// # Errors
    /// [`AppError::RateLimited`] after 5 a minute.
    pub fn count_password_change(&self, account: AccountId) -> Result<(), AppError> {
        self.count(&self.password_by_account, &account)
    }

    fn count<K: Clone + Eq + Hash>(&self, limiter: &Limiter<K>, key: &K) -> Result<(), AppError> {
        if limiter.len() > MAX_NAMES {
            limiter.retain_recent();
        }
        limiter.check_key(key).map_err(|refusal| {
            let wait = refusal.wait_time_from(self.clock.now());
            AppError::RateLimited { retry_after_s: wait.as_secs() + 1 }
        })
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

fn limiter<K: Clone + Eq + Hash>(tries: NonZeroU32, clock: &ContextClock) -> Limiter<K> {
    RateLimiter::dashmap_with_clock(Quota::per_minute(tries), clock.clone())
}

/// Who has one IPv6 address as a rule has its whole /64: they count together.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use analytics::clock::FixedClock;
    use analytics::instant::{Instant, MINUTE_MS};

    use super::*;

    const NOW: Instant = Instant::from_ms(1_800_000_000_000);

    fn limits() -> (Arc<FixedClock>, Limits) {
        let clock = Arc::new(FixedClock::new(NOW));
        (clock.clone(), Limits::new(clock))
    }

    fn address(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    #[test]
    fn the_sixth_try_of_a_minute_for_one_email_is_refused_from_any_address() {
        let (_, limits) = limits();
        for last in 0..5 {
            limits.count_sign_in("ada@example.com", address(last)).unwrap();
        }
        let refusal = limits.count_sign_in(" Ada@Example.com", address(9)).unwrap_err();
        assert_eq!(refusal, AppError::RateLimited { retry_after_s: 13 });
        limits.count_sign_in("grace@example.com", address(9)).unwrap();
    }

    #[test]
    fn the_21st_try_of_a_minute_from_one_address_is_refused_for_any_email() {
        let (_, limits) = limits();
        for number in 0..20 {
            limits.count_sign_in(&format!("{number}@example.com"), address(1)).unwrap();
        }
        assert!(limits.count_sign_in("new@example.com", address(1)).is_err());
        limits.count_sign_in("new@example.com", address(2)).unwrap();
    }

    #[test]
    fn waiting_as_long_as_told_is_enough() {
        let (clock, limits) = limits();
        let account = AccountId(1);
        for _ in 0..5 {
            limits.count_password_change(account).unwrap();
        }
        let Err(AppError::RateLimited { retry_after_s }) = limits.count_password_change(account) else {
            panic!("the sixth change is refused");
        };
        clock.set(NOW.plus_ms(i64::try_from(retry_after_s).unwrap() * 1000));
        limits.count_password_change(account).unwrap();
        clock.set(NOW.plus_ms(2 * MINUTE_MS));
        limits.count_password_change(account).unwrap();
    }

    #[test]
    fn set_up_tokens_cannot_be_guessed_in_a_row() {
        let (_, limits) = limits();
        let refused = (0..30).filter(|_| limits.count_set_up(address(1)).is_err()).count();
        assert_eq!(refused, 10);
    }

    #[test]
    fn the_addresses_of_one_ipv6_network_count_together() {
        let (_, limits) = limits();
        for host in 0..20_u16 {
            limits.count_set_up(IpAddr::from([0x2001, 0xdb8, 0, 1, 0, 0, 0, host])).unwrap();
        }
        assert!(limits.count_set_up(IpAddr::from([0x2001, 0xdb8, 0, 1, 9, 9, 9, 9])).is_err());
        limits.count_set_up(IpAddr::from([0x2001, 0xdb8, 0, 2, 0, 0, 0, 1])).unwrap();
    }
}
