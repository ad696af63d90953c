//! One-time links that an admin has passed on: an invitation, or a new password.

use leptos::prelude::*;

use crate::api::encoding::Answer;
use crate::error::AppError;
use crate::json::Json;
use crate::transport::Transport;

#[cfg(feature = "ssr")]
use {
    super::account::read_tokens,
    super::authorise::{client_address, server_context},
    super::redirect::go_on_to,
    super::refusal::{internal, invalid, refuse},
    super::sign_in::start_login,
    store::StoreError,
    store::credentials::{Password, Secret},
};

/// The address that an invitation is for: an `Option` of it, `None` when the link is used up, ended or wrong.
#[server(prefix = "/fn", endpoint = "load_invitation", output = Answer, client = Transport)]
pub async fn load_invitation(token: String) -> Result<Json, AppError> {
    let context = server_context()?;
    let found = context.store.find_invitation(&Secret::presented(token), context.clock.now()).await;
    Json::new(&found.map_err(internal)?)
}

/// Makes the account of an invitation, and signs it in.
#[server(prefix = "/fn", endpoint = "accept_invitation", output = Answer, client = Transport)]
pub async fn accept_invitation(token: String, password: String) -> Result<String, AppError> {
    let context = server_context()?;
    context.limits.count_link(client_address()?).map_err(refuse)?;
    let password = Password::parse(password).ok_or_else(|| invalid("password", "length"))?;
    let made =
        context.store.accept_invitation(&Secret::presented(token), &password, context.clock.now()).await;
    let made = made.map_err(|error| match error {
        StoreError::Conflict(_) => invalid("link", "used"),
        error => internal(error),
    })?;
    start_login(&context, made.ok_or_else(|| invalid("link", "used"))?).await?;
    go_on_to("/")
}

/// The address whose password a link sets: an `Option` of it, `None` when the link is used up, ended or wrong.
#[server(prefix = "/fn", endpoint = "load_password_link", output = Answer, client = Transport)]
pub async fn load_password_link(token: String) -> Result<Json, AppError> {
    let context = server_context()?;
    let found = context.store.find_password_link(&Secret::presented(token), context.clock.now()).await;
    Json::new(&found.map_err(internal)?)
}

/// Sets the password of a link's account and signs it in; every other sign-in ends, and the read tokens where
/// `end_tokens` says so.
#[server(prefix = "/fn", endpoint = "choose_password", output = Answer, client = Transport)]
pub async fn choose_password(
    token: String,
    password: String,
    #[server(default)] end_tokens: bool,
) -> Result<String, AppError> {
    let context = server_context()?;
    context.limits.count_link(client_address()?).map_err(refuse)?;
    let password = Password::parse(password).ok_or_else(|| invalid("password", "length"))?;
    let (token, tokens) = (Secret::presented(token), read_tokens(end_tokens));
    let used = context.store.use_password_link(&token, &password, tokens, context.clock.now()).await;
    let account = used.map_err(internal)?.ok_or_else(|| invalid("link", "used"))?;
    start_login(&context, account).await?;
    go_on_to("/")
}
