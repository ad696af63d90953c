//! What came for a bot lately, and what became of it.

use analytics::ids::BotId;
use leptos::prelude::*;

use crate::api::encoding::Answer;
use crate::error::AppError;
use crate::json::Json;
use crate::transport::Transport;

#[cfg(feature = "ssr")]
use {
    super::authorise::{server_context, visible_bot},
    super::intake_words::Writer,
    super::refusal::internal,
    crate::wire::intake::IntakeFilter,
    analytics::names,
};

/// What came for a bot that the viewer may see: an [`IntakeView`](crate::wire::intake::IntakeView).
#[server(prefix = "/fn", endpoint = "load_intake", output = Answer, client = Transport)]
pub async fn load_intake(
    bot_id: BotId,
    #[server(default)] with_problems: bool,
    #[server(default)] door: Option<String>,
    #[server(default)] every: bool,
) -> Result<Json, AppError> {
    let bot = visible_bot(bot_id).await?;
    let context = server_context()?;
    let log = context.store.load_intake_log(bot_id).await.map_err(internal)?;
    let writer = Writer::new(bot.calendar, context.clock.now());
    Json::new(&writer.write(
        names::show(&bot.name).into_owned(),
        &log,
        IntakeFilter { with_problems, door, every },
    ))
}
