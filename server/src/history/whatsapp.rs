//! WhatsApp's exported chats: text of iOS (`[date, time] name: …`) or Android (`date, time - name: …`), in the phone's
//! language, with the phone's local times.

mod header;
mod words;

use std::collections::HashMap;
use std::io::BufRead;

use analytics::fact::Direction;
use analytics::written_time::{DateOrder, WrittenTime};
use anyhow::bail;

use self::header::{Header, Shape, clean, read_stamp};
use self::words::Content;
use super::chat::{Chat, More, Said, Silence, Speakers, is_named};
use super::kind::Kind;
use super::lines::MAX_ROW_BYTES;
use super::options::{DateFormat, Options};
use super::sink::{Rejection, Sink};
use super::source::InputFile;
use crate::intake::item::derive_id::derive_id;

/// How many lines at the beginning may come before the first message.
const MAX_LINES_BEFORE: usize = 5;
/// Different messages of one minute that are told apart.
const MAX_REPEATS: usize = 100_000;
/// How far back in time a message may lie of the one before it.
const MAX_BACK: chrono::TimeDelta = chrono::TimeDelta::days(1);

/// Whether a file certainly is such a chat.
pub(super) fn recognise(file: &InputFile) -> bool {
    file.kind == Kind::Text && find_shape(file.text_head()).is_some()
}

fn find_shape(head: &str) -> Option<Shape> {
    head.lines().take(MAX_LINES_BEFORE).find_map(Shape::of)
}

/// Reads one chat.
///
/// # Errors
/// When it does not say who is the bot, or its times can be read two ways or have no zone.
pub(super) fn read(file: InputFile, options: &Options, sink: &mut Sink<'_>) -> anyhow::Result<()> {
    let Some(shape) = find_shape(file.text_head()) else {
        if file.kind == Kind::Empty {
            return Ok(());
        }
        bail!("it does not begin like a chat of WhatsApp, with date, time and sender");
    };
    let settled = settle(&file, shape, options)?;
    let mut chat = Reader {
        shape,
        options: &settled,
        chat: Chat::new(Some("whatsapp"), Silence::Counts),
        open: None,
        repeats: HashMap::new(),
        stamp: String::new(),
    };
    let (mut reader, mut number, mut line) = (file.reader, 0, Vec::new());
    while read_line(&mut reader, &mut line)? {
        number += 1;
        chat.add_line(number, &String::from_utf8_lossy(&line), sink)?;
    }
    chat.close(sink)?;
    Ok(chat.chat.finish(sink)?)
}

/// Reads a line without its end; what is longer than any message is cut.
fn read_line(reader: &mut Box<dyn BufRead + Send>, line: &mut Vec<u8>) -> anyhow::Result<bool> {
    line.clear();
    let mut limited = std::io::Read::take(&mut *reader, MAX_ROW_BYTES);
    let count = limited.read_until(b'\n', line)?;
    if line.ends_with(b"\n") {
        line.pop();
    }
    if line.ends_with(b"\r") {
        line.pop();
    }
    Ok(count > 0)
}

/// Completes the options by what the beginning of the file says.
fn settle(file: &InputFile, shape: Shape, options: &Options) -> anyhow::Result<Options> {
    let headers: Vec<_> = file.text_head().lines().filter_map(|line| Header::read(line, shape)).collect();
    let mut speakers = Speakers::default();
    headers.iter().filter_map(|header| header.author()).for_each(|author| speakers.count(&author));
    let is_bot = |header: &Header<'_>| {
        header.author().is_some_and(|author| is_named(&options.bot_names, &[Some(&author)]))
    };
    speakers.require(headers.iter().any(is_bot).then_some(()), &options.bot_names)?;
    let mut settled = options.clone();
    if settled.date_format.is_none() {
        settled.date_format = Some(DateFormat::Order(guess_order(&headers)?));
    }
    if settled.time_zone.is_none() {
        bail!(
            "a chat of WhatsApp has the local times of a phone: give its zone, such as --time-zone Europe/Berlin"
        );
    }
    Ok(settled)
}

/// The order of day and month. A chat is in the order of time: if it is so in one order only, that is meant.
fn guess_order(headers: &[Header<'_>]) -> anyhow::Result<DateOrder> {
    let fits = |order: DateOrder| {
        let times: Option<Vec<_>> = headers.iter().map(|header| read_stamp(header.stamp, order)).collect();
        times.is_some_and(|times| times.is_sorted_by(|one, other| *one - MAX_BACK <= *other))
    };
    match DateOrder::ALL.map(fits) {
        [true, false] => Ok(DateOrder::DayFirst),
        [false, true] => Ok(DateOrder::MonthFirst),
        [true, true] if headers.iter().all(|header| same_both_ways(header.stamp)) => Ok(DateOrder::DayFirst),
        [true, true] => bail!(
            "the dates, such as {}, can be read in two ways: give --date-format dmy if the day comes first, or --date-format mdy if the month comes first",
            headers.first().map_or("", |header| header.stamp)
        ),
        // Some line is none of a message, or the phone's clock was wrong: the order that reads more of them.
        [false, false] => {
            let count =
                |order| headers.iter().filter(|header| read_stamp(header.stamp, order).is_some()).count();
            let by_day = count(DateOrder::DayFirst) >= count(DateOrder::MonthFirst);
            Ok(if by_day { DateOrder::DayFirst } else { DateOrder::MonthFirst })
        }
    }
}

/// Whether the year comes first, or points tell the order.
fn same_both_ways(stamp: &str) -> bool {
    let [one, other] = DateOrder::ALL.map(|order| read_stamp(stamp, order));
    one == other || stamp.contains('.') && other.is_none()
}

struct Reader<'o> {
    shape: Shape,
    options: &'o Options,
    chat: Chat,
    /// The message whose lines are read.
    open: Option<Open>,
    /// How often the same was said in the same minute or second, by the id of its first time.
    repeats: HashMap<String, u64>,
    stamp: String,
}

