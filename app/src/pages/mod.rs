//! One file per page.

pub mod bot_analytics;
pub mod not_found;

pub use bot_analytics::BotAnalyticsPage;
pub use not_found::NotFoundPage;
