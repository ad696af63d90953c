//! One bot: how far it has come, activating it, and its first message.

use analytics::ids::BotId;
use leptos::prelude::*;

use crate::api::encoding::Answer;
use crate::error::AppError;
use crate::json::Json;
use crate::transport::Transport;

#[cfg(feature = "ssr")]
use {
    super::authorise::{server_context, visible_bot},
    super::cards,
    super::flash::{self, Flash},
    super::redirect::{go_on_to, own_path},
    super::refusal::{fault, internal, invalid},
    super::settings::may_add_key,
    super::snippets::{self, Filling},
    crate::wire::bot::{BotView, FirstSteps},
    crate::wire::bots::BotState,
    analytics::fact::{Direction, Fact, FactKind, Message},
    analytics::ids::{Channel, FactId, UserId},
    analytics::instant::Instant,
    analytics::names,
    store::bots::BotChange,
};

/// A bot that the viewer may see: a [`BotView`].
#[server(prefix = "/fn", endpoint = "load_bot", output = Answer, client = Transport)]
pub async fn load_bot(bot_id: BotId) -> Result<Json, AppError> {
    let bot = visible_bot(bot_id).await?;
    let state = cards::state(&bot);
    let first_steps = match state {
        BotState::Waiting => Some(load_first_steps(bot_id).await?),
        BotState::Inactive | BotState::Receiving => None,
    };
    Json::new(&BotView {
        id: bot.id,
        name: names::show(&bot.name).into_owned(),
        state,
        has_messages: bot.first_message_at.is_some(),
        first_steps,
    })
}

/// Whether the bot's first message has come.
#[server(prefix = "/fn", endpoint = "has_messages", output = Answer, client = Transport)]
pub async fn has_messages(bot_id: BotId) -> Result<bool, AppError> {
    Ok(visible_bot(bot_id).await?.first_message_at.is_some())
}

/// Activates or deactivates a bot and goes on to `next`.
#[server(prefix = "/fn", endpoint = "set_activation", output = Answer, client = Transport)]
pub async fn set_activation(
    bot_id: BotId,
    activate: bool,
    #[server(default)] next: String,
) -> Result<String, AppError> {
    visible_bot(bot_id).await?;
    let change = BotChange { is_activated: Some(activate), ..BotChange::default() };
    let context = server_context()?;
    context.store.change_bot(bot_id, &change).await.map_err(internal)?;
    flash::leave(&context, &Flash::Done("activation".to_owned()));
    go_on_to(own_path(&next))
}

/// Sends a real message, incoming, from the user `parlance-test` on the channel `test`.
#[server(prefix = "/fn", endpoint = "send_test_message", output = Answer, client = Transport)]
pub async fn send_test_message(bot_id: BotId) -> Result<String, AppError> {
    let bot = visible_bot(bot_id).await?;
    if !bot.is_activated {
        return Err(invalid("bot", "inactive"));
    }
    let context = server_context()?;
    let message = test_message(context.clock.now()).ok_or_else(|| fault("the test message is not valid"))?;
    context.store.ingest(bot_id, vec![message]).await.map_err(internal)?;
    go_on_to(format!("/bots/{bot_id}/analytics"))
}

#[cfg(feature = "ssr")]
async fn load_first_steps(bot_id: BotId) -> Result<FirstSteps, AppError> {
    let context = server_context()?;
    let keys = context.store.list_write_keys(bot_id).await.map_err(internal)?;
    let new_key = flash::take(&context, |flash| match flash {
        Flash::WriteKey(of, key) if of == bot_id => Some(key.expose().to_owned()),
        _ => None,
    });
    let filling = Filling { base_url: &context.base_url, key: new_key.as_deref(), bot: bot_id };
    Ok(FirstSteps {
        snippets: snippets::first(&filling),
        may_add_key: may_add_key(&keys, None),
        key_prefixes: keys.into_iter().map(|key| key.prefix).collect(),
        new_key,
    })
}

#[cfg(feature = "ssr")]
fn test_message(now: Instant) -> Option<Fact> {
    Some(Fact {
        id: FactId::parse(format!("parlance-test-{}", now.as_ms())).ok()?,
        user_id: UserId::parse("parlance-test").ok()?,
        session_id: None,
        at: now,
        channel: Channel::parse("test").ok()?,
        kind: FactKind::Message(Message::new(Direction::Incoming)),
    })
}
