use std::io::BufReader;

use super::*;

/// A reader that gives a few bytes at a time.
fn stream(json: &str) -> JsonStream<BufReader<&[u8]>> {
    JsonStream::new(BufReader::with_capacity(3, json.as_bytes()))
}

#[test]
fn members_and_elements_are_given_one_by_one() {
    let json = "{\"a\": 1,\n \"list\": [{\"x\": \"]}\\\"\"}, 2 ,\"t\"],\n\"c\": {\"d\": [[]]}}";
    let (mut seen, mut json) = (Vec::new(), stream(json));
    json.members(|json, name| {
        if name != "list" {
            return json.skip();
        }
        json.elements(|json| {
            let line = json.line();
            seen.push((line, String::from_utf8(json.value()?).unwrap()));
            Ok(())
        })
    })
    .unwrap();
    assert_eq!(seen, [(2, "{\"x\": \"]}\\\"\"}".to_owned()), (2, "2".to_owned()), (2, "\"t\"".to_owned())]);
    assert_eq!((json.peek().unwrap(), json.line()), (None, 3));
}

#[test]
fn what_is_cut_off_or_broken_is_named_with_its_line() {
    for (json, reason) in [
        ("[1,\n{\"a\": ", "cut off: it ends on line 2"),
        ("[1, ", "cut off"),
        ("[1", "cut off"),
        ("[\"a", "cut off"),
        ("[1 2]", "line 1: expected ']' but found '2'"),
        ("[,1]", "expected a value"),
        ("[]", ""),
    ] {
        let read = stream(json).elements(|json| json.value().map(drop));
        let error = read.map_or_else(|error| format!("{error:#}"), |()| String::new());
        assert!(error.contains(reason) && error.is_empty() == reason.is_empty(), "{json}: {error}");
    }
}

#[test]
fn a_value_is_as_large_and_as_deep_as_it_may_be() {
    assert!(stream(&format!("\"{}\"", "x".repeat(98))).value_of(100).is_ok());
    assert!(stream(&format!("\"{}\"", "x".repeat(99))).value_of(100).is_err());
    assert!(stream(&format!("{}{}", "[".repeat(128), "]".repeat(128))).value().is_ok());
    assert!(stream(&"[".repeat(129)).value().is_err());
}
