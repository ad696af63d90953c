//! A bot as the tables hold it, and its turn.

use std::borrow::Cow;

use analytics::ids::{AccountId, BotId, Channel};

use super::bot::Bot;
use crate::StoreError;
use crate::engine::{Engine, Row, Transaction, values};
use crate::rules::{Rules, rule_columns};
use crate::table_keys::BotKey;

/// `rebuilds` is joined by the key that is given.
macro_rules! select_bots {
    ($key:literal) => {
        concat!(
            "select bot_id, owner_id, name, is_activated, stores_text, created_at, first_message_at,
                last_message_at, bots.bot_key, bot_state.raw_from, ",
            rule_columns!(),
            " from bots join bot_state on bot_state.bot_key = bots.bot_key
            left join rebuilds on rebuilds.bot_key = ",
            $key,
            " "
        )
    };
}
pub(super) use select_bots;

/// A bot by its public number. On PostgreSQL its key comes first, by a statement of its own: the hot tables may lie on
/// several machines, by that key.
pub(super) const SELECT_BOT: &str = concat!(select_bots!("bots.bot_key"), "where bots.bot_id = $1");

/// A bot with the key that stands for it in the hot tables.
#[derive(Clone, Debug)]
pub(crate) struct StoredBot {
    pub(crate) key: BotKey,
    pub(crate) bot: Bot,
    pub(crate) rules: Rules,
    /// Raw rows before it are gone.
    pub(crate) raw_from: i64,
}

/// The bot's channels, by name.
pub(crate) async fn load_channels(
    transaction: &mut Transaction,
    bot: BotKey,
) -> Result<Vec<Channel>, StoreError> {
    let sql = "select name from channels where bot_key = $1 order by name";
    let rows = transaction.fetch_all(sql, values![bot]).await?;
    let corrupt = StoreError::Corrupt { table: Cow::Borrowed("channels"), column: "name" };
    let channels = rows.iter().map(|row| Ok(Channel::parse(&row.text("name")?).ok()));
    channels.collect::<Result<Option<_>, StoreError>>()?.ok_or(corrupt)
}

/// The key that stands for a bot in the hot tables.
pub(crate) async fn find_bot_key(
    transaction: &mut Transaction,
    bot: BotId,
) -> Result<Option<BotKey>, StoreError> {
    let sql = "select bot_key from bots where bot_id = $1";
    let row = transaction.fetch_optional(sql, values![bot.as_i64()]).await?;
    row.map(|row| row.bot_key("bot_key")).transpose()
}

/// Finds a bot's key and waits for its turn: nobody else writes the bot's rows until the transaction ends. What is read
/// of the bot after that is what the writer before has left.
pub(crate) async fn take_turn(
    transaction: &mut Transaction,
    bot: BotId,
) -> Result<Option<BotKey>, StoreError> {
    let Some(key) = find_bot_key(transaction, bot).await? else { return Ok(None) };
    let sql = "select bot_key from bot_state where bot_key = $1 for update";
    let row = transaction.fetch_optional(sql, values![key]).await?;
    row.map(|row| row.bot_key("bot_key")).transpose()
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

async fn load_bot_of(transaction: &mut Transaction, key: BotKey) -> Result<Option<StoredBot>, StoreError> {
    let sql = concat!(select_bots!("$1"), "where bot_state.bot_key = $1");
    let row = transaction.fetch_optional(sql, values![key]).await?;
    row.as_ref().map(read_bot).transpose()
}

/// A bot from the columns of `select_bots!`.
pub(super) fn read_bot(row: &Row) -> Result<StoredBot, StoreError> {
    let rules = Rules::read(row)?;
    let bot = Bot {
        id: BotId::from_i64(row.int("bot_id")?),
        owner: AccountId(row.int("owner_id")?),
        name: row.text("name")?,
        calendar: rules.live.rule.calendar,
        idle_timeout: rules.live.rule.idle_timeout,
        is_activated: row.flag("is_activated")?,
        stores_text: row.flag("stores_text")?,
        created_at: row.instant("created_at")?,
        first_message_at: row.optional_instant("first_message_at")?,
        last_message_at: row.optional_instant("last_message_at")?,
        recalculation: rules.recalculation(),
    };
    Ok(StoredBot { key: row.bot_key("bot_key")?, bot, rules, raw_from: row.int("raw_from")? })
}
