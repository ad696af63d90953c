//! Who asks, and what they may see: every server function begins here.

use std::net::IpAddr;

use analytics::ids::BotId;
use http::request::Parts;
use leptos::prelude::use_context;
use store::accounts::Viewer;
use store::bots::{Bot, BotScope};
use store::credentials::Secret;
use store::reports::Reading;

use super::refusal::{fault, internal, refuse};
use crate::context::{ClientAddress, ServerContext};
use crate::error::AppError;
use crate::login_cookie;

/// The server's part of this request.
///
/// # Errors
/// [`AppError::Internal`] when the router has provided none.
pub fn server_context() -> Result<ServerContext, AppError> {
    use_context::<ServerContext>().ok_or_else(|| fault("the router provides no server context"))
}

/// Who is signed in.
///
/// # Errors
/// [`AppError::SignedOut`] when nobody is.
pub async fn viewer() -> Result<Viewer, AppError> {
    find_viewer().await?.ok_or_else(|| refuse(AppError::SignedOut))
}

/// Who is signed in, if somebody is.
///
/// # Errors
/// [`AppError::Internal`] when the database does not tell.
pub async fn find_viewer() -> Result<Option<Viewer>, AppError> {
    let context = server_context()?;
    match find_login(&context) {
        Some(login) => context.store.find_viewer(&login, context.clock.now()).await.map_err(internal),
        None => Ok(None),
    }
}

/// An admin who is signed in.
///
/// # Errors
/// [`AppError::SignedOut`] when nobody is signed in, [`AppError::NotFound`] for any other account: accounts are absent for
/// it.
pub async fn admin() -> Result<Viewer, AppError> {
    let viewer = viewer().await?;
    if viewer.is_admin { Ok(viewer) } else { Err(refuse(AppError::NotFound)) }
}

/// The login that this request brings along, whether or not it is alive.
pub fn find_login(context: &ServerContext) -> Option<Secret> {
    let parts = use_context::<Parts>()?;
    login_cookie::find_login(&parts.headers, &context.base_url)
}

/// The token by which this request's browser says that it is known to an account.
pub fn find_device(context: &ServerContext) -> Option<Secret> {
    let parts = use_context::<Parts>()?;
    login_cookie::find_device(&parts.headers, &context.base_url)
}

/// Where this request comes from.
///
/// # Errors
/// [`AppError::Internal`] when the router has provided no address.
pub fn client_address() -> Result<IpAddr, AppError> {
    let address = use_context::<ClientAddress>();
    Ok(address.ok_or_else(|| fault("the router provides no client address"))?.0)
}

/// The bots that somebody may see.
pub fn scope_of(viewer: &Viewer) -> BotScope {
    if viewer.is_admin { BotScope::All } else { BotScope::Owner(viewer.account_id) }
}

/// A bot that the viewer may see.
///
/// # Errors
/// [`AppError::NotFound`] for an absent bot and for another account's, [`AppError::SignedOut`] when nobody is signed in.
pub async fn visible_bot(bot_id: BotId) -> Result<Bot, AppError> {
    let viewer = viewer().await?;
    let bot = server_context()?.store.find_bot(scope_of(&viewer), bot_id).await.map_err(internal)?;
    bot.ok_or_else(|| refuse(AppError::NotFound))
}

/// A bot whose figures the viewer may see, opened for reading them.
///
/// # Errors
/// As with [`visible_bot`], and [`AppError::Forbidden`] for one that isn't activated.
pub async fn read_visible_bot(bot_id: BotId) -> Result<Reading, AppError> {
    let viewer = viewer().await?;
    let reading = server_context()?.store.read_bot(scope_of(&viewer), bot_id).await.map_err(internal)?;
    let reading = reading.ok_or_else(|| refuse(AppError::NotFound))?;
    if reading.bot().is_activated { Ok(reading) } else { Err(refuse(AppError::Forbidden)) }
}
