//! The overall chart: users, sessions and messages over time, written by charming as ECharts' option.

use analytics::instant::LocalTime;
use analytics::metric::Metric;
use analytics::report::{Report, TimeseriesRow};
use charming::Chart;
use charming::component::{Axis, Grid};
use charming::datatype::{CompositeValue, DataPoint, DataPointItem};
use charming::element::{
    AxisLabel, AxisLine, AxisPointer, AxisPointerType, AxisTick, AxisType, BorderType, BoundaryGap, Color,
    ItemStyle, LineStyle, LineStyleType, SplitLine, Symbol, Tooltip, Trigger,
};
use charming::series::{Bar, Line};
use serde::Serialize;

use crate::charts::option::{ChartOption, Series, SeriesOption, metrics};
use crate::charts::palette;
use crate::format;
use crate::wire::analytics::ChosenEvent;

/// Below so many messages in every bucket the right axis has ticks of its own.
const FEW_MESSAGES: u64 = 8;

/// Builds the chart for every card. Lines are straight, a gap is a gap; the running bucket hangs on a dashed line of
/// its own (a dashed bar for messages); the comparison is pale and dashed. Both run along the report's lines, where each
/// bucket has the one beside it that it is compared with.
///
/// # Errors
/// When a part cannot be written as JSON.
pub fn overall(report: &Report, event: Option<&ChosenEvent>) -> serde_json::Result<ChartOption> {
    let frame = Chart::new()
        .animation_duration(200)
        .animation_duration_update(200)
        .grid(Grid::new().left(4).right(4).top(16).bottom(28))
        .tooltip(tooltip())
        .x_axis(time_axis(report))
        .y_axis(value_axis(true))
        .y_axis(value_axis(false).align_ticks(has_many_messages(report)));
    let mut series = message_series(report)?;
    for metric in [Metric::Sessions, Metric::TotalUsers, Metric::NewUsers, Metric::ReturningUsers] {
        series.extend(line_series(report, metric)?);
    }
    if let Some(event) = event {
        series.extend(event_series(report, event)?);
    }
    if report.comparison.is_some() {
        for metric in Metric::ALL {
            let line = previous_line(report, metric);
            series.push(part(Series::Previous, vec![metric], &line)?);
        }
    }
    Ok(ChartOption { frame: serde_json::to_string(&frame)?, series })
}

fn message_series(report: &Report) -> serde_json::Result<Vec<SeriesOption>> {
    let metric = Metric::Messages;
    let background = part(Series::Current(metric), led_by_another(metric), &message_bars(report, false))?;
    Ok(vec![background, part(Series::Current(metric), vec![metric], &message_bars(report, true))?])
}

/// A metric's line as one among others, as the leading one, and its running end.
fn line_series(report: &Report, metric: Metric) -> serde_json::Result<Vec<SeriesOption>> {
    let (series, others) = (Series::Current(metric), led_by_another(metric));
    let always: Vec<_> = others.iter().copied().chain([metric]).collect();
    let mut parts = vec![part(series, vec![metric], &complete_line(report, metric, true))?];
    if !others.is_empty() {
        parts.push(part(series, others, &complete_line(report, metric, false))?);
    }
    if let Some(line) = running_line(report) {
        parts.push(part(series, always, &running(&Curve::of(report, metric), line))?);
    }
    Ok(parts)
}

/// The cards with which a metric is shown without leading.
fn led_by_another(metric: Metric) -> Vec<Metric> {
    let is_shown = |selected: &Metric| *selected != metric && metrics(*selected).contains(&metric);
    Metric::ALL.into_iter().filter(is_shown).collect()
}

fn part(series: Series, shown_for: Vec<Metric>, option: &impl Serialize) -> serde_json::Result<SeriesOption> {
    Ok(SeriesOption { series, shown_for, json: serde_json::to_string(option)? })
}

fn tooltip() -> Tooltip {
    let pointer = AxisPointer::new().type_(AxisPointerType::Shadow).animation(false).z(-1.0);
    Tooltip::new().trigger(Trigger::Axis).axis_pointer(pointer).padding(0.0).border_width(0)
}

fn time_axis(report: &Report) -> Axis {
    Axis::new()
        .type_(AxisType::Category)
        .boundary_gap(BoundaryGap::CategoryAxis(true))
        .data(labels(report))
        .axis_tick(AxisTick::new().show(false))
        .axis_line(AxisLine::new().show(false))
        .axis_label(AxisLabel::new().color(palette::TEXT))
}

/// The names along the axis. ECharts fails on an axis without any, and a period may have no bucket: the day that a zone
/// skipped.
fn labels(report: &Report) -> Vec<String> {
    let labels = format::bucket_labels(&starts(report), report.granularity);
    if labels.is_empty() { vec![String::new()] } else { labels }
}

