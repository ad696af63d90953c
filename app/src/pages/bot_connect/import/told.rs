//! What is told with a file: short texts and choices.

use leptos::prelude::*;

use crate::erased::Erase as _;

/// A field of the form.
pub(super) struct ToldField {
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    kind: Kind,
}

enum Kind {
    Text,
    /// One of these values, each with its words; the first is that of most files.
    Choice(&'static [(&'static str, &'static str)]),
}

/// All of them but the format and the columns.
pub(super) const TOLD: [ToldField; 5] = [
    ToldField {
        name: "time_zone",
        label: "Time zone of times without an offset",
        hint: "Such as Europe/Berlin. Needed for tables with local times, WhatsApp and Excel.",
        kind: Kind::Text,
    },
    ToldField {
        name: "date_format",
        label: "Dates in digits",
        hint: "Needed if day and month are unclear.",
        kind: Kind::Choice(&[
            ("", "Automatic"),
            ("dmy", "Day first: 31/12/2026"),
            ("mdy", "Month first: 12/31/2026"),
        ]),
    },
    ToldField {
        name: "bot_name",
        label: "Name or id of the bot",
        hint: "Needed for WhatsApp chats, Telegram groups, and chats with several bots.",
        kind: Kind::Text,
    },
    ToldField {
        name: "missing_time",
        label: "Rows without a time",
        hint: "Stored at the time of the import, they count again when imported again.",
        kind: Kind::Choice(&[("", "Are rejected"), ("now", "Are stored at the time of the import")]),
    },
    ToldField {
        name: "what_counts",
        label: "In Slack and Discord",
        hint: "People talk to each other there too.",
        kind: Kind::Choice(&[("", "Only messages to the bot count"), ("everything", "Everything counts")]),
    },
];

impl ToldField {
    /// The field with its label and its hint.
    pub(super) fn show(self) -> AnyView {
        let Self { name, label, hint, kind } = self;
        let (id, hint_id) = (format!("import-{name}"), format!("import-{name}-hint"));
        let control = match kind {
            Kind::Text => {
                view! { <input type="text" id=id.clone() name=name autocomplete="off" aria-describedby=hint_id.clone() /> }.erase()
            }
            Kind::Choice(choices) => {
                let choices = choices.iter().map(|(value, words)| view! { <option value=*value>{*words}</option> });
                view! {
                    <select id=id.clone() name=name aria-describedby=hint_id.clone()>
                        {choices.collect_view()}
                    </select>
                }
                .erase()
            }
        };
        view! {
            <div class="field">
                <label for=id>{label}</label>
                {control}
                <p class="hint" id=hint_id>
                    {hint}
                </p>
            </div>
        }
        .erase()
    }
}
