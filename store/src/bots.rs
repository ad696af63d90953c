//! Bots and their settings.

use analytics::calendar::{Calendar, Zone};
use analytics::ids::{AccountId, BotId, Channel};
use analytics::instant::Instant;
use analytics::report::Recalculation;
use analytics::settings::{IdleTimeout, WeekStart};
use rand::RngCore;

use crate::credentials::os_random;
use crate::engine::{Engine, Row, Transaction, values};
use crate::keys::KNOWN_MS;
use crate::names::sort_by_name;
use crate::recount::{building, preview};
use crate::rules::{Rules, rule_columns};
use crate::{Store, StoreError};

/// How long the id of a deleted bot is given to no other, in milliseconds: as long as any process may remember its keys,
/// and as long again, since clocks differ.
pub const RESERVED_MS: i64 = 2 * KNOWN_MS;
/// Most bots of an account.
pub const MAX_BOTS: u64 = 1_000;

/// A chatbot as its owner set it up.
#[derive(Clone, Debug, PartialEq)]
pub struct Bot {
    /// Its id.
    pub id: BotId,
    /// Who owns it.
    pub owner: AccountId,
    /// Its name, as [`analytics::names::parse_bot_name`] takes it.
    pub name: String,
    /// Zone and week start.
    pub calendar: Calendar,
    /// The session rule's timeout.
    pub idle_timeout: IdleTimeout,
    /// Whether it may send and its figures can be seen.
    pub is_activated: bool,
    /// Whether message text is stored.
    pub stores_text: bool,
    /// When it was created.
    pub created_at: Instant,
    /// Its first message, if it has one.
    pub first_message_at: Option<Instant>,
    /// Its latest message, if it has one.
    pub last_message_at: Option<Instant>,
    /// Other rules by which history is being counted again; `calendar` and `idle_timeout` hold until that is done.
    pub recalculation: Option<Recalculation>,
}

/// What a new bot needs.
#[derive(Clone, Debug)]
pub struct NewBot {
    /// A chosen id; drawn when absent.
    pub id: Option<BotId>,
    /// Who owns it.
    pub owner: AccountId,
    /// Its name, trimmed, 1 to 100 characters.
    pub name: String,
    /// Its reporting zone.
    pub zone: Zone,
    /// Whether it starts activated.
    pub is_activated: bool,
}

/// What may be changed; `None` stays as it is. A change of zone, week start or timeout recomputes history.
#[derive(Clone, Debug, Default)]
pub struct BotChange {
    /// New name.
    pub name: Option<String>,
    /// New reporting zone.
    pub zone: Option<Zone>,
    /// New first day of the week.
    pub week_start: Option<WeekStart>,
    /// New session timeout.
    pub idle_timeout: Option<IdleTimeout>,
    /// Activate or deactivate.
    pub is_activated: Option<bool>,
    /// Store message text or not.
    pub stores_text: Option<bool>,
}

/// Which bots somebody may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BotScope {
    /// Every bot: admins and the command line.
    All,
    /// Those that the account owns.
    Owner(AccountId),
    /// One bot, if the account owns it: a limited read token.
    OwnedOne(AccountId, BotId),
    /// One bot of all: an admin's limited read token.
    One(BotId),
}

/// How many sessions there are under the present timeout and under another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeoutPreview {
    /// Sessions of the past 28 days as counted now.
    pub sessions_now: u64,
    /// Sessions of the same days under the other timeout.
    pub sessions_then: u64,
}

/// `recounts` is joined by the key that is given.
macro_rules! select_bots {
    ($key:literal) => {
        concat!(
            "select bot_id, owner_id, name, is_activated, stores_text, created_at, first_message_at,
                last_message_at, bots.bot_key, bot_state.raw_from, ",
            rule_columns!(),
            " from bots join bot_state on bot_state.bot_key = bots.bot_key
            left join recounts on recounts.bot_key = ",
            $key,
            " "
        )
    };
}
/// A bot by its public number. On PostgreSQL its key comes first, by a statement of its own: the hot tables may lie on
/// several machines, by that key.
const SELECT_BOT: &str = concat!(select_bots!("bots.bot_key"), "where bots.bot_id = $1");

