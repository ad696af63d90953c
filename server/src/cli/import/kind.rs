//! What a file is, by its first bytes: a file of another kind is refused in one sentence and not row by row.

use crate::intake::split::without_byte_order_mark;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Empty,
    Sqlite,
    Compressed,
    Utf16,
    JsonArray,
    JsonObject,
    Text,
}

impl Kind {
    pub(super) fn of(head: &[u8]) -> Self {
        if head.starts_with(b"SQLite format 3\0") {
            return Self::Sqlite;
        }
        if [&b"\x1f\x8b"[..], b"PK\x03\x04", b"\x28\xb5\x2f\xfd"].iter().any(|magic| head.starts_with(magic))
        {
            return Self::Compressed;
        }
        if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
            return Self::Utf16;
        }
        match without_byte_order_mark(head).trim_ascii_start().first() {
            None => Self::Empty,
            Some(b'{') => Self::JsonObject,
            Some(b'[') => Self::JsonArray,
            Some(_) => Self::Text,
        }
    }

    /// In words that follow "this is".
    pub(super) fn in_words(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Sqlite => "an SQLite database",
            Self::Compressed => "compressed: unpack it first",
            Self::Utf16 => "text in UTF-16: save it as UTF-8",
            Self::JsonArray => "a JSON array",
            Self::JsonObject => "JSON",
            Self::Text => "text, and no JSON",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_its_first_bytes() {
        for (head, kind) in [
            (&b""[..], Kind::Empty),
            (b" \n", Kind::Empty),
            (b"SQLite format 3\0...", Kind::Sqlite),
            (b"\x1f\x8b\x08", Kind::Compressed),
            (b"PK\x03\x04", Kind::Compressed),
            (b"\xff\xfe{\0", Kind::Utf16),
            (b"\xef\xbb\xbf {", Kind::JsonObject),
            (b"\n[", Kind::JsonArray),
            (b"user_id;at", Kind::Text),
        ] {
            assert_eq!(Kind::of(head), kind, "{head:?}");
        }
    }
}
