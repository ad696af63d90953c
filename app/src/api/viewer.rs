//! Who is signed in, for the bar at the top of every page.

use analytics::ids::BotId;
use leptos::prelude::*;

use crate::api::encoding::Answer;
use crate::error::AppError;
use crate::json::Json;
use crate::transport::Transport;

#[cfg(feature = "ssr")]
use {
    super::authorise::{find_viewer, scope_of, server_context, viewer},
    super::refusal::internal,
    super::sign_in::renew_cookie,
    crate::context::ServerContext,
    crate::wire::viewer::{BotLink, SWITCHER_BOTS, ViewerBar},
    analytics::names,
    store::bots::Bot,
};

/// Who is signed in, with `open` as the bot whose page is open: an `Option` of [`ViewerBar`], `None` when nobody is. Keeps
/// the login's cookie alive.
#[server(prefix = "/fn", endpoint = "load_viewer", output = Answer, client = Transport)]
pub async fn load_viewer(#[server(default)] open: Option<BotId>) -> Result<Json, AppError> {
    const NOBODY: Option<ViewerBar> = None;

    // While the server lists its routes there is nobody to ask for.
    let Some(context) = use_context::<ServerContext>() else { return Json::new(&NOBODY) };
    let Some(viewer) = find_viewer().await? else { return Json::new(&NOBODY) };
    renew_cookie(&context);
    let bots = context.store.list_bots(scope_of(&viewer)).await.map_err(internal)?;
    let present = bots.iter().find(|bot| Some(bot.id) == open).map(|bot| names::show(&bot.name).into_owned());
    let total = bots.len() as u64;
    Json::new(&Some(ViewerBar { email: viewer.email, present, bots: first_links(bots), total }))
}

/// The viewer's first bots by name whose name holds `search`, whatever the case: a list of [`BotLink`].
///
/// # Errors
/// [`AppError::SignedOut`] when nobody is signed in.
#[server(prefix = "/fn", endpoint = "find_bots", output = Answer, client = Transport)]
pub async fn find_bots(#[server(default)] search: String) -> Result<Json, AppError> {
    let viewer = viewer().await?;
    let wanted = search.trim().to_lowercase();
    let mut bots = server_context()?.store.list_bots(scope_of(&viewer)).await.map_err(internal)?;
    bots.retain(|bot| bot.name.to_lowercase().contains(&wanted));
    Json::new(&first_links(bots))
}

#[cfg(feature = "ssr")]
fn first_links(bots: Vec<Bot>) -> Vec<BotLink> {
    bots.into_iter().take(SWITCHER_BOTS).map(link_to).collect()
}

/// The link to a bot.
#[cfg(feature = "ssr")]
pub(super) fn link_to(bot: Bot) -> BotLink {
    BotLink { id: bot.id, name: names::show(&bot.name).into_owned() }
}
