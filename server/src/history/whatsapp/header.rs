//! The beginning of a message: when, and who.

use analytics::written_time::{DateOrder, WrittenTime};
use chrono::NaiveDateTime;

use super::words::{is_mark, is_of_app};

/// Longest time, in bytes.
const MAX_STAMP_BYTES: usize = 60;
/// Words for the halves of the day, in other languages than English, and what they mean.
const HALVES: [(&str, &str); 16] = [
    ("上午", "AM"),
    ("下午", "PM"),
    ("午前", "AM"),
    ("午後", "PM"),
    ("오전", "AM"),
    ("오후", "PM"),
    ("π.μ.", "AM"),
    ("μ.μ.", "PM"),
    ("पूर्वाह्न", "AM"),
    ("अपराह्न", "PM"),
    ("ص", "AM"),
    ("م", "PM"),
    ("a. m.", "AM"),
    ("p. m.", "PM"),
    ("a.m.", "AM"),
    ("p.m.", "PM"),
];

/// Words between the date and the time.
const BETWEEN: [&str; 9] =
    [" klo ", " kl. ", " kl ", " klokken ", " à ", " às ", " um ", " alle ore ", " a las "];
/// The first digits of scripts that have their own.
const ZEROS: [char; 4] = ['٠', '۰', '०', '๐'];

/// How the beginnings of messages look in one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// `[13/10/2026, 20:01:05] Ada: hi`
    Ios,
    /// `13/10/2026, 20:01 - Ada: hi`
    Android,
    /// `2026. 10. 13. 오후 8:01, Ada : hi`
    AndroidKorean,
}

impl Shape {
    /// The shape of a line, if it is the beginning of a message.
    pub(super) fn of(line: &str) -> Option<Self> {
        [Self::Ios, Self::Android, Self::AndroidKorean]
            .into_iter()
            .find(|shape| Header::read(line, *shape).is_some())
    }
}

/// The beginning of a message.
#[derive(Clone, Copy, Debug)]
pub(super) struct Header<'a> {
    /// Date and time as they stand there.
    pub(super) stamp: &'a str,
    rest: &'a str,
}

impl<'a> Header<'a> {
    /// Reads a line that begins a message.
    pub(super) fn read(line: &'a str, shape: Shape) -> Option<Self> {
        let line = line.trim_start_matches(is_mark);
        let (stamp, rest) = match shape {
            Shape::Ios => line.strip_prefix('[')?.split_once(']')?,
            Shape::Android => line.split_once(" - ")?,
            Shape::AndroidKorean => line.split_once(", ").filter(|(_, rest)| rest.contains(" : "))?,
        };
        let is_time = stamp.len() <= MAX_STAMP_BYTES
            && clean(stamp).starts_with(|first: char| first.is_ascii_digit())
            && DateOrder::ALL.iter().any(|order| read_stamp(stamp, *order).is_some());
        is_time.then_some(Self { stamp, rest: rest.strip_prefix(' ').unwrap_or(rest) })
    }

    /// Who wrote: without marks of direction, and without the tilde before names that nobody saved. `None` for what the
    /// app itself tells.
    pub(super) fn author(&self) -> Option<String> {
        let (author, text) =
            self.rest.split_once(": ").or_else(|| Some((self.rest.strip_suffix(':')?, "")))?;
        let author = author.trim_end();
        let author: String = author.chars().filter(|char| !is_mark(*char)).collect();
        let author = author.trim().strip_prefix('~').unwrap_or(author.trim()).trim().to_owned();
        let is_of_app = is_of_app(text);
        (!author.is_empty() && !is_of_app).then_some(author)
    }

    /// What was written on this line.
    pub(super) fn text(&self) -> &'a str {
        self.rest.split_once(": ").map_or("", |(_, text)| text)
    }
}

/// A time without marks, with plain blanks and digits.
pub(super) fn clean(stamp: &str) -> String {
    let plain = |char: char| if char.is_whitespace() { ' ' } else { plain_digit(char) };
    stamp.chars().filter(|char| !is_mark(*char)).map(plain).collect()
}

fn plain_digit(char: char) -> char {
    let mut values = ZEROS.iter().filter_map(|zero| u32::from(char).checked_sub(u32::from(*zero)));
    let value = values.find(|value| *value < 10);
    value.and_then(|value| char::from_digit(value, 10)).unwrap_or(char)
}

