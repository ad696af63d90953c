//! Time and memory that reading an input may take.

use std::time::{Duration, Instant};

use peak_alloc::PeakAlloc;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

/// Counts what the process has allocated. With cargo-nextest a test is a process of its own.
#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Far above what any input takes in an unoptimised build, and far below what a reader takes that does not end.
const MAX_TIME: Duration = Duration::from_secs(10);
/// Memory for the items that a request may have, however small its body is.
const BASE_BYTES: usize = 32 << 20;
/// Memory for each byte of input.
const BYTES_PER_BYTE: usize = 32;

/// What reading an input of so many bytes comes to.
///
/// # Errors
/// Fails the case when it takes too much time or memory.
pub(crate) fn within_limits<T>(input_bytes: usize, read: impl Fn() -> T) -> Result<T, TestCaseError> {
    let (result, took, peak) = measure(&read);
    let limit = BASE_BYTES + BYTES_PER_BYTE * input_bytes;
    prop_assert!(peak <= limit, "{input_bytes} bytes took {peak} bytes of memory; the limit is {limit}");
    // A machine that did something else is no fault: what is slow is slow again.
    let is_slow = took > MAX_TIME && measure(&read).1 > MAX_TIME;
    prop_assert!(!is_slow, "{input_bytes} bytes took {took:?}");
    Ok(result)
}

fn measure<T>(read: impl Fn() -> T) -> (T, Duration, usize) {
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let began = Instant::now();
    let result = read();
    (result, began.elapsed(), MEMORY.peak_usage().saturating_sub(before))
}

#[test]
fn memory_and_its_limit_are_seen() {
    let take = |bytes: usize| within_limits(0, || std::hint::black_box(vec![1_u8; bytes]).len());
    assert_eq!(take(BASE_BYTES / 2).unwrap(), BASE_BYTES / 2);
    assert!(take(BASE_BYTES + 1).is_err());
}
