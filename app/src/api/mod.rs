//! Server functions: authorise, parse, call, map the error. One file per page.

#[cfg(feature = "ssr")]
pub mod authorise;
