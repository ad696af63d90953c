//! The Intake log as people read it.

use analytics::calendar::Calendar;
use analytics::error::RejectionCode;
use analytics::instant::Instant;
use analytics::names;
use chrono::Timelike;
use store::doors::Door;
use store::intake_log::{
    IntakeLog, IntakeRejection, IntakeRequest, OPENING, OTHER_SPAN, RejectionKind, WAITING_SPAN,
};

use crate::format;
use crate::wire::intake::{IgnoredRow, IntakeFilter, IntakeView, ProblemRow, RequestRow};

/// Requests that are shown unless all are asked for.
const NEWEST: usize = 50;
/// Writes times in a bot's zone.
pub(super) struct Writer {
    calendar: Calendar,
    now: Instant,
}

/// What is told together.
struct Group<'a> {
    code: &'a str,
    unit: &'static str,
    count: u64,
    detail: &'a str,
    newest: Newest<'a>,
}

struct Newest<'a> {
    at: Instant,
    door: &'a str,
    client: Option<&'a str>,
    sample: Option<&'a store::intake_log::Sample>,
}

impl Writer {
    pub(super) fn new(calendar: Calendar, now: Instant) -> Self {
        Self { calendar, now }
    }

    pub(super) fn write(&self, name: String, log: &IntakeLog, filter: IntakeFilter) -> IntakeView {
        let is_of_door = |door: &str| filter.door.as_deref().is_none_or(|wanted| wanted == door);
        let mut requests: Vec<_> = log.requests.iter().filter(|request| is_of_door(&request.door)).collect();
        let rejections: Vec<_> =
            log.rejections.iter().filter(|rejection| is_of_door(&rejection.door)).collect();
        let problems = group_problems(&requests, &rejections);
        requests.retain(|request| !filter.with_problems || is_problematic(request));
        requests.sort_by_key(|request| std::cmp::Reverse(request.at));
        let shown = if filter.every { requests.len() } else { requests.len().min(NEWEST) };
        let tells_gaps = filter.door.is_none() && !filter.with_problems;
        IntakeView {
            name,
            time_zone: self.calendar.zone.name().to_owned(),
            is_empty: log.requests.is_empty() && log.rejections.is_empty(),
            doors: list_doors(log),
            older: u64::try_from(requests.len() - shown).unwrap_or(u64::MAX),
            requests: requests[..shown].iter().map(|request| self.request(request, tells_gaps)).collect(),
            problems: problems.iter().map(|group| self.problem(group)).collect(),
            ignored: group_ignored(&rejections).iter().map(|group| self.ignored(group)).collect(),
            filter,
        }
    }

    fn request(&self, request: &IntakeRequest, tells_gaps: bool) -> RequestRow {
        let counts = [request.accepted, request.duplicates, request.rejected, request.ignored];
        let left_out = (tells_gaps && request.left_out > 0).then(|| {
            let count = format::count(request.left_out);
            format!("and {count} more at about this time, which are not listed")
        });
        RequestRow {
            at: self.time(request.at),
            door: door_name(&request.door).to_owned(),
            client: show(request.client.as_deref().unwrap_or_default()),
            status: request.status,
            refusal: request.refusal.as_ref().map(|refusal| refusal.code.clone()),
            counts: counts.map(format::count),
            latency: duration(request.latency_ms),
            left_out,
        }
    }

    fn problem(&self, group: &Group<'_>) -> ProblemRow {
        let sample = group.newest.sample;
        let wrong = sample.and_then(|sample| {
            let field = sample.field.clone().unwrap_or_else(|| "the item".to_owned());
            let absent =
                if sample.field.is_some() && !sample.fields.is_empty() { Some("absent") } else { None };
            Some((field, show(sample.value.as_deref().or(absent)?)))
        });
        ProblemRow {
            code: group.code.to_owned(),
            count: count_of(group.count, group.unit),
            last: self.last(&group.newest),
            detail: group.detail.to_owned(),
            fields: sample.map(|sample| show(&sample.fields.join(", "))).unwrap_or_default(),
            wrong,
        }
    }

    fn ignored(&self, group: &Group<'_>) -> IgnoredRow {
        IgnoredRow {
            name: show(group.code),
            count: count_of(group.count, group.unit),
            last: self.last(&group.newest),
            hint: explain_ignored(group.code).to_owned(),
        }
    }

    fn last(&self, newest: &Newest<'_>) -> String {
        let client = newest.client.map(|client| format!(" ({})", show(client))).unwrap_or_default();
        format!("last {} through {}{client}", self.time(newest.at), door_name(newest.door))
    }

    /// To the second; the date too unless it is today's.
    fn time(&self, at: Instant) -> String {
        let local = self.calendar.local(at);
        let time = format!("{}:{:02}", format::time(local), local.second());
        if self.calendar.date(at) == self.calendar.date(self.now) {
            time
        } else {
            format!("{}, {time}", format::date(local.date_naive()))
        }
    }
}

