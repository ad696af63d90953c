//! One file per page.

pub mod account;
pub mod accounts;
pub mod bot_analytics;
pub mod bot_connect;
pub mod bot_frame;
pub mod bot_intake;
pub mod bot_settings;
pub mod bot_start;
pub mod bots;
pub mod not_found;
pub mod one_time_link;
pub mod set_up;
pub mod sign_in;

pub use account::AccountPage;
pub use accounts::AccountsPage;
pub use bot_analytics::BotAnalyticsPage;
pub use bot_connect::BotConnectPage;
pub use bot_intake::BotIntakePage;
pub use bot_settings::BotSettingsPage;
pub use bot_start::BotStartPage;
pub use bots::BotsPage;
pub use not_found::NotFoundPage;
pub use one_time_link::{InvitationPage, NewPasswordPage};
pub use set_up::SetUpPage;
pub use sign_in::SignInPage;
