//! Ids in the document by which the parts of the dashboard find each other.

/// The id of the period's menu.
pub const PERIOD_MENU: &str = "period-menu";

/// The id of the granularity's menu.
pub const GRANULARITY_MENU: &str = "granularity-menu";

/// The id of the field that searches events by name.
pub const EVENT_SEARCH: &str = "event-search";

/// The id of the button of an event, by its name.
pub fn button_id(name: &str) -> String {
    format!("event {name}")
}