impl Store {
    /// Creates a bot.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the chosen id is taken, [`StoreError::JustDeleted`] when the bot that had it was
    /// deleted less than [`RESERVED_MS`] ago, [`StoreError::TooManyBots`] when the owner has [`MAX_BOTS`].
    pub async fn create_bot(&self, bot: &NewBot, now: Instant) -> Result<BotId, StoreError> {
        let id = bot.id.unwrap_or_else(draw_id);
        let mut transaction = self.database().write().await?;
        refuse_just_deleted(&mut transaction, id, now).await?;
        refuse_too_many(&mut transaction, bot.owner).await?;
        let sql = "insert into bots (bot_id, owner_id, name, is_activated, stores_text, created_at)
            values ($1, $2, $3, $4, 0, $5) on conflict (bot_id) do nothing returning bot_key";
        let values = values![id.as_i64(), bot.owner.0, bot.name.trim(), bot.is_activated, now.as_ms()];
        let row = transaction.fetch_optional(sql, values).await?;
        let key = row.ok_or(StoreError::Conflict("a bot with this id"))?.int(0)?;
        let sql = "insert into bot_state
            (bot_key, time_zone, week_start, idle_timeout_ms, next_user_key, next_session_key)
            values ($1, $2, $3, $4, 1, 1)";
        let (week_start, timeout) = (WeekStart::default().word(), IdleTimeout::default().as_ms());
        transaction.execute(sql, values![key, bot.zone.name(), week_start, timeout]).await?;
        transaction.commit().await?;
        Ok(id)
    }

    /// The bots in scope, by name as people sort: "Bot 2" before "Bot 10".
    pub async fn list_bots(&self, scope: BotScope) -> Result<Vec<Bot>, StoreError> {
        let sql = concat!(
            select_bots!("bots.bot_key"),
            "where (cast($1 as bigint) is null or owner_id = $1)
            and (cast($2 as bigint) is null or bot_id = $2) order by bot_id"
        );
        let (owner, bot) = scope.limits();
        let values = values![owner.map(|owner| owner.0), bot.map(BotId::as_i64)];
        let rows = self.database().read().await?.fetch_all(sql, values).await?;
        let bots = rows.iter().map(|row| Ok(read_bot(row)?.bot));
        let mut bots = bots.collect::<Result<Vec<Bot>, StoreError>>()?;
        sort_by_name(&mut bots, |bot| &bot.name);
        Ok(bots)
    }

    /// A bot, if it exists and is in scope.
    pub async fn find_bot(&self, scope: BotScope, bot: BotId) -> Result<Option<Bot>, StoreError> {
        let found = match self.database().engine() {
            Engine::Sqlite => {
                let row = self.database().fetch_optional(SELECT_BOT, values![bot.as_i64()]).await?;
                row.as_ref().map(read_bot).transpose()?
            }
            Engine::Postgres => load_bot(&mut self.database().read().await?, bot).await?,
        };
        Ok(found.map(|found| found.bot).filter(|bot| scope.contains(bot)))
    }

    /// Changes a bot. Where history has to be counted again, that is done at once if it is short, and otherwise left to
    /// [`Store::work_in_background`]; until then figures keep the old rules. Says whether there is such a bot.
    pub async fn change_bot(&self, bot: BotId, change: &BotChange) -> Result<bool, StoreError> {
        let mut transaction = self.database().write().await?;
        let Some(StoredBot { key, bot: old, rules, .. }) = lock_bot(&mut transaction, bot).await? else {
            return Ok(false);
        };
        let new = old.changed(change);
        let sql = "update bots set name = $2, is_activated = $3, stores_text = $4 where bot_id = $1";
        let values = values![bot.as_i64(), &*new.name, new.is_activated, new.stores_text];
        transaction.execute(sql, values).await?;
        building::change_rule(&mut transaction, bot, key, &rules, rules.wanted().changed(change)).await?;
        transaction.commit().await?;
        self.inner.known_keys.forget(|access| access.write.bot_id == bot);
        self.inner.work.notify_one();
        Ok(true)
    }

    /// Counts the sessions of the past 28 local days under another timeout, without changing anything.
    pub async fn preview_idle_timeout(
        &self,
        bot: BotId,
        timeout: IdleTimeout,
        now: Instant,
    ) -> Result<TimeoutPreview, StoreError> {
        let mut transaction = self.database().read().await?;
        let Some(found) = load_bot(&mut transaction, bot).await? else {
            return Ok(TimeoutPreview { sessions_now: 0, sessions_then: 0 });
        };
        preview::preview_timeout(&mut transaction, &found, timeout, now).await
    }

    /// Channels that a message or event came on, by name.
    pub async fn list_channels(&self, bot: BotId) -> Result<Vec<Channel>, StoreError> {
        let mut transaction = self.database().read().await?;
        let Some(key) = find_bot_key(&mut transaction, bot).await? else { return Ok(Vec::new()) };
        load_channels(&mut transaction, key).await
    }

