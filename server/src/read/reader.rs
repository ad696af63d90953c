//! Who reads: the holder of a read token, or whoever is signed in with the browser.

use std::convert::Infallible;

use analytics::ids::BotId;
use app::login_cookie;
use axum::extract::{FromRequestParts, Path};
use http::header::AUTHORIZATION;
use http::request::Parts;
use store::bots::{Bot, BotScope};
use store::keys::ReadAccess;
use store::reports::Reading;

use crate::problem::Problem;
use crate::state::ServerState;
use crate::web::bearer::find_bearer;

/// The bots that the client of a request may see.
#[derive(Clone, Copy, Debug)]
pub struct Reader(pub BotScope);

impl Reader {
    /// A bot that the client may see.
    ///
    /// # Errors
    /// 404 for an id that is none, a bot that is absent, and one that is another's: nobody can tell them apart.
    pub async fn find_bot(self, state: &ServerState, named: &NamedBot) -> Result<Bot, Problem> {
        let id = named.0.ok_or_else(Problem::not_found)?;
        state.context.store.find_bot(self.0, id).await?.ok_or_else(Problem::not_found)
    }

    /// A bot whose figures the client may see, opened for reading them.
    ///
    /// # Errors
    /// 404 as with [`Reader::find_bot`], and 403 for a bot that is switched off.
    pub async fn read_bot(self, state: &ServerState, named: &NamedBot) -> Result<Reading, Problem> {
        let id = named.0.ok_or_else(Problem::not_found)?;
        let reading = state.context.store.read_bot(self.0, id).await?.ok_or_else(Problem::not_found)?;
        if reading.bot().is_activated { Ok(reading) } else { Err(Problem::bot_inactive()) }
    }
}

/// The bot that a path names; `None` if what stands there is no id. That is found out only by who may ask for a bot,
/// and is then the same as a bot that is not there.
#[derive(Clone, Copy, Debug)]
pub struct NamedBot(Option<BotId>);

impl<S: Send + Sync> FromRequestParts<S> for NamedBot {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let text = Path::<String>::from_request_parts(parts, state).await;
        Ok(Self(text.ok().and_then(|Path(text)| text.parse().ok())))
    }
}

impl FromRequestParts<ServerState> for Reader {
    type Rejection = Problem;

    /// A token that is presented decides alone: a wrong one is not made good by a login.
    async fn from_request_parts(parts: &mut Parts, state: &ServerState) -> Result<Self, Problem> {
        let scope = if parts.headers.contains_key(AUTHORIZATION) {
            read_token_scope(parts, state).await?
        } else {
            login_scope(parts, state).await?
        };
        let detail = "Send a read token as Authorization: Bearer …, or sign in.";
        scope.map(Self).ok_or_else(|| Problem::unauthorized(detail))
    }
}

async fn read_token_scope(parts: &Parts, state: &ServerState) -> Result<Option<BotScope>, Problem> {
    let Some(token) = find_bearer(&parts.headers) else { return Ok(None) };
    let access = state.context.store.find_read_access(&token, state.context.clock.now()).await?;
    Ok(access.map(scope_of))
}

/// The bots that a read token opens.
pub fn scope_of(access: ReadAccess) -> BotScope {
    match (access.is_admin, access.bot_id) {
        (true, None) => BotScope::All,
        (true, Some(bot)) => BotScope::One(bot),
        (false, None) => BotScope::Owner(access.account_id),
        (false, Some(bot)) => BotScope::OwnedOne(access.account_id, bot),
    }
}

async fn login_scope(parts: &Parts, state: &ServerState) -> Result<Option<BotScope>, Problem> {
    let Some(login) = login_cookie::find_login(&parts.headers, &state.context.base_url) else {
        return Ok(None);
    };
    let viewer = state.context.store.find_viewer(&login, state.context.clock.now()).await?;
    Ok(viewer.map(|viewer| if viewer.is_admin { BotScope::All } else { BotScope::Owner(viewer.account_id) }))
}
