//! A bot's past week as text and lines, ready to be shown.

use std::cmp::{Ordering, Reverse};

use analytics::metric::Metric;
use analytics::names;
use analytics::query::ReportQuery;
use analytics::report::Report;
use store::bots::{Bot, BotScope};

use super::authorise::internal;
use super::bots::{BotCard, BotSort, BotState, CardFigure};
use super::words::ago;
use crate::charts::sparkline;
use crate::context::ServerContext;
use crate::error::AppError;
use crate::format;

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
        // As they come from the store.
        BotSort::Name => {}
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
    let Some(mut reading) = context.store.read_bot(BotScope::One(bot.id), bot.id).await.map_err(internal)?
    else {
        return Ok(None);
    };
    let report = reading.load_report(&ReportQuery::default(), context.clock.now()).await;
    report.map(Some).map_err(internal)
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
        name: names::show(&bot.name).into_owned(),
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
    let days: Vec<_> = report.timeseries.iter().map(|row| row.get(metric)).collect();
    CardFigure {
        label: label.to_owned(),
        value: format::short_count(kpi.value),
        exact: format::count(kpi.value),
        index: index.text,
        index_words: index.words,
        trend: trend.to_owned(),
        sparkline: sparkline::path(&days, sparkline::highest(&days)),
    }
}
