//! The options of every command, and the database that they name.

use store::Store;

use crate::config::check_database_url;
use crate::history::usage::UsageError;

/// The options that every command takes.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Common {
    /// Where all data is stored: sqlite://path/to/file.db or postgres://user@host/database
    #[arg(
        long,
        global = true,
        env = "DATABASE_URL",
        hide_env_values = true,
        default_value = "sqlite://parlance.db"
    )]
    pub(super) database_url: String,

    /// What is logged to stderr, such as warn or server=debug; default: info for serve, warn for other commands
    #[arg(long, global = true)]
    pub(super) log: Option<String>,
}

/// Opens the database that the options name.
pub(super) async fn open(common: &Common) -> anyhow::Result<Store> {
    check_database_url(&common.database_url).map_err(UsageError)?;
    Ok(Store::open(&common.database_url).await?)
}
