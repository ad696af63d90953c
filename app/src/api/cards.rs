//! A bot's past week as text and lines, ready to be shown.

use std::cmp::{Ordering, Reverse};

use analytics::metric::Metric;
use analytics::query::ReportQuery;
use analytics::report::Report;
use store::bots::Bot;

use super::authorise::internal;
use super::bots::{BotCard, BotSort, BotState, CardFigure};
use super::words::ago;
use crate::context::ServerContext;
use crate::error::AppError;
use crate::format;

/// The box in which a sparkline is drawn, with room for the line's width.
const WIDTH: f64 = 100.0;
const HEIGHT: f64 = 28.0;
const MARGIN: f64 = 2.0;

/// Every bot's card, in the order asked for.
pub(super) async fn load(
    context: &ServerContext,
    bots: impl Iterator<Item = Bot>,
    sort: BotSort,
) -> Result<Vec<BotCard>, AppError> {
    let mut cards = Vec::new();
    for bot in bots {
        let report = load_report(context, &bot).await?;
        let messages = report.as_ref().map_or(0, |report| report.totals.messages.value);
        cards.push((bot.last_message_at, messages, card(context, bot, report.as_ref())));
    }
    match sort {
        BotSort::Name => cards.sort_by_key(|(.., card)| card.name.to_lowercase()),
        BotSort::LastMessage => cards.sort_by_key(|(last_message_at, ..)| Reverse(*last_message_at)),
        BotSort::Messages => cards.sort_by_key(|(_, messages, _)| Reverse(*messages)),
    }
    Ok(cards.into_iter().map(|(.., card)| card).collect())
}

/// How far a bot has come.
pub(super) fn state(bot: &Bot) -> BotState {
    match (bot.is_activated, bot.first_message_at) {
        (false, _) => BotState::Inactive,
        (true, None) => BotState::Waiting,
        (true, Some(_)) => BotState::Receiving,
    }
}

async fn load_report(context: &ServerContext, bot: &Bot) -> Result<Option<Report>, AppError> {
    if state(bot) != BotState::Receiving {
        return Ok(None);
    }
    let query = ReportQuery::default();
    context.store.load_report(bot.id, &query, context.clock.now()).await.map_err(internal)
}

fn card(context: &ServerContext, bot: Bot, report: Option<&Report>) -> BotCard {
    let figures = report.map(|report| {
        [("Users", Metric::TotalUsers), ("Sessions", Metric::Sessions), ("Messages", Metric::Messages)]
            .map(|(label, metric)| figure(report, label, metric))
            .to_vec()
    });
    BotCard {
        id: bot.id,
        state: state(&bot),
        last_message: bot.last_message_at.map(|at| ago(at, context.clock.now())),
        name: bot.name,
        figures: figures.unwrap_or_default(),
    }
}

fn figure(report: &Report, label: &str, metric: Metric) -> CardFigure {
    let kpi = report.totals.get(metric);
    let index = format::index(kpi.index(), "no earlier data");
    let trend = match index.direction {
        Ordering::Greater => "up",
        Ordering::Less => "down",
        Ordering::Equal => "same",
    };
    let days: Vec<u64> = report.timeseries.iter().filter_map(|row| row.get(metric)).collect();
    CardFigure {
        label: label.to_owned(),
        value: format::short_count(kpi.value),
        exact: format::count(kpi.value),
        index: index.text,
        index_words: index.words,
        trend: trend.to_owned(),
        sparkline: sparkline(&days),
    }
}

/// A line through the values from left to right, the largest at the top and zero at the bottom; flat at the bottom when
/// all are zero, nothing for fewer than two values.
#[expect(clippy::cast_precision_loss, reason = "a line of 28 pixels height")]
fn sparkline(values: &[u64]) -> String {
    let (Some(largest), true) = (values.iter().max(), values.len() > 1) else { return String::new() };
    let step = WIDTH / (values.len() - 1) as f64;
    let scale = (HEIGHT - 2.0 * MARGIN) / (*largest).max(1) as f64;
    let point = |(place, value): (usize, &u64)| {
        let command = if place == 0 { 'M' } else { 'L' };
        format!("{command}{:.1} {:.1}", step * place as f64, HEIGHT - MARGIN - scale * *value as f64)
    };
    values.iter().enumerate().map(point).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sparkline_runs_from_left_to_right_between_zero_and_the_largest_value() {
        assert_eq!(sparkline(&[0, 10, 5]), "M0.0 26.0L50.0 2.0L100.0 14.0");
    }

    #[test]
    fn a_week_of_zeros_is_a_flat_line_and_a_single_day_none() {
        assert_eq!(sparkline(&[0, 0]), "M0.0 26.0L100.0 26.0");
        assert_eq!(sparkline(&[3]), "");
        assert_eq!(sparkline(&[]), "");
    }
}
