//! Argon2id, off the async threads and two at once: each takes 19 MiB and tens of milliseconds.

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
const SALT_BYTES: usize = 16;
const BAD_HASH: StoreError = StoreError::Corrupt { table: "accounts", column: "password_hash" };

/// How hard a guess is made.
#[derive(Clone, Copy, Debug)]
pub(crate) enum PasswordCost {
    /// What OWASP recommends: 19 MiB, two passes.
    Full,
    /// For tests, which sign in hundreds of times.
    #[cfg(any(test, feature = "testing"))]
    Cheap,
}

/// Hashes passwords and checks them.
pub(crate) struct Passwords {
    turns: Arc<Semaphore>,
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
        Self { turns: Arc::new(Semaphore::new(AT_ONCE)), params }
    }

    /// The hash to store, with its salt and parameters.
    pub(crate) async fn hash(&self, password: &Password) -> Result<String, StoreError> {
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, self.params.clone());
        let password = password.expose().to_owned();
        let mut salt = [0; SALT_BYTES];
        os_random().fill_bytes(&mut salt);
        self.take_turn(move || {
            let salt = SaltString::encode_b64(&salt).map_err(|_| BAD_HASH)?;
            let hash = argon2.hash_password(password.as_bytes(), &salt).map_err(|_| BAD_HASH)?;
            Ok(hash.to_string())
        })
        .await
    }

    /// Whether `password` is the one of `hash`. Without a hash the answer is no, after the same work: the time tells
    /// nobody whether an address has an account.
    pub(crate) async fn check(&self, password: &str, hash: Option<String>) -> Result<bool, StoreError> {
        let hash = hash.unwrap_or_else(|| self.nobodys_hash());
        let password = password.to_owned();
        self.take_turn(move || {
            let hash = PasswordHash::new(&hash).map_err(|_| BAD_HASH)?;
            Ok(Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
        })
        .await
    }

    /// A well-formed hash that no known password has.
    fn nobodys_hash(&self) -> String {
        let (memory, passes, lanes) = (self.params.m_cost(), self.params.t_cost(), self.params.p_cost());
        let (salt, hash) = (BASE64_NOPAD.encode(&[0; SALT_BYTES]), BASE64_NOPAD.encode(&[0; 32]));
        format!("$argon2id$v=19$m={memory},t={passes},p={lanes}${salt}${hash}")
    }

    async fn take_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let turn = self.turns.clone().acquire_owned().await.map_err(|_| StoreError::Closed)?;
        let done = tokio::task::spawn_blocking(move || {
            let _turn = turn;
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
        assert!(passwords.check("correct horse", Some(hash.clone())).await.unwrap());
        assert!(!passwords.check("Correct horse", Some(hash)).await.unwrap());
    }

    #[tokio::test]
    async fn nobodys_hash_is_well_formed_and_costs_the_full_price() {
        let passwords = Passwords::new(PasswordCost::Full);
        let hash = passwords.nobodys_hash();
        let parsed = PasswordHash::new(&hash).unwrap();
        assert_eq!(Params::try_from(&parsed).unwrap().m_cost(), Params::DEFAULT.m_cost());
        assert!(!Passwords::new(PasswordCost::Cheap).check("anything at all", None).await.unwrap());
    }
}
