//! The cases that every door answers, made from what each says about itself.

use std::io::Write;
use std::sync::LazyLock;

use data_encoding::BASE64;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::support::{Answer, TestServer};

/// Stands for the key in paths and bodies.
const KEY: &str = "{key}";
pub(crate) const UNKNOWN_KEY: &str = "pw_unknown";
const MIB: usize = 1024 * 1024;

/// A door, as the cases need it.
pub(crate) struct Sample {
    /// Its name in the table.
    pub(crate) door: &'static str,
    /// May have a query, and `{key}` in it.
    pub(crate) path: &'static str,
    /// Whether its clients put the key in the header, or where it says `{key}`.
    pub(crate) key_place: KeyPlace,
    /// A body with so many valid messages of different ids, and perhaps `{key}`. Doors that take one in a request may
    /// give one always, and have a dash as status of the cases with many.
    pub(crate) messages: fn(usize) -> String,
    /// Bodies of cases of its own.
    pub(crate) own_cases: Vec<(&'static str, String)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyPlace {
    /// `Authorization: Basic`, as the user.
    Basic,
    /// At `{key}`.
    Written,
}

/// A request, sent once or more, and what is odd about it.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) key: Key,
    pub(crate) times: usize,
    body: Body,
    form: Form,
    header: Option<(&'static str, &'static str)>,
    end_of_path: &'static str,
}

#[derive(Clone, Copy)]
pub(crate) enum Key {
    Valid,
    Absent,
    Unknown,
    Revoked,
    OfInactiveBot,
    OfOtherDoor,
}

enum Body {
    /// So many valid messages of the door.
    Messages(usize),
    Own(String),
}

/// What becomes of a body on its way.
#[derive(Clone, Copy)]
enum Form {
    Plain,
    Half,
    Gzip,
    HalfGzip,
    Padded,
    PaddedGzip,
}

impl Sample {
    pub(crate) fn all_cases(&self) -> Vec<Case> {
        let own = self.own_cases.iter().map(|(name, body)| Case::new(name, Body::Own(body.clone())));
        self.common_cases().into_iter().chain(own).collect()
    }

    pub(crate) fn common_cases(&self) -> Vec<Case> {
        let case = |name| Case::new(name, Body::Messages(1));
        let formed = |name, form| Case { form, ..case(name) };
        let keyed = |name, key| Case { key, ..case(name) };
        let encoded = |name, form, encoding| Case {
            header: Some(("content-encoding", encoding)),
            ..formed(name, form)
        };
        let other_type = ("content-type", "application/x-www-form-urlencoded");
        vec![
            case("one valid message"),
            Case { times: 3, ..case("the same message in three requests") },
            encoded("compressed with gzip and labelled", Form::Gzip, "gzip"),
            formed("compressed with gzip and not labelled", Form::Gzip),
            Case { end_of_path: "/", ..case("a slash at the end of the path") },
            Case { header: Some(other_type), ..case("another content type") },
            keyed("no key", Key::Absent),
            keyed("an unknown key", Key::Unknown),
            keyed("a revoked key", Key::Revoked),
            keyed("the key of an inactive bot", Key::OfInactiveBot),
            keyed("a key that opens another door only", Key::OfOtherDoor),
            Case::new("an empty body", Body::Own(String::new())),
            Case::new("a body that is no JSON", Body::Own("nonsense".to_owned())),
            formed("half a body", Form::Half),
            formed("gzip that breaks off", Form::HalfGzip),
            encoded("labelled as gzip and not compressed", Form::Plain, "gzip"),
            encoded("compressed with something else", Form::Plain, "br"),
            formed("more than 5 MiB", Form::Padded),
            formed("more than 32 MiB when inflated", Form::PaddedGzip),
            Case::new("10,000 events", Body::Messages(10_000)),
            Case::new("10,001 events", Body::Messages(10_001)),
        ]
    }

    pub(crate) async fn send(&self, server: &TestServer, case: &Case, key: &str) -> Answer {
        let body = match &case.body {
            Body::Messages(count) => (self.messages)(*count),
            Body::Own(body) => body.clone(),
        };
        let path = self.path.replacen('?', &format!("{}?", case.end_of_path), 1).replace(KEY, key);
        let end = if self.path.contains('?') { "" } else { case.end_of_path };
        let mut ask = server.post(&format!("{path}{end}"), case.form.apply(&body.replace(KEY, key)));
        if self.key_place == KeyPlace::Basic && !key.is_empty() {
            let pair = BASE64.encode(format!("{key}:").as_bytes());
            ask = ask.header("authorization", &format!("Basic {pair}"));
        }
        if let Some((name, value)) = case.header {
            ask = ask.header(name, value);
        }
        ask.send().await
    }
}

impl Case {
    fn new(name: &'static str, body: Body) -> Self {
        Self { name, key: Key::Valid, times: 1, body, form: Form::Plain, header: None, end_of_path: "" }
    }
}

impl Form {
    fn apply(self, body: &str) -> Vec<u8> {
        // Compressed once for all doors: without optimisation it takes seconds.
        static SPACES: LazyLock<Vec<u8>> = LazyLock::new(|| gzip(&b" ".repeat(32 * MIB)));
        match self {
            Self::Plain => body.into(),
            Self::Half => without_end(body.as_bytes(), body.len() / 3),
            Self::Gzip => gzip(body.as_bytes()),
            Self::HalfGzip => without_end(&gzip(body.as_bytes()), 9),
            Self::Padded => [body.as_bytes(), &b" ".repeat(5 * MIB)].concat(),
            Self::PaddedGzip => [gzip(body.as_bytes()), SPACES.clone()].concat(),
        }
    }
}

fn without_end(bytes: &[u8], end: usize) -> Vec<u8> {
    bytes[..bytes.len() - end].to_vec()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