/// Where each line begins: its bucket of the period or, where that has none, of the comparison.
fn starts(report: &Report) -> Vec<LocalTime> {
    report.lines().filter_map(|line| line.current.or(line.previous)).map(|row| row.start).collect()
}

fn value_axis(has_grid: bool) -> Axis {
    let lines = LineStyle::new().color(palette::LINE).width(1);
    Axis::new()
        .type_(AxisType::Value)
        .min(0)
        .min_interval(1)
        .split_number(4)
        .axis_label(AxisLabel::new().color(palette::TEXT))
        .split_line(SplitLine::new().show(has_grid).line_style(lines))
}

/// Whether the right axis can have as many whole numbers as the left one has lines. Fewer stand between its lines.
fn has_many_messages(report: &Report) -> bool {
    let rows = report.lines().flat_map(|line| [line.current, line.previous]).flatten();
    rows.filter_map(|row| row.messages).any(|messages| messages >= FEW_MESSAGES)
}

fn message_bars(report: &Report, leads: bool) -> Bar {
    let color = palette::of(Metric::Messages);
    let opacity = if leads { 0.75 } else { 0.3 };
    let running = ItemStyle::new()
        .opacity(opacity * 0.6)
        .border_color(color)
        .border_width(1)
        .border_type(BorderType::Dashed);
    let bars = report.lines().map(|line| match line.current {
        Some(TimeseriesRow { messages: Some(count), running: true, .. }) => {
            DataPointItem::new(number(*count)).item_style(running.clone()).into()
        }
        row => point(row.and_then(|row| row.messages)),
    });
    Bar::new()
        .id("messages")
        .name("Messages")
        .y_axis_index(1)
        .bar_width("60%")
        .item_style(ItemStyle::new().color(color).opacity(opacity).border_radius(2))
        .data(bars.collect::<Vec<DataPoint>>())
}

fn complete_line(report: &Report, metric: Metric, leads: bool) -> Line {
    complete(report, &Curve::of(report, metric)).line_style(style(metric, leads))
}

fn style(metric: Metric, leads: bool) -> LineStyle {
    LineStyle::new().color(palette::of(metric)).width(if leads { 2.5 } else { 1.5 })
}

/// A series of values, one for each line of the report, as one line of the chart.
struct Curve<'a> {
    id: &'a str,
    name: &'a str,
    color: &'static str,
    axis: u8,
    values: Vec<Option<u64>>,
}

impl<'a> Curve<'a> {
    fn of(report: &Report, metric: Metric) -> Self {
        let values = report.lines().map(|line| line.current?.get(metric)).collect();
        let (name, axis) = (format::metric_name(metric), axis_of(metric));
        Self { id: metric.word(), name, color: palette::of(metric), axis, values }
    }

    fn of_event(report: &Report, event: &'a ChosenEvent) -> Self {
        let count = |line| {
            let place = usize::try_from(report.pair(line)?.current?).ok()?;
            event.counts.get(place).copied().flatten()
        };
        let values = (0..report.line_count()).map(count).collect();
        Self { id: "event", name: &event.name, color: palette::EVENT, axis: 0, values }
    }
}

fn event_series(report: &Report, event: &ChosenEvent) -> serde_json::Result<Vec<SeriesOption>> {
    let curve = Curve::of_event(report, event);
    let line = complete(report, &curve).line_style(LineStyle::new().color(curve.color).width(1.5));
    let mut parts = vec![part(Series::Event, Metric::ALL.to_vec(), &line)?];
    if let Some(line) = running_line(report) {
        parts.push(part(Series::Event, Metric::ALL.to_vec(), &running(&curve, line))?);
    }
    Ok(parts)
}

fn complete(report: &Report, curve: &Curve<'_>) -> Line {
    let is_over = |row: Option<&TimeseriesRow>| row.is_some_and(|row| !row.running);
    let values = report.lines().zip(&curve.values);
    let points = values.map(|(line, value)| point(value.filter(|_| is_over(line.current))));
    let has_symbols = report.line_count() <= 31;
    line(curve.id, curve.color, points.collect(), curve.axis).name(curve.name).show_symbol(has_symbols)
}

/// The last complete bucket and the running one, joined by dashes: the running one isn't comparable yet.
fn running(curve: &Curve<'_>, at: usize) -> Line {
    let is_shown = |other: usize| other == at || other + 1 == at;
    let values = curve.values.iter().enumerate();
    let points = values.map(|(other, value)| point(value.filter(|_| is_shown(other))));
    line(&format!("{}-running", curve.id), curve.color, points.collect(), curve.axis)
        .show_symbol(true)
        .line_style(LineStyle::new().color(curve.color).width(1.5).type_(LineStyleType::Dashed))
}

