//! Bytes, changed without a look at what they mean.

use std::sync::Arc;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use super::words::token;

/// Largest input, in bytes: enough for every limit of a reader that counts things, and quick to read.
pub(super) const MAX_INPUT: usize = 1 << 20;

/// One change. Places fit any length.
#[derive(Clone, Debug)]
enum Edit {
    Replace(Index, u8),
    Insert(Index, Vec<u8>),
    Remove(Index, usize),
    /// So many bytes from one place, so often at another.
    Repeat {
        from: Index,
        length: usize,
        to: Index,
        times: usize,
    },
    Truncate(Index),
}

/// One of these inputs, changed in up to six places; each is unchanged now and then.
pub(crate) fn edited(inputs: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let inputs = Arc::new(inputs);
    (any::<Index>(), edits()).prop_map(move |(place, edits)| {
        let input = if inputs.is_empty() { Vec::new() } else { place.get(&inputs).clone() };
        apply(input, &edits)
    })
}

/// The same for an input that is itself drawn.
pub(crate) fn edited_from(inputs: impl Strategy<Value = Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    (inputs, edits()).prop_map(|(input, edits)| apply(input, &edits))
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    prop_oneof![1 => Just(Vec::new()), 2 => vec(edit(), 1..=6)]
}

fn edit() -> impl Strategy<Value = Edit> {
    let place = any::<Index>;
    let times = prop_oneof![6 => 1..4_usize, 2 => 4..300_usize, 1 => 300..20_000_usize];
    prop_oneof![
        3 => (place(), any::<u8>()).prop_map(|(at, byte)| Edit::Replace(at, byte)),
        4 => (place(), token()).prop_map(|(at, token)| Edit::Insert(at, token)),
        2 => (place(), 1..60_usize).prop_map(|(at, length)| Edit::Remove(at, length)),
        2 => (place(), 1..200_usize, place(), times)
            .prop_map(|(from, length, to, times)| Edit::Repeat { from, length, to, times }),
        1 => place().prop_map(Edit::Truncate),
    ]
}

fn apply(mut input: Vec<u8>, edits: &[Edit]) -> Vec<u8> {
    for edit in edits {
        // An insertion may be at the end.
        let place = |at: &Index, end: usize| at.index(input.len() + end);
        match edit {
            Edit::Insert(at, token) => {
                let at = place(at, 1);
                input.splice(at..at, token.iter().copied());
            }
            _ if input.is_empty() => {}
            Edit::Replace(at, byte) => {
                let at = place(at, 0);
                input[at] = *byte;
            }
            Edit::Remove(at, length) => {
                let at = place(at, 0);
                let end = (at + length).min(input.len());
                input.drain(at..end);
            }
            Edit::Repeat { from, length, to, times } => {
                let (from, to) = (place(from, 0), place(to, 1));
                let part = input[from..(from + length).min(input.len())].to_vec();
                let times = (*times).min(MAX_INPUT.saturating_sub(input.len()) / part.len());
                input.splice(to..to, part.repeat(times));
            }
            Edit::Truncate(at) => input.truncate(at.index(input.len())),
        }
    }
    input
}
