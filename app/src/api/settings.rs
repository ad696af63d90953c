//! A bot's settings.

use analytics::ids::BotId;
use leptos::prelude::*;

use crate::api::encoding::Answer;
use crate::error::AppError;
use crate::json::Json;
use crate::transport::Transport;

#[cfg(feature = "ssr")]
use {
    super::authorise::{server_context, visible_bot},
    super::bots::{parse_name, parse_zone},
    super::flash::{self, Flash},
    super::redirect::{go_on_to, own_path},
    super::refusal::{fault, internal, invalid, refuse},
    super::words::ago,
    crate::context::ServerContext,
    crate::format,
    crate::wire::keys::KeyRow,
    crate::wire::settings::{SettingsView, TimeoutEffect},
    analytics::instant::{Instant, MINUTE_MS},
    analytics::names,
    analytics::settings::{IdleTimeout, WeekStart},
    store::bots::BotChange,
    store::doors::KeyLimit,
    store::keys::KeyEntry,
    store::openings::{Openings, OpeningsError},
    store::sites::{Sites, SitesError},
};

/// A bot's settings, and what the timeout `preview_min` would do: a [`SettingsView`].
#[server(prefix = "/fn", endpoint = "load_settings", output = Answer, client = Transport)]
pub async fn load_settings(
    bot_id: BotId,
    #[server(default)] preview_min: Option<String>,
) -> Result<Json, AppError> {
    let bot = visible_bot(bot_id).await?;
    let context = server_context()?;
    let now = context.clock.now();
    let channels = context.store.list_channels(bot_id).await.map_err(internal)?;
    let keys = context.store.list_write_keys(bot_id).await.map_err(internal)?;
    let openings = context.store.find_openings(bot_id).await.map_err(internal)?;
    let preview = match preview_min {
        Some(minutes) => Some(preview(&context, bot_id, &minutes).await?),
        None => None,
    };
    let (new_key, done) = take_flash(&context, bot_id);
    let wanted = bot.wanted_rule();
    Json::new(&SettingsView {
        id: bot.id,
        name: names::show(&bot.name).into_owned(),
        given_name: bot.name,
        time_zone: wanted.time_zone,
        week_start: wanted.week_start,
        timeout_min: wanted.idle_timeout_ms.as_ms() / MINUTE_MS,
        recalculating: bot.recalculation.as_ref().map(format::recalculating),
        preview,
        is_activated: bot.is_activated,
        stores_text: bot.stores_text,
        channels: channels.iter().map(ToString::to_string).collect(),
        openings: openings.text(),
        key_doors: key_doors(&keys),
        keys: keys.into_iter().map(|key| write_key_row(key, now)).collect(),
        new_key,
        done,
    })
}

/// Changes name, zone and week start.
#[server(prefix = "/fn", endpoint = "save_bot", output = Answer, client = Transport)]
pub async fn save_bot(
    bot_id: BotId,
    name: String,
    time_zone: String,
    week_start: String,
) -> Result<String, AppError> {
    let change = BotChange {
        name: Some(parse_name(&name)?),
        zone: Some(parse_zone(&time_zone)?),
        week_start: Some(WeekStart::from_word(&week_start).ok_or_else(|| invalid("week_start", "unknown"))?),
        ..BotChange::default()
    };
    change_bot(bot_id, &change, "general").await
}

/// Changes the session rule's timeout.
#[server(prefix = "/fn", endpoint = "save_timeout", output = Answer, client = Transport)]
pub async fn save_timeout(bot_id: BotId, timeout_min: String) -> Result<String, AppError> {
    let timeout = parse_minutes(&timeout_min).ok_or_else(|| invalid("timeout_min", "range"))?;
    change_bot(bot_id, &BotChange { idle_timeout: Some(timeout), ..BotChange::default() }, "sessions").await
}

