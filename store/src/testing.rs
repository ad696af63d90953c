//! For tests of this room and of the rooms above: fresh databases, facts with boring defaults, and an oracle that
//! recounts in the most straightforward way.

mod facts;
mod oracle;

use std::ops::Deref;
use std::path::{Path, PathBuf};

use analytics::calendar::Zone;
use analytics::ids::{AccountId, BotId};
use analytics::instant::Instant;
use analytics::settings::{IdleTimeout, WeekStart};
use rand::RngCore;

use crate::bots::{BotChange, NewBot};
use crate::credentials::{Email, Password, os_random};
use crate::passwords::PasswordCost;
use crate::{Store, StoreError};
pub use facts::{FactBuilder, event, incoming, outgoing};
pub use oracle::Oracle;

/// 2026-03-02T00:00:00Z, a Monday: when tests begin unless they say otherwise.
pub const MONDAY: Instant = Instant::from_ms(1_772_409_600_000);

/// A store on a fresh database in a directory of its own, which goes when this does. Passwords are hashed cheaply.
#[derive(Debug)]
pub struct TestStore {
    store: Store,
    directory: TestDirectory,
}

/// Removed when dropped, after the store beside it.
#[derive(Debug)]
struct TestDirectory(PathBuf);

impl Drop for TestDirectory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
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
    /// Those of [`Store::open`], or [`StoreError::Url`] when there is no directory for it.
    pub async fn open() -> Result<Self, StoreError> {
        let name = format!("parlance-{}-{:016x}", std::process::id(), os_random().next_u64());
        let directory = TestDirectory(std::env::temp_dir().join(name));
        std::fs::create_dir_all(&directory.0).map_err(|error| StoreError::Url(error.to_string()))?;
        let store = Store::open_with(&url_in(&directory.0), PasswordCost::Cheap).await?;
        Ok(Self { store, directory })
    }

    /// Another handle on the same database, as another process has it.
    ///
    /// # Errors
    /// Those of [`Store::open`].
    pub async fn open_again(&self) -> Result<Store, StoreError> {
        Store::open_with(&self.url(), PasswordCost::Cheap).await
    }

    /// The handle itself, to be cloned into a server.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Where the database is.
    pub fn url(&self) -> String {
        url_in(&self.directory.0)
    }

    /// The directory of the database, for files that belong to the test.
    pub fn directory(&self) -> &Path {
        &self.directory.0
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

fn url_in(directory: &Path) -> String {
    format!("sqlite://{}", directory.join("parlance.db").display())
}
