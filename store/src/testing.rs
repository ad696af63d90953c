//! For tests of this room and of the rooms above: fresh databases, facts with boring defaults, and an oracle that
//! recounts in the most straightforward way.

mod database;
mod facts;
mod foreign;
mod oracle;
mod use_oracle;

use std::ops::Deref;
use std::path::Path;

use analytics::calendar::Zone;
use analytics::ids::{AccountId, BotId};
use analytics::instant::Instant;
use analytics::settings::{IdleTimeout, WeekStart};
use rand::RngCore;

use crate::bots::{BotChange, NewBot};
use crate::credentials::{Email, Password, os_random};
use crate::passwords::PasswordCost;
use crate::{Store, StoreError};
pub use database::TestDatabase;
pub use facts::{FactBuilder, event, incoming, model_call, outgoing};
pub use foreign::run_foreign_sql;
pub use oracle::Oracle;
pub use use_oracle::UseOracle;

/// 2026-03-02T00:00:00Z, a Monday: when tests begin unless they say otherwise.
pub const MONDAY: Instant = Instant::from_ms(1_772_409_600_000);

/// A store on a fresh database, which goes when this does. Passwords are hashed cheaply.
#[derive(Debug)]
pub struct TestStore {
    store: Store,
    // Dropped after the store beside it.
    database: TestDatabase,
}

impl Deref for TestStore {
    type Target = Store;

    fn deref(&self) -> &Store {
        &self.store
    }
}

impl TestStore {
    /// Opens a fresh database.
    ///
    /// # Errors
    /// Those of [`TestDatabase::migrated`] and [`Store::open`].
    pub async fn open() -> Result<Self, StoreError> {
        let database = TestDatabase::migrated().await?;
        let store = Store::open_with(database.url(), PasswordCost::Cheap).await?;
        Ok(Self { store, database })
    }

    /// Another handle on the same database, as another process has it.
    ///
    /// # Errors
    /// Those of [`Store::open`].
    pub async fn open_again(&self) -> Result<Store, StoreError> {
        Store::open_with(self.database.url(), PasswordCost::Cheap).await
    }

    /// The handle itself, to be cloned into a server.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Lets no password be checked until what it gives is dropped.
    pub async fn hold_passwords(&self) -> Option<tokio::sync::OwnedSemaphorePermit> {
        self.store.inner.passwords.hold().await
    }

    /// Where the database is.
    pub fn url(&self) -> &str {
        self.database.url()
    }

    /// A folder for files that belong to the test.
    pub fn directory(&self) -> &Path {
        self.database.folder()
    }

    /// An account with this address and the password `long enough`.
    ///
    /// # Errors
    /// Those of [`Store::create_account`]; [`StoreError::Conflict`] also for what is no address.
    pub async fn add_account(&self, email: &str) -> Result<AccountId, StoreError> {
        let known = Email::parse(email).zip(Password::parse("long enough"));
        let (email, password) = known.ok_or(StoreError::Conflict("something that is no address"))?;
        self.store.create_account(&email, &password, false, MONDAY).await
    }

    /// An activated bot in UTC, of an account of its own.
    ///
    /// # Errors
    /// Those of [`Store::create_bot`].
    pub async fn add_bot(&self) -> Result<BotId, StoreError> {
        self.add_bot_with(Zone::UTC, WeekStart::Monday, IdleTimeout::default()).await
    }

    /// An activated bot with these settings, of an account of its own.
    ///
    /// # Errors
    /// Those of [`Store::create_bot`].
    pub async fn add_bot_with(
        &self,
        zone: Zone,
        week_start: WeekStart,
        idle_timeout: IdleTimeout,
    ) -> Result<BotId, StoreError> {
        let owner = self.add_account(&format!("{:016x}@example.org", os_random().next_u64())).await?;
        let bot = NewBot { id: None, owner, name: "Bot".to_owned(), zone, is_activated: true };
        let bot = self.store.create_bot(&bot, MONDAY).await?;
        let settings = BotChange {
            week_start: Some(week_start),
            idle_timeout: Some(idle_timeout),
            ..BotChange::default()
        };
        self.store.change_bot(bot, &settings).await?;
        Ok(bot)
    }
}