/// Stores message text from now on, or stops.
#[server(prefix = "/fn", endpoint = "save_text_storage", output = Answer, client = Transport)]
pub async fn save_text_storage(bot_id: BotId, store_text: bool) -> Result<String, AppError> {
    change_bot(bot_id, &BotChange { stores_text: Some(store_text), ..BotChange::default() }, "text").await
}

/// Makes a write key that the next page shows once: for one door, or for every door when `door` is empty.
#[server(prefix = "/fn", endpoint = "create_write_key", output = Answer, client = Transport)]
pub async fn create_write_key(
    bot_id: BotId,
    #[server(default)] door: String,
    #[server(default)] next: String,
) -> Result<String, AppError> {
    visible_bot(bot_id).await?;
    let limit = parse_limit(&door)?;
    let context = server_context()?;
    let made =
        context.store.create_write_key_for(bot_id, limit, context.clock.now()).await.map_err(internal)?;
    let (key, _) = made.ok_or_else(|| invalid("key", "too_many"))?;
    flash::leave(&context, &Flash::WriteKey(bot_id, key));
    go_on_to(own_path(&next))
}

/// Names the sites whose pages may send with a write key.
#[server(prefix = "/fn", endpoint = "save_sites", output = Answer, client = Transport)]
pub async fn save_sites(
    bot_id: BotId,
    key_id: i64,
    #[server(default)] sites: String,
) -> Result<String, AppError> {
    visible_bot(bot_id).await?;
    let sites = Sites::parse(&sites).map_err(|error| match error {
        SitesError::NoOrigin(_) => invalid("sites", "no_origin"),
        SitesError::TooMany => invalid("sites", "too_many"),
    })?;
    let context = server_context()?;
    if !context.store.set_sites(bot_id, key_id, &sites).await.map_err(internal)? {
        return Err(refuse(AppError::NotFound));
    }
    done(&context, bot_id, "text", "sites")
}

/// Says what a bot's widget sends by itself when it opens.
#[server(prefix = "/fn", endpoint = "save_openings", output = Answer, client = Transport)]
pub async fn save_openings(bot_id: BotId, #[server(default)] openings: String) -> Result<String, AppError> {
    visible_bot(bot_id).await?;
    let openings = Openings::parse(&openings).map_err(|error| match error {
        OpeningsError::TooLong => invalid("openings", "too_long"),
        OpeningsError::TooMany => invalid("openings", "too_many"),
    })?;
    let context = server_context()?;
    // Who has not changed the usual ones gets those of later versions too.
    let own = Some(&openings).filter(|openings| **openings != Openings::default());
    context.store.set_openings(bot_id, own).await.map_err(internal)?;
    done(&context, bot_id, "text", "openings")
}

/// Ends a write key.
#[server(prefix = "/fn", endpoint = "revoke_write_key", output = Answer, client = Transport)]
pub async fn revoke_write_key(bot_id: BotId, key_id: i64) -> Result<String, AppError> {
    visible_bot(bot_id).await?;
    let context = server_context()?;
    context.store.revoke_write_key(bot_id, key_id).await.map_err(internal)?;
    flash::leave(&context, &Flash::Done("key_revoked".to_owned()));
    go_on_to(format!("/bots/{bot_id}/settings#keys"))
}

/// Deletes a bot whose name was typed.
#[server(prefix = "/fn", endpoint = "delete_bot", output = Answer, client = Transport)]
pub async fn delete_bot(bot_id: BotId, confirmation: String) -> Result<String, AppError> {
    let bot = visible_bot(bot_id).await?;
    let confirmed = confirmation.trim();
    if confirmed != bot.name && confirmed != names::show(&bot.name) {
        return Err(invalid("confirmation", "mismatch"));
    }
    let context = server_context()?;
    let (store, now) = (context.store, context.clock.now());
    // A long history takes longer than a browser waits: the deletion goes on when nobody waits for it any more.
    let deleting = tokio::spawn(async move { store.delete_bot(bot_id, now).await });
    deleting.await.map_err(|error| fault(&error.to_string()))?.map_err(internal)?;
    go_on_to("/")
}