    /// Deletes a bot with everything it ever sent. Says whether there was one. Its id is free again [`RESERVED_MS`] later.
    pub async fn delete_bot(&self, bot: BotId, now: Instant) -> Result<bool, StoreError> {
        let mut transaction = self.database().write().await?;
        let Some(key) = take_turn(&mut transaction, bot).await? else { return Ok(false) };
        for sql in DELETE_HOT_ROWS {
            transaction.execute(sql, values![key]).await?;
        }
        // Its keys and limited tokens go with it, by their foreign keys.
        let deleted =
            transaction.execute("delete from bots where bot_id = $1", values![bot.as_i64()]).await?;
        // Whoever notes a request has the turn of that row: from here on nobody does.
        for sql in DELETE_LOG_ROWS {
            transaction.execute(sql, values![key]).await?;
        }
        note_deleted(&mut transaction, bot, now).await?;
        transaction.commit().await?;
        self.inner.known_keys.forget(|access| access.write.bot_id == bot);
        self.inner.known_tokens.forget(|access| access.bot_id == Some(bot));
        Ok(deleted > 0)
    }
}

/// Keeps a deleted bot's id from new bots, and forgets older ones.
async fn note_deleted(transaction: &mut Transaction, bot: BotId, now: Instant) -> Result<(), StoreError> {
    let past = "delete from deleted_bots where deleted_at < $1";
    transaction.execute(past, values![now.as_ms() - RESERVED_MS]).await?;
    let sql = "insert into deleted_bots (bot_id, deleted_at) values ($1, $2)
        on conflict (bot_id) do update set deleted_at = excluded.deleted_at";
    transaction.execute(sql, values![bot.as_i64(), now.as_ms()]).await?;
    Ok(())
}

/// Refuses another bot for an account that has as many as it may, and waits for the account's turn.
async fn refuse_too_many(transaction: &mut Transaction, owner: AccountId) -> Result<(), StoreError> {
    let turn = "select account_id from accounts where account_id = $1 for update";
    transaction.fetch_optional(turn, values![owner.0]).await?;
    let sql = "select count(*) from bots where owner_id = $1";
    let bots = transaction.fetch_one(sql, values![owner.0]).await?.count(0)?;
    if bots < MAX_BOTS { Ok(()) } else { Err(StoreError::TooManyBots) }
}

/// Other processes may remember keys and tokens of a deleted bot, and know it by its id.
async fn refuse_just_deleted(
    transaction: &mut Transaction,
    bot: BotId,
    now: Instant,
) -> Result<(), StoreError> {
    let sql = "select count(*) from deleted_bots where bot_id = $1 and deleted_at > $2";
    let deleted = transaction.fetch_one(sql, values![bot.as_i64(), now.as_ms() - RESERVED_MS]).await?;
    if deleted.count(0)? > 0 { Err(StoreError::JustDeleted) } else { Ok(()) }
}

const DELETE_HOT_ROWS: [&str; 22] = [
    "delete from user_aliases where bot_key = $1",
    "delete from held_spans where bot_key = $1",
    "delete from recounts where bot_key = $1",
    "delete from idle_ends where bot_key = $1",
    "delete from past_quarters where bot_key = $1",
    "delete from model_counts where bot_key = $1",
    "delete from model_activity where bot_key = $1",
    "delete from event_visits where bot_key = $1",
    "delete from event_counts where bot_key = $1",
    "delete from event_activity where bot_key = $1",
    "delete from visits where bot_key = $1",
    "delete from counts where bot_key = $1",
    "delete from activity where bot_key = $1",
    "delete from message_details
        where bot_key = $1 and fact_key in (select fact_key from facts where bot_key = $1)",
    "delete from event_details
        where bot_key = $1 and fact_key in (select fact_key from facts where bot_key = $1)",
    "delete from facts where bot_key = $1",
    "delete from sessions where bot_key = $1",
    "delete from models where bot_key = $1",
    "delete from event_names where bot_key = $1",
    "delete from channels where bot_key = $1",
    "delete from users where bot_key = $1",
    "delete from bot_state where bot_key = $1",
];

const DELETE_LOG_ROWS: [&str; 2] =
    ["delete from intake_requests where bot_key = $1", "delete from intake_rejections where bot_key = $1"];

impl BotScope {
    pub(crate) fn contains(self, bot: &Bot) -> bool {
        let (owner, limit) = self.limits();
        owner.is_none_or(|owner| owner == bot.owner) && limit.is_none_or(|limit| limit == bot.id)
    }

    /// The owner and the bot that everything seen must have.
    fn limits(self) -> (Option<AccountId>, Option<BotId>) {
        match self {
            Self::All => (None, None),
            Self::Owner(owner) => (Some(owner), None),
            Self::OwnedOne(owner, bot) => (Some(owner), Some(bot)),
            Self::One(bot) => (None, Some(bot)),
        }
    }
}