/// What a client calls something, without hidden characters.
fn show(name: &str) -> String {
    names::show(name).into_owned()
}

fn is_problematic(request: &IntakeRequest) -> bool {
    request.status >= 400 || request.rejected > 0
}

/// Refused requests and rejected items by code, the latest first.
fn group_problems<'a>(requests: &[&'a IntakeRequest], rejections: &[&'a IntakeRejection]) -> Vec<Group<'a>> {
    let mut groups = Vec::new();
    for request in requests {
        if let Some(refusal) = &request.refusal {
            let newest = Newest {
                at: request.at,
                door: &request.door,
                client: request.client.as_deref(),
                sample: None,
            };
            add(
                &mut groups,
                Group { code: &refusal.code, unit: "request", count: 1, detail: &refusal.detail, newest },
            );
        }
    }
    let rejected = rejections.iter().filter(|rejection| rejection.kind == RejectionKind::Rejected);
    rejected.for_each(|rejection| add(&mut groups, group_of(rejection)));
    groups.sort_by_key(|group| std::cmp::Reverse(group.newest.at));
    groups
}

fn group_ignored<'a>(rejections: &[&'a IntakeRejection]) -> Vec<Group<'a>> {
    let mut groups = Vec::new();
    let ignored = rejections.iter().filter(|rejection| rejection.kind == RejectionKind::Ignored);
    ignored.for_each(|rejection| add(&mut groups, group_of(rejection)));
    groups
}

fn group_of(rejection: &IntakeRejection) -> Group<'_> {
    let code = RejectionCode::ALL.iter().find(|code| code.as_str() == rejection.code);
    Group {
        code: &rejection.code,
        unit: "item",
        count: rejection.items,
        detail: code.map_or("", |code| code.detail()),
        newest: Newest {
            at: rejection.at,
            door: &rejection.door,
            client: rejection.client.as_deref(),
            sample: rejection.sample.as_ref(),
        },
    }
}

/// What comes is read from the newest on, so the first of a group is its newest.
fn add<'a>(groups: &mut Vec<Group<'a>>, group: Group<'a>) {
    match groups.iter_mut().find(|known| known.code == group.code && known.unit == group.unit) {
        Some(known) => {
            known.count += group.count;
            if known.newest.sample.is_none() {
                known.newest.sample = group.newest.sample;
            }
        }
        None => groups.push(group),
    }
}

/// What is behind a name of ours for something that is left out; empty for a client's own name.
fn explain_ignored(name: &str) -> &'static str {
    match name {
        OTHER_SPAN => {
            "Needed: an attribute that says the span is a call of a model (gen_ai.operation.name, \
             openinference.span.kind, langfuse.observation.type, ai.operationId and others), or the name of a model \
             together with tokens, messages or an error. docs/INTAKE.md lists all names."
        }
        WAITING_SPAN => {
            "It counts when the root of its trace has come, or when no span of the trace came for a minute."
        }
        OPENING => {
            "A widget sends this by itself when it opens: nobody typed it. The page Settings has these texts, under \
             Automatic openings."
        }
        _ => "",
    }
}

fn list_doors(log: &IntakeLog) -> Vec<(String, String)> {
    let used = |door: &str| {
        log.requests.iter().any(|request| request.door == door)
            || log.rejections.iter().any(|rejection| rejection.door == door)
    };
    let doors = Door::ALL.into_iter().filter(|door| used(door.word()));
    doors.map(|door| (door.word().to_owned(), door.title().to_owned())).collect()
}

/// The name of a door that people know, by its word.
pub(super) fn door_name(word: &str) -> &str {
    Door::from_word(word).map_or(word, |door| door.title())
}

fn count_of(count: u64, unit: &str) -> String {
    format!("{} {unit}{}", format::count(count), if count == 1 { "" } else { "s" })
}

