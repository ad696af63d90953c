//! Widgets that pages are made of. They take plain props and know nothing of what they show.

pub mod bot_switcher;
pub mod chevron;
pub mod copy_button;
pub mod error_panel;
pub mod error_text;
pub mod error_words;
pub mod form;
pub mod go_to;
pub mod loaded;
pub mod notice;
pub mod page_error;
pub mod rows;
pub mod secret;
pub mod site_header;
pub mod time_zone_field;

pub use copy_button::CopyButton;
pub use error_panel::ErrorPanel;
pub use error_text::error_text;
pub use form::{ButtonForm, Field, FormState, Hidden, PostForm, SubmitButton};
pub use go_to::{GoTo, OtherPart};
pub use loaded::{kept, loaded};
pub use notice::{DoneNotice, Notice, StaleNotice, UrlErrorNotice};
pub use page_error::PageError;
pub use rows::{ActionRow, action_rows};
pub use secret::NewSecret;
pub use site_header::SiteHeader;
pub use time_zone_field::TimeZoneField;