/// Reads a date and time in digits, with words around it in some languages.
pub(super) fn read_stamp(stamp: &str, order: DateOrder) -> Option<NaiveDateTime> {
    let mut stamp = clean(stamp).replace(['년', '월', '일'], ".");
    for word in BETWEEN {
        stamp = stamp.replace(word, " ");
    }
    let mut half = "";
    for (word, meaning) in HALVES {
        if let Some(at) = stamp.to_ascii_lowercase().find(word) {
            let end = at + word.len();
            stamp = format!("{} {}", stamp.get(..at)?, stamp.get(end..)?);
            half = meaning;
            break;
        }
    }
    let (date, time) = split(&stamp)?;
    // Finland writes points in times.
    let time = if time.contains(':') { time.to_owned() } else { time.replace('.', ":") };
    match order.parse(&format!("{date} {time} {half}"))? {
        WrittenTime::Local(local) => Some(local),
        WrittenTime::Moment(_) => None,
    }
}

/// The date and the time. Blanks may stand behind the points of a date: `13. 6. 2018. 20:01`.
fn split(stamp: &str) -> Option<(String, &str)> {
    let colon = stamp.find(':').unwrap_or(stamp.len());
    let time_start = stamp[..colon].trim_end().rfind([' ', ','])? + 1;
    let (date, time) = match stamp.find(':') {
        Some(_) => stamp.split_at(time_start),
        None => stamp.split_once([' ', ','])?,
    };
    let date: String = date.chars().filter(|char| *char != ' ' && *char != ',').collect();
    Some((date.trim_end_matches('.').to_owned(), time.trim_matches([' ', ','])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_many_languages() {
        for (stamp, order) in [
            ("13/10/2026, 20:01:05", DateOrder::DayFirst),
            ("10/13/26, 8:01:05\u{202f}PM", DateOrder::MonthFirst),
            ("13.10.26, 20:01:05", DateOrder::DayFirst),
            ("13/10/26 8:01:05\u{a0}p.\u{a0}m.", DateOrder::DayFirst),
            ("2026/10/13 下午8:01:05", DateOrder::DayFirst),
            ("13. 10. 2026. 20:01:05", DateOrder::DayFirst),
            ("13.10.2026 klo 20.01.05", DateOrder::DayFirst),
            ("2026-10-13, 8:01:05 p.m.", DateOrder::MonthFirst),
            ("13/10/2026 à 20:01:05", DateOrder::DayFirst),
            ("13.10.2026 kl. 20.01.05", DateOrder::DayFirst),
            ("13.10.26 um 20:01:05", DateOrder::DayFirst),
            ("2026. 10. 13. 오후 8:01:05", DateOrder::DayFirst),
            ("2026년 10월 13일 오후 8:01:05", DateOrder::DayFirst),
            ("١٣/١٠/٢٠٢٦, ٨:٠١:٠٥ م", DateOrder::DayFirst),
            ("13/10/26, 8:01:05 μ.μ.", DateOrder::DayFirst),
        ] {
            assert_eq!(
                read_stamp(stamp, order).map(|time| time.to_string()).as_deref(),
                Some("2026-10-13 20:01:05"),
                "{stamp}"
            );
        }
        for stamp in ["", "13/10/2026", "20:01", "hello", "10/13/2026, 25:00"] {
            assert_eq!(read_stamp(stamp, DateOrder::MonthFirst), None, "{stamp}");
        }
    }

    #[test]
    fn a_line_begins_a_message_if_it_looks_like_the_first_one() {
        let header = Header::read("\u{200e}[13/10/26, 20:01:05] ~\u{202f}Chris: a: b", Shape::Ios).unwrap();
        assert_eq!((header.author().as_deref(), header.text()), (Some("Chris"), "a: b"));
        let header = Header::read("13/10/26, 20:01 - Ada created the group", Shape::Android).unwrap();
        assert_eq!(header.author(), None);
        let header = Header::read("2026. 10. 13. 오후 8:01, Ada : a : b", Shape::AndroidKorean).unwrap();
        assert_eq!((header.author().as_deref(), header.text()), (Some("Ada"), "a : b"));
        assert_eq!(Shape::of("[{\"a\": 1}]"), None);
        assert_eq!(Shape::of("2016-04-29 10:30:00 error"), None);
        assert!(Header::read("13/10/26, 20:01 - Ada: x", Shape::Ios).is_none());
    }
}
