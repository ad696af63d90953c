//! What language models used: calls, tokens, money and time, together and by model.

use analytics::change::Change;
use analytics::latency::{Latency, Percentile};
use analytics::model_use::{ModelRow, ModelUseReport, ModelUseTotals};
use analytics::names;
use analytics::nano::Nano;
use analytics::report::{Kpi, Report};
use leptos::prelude::*;

use super::lines::page_of;
use super::parts::{Growth, head, index_view, spark};
use crate::dashboard::words;
use crate::erased::Erase as _;
use crate::format;
use crate::url_query::{self, DashboardState};

/// The characters of a figure that one column has room for.
const MAX_FIGURE_CHARS: usize = 11;

/// The card; `None` without a call in the period and in what it is compared with.
pub(super) fn model_use_card(
    model_use: &ModelUseReport,
    state: &DashboardState,
    report: &Report,
) -> Option<AnyView> {
    if model_use.models.is_empty() {
        return None;
    }
    let csv = format!(
        "/api/v1/bots/{}/model-use.csv?{}",
        report.bot.id,
        url_query::write_table_query(&state.query)
    );
    let sessions = report.totals.sessions.value;
    let shown = page_of(&model_use.models, state.lines.models_page);
    let bot = report.bot.id.to_string();
    let lines = shown.lines.iter().map(|row| line(row, sessions));
    let view = view! {
        <section class="card uses" aria-labelledby="model-use-title">
            {head("model-use-title", "Model use", csv)}
            <dl class="uses-figures">{figures(&model_use.totals, state, report)}</dl>
            <div class="uses-table" tabindex="0" role="group" aria-label="Use by model">
                <table>
                    <thead>
                        <tr>
                            <th scope="col">"Model"</th>
                            <th scope="col">"Calls"</th>
                            <th scope="col">"Errors"</th>
                            <th scope="col">"Tokens in"</th>
                            <th scope="col">"Tokens out"</th>
                            <th scope="col">"Cost"</th>
                            <th scope="col">"Per session"</th>
                            <th scope="col">"Median"</th>
                            <th scope="col">"95th percentile"</th>
                            <th scope="col">"Calls over time"</th>
                        </tr>
                    </thead>
                    <tbody>{lines.collect_view()}</tbody>
                </table>
            </div>
            {shown.pager("models", &bot, state, |lines, page| lines.models_page = page)}
        </section>
    };
    Some(view.erase())
}

fn figures(totals: &ModelUseTotals, state: &DashboardState, report: &Report) -> Vec<AnyView> {
    let mode = state.query.compare.mode();
    let counted = |name, kpi: Kpi, growth| {
        let index = words::kpi_index(kpi, report, mode);
        let exact = format::count(kpi.value);
        figure(name, format::short_count(kpi.value), Some(exact), index_view(index, growth))
    };
    let cost = &totals.cost_usd;
    let cost_index = words::change_index(Change::between_sums(cost.value, cost.previous), report, mode);
    let sessions = report.totals.sessions.value;
    let per_session = cost_per_session(cost.value, sessions);
    let Latency { median, p95, mean_ms, .. } = totals.latency;
    let mean = mean_ms.map_or_else(|| "–".to_owned(), format::milliseconds);
    let spread = |name, at| figure(name, percentile(at), None, note(bounds(at)));
    vec![
        counted("Calls", totals.calls, Growth::Good),
        counted("Errors", totals.errors, Growth::Neutral),
        counted("Tokens in", totals.input_tokens, Growth::Neutral),
        counted("Tokens out", totals.output_tokens, Growth::Neutral),
        figure("Cost", format::usd(cost.value), None, index_view(cost_index, Growth::Neutral)),
        figure("Cost per session", per_session, None, note(None)),
        spread("Median latency", median),
        spread("95th percentile", p95),
        figure("Mean latency", mean, None, note(None)),
    ]
}

/// `exact` is what a short value stands for.
fn figure(name: &'static str, value: String, exact: Option<String>, below: AnyView) -> AnyView {
    let is_long = value.chars().count() > MAX_FIGURE_CHARS;
    view! {
        <div class:is-long=is_long>
            <dt>{name}</dt>
            <dd title=exact>{value}</dd>
            <dd class="uses-note">{below}</dd>
        </div>
    }
    .erase()
}

fn note(text: Option<String>) -> AnyView {
    text.erase()
}

fn cost_per_session(cost: Nano, sessions: u64) -> String {
    format::usd_each(cost, sessions).unwrap_or_else(|| "–".to_owned())
}

fn line(row: &ModelRow, sessions: u64) -> AnyView {
    let name =
        row.model.as_deref().map_or_else(|| "(no name)".to_owned(), |name| names::show(name).into_owned());
    let ModelUseTotals { calls, errors, input_tokens, output_tokens, cost_usd, latency, .. } = &row.totals;
    let title = |at| bounds(at).unwrap_or_default();
    view! {
        <tr class="metric-total_users">
            <th scope="row">{name}</th>
            <td>{format::count(calls.value)}</td>
            <td>{format::count(errors.value)}</td>
            <td>{format::count(input_tokens.value)}</td>
            <td>{format::count(output_tokens.value)}</td>
            <td>{format::usd(cost_usd.value)}</td>
            <td>{cost_per_session(cost_usd.value, sessions)}</td>
            <td title=title(latency.median)>{percentile(latency.median)}</td>
            <td title=title(latency.p95)>{percentile(latency.p95)}</td>
            <td class="uses-spark">{spark(&row.timeseries.calls)}</td>
        </tr>
    }
    .erase()
}

fn percentile(at: Option<Percentile>) -> String {
    at.map_or_else(|| "–".to_owned(), |at| format!("≈ {}", format::milliseconds(as_f64(at.value_ms))))
}

/// Between which bounds of the histogram a percentile lies.
fn bounds(at: Option<Percentile>) -> Option<String> {
    let Percentile { lower_ms, upper_ms, .. } = at?;
    let lower = format::milliseconds(as_f64(lower_ms));
    Some(match upper_ms {
        Some(upper) => format!("{lower} to {}", format::milliseconds(as_f64(upper))),
        None => format!("{lower} or more"),
    })
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds as they are shown")]
fn as_f64(ms: u64) -> f64 {
    ms as f64
}
