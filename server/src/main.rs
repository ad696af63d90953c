//! The binary `parlance`.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// Gives memory back to the system soon after a peak: that of glibc keeps gigabytes.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    server::cli::main()
}