fn duration(ms: u64) -> String {
    match ms {
        0 => "< 1 ms".to_owned(),
        1..1_000 => format!("{ms} ms"),
        _ => format!("{}.{} s", ms / 1_000, ms % 1_000 / 100),
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use analytics::calendar::Zone;
    use analytics::settings::WeekStart;
    use store::intake_log::{Refusal, Sample};

    use super::*;

    /// 2026-03-02T00:00:00Z.
    const MONDAY: Instant = Instant::from_ms(1_772_409_600_000);

    fn request(door: &'static str, second: i64, rejected: u64) -> IntakeRequest {
        IntakeRequest {
            at: MONDAY.plus_ms(second * 1_000),
            door: Cow::Borrowed(door),
            client: None,
            status: 200,
            refusal: None,
            accepted: 1_234,
            duplicates: 0,
            rejected,
            ignored: 0,
            latency_ms: 12,
            left_out: 0,
        }
    }

    fn rejection(code: &'static str, second: i64, items: u64) -> IntakeRejection {
        let sample = Sample { fields: vec!["at".to_owned()], field: Some("user_id".to_owned()), value: None };
        IntakeRejection {
            at: MONDAY.plus_ms(second * 1_000),
            door: Cow::Borrowed("native"),
            client: Some("curl/8".to_owned()),
            kind: RejectionKind::Rejected,
            code: Cow::Borrowed(code),
            items,
            sample: Some(sample),
        }
    }

    fn view(log: &IntakeLog, filter: IntakeFilter) -> IntakeView {
        let zone: Zone = "Europe/Berlin".parse().unwrap();
        let writer = Writer::new(Calendar::new(zone, WeekStart::Monday), MONDAY.plus_ms(3_600_000));
        writer.write("Bot".to_owned(), log, filter)
    }

    #[test]
    fn hidden_characters_of_a_client_are_shown_by_their_number() {
        let sample = Sample {
            fields: vec!["a\u{202e}t".to_owned()],
            field: Some("at".to_owned()),
            value: Some("\"\u{200b}now\"".to_owned()),
        };
        let ignored = IntakeRejection {
            kind: RejectionKind::Ignored,
            code: Cow::Owned("page\u{202e}".to_owned()),
            ..rejection("x", 2, 1)
        };
        let rejected = IntakeRejection { sample: Some(sample), ..rejection("at_invalid", 1, 1) };
        let log = IntakeLog { requests: Vec::new(), rejections: vec![rejected, ignored] };
        let view = view(&log, IntakeFilter::default());
        assert_eq!(view.problems[0].fields, "a[U+202E]t");
        assert_eq!(view.problems[0].wrong.as_ref().unwrap().1, "\"[U+200B]now\"");
        assert_eq!((view.ignored[0].name.as_str(), view.ignored[0].hint.as_str()), ("page[U+202E]", ""));
        assert!(explain_ignored(OTHER_SPAN).contains("gen_ai.operation.name"));
    }

    #[test]
    fn requests_are_filtered_by_door_and_problems() {
        let refusal = Refusal { code: "bot_inactive".to_owned(), detail: "Activate it.".to_owned() };
        let refused = IntakeRequest { status: 403, refusal: Some(refusal), ..request("segment", 2, 0) };
        let log = IntakeLog {
            requests: vec![refused, request("native", 1, 3), request("native", -86_400, 0)],
            rejections: vec![rejection("user_id_missing", 1, 3)],
        };
        let all = view(&log, IntakeFilter::default());
        let times: Vec<_> = all.requests.iter().map(|request| request.at.as_str()).collect();
        assert_eq!(times, ["01:00:02", "01:00:01", "1 Mar 2026, 01:00:00"]);
        assert_eq!(all.doors.len(), 2);
        assert_eq!(
            all.problems.iter().map(|row| row.code.as_str()).collect::<Vec<_>>(),
            ["bot_inactive", "user_id_missing"]
        );
        let problems = view(&log, IntakeFilter { with_problems: true, ..IntakeFilter::default() });
        assert_eq!(problems.requests.len(), 2);
        let segment =
            view(&log, IntakeFilter { door: Some("segment".to_owned()), ..IntakeFilter::default() });
        assert_eq!((segment.requests.len(), segment.problems.len(), segment.doors.len()), (1, 1, 2));
    }

    #[test]
    fn items_of_one_code_are_one_row_with_the_newest_sample_and_the_fix() {
        let rejections = vec![
            rejection("user_id_missing", 9, 1_000),
            rejection("at_invalid", 8, 1),
            rejection("user_id_missing", 7, 5),
        ];
        let log = IntakeLog { requests: Vec::new(), rejections };
        let rows = view(&log, IntakeFilter::default()).problems;
        assert_eq!(
            (rows.len(), rows[0].count.as_str(), rows[1].count.as_str()),
            (2, "1,005 items", "1 item")
        );
        assert_eq!(rows[0].last, "last 01:00:09 through Parlance API (curl/8)");
        assert!(rows[0].detail.starts_with("user_id is required"));
        assert_eq!(rows[0].wrong, Some(("user_id".to_owned(), "absent".to_owned())));
    }

    #[test]
    fn the_newest_are_shown_and_the_others_counted() {
        let mut requests: Vec<_> = (0..70).rev().map(|second| request("native", second, 0)).collect();
        requests[0].left_out = 12_340;
        let log = IntakeLog { requests, rejections: Vec::new() };
        let newest = view(&log, IntakeFilter::default());
        assert_eq!((newest.requests.len(), newest.older), (NEWEST, 20));
        assert!(newest.requests[0].left_out.as_deref().unwrap().starts_with("and 12,340 more"));
        let every = view(&log, IntakeFilter { every: true, ..IntakeFilter::default() });
        assert_eq!((every.requests.len(), every.older), (70, 0));
    }
}