struct Open {
    row: u64,
    stamp: String,
    author: Option<String>,
    text: String,
}

impl Reader<'_> {
    fn add_line(&mut self, number: u64, line: &str, sink: &mut Sink<'_>) -> anyhow::Result<()> {
        let Some(header) = Header::read(line, self.shape) else {
            match &mut self.open {
                Some(open) if open.text.len() + line.len() < crate::intake::item::MAX_TEXT_BYTES * 2 => {
                    open.text.push('\n');
                    open.text.push_str(line);
                }
                Some(_) => {}
                None => sink.skip(number, "before_first_message")?,
            }
            return Ok(());
        };
        self.close(sink)?;
        let (author, text) = (header.author(), header.text().to_owned());
        self.open = Some(Open { row: number, stamp: header.stamp.to_owned(), author, text });
        Ok(())
    }

    /// Adds the message whose last line was read.
    fn close(&mut self, sink: &mut Sink<'_>) -> anyhow::Result<()> {
        let Some(open) = self.open.take() else { return Ok(()) };
        let Some(author) = &open.author else { return Ok(sink.skip(open.row, "service")?) };
        let text = match Content::of(&open.text) {
            Content::Words(text) => Some(text),
            Content::Attachment => None,
            Content::Nothing(name) => return Ok(sink.skip(open.row, name)?),
        };
        let at = match self.read_time(&open.stamp) {
            Ok(at) => at,
            Err(rejection) => return Ok(sink.reject(open.row, rejection)?),
        };
        let is_bot = is_named(&self.options.bot_names, &[Some(author)]);
        let said = Said {
            row: open.row,
            id: self.derive_id(&open.stamp, author, &open.text),
            key: None,
            author: Some(author.clone()),
            direction: if is_bot { Direction::Outgoing } else { Direction::Incoming },
            reply_to: None,
            to: None,
            at: Some(at.into()),
            text,
            more: More::default(),
        };
        Ok(self.chat.add(said, sink)?)
    }

    fn read_time(&self, stamp: &str) -> Result<i64, Rejection> {
        let local = match &self.options.date_format {
            Some(DateFormat::Order(order)) => read_stamp(stamp, *order).map(WrittenTime::Local),
            Some(pattern) => pattern.parse(&clean(stamp)),
            None => None,
        };
        let moment =
            local.ok_or(super::options::TimeProblem::Unknown).and_then(|local| self.options.place(local));
        moment.map(|moment| moment.to_instant().as_ms()).map_err(|problem| problem.reject("time", stamp))
    }

    /// Nothing has an id. The same words of the same person in the same minute are told apart by their order, which stays
    /// as it is when the chat is exported again.
    fn derive_id(&mut self, stamp: &str, author: &str, text: &str) -> Option<String> {
        if self.stamp != stamp {
            self.repeats.clear();
            stamp.clone_into(&mut self.stamp);
        }
        if self.repeats.len() >= MAX_REPEATS {
            self.repeats.clear();
        }
        let id = |repeat: u64| {
            let id = derive_id(&["whatsapp", &clean(stamp), author, text, &repeat.to_string()]);
            id.ok().map(|id| id.as_str().to_owned())
        };
        let repeat = self.repeats.entry(id(1)?).or_default();
        *repeat += 1;
        id(*repeat)
    }
}

#[cfg(test)]
mod tests {
    use analytics::error::RejectionCode;

    use super::*;

    fn order(lines: &[&str]) -> Result<DateOrder, String> {
        let shape = Shape::of(lines[0]).unwrap();
        let headers: Vec<_> = lines.iter().filter_map(|line| Header::read(line, shape)).collect();
        guess_order(&headers).map_err(|error| error.to_string())
    }

    #[test]
    fn the_order_of_day_and_month_follows_from_the_days_or_from_the_order_of_time() {
        assert_eq!(order(&["13/10/26, 10:00 - A: x"]), Ok(DateOrder::DayFirst));
        assert_eq!(order(&["[10/13/26, 10:00:00 AM] A: x"]), Ok(DateOrder::MonthFirst));
        assert_eq!(order(&["1/2/26, 10:00 - A: x", "2/1/26, 10:00 - A: x"]), Ok(DateOrder::MonthFirst));
        assert_eq!(order(&["01.02.26, 10:00 - A: x"]), Ok(DateOrder::DayFirst));
        assert!(order(&["1/2/26, 10:00 - A: x", "1/3/26, 10:00 - A: x"]).unwrap_err().contains("two ways"));
    }

    #[test]
    fn a_rejection_names_the_time() {
        let options =
            Options { date_format: Some(DateFormat::Order(DateOrder::DayFirst)), ..Options::default() };
        let reader = Reader {
            shape: Shape::Android,
            options: &options,
            chat: Chat::new(Some("whatsapp"), Silence::Counts),
            open: None,
            repeats: HashMap::new(),
            stamp: String::new(),
        };
        let rejection = reader.read_time("31/31/26, 10:00").unwrap_err();
        assert_eq!(rejection.code, RejectionCode::AtInvalid);
    }
}