fn previous_line(report: &Report, metric: Metric) -> Line {
    let points = report.lines().map(|line| point(line.previous.and_then(|row| row.get(metric))));
    let color = palette::of(metric);
    line("previous", color, points.collect(), axis_of(metric))
        .show_symbol(false)
        .line_style(LineStyle::new().color(color).width(1.5).opacity(0.45).type_(LineStyleType::Dashed))
}

fn line(id: &str, color: &str, points: Vec<DataPoint>, axis: u8) -> Line {
    Line::new()
        .id(id)
        .y_axis_index(axis)
        .connect_nulls(false)
        .symbol(Symbol::Circle)
        .symbol_size(5.0)
        .item_style(ItemStyle::new().color(Color::from(color)))
        .data(points)
}

/// Users and sessions are read on the left, messages on the right.
fn axis_of(metric: Metric) -> u8 {
    u8::from(metric == Metric::Messages)
}

fn running_line(report: &Report) -> Option<usize> {
    report.lines().position(|line| line.current.is_some_and(|row| row.running))
}

/// A value, or `-`: ECharts' word for nothing here.
fn point(count: Option<u64>) -> DataPoint {
    DataPoint::from(count.map_or_else(|| CompositeValue::from("-"), number))
}

fn number(count: u64) -> CompositeValue {
    CompositeValue::from(i64::try_from(count).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use analytics::report::Pair;
    use serde_json::{Value, json};

    use super::*;
    use crate::charts::fixture;

    fn draw(report: &Report, metric: Metric, hidden: &[Series]) -> Value {
        serde_json::from_str(&overall(report, None).unwrap().text(metric, hidden)).unwrap()
    }

    fn series<'a>(chart: &'a Value, id: &str) -> &'a Value {
        let series = chart["series"].as_array().unwrap();
        series.iter().find(|series| series["id"] == id).unwrap_or_else(|| panic!("no series {id}: {chart}"))
    }

    fn ids(chart: &Value) -> Vec<&str> {
        chart["series"].as_array().unwrap().iter().map(|series| series["id"].as_str().unwrap()).collect()
    }

    #[test]
    fn users_and_sessions_are_read_on_the_left_and_messages_on_the_right() {
        let chart = draw(&fixture::week(), Metric::TotalUsers, &[]);
        assert_eq!(chart["yAxis"].as_array().unwrap().len(), 2);
        assert_eq!(series(&chart, "total_users")["yAxisIndex"], json!(0.0));
        assert_eq!(series(&chart, "sessions")["yAxisIndex"], json!(0.0));
        assert_eq!(series(&chart, "messages")["yAxisIndex"], json!(1.0));
    }

    #[test]
    fn a_gap_is_a_gap_and_the_running_day_leaves_the_complete_line() {
        let chart = draw(&fixture::week(), Metric::TotalUsers, &[]);
        assert_eq!(series(&chart, "total_users")["data"], json!(["-", 1, 2, 3, 4, 5, "-"]));
        assert_eq!(series(&chart, "total_users")["connectNulls"], json!(false));
    }

    #[test]
    fn the_running_day_hangs_on_a_dashed_line_from_the_last_complete_one() {
        let chart = draw(&fixture::week(), Metric::TotalUsers, &[]);
        let running = series(&chart, "total_users-running");
        assert_eq!(running["data"], json!(["-", "-", "-", "-", "-", 5, 6]));
        assert_eq!(running["lineStyle"]["type"], "dashed");
        assert_eq!(running.get("name"), None);
    }

    #[test]
    fn the_running_bar_is_dashed() {
        let chart = draw(&fixture::week(), Metric::TotalUsers, &[]);
        let bars = &series(&chart, "messages")["data"];
        assert_eq!(bars[5], json!(50));
        assert_eq!(bars[6]["value"], json!(60));
        assert_eq!(bars[6]["itemStyle"]["borderType"], "dashed");
    }

    #[test]
    fn a_period_that_is_over_has_no_dashed_end() {
        let mut report = fixture::week();
        report.timeseries[6].running = false;
        let chart = draw(&report, Metric::TotalUsers, &[]);
        assert_eq!(ids(&chart), ["messages", "sessions", "total_users", "previous"]);
    }

    #[test]
    fn the_comparison_is_dashed_and_ends_where_it_ends() {
        let chart = draw(&fixture::week(), Metric::Messages, &[]);
        let previous = series(&chart, "previous");
        assert_eq!(previous["data"], json!([9, 10, 11, 12, 13, "-", "-"]));
        assert_eq!(previous["lineStyle"]["type"], "dashed");
        assert_eq!(previous["yAxisIndex"], json!(1.0));
    }

    #[test]
    fn a_comparison_longer_than_the_period_is_shown_to_its_end() {
        let chart = draw(&fixture::short_week(), Metric::Messages, &[]);
        assert_eq!(series(&chart, "previous")["data"], json!([9, 10, 11, 12, 13]));
        assert_eq!(series(&chart, "messages")["data"], json!(["-", 10, 20, "-", "-"]));
        assert_eq!(chart["xAxis"]["data"], json!(["16 Nov", "17 Nov", "18 Nov", "12 Nov", "13 Nov"]));
    }

    #[test]
    fn an_hour_of_the_comparison_alone_has_a_place_of_its_own_among_the_others() {
        let mut report = fixture::short_week();
        report.comparison.as_mut().unwrap().pairs = vec![
            Pair { current: Some(0), previous: Some(0) },
            Pair { current: None, previous: Some(1) },
            Pair { current: Some(1), previous: Some(2) },
            Pair { current: Some(2), previous: None },
        ];
        let event =
            ChosenEvent { name: "e".to_owned(), html: String::new(), counts: vec![Some(7), Some(8), None] };
        let chart: Value =
            serde_json::from_str(&overall(&report, Some(&event)).unwrap().text(Metric::Messages, &[]))
                .unwrap();
        assert_eq!(series(&chart, "messages")["data"], json!(["-", "-", 10, 20]));
        assert_eq!(series(&chart, "previous")["data"], json!([9, 10, 11, "-"]));
        assert_eq!(series(&chart, "event")["data"], json!([7, "-", 8, "-"]));
    }

    #[test]
    fn few_messages_have_ticks_of_their_own() {
        let aligns = |report: &Report| draw(report, Metric::Messages, &[])["yAxis"][1]["alignTicks"] == true;
        let mut report = fixture::week();
        assert!(aligns(&report));
        report.comparison = None;
        report.timeseries.iter_mut().for_each(|row| row.messages = Some(FEW_MESSAGES - 1));
        assert!(!aligns(&report));
    }

    #[test]
    fn a_period_without_a_bucket_is_a_chart_without_a_point() {
        let mut report = fixture::week();
        report.timeseries.clear();
        report.comparison = None;
        let chart = draw(&report, Metric::Messages, &[]);
        assert_eq!(chart["xAxis"]["data"], json!([""]));
        assert_eq!(series(&chart, "messages").get("data"), None);
    }

    #[test]
    fn a_selected_part_of_the_users_takes_their_place_and_leads() {
        let chart = draw(&fixture::week(), Metric::NewUsers, &[]);
        assert!(ids(&chart).contains(&"new_users") && !ids(&chart).contains(&"total_users"));
        let width = |id: &str| series(&chart, id)["lineStyle"]["width"].as_f64().unwrap();
        assert!(width("new_users") > width("sessions"));
    }

    #[test]
    fn the_selected_metric_leads_and_no_series_is_there_twice() {
        for metric in Metric::ALL {
            let chart = draw(&fixture::week(), metric, &[]);
            let mut ids = ids(&chart);
            assert!(ids.contains(&metric.word()));
            let count = ids.len();
            ids.sort_unstable();
            ids.dedup();
            assert_eq!(ids.len(), count, "{metric:?}");
        }
        let opacity = |metric: Metric| {
            series(&draw(&fixture::week(), metric, &[]), "messages")["itemStyle"]["opacity"].clone()
        };
        assert_eq!((opacity(Metric::Messages), opacity(Metric::Sessions)), (json!(0.75), json!(0.3)));
    }

    #[test]
    fn colours_are_names_that_the_page_knows() {
        let text = draw(&fixture::week(), Metric::NewUsers, &[]).to_string();
        let filled = palette::fill_in(&text, |_| "red".to_owned());
        assert!(text.contains("\"--series-new\"") && !filled.contains("\"--"));
    }

    #[test]
    fn what_the_legend_has_switched_off_is_not_drawn() {
        let hidden = [Series::Current(Metric::Sessions), Series::Previous];
        let chart = draw(&fixture::week(), Metric::TotalUsers, &hidden);
        assert_eq!(ids(&chart), ["messages", "total_users", "total_users-running"]);
    }

    #[test]
    fn nothing_in_the_option_is_text_to_evaluate_and_nothing_is_smoothed() {
        let text = draw(&fixture::week(), Metric::TotalUsers, &[]).to_string();
        assert!(!text.contains("function") && !text.contains("smooth"));
    }

    #[test]
    fn the_axis_names_the_days() {
        let chart = draw(&fixture::week(), Metric::TotalUsers, &[]);
        assert_eq!(chart["xAxis"]["data"][0], "16 Nov");
    }
}
