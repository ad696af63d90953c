//! English names of months.

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
/// Fewest letters by which a month is known: June and July share two.
const SHORTEST_NAME: usize = 3;

/// The month, from 1, of a name or of its first letters, in capital letters or small ones.
pub(crate) fn read_month(word: &str) -> Option<u32> {
    let word = word.to_ascii_lowercase();
    let found = MONTHS.iter().position(|name| word.len() >= SHORTEST_NAME && name.starts_with(&word))?;
    u32::try_from(found + 1).ok()
}
