//! Single values of JSON, read as what they are.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

/// A text, borrowed where it has no escapes.
#[derive(Deserialize)]
pub struct Text<'a>(
    /// The text.
    #[serde(borrow)]
    pub Cow<'a, str>,
);

/// A JSON text; `None` for anything else, and for text that is no Unicode (half a surrogate pair).
pub fn read_text(raw: &RawValue) -> Option<Cow<'_, str>> {
    let inside = raw.get().strip_prefix('"')?.strip_suffix('"')?;
    if !inside.contains('\\') {
        return Some(Cow::Borrowed(inside));
    }
    serde_json::from_str::<Text<'_>>(raw.get()).ok().map(|Text(text)| text)
}

/// A JSON text, or a number as the very characters that were sent: no digit of a long number is lost.
pub fn read_text_or_number(raw: &RawValue) -> Option<Cow<'_, str>> {
    if is_number(raw) { Some(Cow::Borrowed(raw.get())) } else { read_text(raw) }
}

/// Whether it is a JSON number.
pub fn is_number(raw: &RawValue) -> bool {
    raw.get().starts_with(|first: char| first == '-' || first.is_ascii_digit())
}

/// A finite number.
pub fn read_number(raw: &RawValue) -> Option<f64> {
    if is_number(raw) { raw.get().parse().ok().filter(|number: &f64| number.is_finite()) } else { None }
}

/// A whole number of what can be counted: not negative, and in the database's 63 bits.
pub fn read_count(raw: &RawValue) -> Option<u64> {
    raw.get().parse().ok().filter(|&count| i64::try_from(count).is_ok())
}

/// `true` or `false`.
pub fn read_bool(raw: &RawValue) -> Option<bool> {
    raw.get().parse().ok()
}

/// How deep objects and arrays lie within each other: 0 for a plain value. Brackets inside texts are none.
pub fn depth(json: &[u8]) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let (mut in_text, mut is_escaped) = (false, false);
    for &byte in json {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if in_text => is_escaped = true,
            b'"' => in_text = !in_text,
            b'{' | b'[' if !in_text => depth += 1,
            b'}' | b']' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}