/// A key or token as text.
#[cfg(feature = "ssr")]
pub(super) fn key_row(key: KeyEntry, now: Instant, limit: Option<String>) -> KeyRow {
    KeyRow {
        id: key.id,
        prefix: key.prefix,
        created: ago(key.created_at, now),
        last_used: key.last_used_at.map_or_else(|| "never".to_owned(), |at| ago(at, now)),
        sites: key.sites.iter().collect::<Vec<_>>().join(" "),
        limit,
    }
}

#[cfg(feature = "ssr")]
fn write_key_row(key: KeyEntry, now: Instant) -> KeyRow {
    let limit = key.limit.map(|limit| limit.title().to_owned());
    key_row(key, now, limit)
}

/// Whether a bot with these keys may have another with this limit, or without any.
#[cfg(feature = "ssr")]
pub(super) fn may_add_key(keys: &[KeyEntry], limit: Option<KeyLimit>) -> bool {
    keys.iter().filter(|key| key.limit == limit).count() < store::keys::MAX_WRITE_KEYS
}

#[cfg(feature = "ssr")]
fn key_doors(keys: &[KeyEntry]) -> Vec<(String, String)> {
    let every = may_add_key(keys, None).then(|| (String::new(), "Every door".to_owned()));
    let limits = KeyLimit::ALL.into_iter().filter(|limit| may_add_key(keys, Some(*limit)));
    let choice = |limit: KeyLimit| (limit.word().to_owned(), limit.title().to_owned());
    every.into_iter().chain(limits.map(choice)).collect()
}

#[cfg(feature = "ssr")]
fn parse_limit(word: &str) -> Result<Option<KeyLimit>, AppError> {
    match word {
        "" => Ok(None),
        word => KeyLimit::from_word(word).map(Some).ok_or_else(|| invalid("door", "unknown")),
    }
}

#[cfg(feature = "ssr")]
async fn change_bot(bot_id: BotId, change: &BotChange, section: &str) -> Result<String, AppError> {
    visible_bot(bot_id).await?;
    let context = server_context()?;
    context.store.change_bot(bot_id, change).await.map_err(internal)?;
    done(&context, bot_id, section, section)
}

/// Goes on to a section of the page, which says in the words for `what` that something was done.
#[cfg(feature = "ssr")]
fn done(context: &ServerContext, bot_id: BotId, what: &str, section: &str) -> Result<String, AppError> {
    flash::leave(context, &Flash::Done(what.to_owned()));
    go_on_to(format!("/bots/{bot_id}/settings#{section}"))
}

#[cfg(feature = "ssr")]
async fn preview(context: &ServerContext, bot_id: BotId, minutes: &str) -> Result<TimeoutEffect, AppError> {
    let Some(timeout) = parse_minutes(minutes) else { return Ok(TimeoutEffect::OutOfRange) };
    let now = context.clock.now();
    let effect = context.store.preview_idle_timeout(bot_id, timeout, now).await.map_err(internal)?;
    Ok(TimeoutEffect::Sessions {
        timeout_min: timeout.as_ms() / MINUTE_MS,
        now: format::count(effect.sessions_now),
        then: format::count(effect.sessions_then),
    })
}

#[cfg(feature = "ssr")]
fn parse_minutes(text: &str) -> Option<IdleTimeout> {
    let minutes: i64 = text.trim().parse().ok()?;
    IdleTimeout::from_ms(minutes.checked_mul(MINUTE_MS)?)
}

#[cfg(feature = "ssr")]
fn take_flash(context: &ServerContext, bot_id: BotId) -> (Option<String>, Option<String>) {
    let taken = flash::take(context, |flash| match flash {
        Flash::WriteKey(of, key) if of == bot_id => Some((Some(key.expose().to_owned()), None)),
        Flash::Done(what) => Some((None, Some(what))),
        Flash::WriteKey(..) | Flash::ReadToken(_) | Flash::Link(_) => None,
    });
    taken.unwrap_or_default()
}