impl Bot {
    /// The rules that were asked for last: those that hold, or those that will when history is counted again.
    pub fn wanted_rule(&self) -> Recalculation {
        self.recalculation.clone().unwrap_or_else(|| Recalculation {
            time_zone: self.calendar.zone.name().to_owned(),
            week_start: self.calendar.week_start,
            idle_timeout_ms: self.idle_timeout,
            percent: 100,
        })
    }

    fn changed(&self, change: &BotChange) -> Self {
        Self {
            name: change.name.as_deref().map_or(self.name.clone(), |name| name.trim().to_owned()),
            is_activated: change.is_activated.unwrap_or(self.is_activated),
            stores_text: change.stores_text.unwrap_or(self.stores_text),
            ..self.clone()
        }
    }
}

/// A bot with the key that stands for it in the hot tables.
#[derive(Clone, Debug)]
pub(crate) struct StoredBot {
    pub(crate) key: i64,
    pub(crate) bot: Bot,
    pub(crate) rules: Rules,
    /// Raw rows before it are gone.
    pub(crate) raw_from: i64,
}

pub(crate) async fn load_channels(
    transaction: &mut Transaction,
    bot: i64,
) -> Result<Vec<Channel>, StoreError> {
    let sql = "select name from channels where bot_key = $1 order by name";
    let rows = transaction.fetch_all(sql, values![bot]).await?;
    let corrupt = StoreError::Corrupt { table: "channels", column: "name" };
    let channels = rows.iter().map(|row| Ok(Channel::parse(&row.text(0)?).ok()));
    channels.collect::<Result<Option<_>, StoreError>>()?.ok_or(corrupt)
}

/// The key that stands for a bot in the hot tables.
pub(crate) async fn find_bot_key(
    transaction: &mut Transaction,
    bot: BotId,
) -> Result<Option<i64>, StoreError> {
    let sql = "select bot_key from bots where bot_id = $1";
    let row = transaction.fetch_optional(sql, values![bot.as_i64()]).await?;
    row.map(|row| row.int(0)).transpose()
}

/// Finds a bot's key and waits for its turn: nobody else writes the bot's rows until the transaction ends. What is read
/// of the bot after that is what the writer before has left.
pub(crate) async fn take_turn(transaction: &mut Transaction, bot: BotId) -> Result<Option<i64>, StoreError> {
    let Some(key) = find_bot_key(transaction, bot).await? else { return Ok(None) };
    let sql = "select bot_key from bot_state where bot_key = $1 for update";
    let row = transaction.fetch_optional(sql, values![key]).await?;
    row.map(|row| row.int(0)).transpose()
}

/// A bot whose turn this transaction has: where everybody begins who changes what is counted of it.
pub(crate) async fn lock_bot(
    transaction: &mut Transaction,
    bot: BotId,
) -> Result<Option<StoredBot>, StoreError> {
    match take_turn(transaction, bot).await? {
        Some(key) => load_bot_of(transaction, key).await,
        None => Ok(None),
    }
}

/// A bot of any scope, inside a transaction.
pub(crate) async fn load_bot(
    transaction: &mut Transaction,
    bot: BotId,
) -> Result<Option<StoredBot>, StoreError> {
    match transaction.engine() {
        Engine::Sqlite => {
            let row = transaction.fetch_optional(SELECT_BOT, values![bot.as_i64()]).await?;
            row.as_ref().map(read_bot).transpose()
        }
        Engine::Postgres => match find_bot_key(transaction, bot).await? {
            Some(key) => load_bot_of(transaction, key).await,
            None => Ok(None),
        },
    }
}

async fn load_bot_of(transaction: &mut Transaction, key: i64) -> Result<Option<StoredBot>, StoreError> {
    let sql = concat!(select_bots!("$1"), "where bot_state.bot_key = $1");
    let row = transaction.fetch_optional(sql, values![key]).await?;
    row.as_ref().map(read_bot).transpose()
}

fn read_bot(row: &Row) -> Result<StoredBot, StoreError> {
    let rules = Rules::read(row, 10)?;
    let bot = Bot {
        id: BotId::from_i64(row.int(0)?),
        owner: AccountId(row.int(1)?),
        name: row.text(2)?,
        calendar: rules.live.rule.calendar,
        idle_timeout: rules.live.rule.idle_timeout,
        is_activated: row.flag(3)?,
        stores_text: row.flag(4)?,
        created_at: row.instant(5)?,
        first_message_at: row.optional_instant(6)?,
        last_message_at: row.optional_instant(7)?,
        recalculation: rules.recalculation(),
    };
    Ok(StoredBot { key: row.int(8)?, bot, rules, raw_from: row.int(9)? })
}

fn draw_id() -> BotId {
    BotId::from_i64((os_random().next_u64() >> 1).cast_signed())
}
