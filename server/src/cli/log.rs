//! The log: on stderr, never with message text, user ids, keys or passwords.

use std::io::{self, IsTerminal};

use crate::history::usage::UsageError;

use tracing_subscriber::EnvFilter;

/// Starts the log with the directives of `--log`, or with what a server and a command say by default.
pub(super) fn start(directives: Option<&str>, is_server: bool) -> anyhow::Result<()> {
    let default = if is_server { "info" } else { "warn,audit=info" };
    let filter = EnvFilter::builder().parse(directives.unwrap_or(default)).map_err(|error| {
        UsageError(format!(
            "--log (PARLANCE_LOG): {error}: expected a level, or levels of modules, such as warn or server=debug"
        ))
    })?;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        // Whoever reads the log may go, or its disk be full. To tell that on the same stderr would panic.
        .log_internal_errors(false)
        .init();
    Ok(())
}
