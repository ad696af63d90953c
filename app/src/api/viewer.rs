//! Who is signed in, for the bar at the top of every page.

use analytics::ids::BotId;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::api::encoding::Answer;
use crate::error::AppError;
use crate::json::Json;
use crate::transport::Transport;

/// Who is signed in, and the bots they may go to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ViewerBar {
    /// Their address.
    pub email: String,
    /// The name of the bot whose page is open, if it is one that they may see.
    pub present: Option<String>,
    /// The first ones by name.
    pub bots: Vec<BotLink>,
    /// How many there are.
    pub total: u64,
}

/// Most bots that the switcher shows at a time: more are found by their name.
pub const SWITCHER_BOTS: usize = 20;

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

/// Who is signed in, with `open` as the bot whose page is open: an `Option` of [`ViewerBar`], `None` when nobody is. Keeps
/// the login's cookie alive.
#[server(prefix = "/fn", endpoint = "load_viewer", output = Answer, client = Transport)]
pub async fn load_viewer(#[server(default)] open: Option<BotId>) -> Result<Json, AppError> {
    use super::authorise::{find_viewer, scope_of};
    use super::refusal::internal;

    const NOBODY: Option<ViewerBar> = None;

    // While the server lists its routes there is nobody to ask for.
    let Some(context) = use_context::<crate::context::ServerContext>() else { return Json::new(&NOBODY) };
    let Some(viewer) = find_viewer().await? else { return Json::new(&NOBODY) };
    super::sign_in::renew_cookie(&context);
    let bots = context.store.list_bots(scope_of(&viewer)).await.map_err(internal)?;
    let present = bots
        .iter()
        .find(|bot| Some(bot.id) == open)
        .map(|bot| analytics::names::show(&bot.name).into_owned());
    let total = bots.len() as u64;
    Json::new(&Some(ViewerBar { email: viewer.email, present, bots: first_links(bots), total }))
}

/// The viewer's first bots by name whose name holds `search`, whatever the case: a list of [`BotLink`].
///
/// # Errors
/// [`AppError::SignedOut`] when nobody is signed in.
#[server(prefix = "/fn", endpoint = "find_bots", output = Answer, client = Transport)]
pub async fn find_bots(#[server(default)] search: String) -> Result<Json, AppError> {
    use super::authorise::{scope_of, server_context, viewer};
    use super::refusal::internal;

    let viewer = viewer().await?;
    let wanted = search.trim().to_lowercase();
    let mut bots = server_context()?.store.list_bots(scope_of(&viewer)).await.map_err(internal)?;
    bots.retain(|bot| bot.name.to_lowercase().contains(&wanted));
    Json::new(&first_links(bots))
}

#[cfg(feature = "ssr")]
fn first_links(bots: Vec<store::bots::Bot>) -> Vec<BotLink> {
    bots.into_iter().take(SWITCHER_BOTS).map(BotLink::of).collect()
}
