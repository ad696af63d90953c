//! What readers may trip over, as bytes and as text.

use proptest::prelude::*;
use proptest::sample::select;

/// Put into inputs as they are.
const TOKENS: [&[u8]; 40] = [
    b"\0",
    b"\n",
    b"\r\n",
    b"\"",
    b"\\",
    b"'",
    b",",
    b";",
    b":",
    b"{",
    b"}",
    b"[",
    b"]",
    b"{}",
    b"[]",
    b"null",
    b"true",
    b"0",
    b"-",
    b"-0",
    b"1e999",
    b"1E-999",
    b"0.0000000001",
    b"9223372036854775808",
    b"-9223372036854775809",
    b"184467440737095516160",
    b"\"\\ud800\"",
    b"\"\\u0000\"",
    b"\\uDFFF",
    b"\xff",
    b"\xc3",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\x1f\x8b",
    b"\x0a\x00",
    b"\x12\x00",
    b"\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
    b"\"id\":1,",
    b"PK\x03\x04",
    b"\t",
];

/// Texts with something odd about them.
const TEXTS: [&str; 34] = [
    "",
    " ",
    "\0",
    "a\0b",
    "\n",
    "\u{feff}",
    "\u{202e}txt",
    "\u{1f600}",
    "e\u{301}",
    "\u{2028}",
    "NaN",
    "Infinity",
    "-1",
    "0x10",
    "1e999",
    "true",
    "null",
    "incoming",
    "outgoing",
    "message",
    "model_call",
    "user",
    "bot",
    "web",
    "1970-01-01T00:00:00Z",
    "2026-01-02T03:04:05+23:59",
    "2026-01-02 03:04:05",
    "0000-00-00T00:00:00Z",
    "9999-12-31T23:59:60Z",
    "+262142-12-31T23:59:59Z",
    "1767323045",
    "1767323045.6789",
    "=1+1",
    "Channel::Api",
];

/// Names that readers look for.
pub(super) const NAMES: [&str; 40] = [
    "type",
    "id",
    "user_id",
    "session_id",
    "at",
    "direction",
    "channel",
    "text",
    "value",
    "properties",
    "batch",
    "event",
    "sentAt",
    "sent_at",
    "timestamp",
    "messageId",
    "userId",
    "distinct_id",
    "uuid",
    "sender_id",
    "metadata",
    "parse_data",
    "data",
    "message_id",
    "conversation",
    "recipient",
    "from",
    "message_type",
    "created_at",
    "sender",
    "token",
    "api_key",
    "writeKey",
    "traceId",
    "spanId",
    "parentSpanId",
    "attributes",
    "key",
    "latency_ms",
    "model",
];

pub(super) fn token() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        3 => select(TOKENS.to_vec()).prop_map(<[u8]>::to_vec),
        1 => prop::collection::vec(any::<u8>(), 1..8),
    ]
}

/// A text: odd, any, or as long as a limit and a little longer.
pub(super) fn text() -> impl Strategy<Value = String> {
    let lengths = select(vec![40, 41, 80, 81, 200, 201, 8_192, 8_193, 65_536, 65_537, 200_000]);
    let letters = select(vec!["x", "é", "\u{1f600}", "\u{7}"]);
    prop_oneof![
        6 => select(TEXTS.to_vec()).prop_map(str::to_owned),
        3 => ".{0,12}",
        1 => (letters, lengths).prop_map(|(letter, length)| letter.repeat(length)),
    ]
}
