//! `serve --demo`: two bots with a year of traffic that ends now, one of which goes on talking. Made up from a fixed
//! seed, so everybody sees the same year; kept in a temporary folder that goes when the server stops.

mod conversation;
mod live;
mod model;
mod people;
mod profile;
mod year;

use analytics::calendar::{Calendar, Zone};
use analytics::ids::{AccountId, BotId};
use analytics::instant::Instant;
use analytics::settings::WeekStart;
use anyhow::Context;
use app::context::DemoSignIn;
use store::Store;
use store::bots::NewBot;
use store::credentials::{Email, Password};
use tempfile::TempDir;

use self::live::LiveBot;
use self::profile::{AVA, MAX, Profile};
use self::year::Year;

const EMAIL: &str = "demo@parlance.example";
const PASSWORD: &str = "parlance-demo";
/// Facts of one batch.
const BATCH: usize = 20_000;

/// A demo that is ready to be served.
pub(crate) struct Demo {
    pub(crate) store: Store,
    pub(crate) sign_in: DemoSignIn,
    pub(crate) live: LiveBot,
    /// Deletes itself when it is dropped.
    pub(crate) folder: TempDir,
}

impl Demo {
    /// Makes account, bots and their year up to `now`; says how far it is.
    pub(crate) async fn prepare(now: Instant, tell: impl Fn(String)) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("parlance-demo-").tempdir()?;
        let path = folder.path().join("parlance.db");
        let store = Store::open(&format!("sqlite://{}", path.display())).await?;
        let owner = create_account(&store, now).await?;
        tell("Writing a year of demo traffic …".to_owned());
        let ava = create_bot(&store, owner, &AVA, now).await?;
        let max = create_bot(&store, owner, &MAX, now).await?;
        let (ava_year, _) = tokio::try_join!(
            write_year(&store, ava, &AVA, now, &tell),
            write_year(&store, max, &MAX, now, &tell)
        )?;
        let (key, _) = store.create_write_key(ava, now).await?.context("the demo bot got no write key")?;
        Ok(Self {
            sign_in: DemoSignIn { email: EMAIL.to_owned(), password: PASSWORD.to_owned() },
            live: LiveBot::new(ava_year, key),
            store,
            folder,
        })
    }
}

async fn create_account(store: &Store, now: Instant) -> anyhow::Result<AccountId> {
    let email = Email::parse(EMAIL).context("the demo's e-mail address is not valid")?;
    let password = Password::parse(PASSWORD).context("the demo's password is not valid")?;
    Ok(store.create_account(&email, &password, true, now).await?)
}

async fn create_bot(
    store: &Store,
    owner: AccountId,
    profile: &Profile,
    now: Instant,
) -> anyhow::Result<BotId> {
    let bot = NewBot {
        id: Some(profile.id.parse()?),
        owner,
        name: profile.name.to_owned(),
        zone: profile.zone.parse()?,
        is_activated: true,
    };
    Ok(store.create_bot(&bot, now).await?)
}

async fn write_year(
    store: &Store,
    bot: BotId,
    profile: &'static Profile,
    now: Instant,
    tell: &impl Fn(String),
) -> anyhow::Result<Year> {
    let zone: Zone = profile.zone.parse()?;
    let mut year = Year::new(profile, Calendar::new(zone, WeekStart::Monday), now);
    let mut written = 0;
    loop {
        let batch = year.next_batch(BATCH)?;
        if batch.is_empty() {
            tell(format!("  {}: {written} messages", profile.name));
            return Ok(year);
        }
        written += store.ingest(bot, batch).await?.accepted;
    }
}
