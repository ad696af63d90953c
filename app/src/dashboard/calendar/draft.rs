//! What is picked on the calendar before it is applied. Pure: every key and click is a step from one draft to the next.

use analytics::dates::{DateRange, month_end, month_start, plus_days, plus_months};
use analytics::navigation::{Horizon, TypedError, parse_typed};
use analytics::period::Period;
use analytics::settings::WeekStart;
use chrono::{Datelike, NaiveDate};

use crate::format;

/// A span being picked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    first_date: NaiveDate,
    today: NaiveDate,
    horizon: Horizon,
    start: Option<NaiveDate>,
    end: Option<NaiveDate>,
    /// The period that is shown or was typed, until days are picked: it may mean more than its dates.
    meant: Option<Period>,
    /// Why the text that was typed picks nothing; an empty one changes nothing.
    pub complaint: Option<String>,
    /// The day that the pointer is over, while only the start is picked.
    pub hovered: Option<NaiveDate>,
    /// The day that the keyboard is on.
    pub focused: NaiveDate,
    /// The last month shown, by its 1st.
    pub month: NaiveDate,
    /// How many months are shown: 1 or 2.
    pub months_shown: i32,
}

/// What a day is to the span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayMark {
    pub is_start: bool,
    pub is_end: bool,
    pub is_within: bool,
    pub is_today: bool,
    /// Why the day can't be picked.
    pub disabled: Option<&'static str>,
}

impl Draft {
    /// Begins with the period that is shown and its dates.
    pub fn new(period: Period, dates: DateRange, horizon: Horizon, months_shown: i32) -> Self {
        let (first_date, today) = (horizon.first_date(), horizon.today);
        let last = dates.last.clamp(first_date, today);
        Self {
            first_date,
            today,
            horizon,
            start: Some(dates.first),
            end: Some(dates.last),
            meant: Some(period),
            complaint: None,
            hovered: None,
            focused: last,
            month: month_start(last),
            months_shown,
        }
    }

    /// The first pick starts a span, the second ends it (in either order), the third starts anew. A disabled day is
    /// only focused.
    pub fn pick(&mut self, date: NaiveDate) {
        self.focus(date);
        if self.why_disabled(date).is_some() {
            return;
        }
        self.meant = None;
        self.complaint = None;
        self.hovered = None;
        match (self.start, self.end) {
            (Some(start), None) => {
                self.start = Some(start.min(date));
                self.end = Some(start.max(date));
            }
            _ => {
                self.start = Some(date);
                self.end = None;
            }
        }
    }

    /// Takes what was typed, if that can be picked.
    pub fn type_in(&mut self, text: &str) {
        let typed = parse_typed(text, &self.horizon);
        self.complaint = typed.err().filter(|_| !text.trim().is_empty()).map(|error| self.words_of(error));
        let Ok(period) = typed else { return };
        if let Some(dates) = self.horizon.dates_in(&period) {
            (self.start, self.end, self.meant) = (Some(dates.first), Some(dates.last), Some(period));
            self.focus(dates.last);
        }
    }

    fn words_of(&self, error: TypedError) -> String {
        match error {
            TypedError::NotUnderstood => {
                "Not understood. Try 14d, 2w, march, q3, 1–15 nov or 2026-11-01.".to_owned()
            }
            TypedError::NoSuchDate => "That date does not exist: its month has fewer days.".to_owned(),
            TypedError::Outside(DateRange { first, last }) => {
                let reason = self.why_disabled(first).unwrap_or_default();
                format!("{} is {reason}.", format::span(first, last))
            }
        }
    }

    /// What Apply applies; `None` before anything is picked, and while a text stands there that picks nothing. A start
    /// alone is that day.
    pub fn period(&self) -> Option<Period> {
        let start = self.start.filter(|_| self.complaint.is_none())?;
        let picked = Period::Dates { from: start, to: self.end.unwrap_or(start) };
        Some(self.meant.unwrap_or(picked))
    }

    /// The span as it would be with the day under pointer or focus as its other end.
    pub fn span(&self) -> Option<DateRange> {
        let start = self.start?;
        let other = self.end.or(self.hovered).unwrap_or(self.focused);
        Some(DateRange { first: start.min(other), last: start.max(other) })
    }

    /// What is picked, in words; and why the day that keyboard or finger is on can't be.
    pub fn words(&self) -> String {
        let picked = match (self.span(), self.end) {
            (None, _) => "Pick the first day".to_owned(),
            (Some(span), Some(_)) => format::span(span.first, span.last),
            (Some(span), None) => format!("{} – pick the last day", format::span(span.first, span.last)),
        };
        match self.why_disabled(self.focused) {
            Some(reason) => format!("{picked}. {} is {reason}", format::span(self.focused, self.focused)),
            None => picked,
        }
    }

