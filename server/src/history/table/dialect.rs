//! What stands between the cells of a table as text.

/// What separates cells where nobody says it, the likeliest first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// The delimiter of a table that begins like this, and how many bytes a line `sep=;` of Excel's has, which is none of
/// the table. It is that by which the first row has most cells.
pub(in crate::history) fn find_delimiter(head: &[u8]) -> (u8, usize) {
    let end = head.iter().position(|byte| b"\r\n".contains(byte)).unwrap_or(head.len());
    let first = &head[..end];
    if let [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', delimiter] = first {
        let line_end = if head[end..].starts_with(b"\r\n") { 2 } else { 1 };
        return (*delimiter, (end + line_end).min(head.len()));
    }
    let likeliest =
        DELIMITERS.into_iter().rev().max_by_key(|delimiter| count_outside_quotes(first, *delimiter));
    (likeliest.unwrap_or(b','), 0)
}

fn count_outside_quotes(line: &[u8], delimiter: u8) -> usize {
    let mut in_quotes = false;
    let counts = line.iter().filter(|byte| {
        in_quotes ^= **byte == b'"';
        !in_quotes && **byte == delimiter
    });
    counts.count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delimiter_is_what_the_first_row_has_most_of() {
        for (head, expected) in [
            (&b"user_id,at,text\nx;y;z;;;"[..], (b',', 0)),
            (b"user_id;at;\"a,b,c,d\"", (b';', 0)),
            (b"user_id\tat\tdirection", (b'\t', 0)),
            (b"user_id|at", (b'|', 0)),
            (b"user_id", (b',', 0)),
            (b"", (b',', 0)),
            (b"sep=;\r\nuser_id;at", (b';', 7)),
            (b"SEP=|\nuser_id|at", (b'|', 6)),
            (b"sep=;", (b';', 5)),
        ] {
            assert_eq!(find_delimiter(head), expected, "{head:?}");
        }
    }
}
