//! Protobuf's text format, as the logs of Dialogflow ES hold it: `result { speech: "9 to 5." }`.

/// How deep messages nest.
const MAX_DEPTH: usize = 32;
/// Most fields of a text.
const MAX_FIELDS: usize = 10_000;

/// Reads all fields that hold a text, a number or a word, each with its path: `result.fulfillment.speech`.
pub(super) fn read(text: &str) -> Vec<(String, String)> {
    let mut reader = Reader { rest: text, path: Vec::new(), fields: Vec::new() };
    while reader.fields.len() < MAX_FIELDS && reader.step().is_some() {}
    reader.fields
}

struct Reader<'a> {
    rest: &'a str,
    path: Vec<&'a str>,
    fields: Vec<(String, String)>,
}

impl<'a> Reader<'a> {
    /// Reads a field, or an end of a message. `None` at the end, or where nothing can be read.
    fn step(&mut self) -> Option<()> {
        self.rest = self.rest.trim_start_matches(|next: char| next.is_whitespace() || ",;".contains(next));
        if let Some(rest) = self.rest.strip_prefix('}') {
            self.rest = rest;
            return self.path.pop().map(drop);
        }
        let name = self.word()?;
        self.rest = self.rest.trim_start();
        let value = self.rest.strip_prefix(':').map(str::trim_start);
        if let Some(inner) = value.unwrap_or(self.rest).strip_prefix('{') {
            self.rest = inner;
            self.path.push(name);
            return (self.path.len() <= MAX_DEPTH).then_some(());
        }
        self.rest = value?;
        let value = if self.rest.starts_with(['"', '\'']) { self.string()? } else { self.word()?.to_owned() };
        let path = self.path.iter().chain([&name]).copied().collect::<Vec<_>>().join(".");
        self.fields.push((path, value));
        Some(())
    }

    fn word(&mut self) -> Option<&'a str> {
        let is_of_word = |next: char| next.is_alphanumeric() || "_.+-[]/".contains(next);
        let end = self.rest.find(|next| !is_of_word(next)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at_checked(end).filter(|_| end > 0)?;
        self.rest = rest;
        Some(word)
    }

    /// A text in quotes, with escapes; bytes that are no ASCII are written in octal.
    fn string(&mut self) -> Option<String> {
        let quote = self.rest.chars().next()?;
        let (mut bytes, mut rest) = (Vec::new(), &self.rest[1..]);
        loop {
            let next = rest.chars().next()?;
            rest = &rest[next.len_utf8()..];
            match next {
                _ if next == quote => break,
                '\\' => rest = unescape(rest, &mut bytes)?,
                _ => bytes.extend_from_slice(next.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
        self.rest = rest;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }
}

fn unescape<'a>(text: &'a str, bytes: &mut Vec<u8>) -> Option<&'a str> {
    let octal = text.bytes().take(3).take_while(|byte| (b'0'..=b'7').contains(byte)).count();
    if octal > 0 {
        bytes.push(u8::from_str_radix(&text[..octal], 8).ok()?);
        return Some(&text[octal..]);
    }
    let next = text.chars().next()?;
    match next {
        'n' => bytes.push(b'\n'),
        'r' => bytes.push(b'\r'),
        't' => bytes.push(b'\t'),
        _ => bytes.extend_from_slice(next.encode_utf8(&mut [0; 4]).as_bytes()),
    }
    Some(&text[next.len_utf8()..])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn fields_are_read_with_their_paths() {
        let text = "id: \"r-1\"\nresult {\n  query: \"a \\\"b\\\"\\n\\303\\274\"\n  score: 1.0\n  metadata { is_fallback: \"true\" }\n  list: { x: true }\n}\nend: 'y'";
        let fields = read(text);
        let fields: Vec<_> = fields.iter().map(|(path, value)| (path.as_str(), value.as_str())).collect();
        assert_eq!(
            fields,
            [
                ("id", "r-1"),
                ("result.query", "a \"b\"\nü"),
                ("result.score", "1.0"),
                ("result.metadata.is_fallback", "true"),
                ("result.list.x", "true"),
                ("end", "y")
            ]
        );
        assert!(read("").is_empty() && read("}").is_empty() && read("a: \"unclosed").is_empty());
    }

    proptest! {
        #[test]
        fn any_text_does_no_harm(text in "[a{}: \"\\\\0-9\n]{0,60}") {
            read(&text);
        }
    }
}
