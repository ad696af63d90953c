//! Inputs for everything that reads what others send, and the limits that each reader keeps: no input panics, takes
//! long, or takes more memory than its size explains, and whatever is read can be stored. Inputs are samples of what
//! real clients send, changed at random: as bytes, as JSON, as protobuf. `make test` takes the same ones each time, and
//! `make fuzz` fresh ones.

mod bytes;
mod checks;
mod json;
mod limits;
mod protobuf;
mod samples;
mod words;

pub(crate) use self::bytes::{edited, edited_from};
pub(crate) use self::checks::{READER, check_fact, check_item, check_translation};
pub(crate) use self::json::{edited_json, edited_values};
pub(crate) use self::limits::within_limits;
pub(crate) use self::protobuf::{Field, any_message, encode};
pub(crate) use self::samples::{Sample, load, recorded};
