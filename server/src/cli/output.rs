//! What commands print: results on stdout, the rest on stderr.

use std::io::{self, Write};
use std::process::ExitCode;

use analytics::names::{self, is_hidden};
use serde::Serialize;
use serde_json::ser::Formatter;

/// Prints one JSON object on a line of its own. Hidden characters are escaped: some would command the terminal.
pub(super) fn print_json(value: &impl Serialize) -> anyhow::Result<()> {
    let mut stdout = io::stdout().lock();
    write_json(&mut stdout, value)?;
    writeln!(stdout)?;
    Ok(stdout.flush()?)
}

fn write_json(out: &mut impl Write, value: &impl Serialize) -> serde_json::Result<()> {
    value.serialize(&mut serde_json::Serializer::with_formatter(out, Visible))
}

/// Escapes hidden characters, as JSON allows for every character.
struct Visible;

impl Formatter for Visible {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, out: &mut W, text: &str) -> io::Result<()> {
        for part in text.split_inclusive(is_escaped) {
            let hidden = part.chars().next_back().filter(|last| is_escaped(*last));
            let seen = part.len() - hidden.map_or(0, char::len_utf8);
            out.write_all(&part.as_bytes()[..seen])?;
            for unit in hidden.into_iter().flat_map(|hidden| hidden.encode_utf16(&mut [0; 2]).to_vec()) {
                write!(out, "\\u{unit:04x}")?;
            }
        }
        Ok(())
    }

    /// What comes as JSON already holds such a character in its strings only.
    fn write_raw_fragment<W: ?Sized + Write>(&mut self, out: &mut W, json: &str) -> io::Result<()> {
        self.write_string_fragment(out, json)
    }
}

/// White space stands between the parts of JSON, and in a string it is escaped before.
fn is_escaped(char: char) -> bool {
    is_hidden(char) && !matches!(char, '\n' | '\r' | '\t')
}

/// Tells the person in front of the terminal, whatever the log level is. The text may name what a file holds: hidden
/// characters come as their numbers.
#[expect(clippy::print_stderr, reason = "this is what a person reads, not a log")]
pub(super) fn tell(text: &str) {
    let lines: Vec<_> = text.split('\n').map(names::show).collect();
    eprintln!("{}", lines.join("\n"));
}

/// Says why a command failed, with everything that led to it.
pub(super) fn fail(error: &anyhow::Error, code: u8) -> ExitCode {
    tell(&format!("error: {error:#}"));
    ExitCode::from(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_shows_no_hidden_character_and_means_the_same() {
        let name = "a\u{9b}2J\u{202e}\u{e0041}\"ä\u{200d}\n";
        let mut json = Vec::new();
        write_json(&mut json, &name).unwrap();
        let json = String::from_utf8(json).unwrap();
        assert_eq!(json, "\"a\\u009b2J\\u202e\\udb40\\udc41\\\"ä\u{200d}\\n\"");
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), name);
    }
}
