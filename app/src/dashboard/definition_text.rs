//! The text behind the ⓘ of a key figure: its rule, the window it counts, and why sums differ. Other cards have no ⓘ. The
//! server writes it.

use analytics::instant::MINUTE_MS;
use analytics::metric::Metric;
use analytics::report::Report;
use leptos::prelude::*;

use crate::dashboard::words;
use crate::format;

/// The text of a card's panel, in HTML.
pub fn definition_text(metric: Metric, report: &Report) -> String {
    let row = |(term, text): (&'static str, String)| {
        view! {
            <div>
                <dt>{term}</dt>
                <dd>{text}</dd>
            </div>
        }
    };
    let rows = facts(metric, report).into_iter().map(row).collect_view();
    view! {
        <p>{rule(metric)}</p>
        <dl class="facts">{rows}</dl>
    }
    .to_html()
}

fn rule(metric: Metric) -> &'static str {
    match metric {
        Metric::TotalUsers => {
            "Different users with at least one message to the bot in the period. New and returning users add up to them."
        }
        Metric::NewUsers => {
            "Of the total users, those whose first message ever to this bot is in the period."
        }
        Metric::ReturningUsers => {
            "Of the total users, those whose first message ever to this bot is before the period."
        }
        Metric::Sessions => "Sessions that users opened in the period. Each counts once, where it began.",
        Metric::Messages => {
            "Messages from users to the bot in the period. The bot's own messages are counted separately."
        }
    }
}

fn facts(metric: Metric, report: &Report) -> Vec<(&'static str, String)> {
    let mut figures = words::kpi_detail(metric, report.totals.get(metric), report).into_iter();
    let mut facts = vec![
        ("Value", figures.next().unwrap_or_default()),
        ("Compared with", figures.collect::<Vec<_>>().join(". ")),
        (
            "Window",
            format!("{} to {}", format::instant(report.period.start), format::instant(report.period.end)),
        ),
        ("Time zone", report.time_zone.clone()),
        ("Filter", filter(report)),
        ("Last message counted", report.last_message_at.map_or_else(|| "none".to_owned(), format::instant)),
        ("Why sums differ", why_sums_differ(metric).to_owned()),
    ];
    if metric == Metric::Sessions {
        facts.insert(0, ("Session rule", session_rule(report)));
    }
    if metric == Metric::Messages {
        facts.insert(1, ("Messages by the bot", format::count(report.totals.bot_messages.value)));
    }
    facts.retain(|(_, text)| !text.is_empty());
    facts
}

fn filter(report: &Report) -> String {
    match &report.channel {
        Some(channel) => format!("channel {channel}: counted as if it were the only one"),
        None => "all channels".to_owned(),
    }
}

fn session_rule(report: &Report) -> String {
    format!(
        "Messages with the same session id are one session; without one, a session ends after {} of silence.",
        minutes(report.idle_timeout_ms.as_ms())
    )
}

fn minutes(ms: i64) -> String {
    match ms / MINUTE_MS {
        1 => "1 minute".to_owned(),
        60 => "1 hour".to_owned(),
        minutes if minutes % 60 == 0 => format!("{} hours", minutes / 60),
        minutes => format!("{minutes} minutes"),
    }
}

fn why_sums_differ(metric: Metric) -> &'static str {
    match metric {
        Metric::TotalUsers => {
            "A user who comes on three days is one user of the week: the days add up to more than the week. So do the channels."
        }
        Metric::ReturningUsers => {
            "A user who is new on Monday and back on Tuesday is returning in Tuesday's point and new in the week's figure."
        }
        Metric::NewUsers => {
            "Over time they don't: everybody is new once. Over channels they do, since a user may be new on each."
        }
        Metric::Sessions | Metric::Messages => {
            "They don't: each counts once, so the points add up to the figure."
        }
    }
}
