//! Time and memory that reading an input may take.

use std::time::Duration;

use peak_alloc::PeakAlloc;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use rustix::time::{ClockId, clock_gettime};

/// Counts what the process has allocated. With cargo-nextest a test is a process of its own.
#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Processor time, so that a busy machine is no fault: far above what any input takes in an unoptimised build, and far
/// below what a reader takes that does not end.
const MAX_TIME: Duration = Duration::from_secs(10);
/// Memory for the items that a request may have, however small its body is.
const BASE_BYTES: usize = 32 << 20;
/// Memory for each byte of input.
const BYTES_PER_BYTE: usize = 32;

/// What reading an input of so many bytes comes to.
///
/// # Errors
/// Fails the case when it takes too much time or memory.
pub(crate) fn within_limits<T>(input_bytes: usize, read: impl FnOnce() -> T) -> Result<T, TestCaseError> {
    let (result, took, peak) = measure(read);
    let limit = BASE_BYTES + BYTES_PER_BYTE * input_bytes;
    prop_assert!(peak <= limit, "{input_bytes} bytes took {peak} bytes of memory; the limit is {limit}");
    prop_assert!(took <= MAX_TIME, "{input_bytes} bytes took {took:?}");
    Ok(result)
}

fn measure<T>(read: impl FnOnce() -> T) -> (T, Duration, usize) {
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let began = processor_time();
    let result = read();
    (result, processor_time() - began, MEMORY.peak_usage().saturating_sub(before))
}

/// Of this thread.
fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.try_into().unwrap(), time.tv_nsec.try_into().unwrap())
}

#[test]
fn time_is_counted_while_something_is_done() {
    let work = || (0..3_000_000_u64).map(std::hint::black_box).sum::<u64>();
    let (_, took, _) = measure(work);
    assert!(took > Duration::ZERO && took < MAX_TIME);
}

#[test]
fn memory_and_its_limit_are_seen() {
    let take = |bytes: usize| within_limits(0, || std::hint::black_box(vec![1_u8; bytes]).len());
    assert_eq!(take(BASE_BYTES / 2).unwrap(), BASE_BYTES / 2);
    assert!(take(BASE_BYTES + 1).is_err());
}
