//! Everybody's accounts, for admins: who has one, who is invited, and what can be changed. For every other account all of
//! it is absent.

use leptos::prelude::*;

use crate::api::encoding::Answer;
use crate::error::AppError;
use crate::json::Json;
use crate::transport::Transport;

#[cfg(feature = "ssr")]
use {
    super::authorise::{admin, server_context},
    super::flash::{self, Flash},
    super::redirect::go_on_to,
    super::refusal::{internal, invalid, refuse},
    super::words::{ago, ahead},
    crate::context::ServerContext,
    crate::wire::accounts::{AccountRow, AccountsView, InvitationRow, NewLink},
    analytics::ids::AccountId,
    analytics::instant::Instant,
    store::StoreError,
    store::accounts::links::{INVITATION_LIFETIME_MS, InvitationEntry, PASSWORD_LINK_LIFETIME_MS},
    store::accounts::{AccountChange, AccountEntry, Role, Viewer},
    store::credentials::{Email, Secret},
};

/// All accounts and open invitations: an [`AccountsView`].
#[server(prefix = "/fn", endpoint = "load_accounts", output = Answer, client = Transport)]
pub async fn load_accounts() -> Result<Json, AppError> {
    let admin = admin().await?;
    let context = server_context()?;
    let now = context.clock.now();
    let accounts = context.store.list_accounts().await.map_err(internal)?;
    let invitations = context.store.list_invitations(now).await.map_err(internal)?;
    let (link, done) = take_flash(&context);
    Json::new(&AccountsView {
        accounts: accounts.into_iter().map(|account| account_row(account, &admin, now)).collect(),
        invitations: invitations.into_iter().map(|entry| invitation_row(entry, now)).collect(),
        new_link: match link {
            Some(token) => find_link(&context, &token, now).await?,
            None => None,
        },
        done,
    })
}

/// Invites an address as "admin" or "member"; the next page shows the link once.
#[server(prefix = "/fn", endpoint = "invite", output = Answer, client = Transport)]
pub async fn invite(email: String, role: String) -> Result<String, AppError> {
    let admin = admin().await?;
    let context = server_context()?;
    let email = Email::parse(&email).ok_or_else(|| invalid("email", "invalid"))?;
    let role = parse_role(&role)?;
    let made = context.store.create_invitation(admin.account_id, &email, role, context.clock.now()).await;
    let token = made.map_err(|error| match error {
        StoreError::Conflict(_) => invalid("email", "taken"),
        error => internal(error),
    })?;
    flash::leave(&context, &Flash::Link(token.ok_or_else(|| refuse(AppError::NotFound))?));
    go_on_to("/accounts")
}

/// Ends an invitation.
#[server(prefix = "/fn", endpoint = "withdraw_invitation", output = Answer, client = Transport)]
pub async fn withdraw_invitation(invitation_id: i64) -> Result<String, AppError> {
    admin().await?;
    let context = server_context()?;
    context.store.withdraw_invitation(invitation_id).await.map_err(internal)?;
    flash::leave(&context, &Flash::Done("invitation_withdrawn".to_owned()));
    go_on_to("/accounts")
}

/// Makes a link with which an account's password can be set once; the next page shows it once.
#[server(prefix = "/fn", endpoint = "make_password_link", output = Answer, client = Transport)]
pub async fn make_password_link(account_id: i64) -> Result<String, AppError> {
    let admin = admin().await?;
    let context = server_context()?;
    let account = AccountId(account_id);
    let made = context.store.create_password_link(admin.account_id, account, context.clock.now()).await;
    let token = made.map_err(internal)?.ok_or_else(|| refuse(AppError::NotFound))?;
    flash::leave(&context, &Flash::Link(token));
    go_on_to("/accounts")
}

/// Shuts an account out.
#[server(prefix = "/fn", endpoint = "disable_account", output = Answer, client = Transport)]
pub async fn disable_account(account_id: i64) -> Result<String, AppError> {
    let (context, account) = another_account(account_id).await?;
    finish(&context, context.store.disable_account(account, context.clock.now()).await, "account_disabled")
}

