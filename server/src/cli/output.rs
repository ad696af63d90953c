//! What commands print: results on stdout, the rest on stderr.

use std::io::{self, Write};
use std::process::ExitCode;

use serde::Serialize;

/// Prints one JSON object on a line of its own.
pub(super) fn print_json(value: &impl Serialize) -> anyhow::Result<()> {
    let mut stdout = io::stdout().lock();
    serde_json::to_writer(&mut stdout, value)?;
    writeln!(stdout)?;
    Ok(stdout.flush()?)
}

/// Tells the person in front of the terminal, whatever the log level is.
#[expect(clippy::print_stderr, reason = "this is what a person reads, not a log")]
pub(super) fn tell(text: &str) {
    eprintln!("{text}");
}

/// Says why a command failed, with everything that led to it.
pub(super) fn fail(error: &anyhow::Error, code: u8) -> ExitCode {
    tell(&format!("error: {error:#}"));
    ExitCode::from(code)
}
