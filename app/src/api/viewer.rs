//! Who is signed in, for the bar at the top of every page.

use analytics::ids::BotId;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::api::encoding::Answer;
use crate::error::AppError;
use crate::json::Json;

/// Who is signed in, and the bots they may go to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ViewerBar {
    /// Their address.
    pub email: String,
    /// By name.
    pub bots: Vec<BotLink>,
}

/// A bot to go to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BotLink {
    /// Its id.
    pub id: BotId,
    /// Its name as it may be shown.
    pub name: String,
}

#[cfg(feature = "ssr")]
impl BotLink {
    /// The link to a bot.
    pub(super) fn of(bot: store::bots::Bot) -> Self {
        Self { id: bot.id, name: analytics::names::show(&bot.name).into_owned() }
    }
}

/// Who is signed in: an `Option` of [`ViewerBar`], `None` when nobody is. Keeps the login's cookie alive.
#[server(prefix = "/fn", endpoint = "load_viewer", output = Answer)]
pub async fn load_viewer() -> Result<Json, AppError> {
    use super::authorise::{find_viewer, internal, scope_of};

    const NOBODY: Option<ViewerBar> = None;

    // While the server lists its routes there is nobody to ask for.
    let Some(context) = use_context::<crate::context::ServerContext>() else { return Json::new(&NOBODY) };
    let Some(viewer) = find_viewer().await? else { return Json::new(&NOBODY) };
    super::sign_in::renew_cookie(&context);
    let bots = context.store.list_bots(scope_of(&viewer)).await.map_err(internal)?;
    let bots = bots.into_iter().map(BotLink::of).collect();
    Json::new(&Some(ViewerBar { email: viewer.email, bots }))
}