/// Lets an account sign in again.
#[server(prefix = "/fn", endpoint = "enable_account", output = Answer, client = Transport)]
pub async fn enable_account(account_id: i64) -> Result<String, AppError> {
    let (context, account) = another_account(account_id).await?;
    finish(&context, context.store.enable_account(account).await, "account_enabled")
}

/// Makes an account an "admin" or a "member".
#[server(prefix = "/fn", endpoint = "change_role", output = Answer, client = Transport)]
pub async fn change_role(account_id: i64, role: String) -> Result<String, AppError> {
    let (context, account) = another_account(account_id).await?;
    let role = parse_role(&role)?;
    let done = if role == Role::Admin { "admin_made" } else { "admin_removed" };
    finish(&context, context.store.change_role(account, role).await, done)
}

/// An account that the admin who asks may change: any but their own, which a slip could take from them.
#[cfg(feature = "ssr")]
async fn another_account(account_id: i64) -> Result<(ServerContext, AccountId), AppError> {
    let admin = admin().await?;
    if admin.account_id == AccountId(account_id) {
        return Err(invalid("account", "own"));
    }
    Ok((server_context()?, AccountId(account_id)))
}

#[cfg(feature = "ssr")]
fn finish(
    context: &ServerContext,
    change: Result<AccountChange, StoreError>,
    done: &str,
) -> Result<String, AppError> {
    match change.map_err(internal)? {
        AccountChange::Done => {}
        AccountChange::Unknown => return Err(refuse(AppError::NotFound)),
        AccountChange::LastAdmin => return Err(invalid("account", "last_admin")),
    }
    flash::leave(context, &Flash::Done(done.to_owned()));
    go_on_to("/accounts")
}

#[cfg(feature = "ssr")]
fn parse_role(word: &str) -> Result<Role, AppError> {
    match word {
        "admin" => Ok(Role::Admin),
        "member" => Ok(Role::Member),
        _ => Err(invalid("role", "unknown")),
    }
}

#[cfg(feature = "ssr")]
fn account_row(account: AccountEntry, admin: &Viewer, now: Instant) -> AccountRow {
    AccountRow {
        id: account.id.0,
        email: account.email,
        is_admin: account.is_admin,
        is_disabled: account.disabled_at.is_some(),
        is_own: account.id == admin.account_id,
        created: ago(account.created_at, now),
        last_sign_in: account.last_sign_in_at.map_or_else(|| "Never".to_owned(), |at| ago(at, now)),
        bots: account.bots.to_string(),
    }
}

#[cfg(feature = "ssr")]
fn invitation_row(entry: InvitationEntry, now: Instant) -> InvitationRow {
    InvitationRow {
        id: entry.id,
        email: entry.email,
        is_admin: entry.is_admin,
        created: ago(entry.created_at, now),
        ends: ahead(entry.expires_at, now),
    }
}

/// The link of a token that was just made. Only one that works is shown: whoever forges the cookie shows nothing.
#[cfg(feature = "ssr")]
async fn find_link(
    context: &ServerContext,
    token: &Secret,
    now: Instant,
) -> Result<Option<NewLink>, AppError> {
    let link = |email, page, lifetime_ms, is_invitation| NewLink {
        email,
        url: format!("{}/{page}?token={}", context.base_url, token.expose()),
        ends: ahead(now.plus_ms(lifetime_ms), now),
        is_invitation,
    };
    if let Some(email) = context.store.find_invitation(token, now).await.map_err(internal)? {
        return Ok(Some(link(email, "invitation", INVITATION_LIFETIME_MS, true)));
    }
    let email = context.store.find_password_link(token, now).await.map_err(internal)?;
    Ok(email.map(|email| link(email, "new-password", PASSWORD_LINK_LIFETIME_MS, false)))
}

#[cfg(feature = "ssr")]
fn take_flash(context: &ServerContext) -> (Option<Secret>, Option<String>) {
    let taken = flash::take(context, |flash| match flash {
        Flash::Link(token) => Some((Some(token), None)),
        Flash::Done(what) => Some((None, Some(what))),
        Flash::WriteKey(..) | Flash::ReadToken(_) => None,
    });
    taken.unwrap_or_default()
}
