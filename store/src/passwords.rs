//! Argon2id, off the async threads and two at once: each takes 19 MiB and tens of milliseconds. Whoever would have to wait
//! behind too many others is told so at once.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use data_encoding::BASE64_NOPAD;
use rand::RngCore;
use tokio::sync::Semaphore;

use crate::StoreError;
use crate::credentials::{Password, os_random};

const AT_ONCE: usize = 2;
/// Passwords of strangers that are being checked or wait for it, at most: about a third of a second.
pub const STRANGERS: usize = 32;
/// The same for those who have shown something already: strangers never take their places.
const KNOWN: usize = 16;
const SALT_BYTES: usize = 16;
const BAD_HASH: StoreError =
    StoreError::Corrupt { table: Cow::Borrowed("accounts"), column: "password_hash" };

/// How hard a guess is made.
#[derive(Clone, Copy, Debug)]
pub(crate) enum PasswordCost {
    /// What OWASP recommends: 19 MiB, two passes.
    Full,
    /// For tests, which sign in hundreds of times.
    #[cfg(any(test, feature = "testing"))]
    Cheap,
}

/// Who waits for a password to be checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asker {
    /// Anybody.
    Stranger,
    /// Somebody who is signed in, holds a one-time link, or has signed in with this browser before.
    Known,
}

/// Hashes passwords and checks them.
pub(crate) struct Passwords {
    turns: Arc<Semaphore>,
    strangers: Arc<Semaphore>,
    known: Arc<Semaphore>,
    params: Params,
}

impl fmt::Debug for Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passwords")
    }
}

impl Passwords {
    pub(crate) fn new(cost: PasswordCost) -> Self {
        let params = match cost {
            PasswordCost::Full => Params::DEFAULT,
            #[cfg(any(test, feature = "testing"))]
            PasswordCost::Cheap => Params::new(8, 1, 1, None).unwrap_or(Params::DEFAULT),
        };
        let places = |count| Arc::new(Semaphore::new(count));
        Self { turns: places(AT_ONCE), strangers: places(STRANGERS), known: places(KNOWN), params }
    }

    /// The hash to store, with its salt and parameters. Whoever may set a password is known.
    pub(crate) async fn hash(&self, password: &Password) -> Result<String, StoreError> {
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, self.params.clone());
        let password = password.expose().to_owned();
        let mut salt = [0; SALT_BYTES];
        os_random().fill_bytes(&mut salt);
        self.take_turn(Asker::Known, move || {
            let salt = SaltString::encode_b64(&salt).map_err(|_| BAD_HASH)?;
            let hash = argon2.hash_password(password.as_bytes(), &salt).map_err(|_| BAD_HASH)?;
            Ok(hash.to_string())
        })
        .await
    }

    /// Whether `password` is the one of `hash`. Without a hash the answer is no, after the same work: the time tells
    /// nobody whether an address has an account.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when too many such askers wait already.
    pub(crate) async fn check(
        &self,
        password: &str,
        hash: Option<String>,
        asker: Asker,
    ) -> Result<bool, StoreError> {
        let hash = hash.unwrap_or_else(|| self.nobodys_hash());
        let password = password.to_owned();
        self.take_turn(asker, move || {
            let hash = PasswordHash::new(&hash).map_err(|_| BAD_HASH)?;
            Ok(Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
        })
        .await
    }

    /// Takes every turn: until it is dropped whoever comes has to wait.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) async fn hold(&self) -> Option<tokio::sync::OwnedSemaphorePermit> {
        let all = u32::try_from(AT_ONCE).unwrap_or(u32::MAX);
        self.turns.clone().acquire_many_owned(all).await.ok()
    }

    /// A well-formed hash that no known password has.
    fn nobodys_hash(&self) -> String {
        let (memory, passes, lanes) = (self.params.m_cost(), self.params.t_cost(), self.params.p_cost());
        let (salt, hash) = (BASE64_NOPAD.encode(&[0; SALT_BYTES]), BASE64_NOPAD.encode(&[0; 32]));
        format!("$argon2id$v=19$m={memory},t={passes},p={lanes}${salt}${hash}")
    }

    async fn take_turn<T: Send + 'static>(
        &self,
        asker: Asker,
        work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let places = match asker {
            Asker::Stranger => &self.strangers,
            Asker::Known => &self.known,
        };
        let place = places.clone().try_acquire_owned().map_err(|_| StoreError::Busy)?;
        let turn = self.turns.clone().acquire_owned().await.map_err(|_| StoreError::Closed)?;
        let done = tokio::task::spawn_blocking(move || {
            let _held = (turn, place);
            work()
        });
        done.await.map_err(|_| StoreError::Closed)?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_matches_its_own_hash_only() {
        let passwords = Passwords::new(PasswordCost::Cheap);
        let hash = passwords.hash(&Password::parse("correct horse").unwrap()).await.unwrap();
        assert!(passwords.check("correct horse", Some(hash.clone()), Asker::Stranger).await.unwrap());
        assert!(!passwords.check("Correct horse", Some(hash), Asker::Stranger).await.unwrap());
    }

    #[tokio::test]
    async fn nobodys_hash_is_well_formed_and_costs_the_full_price() {
        let passwords = Passwords::new(PasswordCost::Full);
        let hash = passwords.nobodys_hash();
        let parsed = PasswordHash::new(&hash).unwrap();
        assert_eq!(Params::try_from(&parsed).unwrap().m_cost(), Params::DEFAULT.m_cost());
        let cheap = Passwords::new(PasswordCost::Cheap);
        assert!(!cheap.check("anything at all", None, Asker::Stranger).await.unwrap());
    }

    /// Lets everybody run until this many of the places are taken.
    async fn wait_until_taken(places: &Semaphore, of: usize) {
        while places.available_permits() > of {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn too_many_strangers_are_told_so_at_once_and_keep_nobody_else_out() {
        let passwords = Arc::new(Passwords::new(PasswordCost::Cheap));
        // Nobody is served while the test has every turn, so whoever comes has to wait.
        let turns = passwords.hold().await.unwrap();
        let ask = |asker| {
            let passwords = passwords.clone();
            tokio::spawn(async move { passwords.check("a guess", None, asker).await })
        };
        let waiting: Vec<_> = (0..STRANGERS).map(|_| ask(Asker::Stranger)).collect();
        wait_until_taken(&passwords.strangers, 0).await;
        assert!(matches!(ask(Asker::Stranger).await.unwrap(), Err(StoreError::Busy)));
        let owners: Vec<_> = (0..KNOWN).map(|_| ask(Asker::Known)).collect();
        wait_until_taken(&passwords.known, 0).await;
        assert!(matches!(ask(Asker::Known).await.unwrap(), Err(StoreError::Busy)));
        drop(turns);
        for answer in waiting.into_iter().chain(owners) {
            assert!(!answer.await.unwrap().unwrap());
        }
        assert!(!ask(Asker::Stranger).await.unwrap().unwrap());
    }

    #[tokio::test]
    async fn whoever_goes_away_while_waiting_leaves_their_place() {
        let passwords = Arc::new(Passwords::new(PasswordCost::Cheap));
        let turns = passwords.hold().await.unwrap();
        let asking = tokio::spawn({
            let passwords = passwords.clone();
            async move { passwords.check("a guess", None, Asker::Stranger).await }
        });
        wait_until_taken(&passwords.strangers, STRANGERS - 1).await;
        asking.abort();
        assert!(asking.await.unwrap_err().is_cancelled());
        assert_eq!(passwords.strangers.available_permits(), STRANGERS);
        drop(turns);
    }
}
