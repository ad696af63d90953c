//! What a limiter remembers of countless names in a fixed amount of memory: a count-min sketch whose cells are governor's
//! states. Inventing names costs us neither memory nor time.

use std::sync::{Mutex, PoisonError};

use governor::nanos::Nanos;
use governor::state::StateStore;

/// Cells of a name: it is refused only where all of them are used up.
const ROWS: usize = 4;
/// Cells of a row, as a power of two: with all of them in use by others, four of a name's own are still rare.
const ROW_BITS: u32 = 14;
const COLUMNS: usize = 1 << ROW_BITS;

/// States of names, by 64 bits of a hash of theirs: half a megabyte, whatever is asked. A name has one cell in each row
/// and shares it with others; its state is that of the freest cell. So a name is never counted for less than it has
/// tried, and for more only where others use up all of its cells.
#[derive(Debug)]
pub(super) struct Sketch(Mutex<Box<[u64]>>);

impl Default for Sketch {
    fn default() -> Self {
        Self(Mutex::new(vec![0; ROWS * COLUMNS].into()))
    }
}

impl StateStore for Sketch {
    type Key = u64;

    fn measure_and_replace<T, F, E>(&self, key: &u64, measure: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let mut cells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let own = places(*key);
        let freest = own.iter().map(|place| cells[*place]).min().filter(|state| *state > 0);
        let (outcome, state) = measure(freest.map(Nanos::from))?;
        for place in own {
            cells[place] = cells[place].max(state.as_u64());
        }
        Ok(outcome)
    }
}

/// The name's cell in each row.
fn places(key: u64) -> [usize; ROWS] {
    std::array::from_fn(|row| {
        let bits = key.rotate_right(u32::try_from(row).unwrap_or(0) * ROW_BITS) % (1 << ROW_BITS);
        row * COLUMNS + usize::try_from(bits).unwrap_or(0)
    })
}

#[cfg(test)]
mod tests {
    use std::hash::{BuildHasher, RandomState};

    use super::*;

    /// Counts a try of a name up to a limit; whether it was admitted.
    fn admits(sketch: &Sketch, name: u64, limit: u64) -> bool {
        let count = |state: Option<Nanos>| match state.map_or(0, Nanos::as_u64) {
            tries if tries < limit => Ok(((), Nanos::from(tries + 1))),
            _ => Err(()),
        };
        sketch.measure_and_replace(&name, count).is_ok()
    }

    #[test]
    fn a_name_is_counted_exactly_as_long_as_it_is_alone() {
        let sketch = Sketch::default();
        let admitted = (0..9).filter(|_| admits(&sketch, 0xdead_beef, 5)).count();
        assert_eq!(admitted, 5);
    }

    #[test]
    fn no_name_is_ever_admitted_more_often_than_it_may_whoever_else_asks() {
        let (sketch, hasher) = (Sketch::default(), RandomState::new());
        let guessed: u64 = 42;
        let mut admitted = 0;
        for round in 0..200_000_u64 {
            admits(&sketch, hasher.hash_one(round), 5);
            if round % 10_000 == 0 && admits(&sketch, guessed, 5) {
                admitted += 1;
            }
        }
        assert!(admitted <= 5, "{admitted}");
    }

    #[test]
    fn thousands_of_names_at_once_shut_hardly_anybody_else_out() {
        let (sketch, hasher) = (Sketch::default(), RandomState::new());
        for name in 0..5_000_u64 {
            while admits(&sketch, hasher.hash_one(name), 5) {}
        }
        let shut_out = (5_000..10_000_u64).filter(|name| !admits(&sketch, hasher.hash_one(name), 5)).count();
        assert!(shut_out < 150, "{shut_out} of 5,000");
    }

    #[test]
    fn each_row_looks_at_other_bits_of_the_name() {
        for row in 0..ROWS {
            let own = places(1 << (u32::try_from(row).unwrap() * ROW_BITS));
            let differ = own.iter().zip(places(0)).filter(|(one, other)| **one != *other).count();
            assert_eq!(differ, 1, "row {row}");
        }
    }
}
