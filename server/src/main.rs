//! The binary `parlance`.

use std::process::ExitCode;

fn main() -> ExitCode {
    server::cli::main()
}
