//! The read API: the page's report through another door. Every handler has a [`Reader`], so nothing is read before
//! it is known who asks.

pub mod botpress;
pub mod bots;
pub mod csv_table;
pub mod reader;
pub mod report;
pub mod spreadsheet;
pub mod uses;
pub mod uses_table;

pub use botpress::get_bot_analytics;
pub use bots::{get_bot, list_bots};
pub use reader::scope_of;
pub use report::{get_analytics, get_analytics_csv};
pub use uses::{get_events, get_events_csv, get_model_use, get_model_use_csv};
