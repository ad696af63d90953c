//! What the server gives to pages and server functions, and who is asking.

use std::net::IpAddr;
use std::sync::Arc;

use analytics::clock::Clock;
use store::Store;

use crate::limits::Limits;

/// The server's part of every request: provided once per request by the router.
#[derive(Clone)]
pub struct ServerContext {
    /// The database.
    pub store: Store,
    /// The present instant.
    pub clock: Arc<dyn Clock>,
    /// How often credentials may be tried.
    pub limits: Arc<Limits>,
    /// Where people reach this server, without a trailing slash: `http://127.0.0.1:3000`.
    pub base_url: Arc<str>,
    /// Says the folder of the client files: `/pkg/<build id>`. Under `make dev` it changes while the server goes on.
    pub site_path: fn() -> String,
    /// The demo server's sign-in, shown on the sign-in page; `None` on a real server.
    pub demo_sign_in: Option<Arc<DemoSignIn>>,
}

/// The published sign-in of a demo server.
#[derive(Clone, Debug)]
pub struct DemoSignIn {
    /// The address.
    pub email: String,
    /// The password.
    pub password: String,
}

/// Where a request comes from, after trusted proxies: provided once per request by the router.
#[derive(Clone, Copy, Debug)]
pub struct ClientAddress(pub IpAddr);
