//! What a bot counts beyond messages, as the server writes it under the chart: custom events by name, and the use of
//! language models. In HTML, since the browser takes it as a whole.

mod events;
mod lines;
mod model_use;
mod parts;

use analytics::events::EventsReport;
use analytics::ids::EventName;
use analytics::model_use::ModelUseReport;
use analytics::names;
use analytics::report::Report;
use leptos::prelude::*;

use self::events::events_card;
use self::model_use::model_use_card;
use crate::erased::Erase as _;
use crate::url_query::DashboardState;
use crate::wire::analytics::ChosenEvent;

/// The reports beside the one of messages, one for each card; each is absent if it could not be loaded.
#[derive(Debug)]
pub struct Uses {
    /// Custom events.
    pub events: Option<EventsReport>,
    /// Language models.
    pub model_use: Option<ModelUseReport>,
}

impl Uses {
    /// Whether events have the points of the report, so that the chart can show one of them. Where they could not be loaded
    /// there is nothing to say about it.
    pub fn has_points_of(&self, report: &Report) -> bool {
        self.events.as_ref().is_none_or(|events| events.head.granularity == report.granularity)
    }

    /// An event as the chart shows it. One that nobody sent in the period is a line of zeros; where events could not be
    /// loaded there is no line.
    pub fn find(&self, name: &EventName, report: &Report) -> ChosenEvent {
        let name = name.as_str();
        let zeros = || report.timeseries.iter().map(|row| row.messages.map(|_| 0)).collect();
        let counts = self.events.as_ref().map(|events| {
            let row = events.events.iter().find(|row| row.name == name);
            row.map_or_else(zeros, |row| row.timeseries.clone())
        });
        let name = names::show(name).into_owned();
        let html = name.clone().to_html();
        ChosenEvent { name, html, counts: counts.unwrap_or_default() }
    }

    /// The cards; a bot that counts nothing but messages has none.
    pub fn cards(&self, report: &Report, state: &DashboardState) -> String {
        let events = match &self.events {
            Some(events) => events_card(events, state, report),
            None => Some(failure("custom events")),
        };
        let model_use = match &self.model_use {
            Some(model_use) => model_use_card(model_use, state, report),
            None => Some(failure("use of language models")),
        };
        view! {
            {events}
            {model_use}
        }
        .to_html()
    }
}

/// In the place of a card; the others are there all the same.
fn failure(what: &str) -> AnyView {
    view! {
        <div class="card failure" role="alert">
            <p class="failure-title">{format!("The {what} could not be loaded")}</p>
            <p>"Load the page again in a moment. The log of the server says why."</p>
        </div>
    }
    .erase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::fixture;

    #[test]
    fn what_could_not_be_loaded_says_so_and_draws_no_zeros() {
        let uses = Uses { events: None, model_use: None };
        let cards = uses.cards(&fixture::week(), &DashboardState::default());
        assert_eq!(cards.matches("could not be loaded").count(), 2, "{cards}");
        let event = uses.find(&EventName::parse("<b>").unwrap(), &fixture::week());
        assert!(event.counts.is_empty() && event.html.contains("&lt;b&gt;"), "{event:?}");
    }
}
