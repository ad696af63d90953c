//! What a person sees: pages, components, charts, and the server functions behind them.

pub mod api;
pub mod asking;
pub mod charts;
pub mod components;
#[cfg(feature = "ssr")]
pub mod context;
pub mod dashboard;
pub mod erased;
pub mod error;
pub mod format;
pub mod json;
#[cfg(feature = "ssr")]
pub mod limits;
#[cfg(feature = "ssr")]
pub mod login_cookie;
pub mod pages;
pub mod routes;
#[cfg(feature = "ssr")]
pub mod shell;
#[cfg(feature = "ssr")]
pub mod theme;
pub mod transport;
pub mod url_query;
pub mod wire;

pub use routes::App;
#[cfg(feature = "ssr")]
pub use shell::shell;