    /// Moves the keyboard's day as the WAI-ARIA date grid says; says whether the key means something.
    pub fn press(&mut self, key: &str, has_shift: bool) -> bool {
        let focused = self.focused;
        let into_week = i64::from(days_into_week(focused, self.horizon.week_start));
        let target = match (key, has_shift) {
            ("ArrowLeft", _) => plus_days(focused, -1),
            ("ArrowRight", _) => plus_days(focused, 1),
            ("ArrowUp", _) => plus_days(focused, -7),
            ("ArrowDown", _) => plus_days(focused, 7),
            ("Home", _) => plus_days(focused, -into_week),
            ("End", _) => plus_days(focused, 6 - into_week),
            ("PageUp", false) => plus_months(focused, -1),
            ("PageDown", false) => plus_months(focused, 1),
            ("PageUp", true) => plus_months(focused, -12),
            ("PageDown", true) => plus_months(focused, 12),
            ("Enter" | " ", _) => {
                self.pick(focused);
                return true;
            }
            _ => return false,
        };
        self.focus(target);
        true
    }

    /// Shows the months before (−1) or after (+1); the keyboard's day comes along.
    pub fn turn(&mut self, months: i32) {
        self.month = self.within_months(plus_months(self.month, months));
        let (earliest, latest) = (plus_months(self.month, 1 - self.months_shown), month_end(self.month));
        self.focused = self.focused.clamp(earliest, latest);
    }

    /// Whether there are months to turn to.
    pub fn can_turn(&self, months: i32) -> bool {
        self.within_months(plus_months(self.month, months)) != self.month
    }

    /// What a day is to the span.
    pub fn mark(&self, date: NaiveDate) -> DayMark {
        let span = self.span();
        DayMark {
            is_start: span.is_some_and(|span| span.first == date),
            is_end: span.is_some_and(|span| span.last == date),
            is_within: span.is_some_and(|span| span.first <= date && date <= span.last),
            is_today: date == self.today,
            disabled: self.why_disabled(date),
        }
    }

    /// The first day of the bot's weeks.
    pub fn week_start(&self) -> WeekStart {
        self.horizon.week_start
    }

    fn focus(&mut self, date: NaiveDate) {
        self.focused = date.clamp(month_start(self.first_date), month_end(self.today));
        let earliest = plus_months(self.month, 1 - self.months_shown);
        if self.focused < earliest {
            self.month = self.within_months(plus_months(month_start(self.focused), self.months_shown - 1));
        } else if self.focused > month_end(self.month) {
            self.month = month_start(self.focused);
        }
    }

    fn within_months(&self, month: NaiveDate) -> NaiveDate {
        month.clamp(month_start(self.first_date), month_start(self.today))
    }

    fn why_disabled(&self, date: NaiveDate) -> Option<&'static str> {
        if date > self.today {
            Some("after today")
        } else if date < self.first_date {
            Some("before the first message")
        } else {
            None
        }
    }
}

/// A day's full name with what it is to the span: `Tuesday 17 November 2026, start, today`.
pub fn day_name(date: NaiveDate, mark: DayMark) -> String {
    let mut name =
        format!("{} {} {} {}", format::weekday(date), date.day(), format::month(date), date.year());
    let within = mark.is_within && !mark.is_start && !mark.is_end;
    let parts =
        [(mark.is_start, "start"), (mark.is_end, "end"), (within, "within"), (mark.is_today, "today")];
    for (_, word) in parts.into_iter().filter(|(holds, _)| *holds) {
        name.push_str(", ");
        name.push_str(word);
    }
    if let Some(reason) = mark.disabled {
        name.push_str(", not available: ");
        name.push_str(reason);
    }
    name
}

fn days_into_week(date: NaiveDate, start: WeekStart) -> u32 {
    date.weekday().days_since(start.weekday())
}

#[cfg(test)]
mod tests {
    use analytics::period::Preset;

    use super::*;
    use crate::charts::fixture;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// 16–22 Nov 2026 is shown, today is the 22nd, the first message came on 17 Aug.
    fn draft() -> Draft {
        let mut report = fixture::week();
        report.first_message_at = Some(fixture::at("2026-08-17T09:00:00+02:00"));
        let period = Period::Preset(Preset::Past7Days);
        Draft::new(period, report.period.dates.unwrap(), Horizon::of(&report), 2)
    }

