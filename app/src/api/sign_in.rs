//! Setting up, signing in and out.

use leptos::prelude::*;

use crate::api::encoding::Answer;
use crate::error::AppError;
use crate::json::Json;
use crate::transport::Transport;

#[cfg(feature = "ssr")]
use {
    super::authorise::{client_address, find_device, find_login, find_viewer, server_context},
    super::redirect::{go_on_to, own_path},
    super::refusal::{internal, invalid, refuse},
    crate::context::ServerContext,
    crate::error::BUSY,
    crate::login_cookie,
    crate::wire::sign_in::SignInState,
    analytics::ids::AccountId,
    http::header::{SET_COOKIE, USER_AGENT},
    http::request::Parts,
    leptos_axum::ResponseOptions,
    store::StoreError,
    store::accounts::Asker,
    store::credentials::{Email, Password, Secret},
};

/// What the sign-in page has to say to somebody who wants to go to `next`: a [`SignInState`].
#[server(prefix = "/fn", endpoint = "load_sign_in", output = Answer, client = Transport)]
pub async fn load_sign_in(next: String) -> Result<Json, AppError> {
    let context = server_context()?;
    if find_viewer().await?.is_some() {
        return Json::new(&SignInState::SignedIn(own_path(&next).to_owned()));
    }
    if !context.store.has_accounts().await.map_err(internal)? {
        return Json::new(&SignInState::SetUp);
    }
    let demo = context.demo_sign_in.map(|demo| (demo.email.clone(), demo.password.clone()));
    Json::new(&SignInState::Ask { demo })
}

/// Whether the first account is still to be made: a `bool`.
#[server(prefix = "/fn", endpoint = "load_set_up", output = Answer, client = Transport)]
pub async fn load_set_up() -> Result<Json, AppError> {
    Json::new(&!server_context()?.store.has_accounts().await.map_err(internal)?)
}

/// Signs in and goes on to `next`. Says nothing about whether the address has an account.
#[server(prefix = "/fn", endpoint = "sign_in", output = Answer, client = Transport)]
pub async fn sign_in(
    email: String,
    password: String,
    #[server(default)] next: String,
) -> Result<String, AppError> {
    let context = server_context()?;
    let mismatch = || invalid("sign_in", "mismatch");
    let Some(email) = Email::parse(&email) else {
        context.limits.count_nameless_sign_in(client_address()?).map_err(refuse)?;
        return Err(mismatch());
    };
    let asker = count_sign_in(&context, &email).await?;
    let now = context.clock.now();
    let signed_in = context.store.sign_in(email.as_str(), &password, &user_agent(), asker, now).await;
    let signed_in = signed_in.map_err(|error| match error {
        StoreError::Busy => invalid("sign_in", BUSY),
        error => internal(error),
    })?;
    let signed_in = signed_in.ok_or_else(mismatch)?;
    keep_login(&context, signed_in.account_id, &signed_in.login).await?;
    go_on_to(own_path(&next))
}

/// Counts a sign-in where it belongs, and says who tries.
#[cfg(feature = "ssr")]
async fn count_sign_in(context: &ServerContext, email: &Email) -> Result<Asker, AppError> {
    if let Some(device) = find_device(context) {
        let known = context.store.is_known_device(&device, email, context.clock.now()).await;
        if known.map_err(internal)? {
            context.limits.count_sign_in_on_device(&device).map_err(refuse)?;
            return Ok(Asker::Known);
        }
    }
    context.limits.count_sign_in(email, client_address()?).map_err(refuse)?;
    Ok(Asker::Stranger)
}

/// Makes the first account with the one-time token, and signs it in.
#[server(prefix = "/fn", endpoint = "set_up", output = Answer, client = Transport)]
pub async fn set_up(
    #[server(default)] token: String,
    email: String,
    password: String,
) -> Result<String, AppError> {
    let context = server_context()?;
    context.limits.count_link(client_address()?).map_err(refuse)?;
    let email = Email::parse(&email).ok_or_else(|| invalid("email", "invalid"))?;
    let password = Password::parse(password).ok_or_else(|| invalid("password", "length"))?;
    let token = Secret::presented(token.trim());
    let now = context.clock.now();
    let account = context.store.set_up(&token, &email, &password, now).await.map_err(internal)?;
    let account = account.ok_or_else(|| invalid("token", "wrong"))?;
    start_login(&context, account).await?;
    go_on_to("/")
}

/// Ends this browser's login.
#[server(prefix = "/fn", endpoint = "sign_out", output = Answer, client = Transport)]
pub async fn sign_out() -> Result<String, AppError> {
    let context = server_context()?;
    if let Some(login) = find_login(&context) {
        context.store.sign_out(&login).await.map_err(internal)?;
    }
    append_cookie(login_cookie::clear_header(&context.base_url));
    go_on_to("/sign-in")
}

/// Keeps the cookie of a login that has just been used for another 30 days.
#[cfg(feature = "ssr")]
pub(super) fn renew_cookie(context: &ServerContext) {
    if let Some(login) = find_login(context) {
        append_cookie(login_cookie::set_header(&context.base_url, &login));
    }
}

/// Signs an account in that has shown something better than a password: a one-time token.
#[cfg(feature = "ssr")]
pub(super) async fn start_login(context: &ServerContext, account: AccountId) -> Result<(), AppError> {
    let login = context.store.create_login(account, &user_agent(), context.clock.now()).await;
    keep_login(context, account, &login.map_err(internal)?).await
}

/// Keeps a new login in this browser, which the account knows from now on.
#[cfg(feature = "ssr")]
async fn keep_login(context: &ServerContext, account: AccountId, login: &Secret) -> Result<(), AppError> {
    let device = context.store.remember_device(account, find_device(context), context.clock.now()).await;
    append_cookie(login_cookie::set_header(&context.base_url, login));
    append_cookie(login_cookie::set_device_header(&context.base_url, &device.map_err(internal)?));
    Ok(())
}

#[cfg(feature = "ssr")]
fn append_cookie(cookie: Result<http::HeaderValue, http::header::InvalidHeaderValue>) {
    if let (Ok(cookie), Some(response)) = (cookie, use_context::<ResponseOptions>()) {
        response.append_header(SET_COOKIE, cookie);
    }
}

/// What the browser calls itself: at most 200 characters of it.
#[cfg(feature = "ssr")]
fn user_agent() -> String {
    let parts = use_context::<Parts>();
    let header = parts.as_ref().and_then(|parts| parts.headers.get(USER_AGENT));
    header.and_then(|header| header.to_str().ok()).unwrap_or_default().chars().take(200).collect()
}
