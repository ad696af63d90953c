//! Server functions: authorise, parse, call, map the error. One file per page; what they answer is in [`crate::wire`]. What
//! a form posts ends by going on to a page, so that every form works without a script.

pub mod account;
pub mod accounts;
pub mod analytics;
#[cfg(feature = "ssr")]
pub mod authorise;
pub mod bot;
pub mod bots;
#[cfg(feature = "ssr")]
mod cards;
pub mod connect;
pub mod encoding;
#[cfg(feature = "ssr")]
mod figures;
#[cfg(feature = "ssr")]
mod flash;
pub mod intake;
#[cfg(feature = "ssr")]
mod intake_words;
#[cfg(feature = "ssr")]
mod last_choice;
pub mod one_time_link;
#[cfg(feature = "ssr")]
pub(crate) mod redirect;
#[cfg(feature = "ssr")]
pub mod refusal;
pub mod settings;
pub mod sign_in;
#[cfg(feature = "ssr")]
mod snippets;
pub mod viewer;
#[cfg(feature = "ssr")]
mod words;

/// The `Accept` header of a form that a script sends. What is wrong with its fields is an answer to it and no failed
/// request: browsers write those to the console, which is for faults.
pub const FORM_ACCEPT: &str = "application/json;profile=form";
