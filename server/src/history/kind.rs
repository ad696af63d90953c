//! What a file is, by its first bytes: a file of another kind is refused in one sentence and not row by row.

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Without content.
    Empty,
    /// An SQLite database.
    Sqlite,
    /// Packed as a zip archive, as Excel files are.
    Zip,
    /// Compressed by gzip.
    Gzip,
    /// Compressed by something that nobody unpacks here.
    Compressed,
    /// An Excel file of before 2007.
    OldExcel,
    /// Documents of MongoDB, as mongodump writes them.
    Bson,
    /// What `mongodump --archive` writes.
    MongoArchive,
    /// HTML or XML.
    Markup,
    /// JSON that begins with an array.
    JsonArray,
    /// JSON that begins with an object.
    JsonObject,
    /// Any other text.
    Text,
}

/// First bytes that tell a kind.
const MAGIC: [(&[u8], Kind); 9] = [
    (b"SQLite format 3\0", Kind::Sqlite),
    (b"PK\x03\x04", Kind::Zip),
    (b"PK\x05\x06", Kind::Zip),
    (b"\x1f\x8b", Kind::Gzip),
    (b"\x28\xb5\x2f\xfd", Kind::Compressed),
    (b"7z\xbc\xaf\x27\x1c", Kind::Compressed),
    (b"Rar!", Kind::Compressed),
    (b"\xd0\xcf\x11\xe0", Kind::OldExcel),
    (b"\x6d\xe2\x99\x81", Kind::MongoArchive),
];

impl Kind {
    /// The kind of a file that begins like this.
    pub fn of(head: &[u8]) -> Self {
        if let Some((_, kind)) = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)) {
            return *kind;
        }
        if is_bson(head) {
            return Self::Bson;
        }
        let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
        match head.first() {
            None => Self::Empty,
            Some(b'{') => Self::JsonObject,
            Some(b'<') if begins_markup(head) => Self::Markup,
            // WhatsApp begins its lines with a time in brackets.
            Some(b'[') if begins_array(head) => Self::JsonArray,
            Some(_) => Self::Text,
        }
    }

    /// In words that follow "this is".
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Sqlite => "an SQLite database",
            Self::Zip => "a zip archive",
            Self::Gzip => "compressed by gzip",
            Self::Compressed => "compressed: unpack it first",
            Self::OldExcel => "an Excel file from before 2007: save it as .xlsx",
            Self::Bson => "a dump of MongoDB",
            Self::MongoArchive => "an archive of MongoDB: use mongodump without --archive",
            Self::Markup => "HTML or XML, which cannot be imported: export it as JSON or CSV",
            Self::JsonArray => "a JSON array",
            Self::JsonObject => "JSON",
            Self::Text => "text, not JSON",
        }
    }
}

fn begins_markup(head: &[u8]) -> bool {
    ["<!doctype", "<html", "<?xml", "<head", "<body", "<table", "<div"]
        .iter()
        .any(|tag| head.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag.as_bytes())))
}

fn begins_array(head: &[u8]) -> bool {
    let first = head.get(1..).unwrap_or_default().trim_ascii_start().first();
    first.is_none_or(|first| b"{[]\"".contains(first))
}

/// A document begins with its length, and its first member is a text, a number or an ObjectId called `_id`.
fn is_bson(head: &[u8]) -> bool {
    matches!(head, [_, _, _, 0 | 1, 0x02 | 0x07 | 0x10 | 0x12, b'_', b'i', b'd', 0, ..])
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
            (b"\x1f\x8b\x08", Kind::Gzip),
            (b"PK\x03\x04", Kind::Zip),
            (b"\x28\xb5\x2f\xfd", Kind::Compressed),
            (b"\x6d\xe2\x99\x81", Kind::MongoArchive),
            (b"\x10\x01\x00\x00\x07_id\0", Kind::Bson),
            (b"\xef\xbb\xbf {", Kind::JsonObject),
            (b"\n<!DOCTYPE html>", Kind::Markup),
            (b"<media omitted>,1", Kind::Text),
            (b"\n[", Kind::JsonArray),
            (b"[ {", Kind::JsonArray),
            (b"[01/11/26, 10:00:00] Ada: hi", Kind::Text),
            (b"user_id;at", Kind::Text),
        ] {
            assert_eq!(Kind::of(head), kind, "{head:?}");
        }
    }
}
