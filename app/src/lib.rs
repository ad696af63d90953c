//! What a person sees: pages, components, charts, and the server functions behind them.

pub mod api;
#[cfg(feature = "ssr")]
pub mod context;
pub mod error;
pub mod format;
pub mod pages;
pub mod shell;
pub mod url_query;

pub use shell::{App, shell};
