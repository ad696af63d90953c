//! The viewer's own account: password, sign-ins, read tokens, theme.

use leptos::prelude::*;

use crate::api::encoding::Answer;
use crate::error::AppError;
use crate::json::Json;
use crate::transport::Transport;

#[cfg(feature = "ssr")]
use {
    super::authorise::{find_device, find_login, scope_of, server_context, viewer, visible_bot},
    super::flash::{self, Flash},
    super::redirect::go_on_to,
    super::refusal::{internal, invalid, refuse},
    super::settings::key_row,
    super::viewer::link_to,
    super::words::{ago, browser},
    crate::theme::{Theme, find_theme, set_theme},
    crate::wire::account::{AccountView, LoginRow},
    analytics::ids::BotId,
    analytics::names,
    store::accounts::{Kept, ReadTokens},
    store::credentials::Password,
};

/// The viewer's account: an [`AccountView`].
#[server(prefix = "/fn", endpoint = "load_account", output = Answer, client = Transport)]
pub async fn load_account() -> Result<Json, AppError> {
    let viewer = viewer().await?;
    let context = server_context()?;
    let now = context.clock.now();
    let login = find_login(&context).ok_or_else(|| refuse(AppError::SignedOut))?;
    let logins = context.store.list_logins(viewer.account_id, &login, now).await.map_err(internal)?;
    let tokens = context.store.list_read_tokens(viewer.account_id).await.map_err(internal)?;
    let bots = context.store.list_bots(scope_of(&viewer)).await.map_err(internal)?;
    let name_of =
        |id: BotId| bots.iter().find(|bot| bot.id == id).map(|bot| names::show(&bot.name).into_owned());
    let (new_token, done) = take_flash();
    Json::new(&AccountView {
        logins: logins.into_iter().map(|(login, is_current)| login_row(login, is_current, now)).collect(),
        may_add_token: tokens.len() < store::keys::MAX_READ_TOKENS,
        tokens: tokens
            .into_iter()
            .map(|token| {
                let bot = token.bot_id.map(|id| name_of(id).unwrap_or_else(|| id.to_string()));
                key_row(token, now, bot)
            })
            .collect(),
        email: viewer.email,
        is_admin: viewer.is_admin,
        bots: bots.into_iter().map(link_to).collect(),
        new_token,
        theme: find_theme().word().to_owned(),
        done,
    })
}

/// Changes the password and ends every other sign-in; the read tokens too where `end_tokens` says so.
#[server(prefix = "/fn", endpoint = "change_password", output = Answer, client = Transport)]
pub async fn change_password(
    current: String,
    password: String,
    #[server(default)] end_tokens: bool,
) -> Result<String, AppError> {
    let viewer = viewer().await?;
    let context = server_context()?;
    let login = find_login(&context).ok_or_else(|| refuse(AppError::SignedOut))?;
    context.limits.count_password_change(&login).map_err(refuse)?;
    let password = Password::parse(password).ok_or_else(|| invalid("password", "length"))?;
    let device = find_device(&context);
    let keep = Kept { login: Some(&login), device: device.as_ref() };
    let tokens = read_tokens(end_tokens);
    let changed = context.store.change_password(viewer.account_id, &current, &password, keep, tokens).await;
    if !changed.map_err(internal)? {
        return Err(invalid("current", "wrong"));
    }
    let done = if end_tokens { "password_and_tokens" } else { "password" };
    flash::leave(&context, &Flash::Done(done.to_owned()));
    go_on_to("/account#password")
}

/// Ends one of the viewer's sign-ins.
#[server(prefix = "/fn", endpoint = "revoke_login", output = Answer, client = Transport)]
pub async fn revoke_login(login_id: i64) -> Result<String, AppError> {
    let viewer = viewer().await?;
    let context = server_context()?;
    context.store.revoke_login(viewer.account_id, login_id).await.map_err(internal)?;
    flash::leave(&context, &Flash::Done("login_revoked".to_owned()));
    go_on_to("/account#logins")
}

/// Makes a read token for one bot, or for all when `bot` is empty; the next page shows it once.
#[server(prefix = "/fn", endpoint = "create_read_token", output = Answer, client = Transport)]
pub async fn create_read_token(#[server(default)] bot: String) -> Result<String, AppError> {
    let viewer = viewer().await?;
    let bot = match bot.as_str() {
        "" => None,
        id => Some(visible_bot(id.parse().map_err(|_| refuse(AppError::NotFound))?).await?.id),
    };
    let context = server_context()?;
    let made = context.store.create_read_token(viewer.account_id, bot, context.clock.now()).await;
    let (token, _) = made.map_err(internal)?.ok_or_else(|| invalid("token", "too_many"))?;
    flash::leave(&context, &Flash::ReadToken(token));
    go_on_to("/account#tokens")
}

/// Ends one of the viewer's read tokens.
#[server(prefix = "/fn", endpoint = "revoke_read_token", output = Answer, client = Transport)]
pub async fn revoke_read_token(token_id: i64) -> Result<String, AppError> {
    let viewer = viewer().await?;
    let context = server_context()?;
    context.store.revoke_read_token(viewer.account_id, token_id).await.map_err(internal)?;
    flash::leave(&context, &Flash::Done("token_revoked".to_owned()));
    go_on_to("/account#tokens")
}

/// Chooses the theme of this browser: "light", "dark" or "system".
#[server(prefix = "/fn", endpoint = "choose_theme", output = Answer, client = Transport)]
pub async fn choose_theme(theme: String) -> Result<String, AppError> {
    let theme = Theme::from_word(&theme).ok_or_else(|| invalid("theme", "unknown"))?;
    set_theme(&server_context()?, theme);
    go_on_to("/account#theme")
}

/// What a form's checkbox asks for.
#[cfg(feature = "ssr")]
pub(super) fn read_tokens(end_tokens: bool) -> ReadTokens {
    if end_tokens { ReadTokens::End } else { ReadTokens::Keep }
}

#[cfg(feature = "ssr")]
fn login_row(
    login: store::accounts::LoginEntry,
    is_current: bool,
    now: analytics::instant::Instant,
) -> LoginRow {
    LoginRow {
        id: login.id,
        browser: browser(&login.user_agent),
        created: ago(login.created_at, now),
        last_used: ago(login.last_used_at, now),
        is_current,
    }
}

#[cfg(feature = "ssr")]
fn take_flash() -> (Option<String>, Option<String>) {
    let taken = server_context().ok().and_then(|context| {
        flash::take(&context, |flash| match flash {
            Flash::ReadToken(token) => Some((Some(token.expose().to_owned()), None)),
            Flash::Done(what) => Some((None, Some(what))),
            Flash::WriteKey(..) | Flash::Link(_) => None,
        })
    });
    taken.unwrap_or_default()
}