    fn picked(draft: &Draft) -> (NaiveDate, NaiveDate) {
        match draft.period() {
            Some(Period::Dates { from, to }) => (from, to),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_first_pick_starts_the_second_ends_and_the_third_starts_anew() {
        let mut draft = draft();
        draft.pick(day("2026-11-03"));
        assert_eq!(picked(&draft), (day("2026-11-03"), day("2026-11-03")));
        draft.pick(day("2026-11-10"));
        assert_eq!(picked(&draft), (day("2026-11-03"), day("2026-11-10")));
        draft.pick(day("2026-11-05"));
        assert_eq!(draft.end, None);
    }

    #[test]
    fn an_end_before_the_start_turns_the_span_around() {
        let mut draft = draft();
        draft.pick(day("2026-11-10"));
        draft.pick(day("2026-11-03"));
        assert_eq!(picked(&draft), (day("2026-11-03"), day("2026-11-10")));
    }

    #[test]
    fn the_day_under_the_pointer_previews_the_span() {
        let mut draft = draft();
        draft.pick(day("2026-11-10"));
        draft.hovered = Some(day("2026-11-12"));
        assert!(draft.mark(day("2026-11-11")).is_within);
        assert!(!draft.mark(day("2026-11-13")).is_within);
        assert_eq!(draft.words(), "10–12 Nov 2026 – pick the last day");
    }

    #[test]
    fn a_day_that_cannot_be_picked_says_why_and_is_not_picked() {
        let mut draft = draft();
        let before = draft.period();
        draft.pick(day("2026-11-23"));
        assert_eq!(draft.period(), before);
        let name = |date: NaiveDate| day_name(date, draft.mark(date));
        assert_eq!(name(day("2026-11-23")), "Monday 23 November 2026, not available: after today");
        assert!(name(day("2026-08-16")).ends_with("before the first message"));
        assert_eq!(name(day("2026-11-22")), "Sunday 22 November 2026, end, today");
        assert_eq!(name(day("2026-11-17")), "Tuesday 17 November 2026, within");
    }

    #[test]
    fn keys_move_by_day_week_month_and_year_and_stop_at_the_edges() {
        let mut draft = draft();
        let mut after = |key: &str, has_shift: bool| {
            assert!(draft.press(key, has_shift));
            draft.focused.to_string()
        };
        assert_eq!(after("ArrowLeft", false), "2026-11-21");
        assert_eq!(after("ArrowUp", false), "2026-11-14");
        assert_eq!(after("Home", false), "2026-11-09");
        assert_eq!(after("End", false), "2026-11-15");
        assert_eq!(after("PageUp", false), "2026-10-15");
        assert_eq!(after("PageUp", true), "2026-08-01");
        assert_eq!(after("PageDown", true), "2026-11-30");
        assert!(!draft.press("a", false));
    }

    #[test]
    fn the_months_follow_the_keyboard_and_the_keyboard_follows_the_months() {
        let mut draft = draft();
        draft.press("PageUp", false);
        draft.press("PageUp", false);
        assert_eq!(draft.month, day("2026-10-01"));
        draft.turn(1);
        assert!(!draft.can_turn(1));
        assert_eq!(draft.focused, day("2026-10-01"));
        draft.turn(-9);
        assert_eq!(draft.month, day("2026-08-01"));
    }

    #[test]
    fn what_is_typed_shows_on_the_calendar_and_stays_a_preset_where_it_is_one() {
        let mut draft = draft();
        draft.type_in("28d");
        assert_eq!(draft.period(), Some(Period::Preset(Preset::Past28Days)));
        draft.type_in("1-3 nov");
        assert_eq!(picked(&draft), (day("2026-11-01"), day("2026-11-03")));
    }

    #[test]
    fn what_is_shown_is_applied_as_it_was_until_days_are_picked() {
        let mut draft = draft();
        assert_eq!(draft.period(), Some(Period::Preset(Preset::Past7Days)));
        draft.pick(day("2026-11-16"));
        draft.pick(day("2026-11-22"));
        let dates = Period::Dates { from: day("2026-11-16"), to: day("2026-11-22") };
        assert_eq!(draft.period(), Some(dates));
    }

    #[test]
    fn a_day_that_cannot_be_picked_says_why_in_words() {
        let mut draft = draft();
        assert_eq!(draft.words(), "16–22 Nov 2026");
        draft.pick(day("2026-11-24"));
        assert_eq!(draft.words(), "16–22 Nov 2026. 24 Nov 2026 is after today");
        draft.press("ArrowLeft", false);
        draft.press("ArrowLeft", false);
        assert_eq!(draft.words(), "16–22 Nov 2026");
    }

    #[test]
    fn what_is_typed_and_picks_nothing_says_why_and_is_not_applied() {
        let mut draft = draft();
        for (text, complaint) in [
            ("Nov 31", "That date does not exist: "),
            ("0d", "Not understood. "),
            ("soon", "Not understood. "),
            ("2026-12-24", "24 Dec 2026 is after today."),
            ("july 2026", "1–31 Jul 2026 is before the first message."),
        ] {
            draft.type_in(text);
            assert!(
                draft.complaint.as_ref().is_some_and(|said| said.starts_with(complaint)),
                "{text}: {draft:?}"
            );
            assert_eq!(draft.period(), None, "{text}");
        }
        draft.type_in(" ");
        assert_eq!(draft.period(), Some(Period::Preset(Preset::Past7Days)));
        draft.type_in("soon");
        draft.pick(day("2026-11-16"));
        assert!(draft.period().is_some());
    }
}
