//! Files that nobody but their owner may read: databases, backups and exports hold what people wrote.

use std::fs::{File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

const OWNER_ONLY: u32 = 0o600;
const OF_OTHERS: u32 = 0o077;

/// Creates an empty file that its owner may read and write, and nobody else, whatever the umask is.
///
/// # Errors
/// When there is such a file, or it cannot be created.
pub fn create_private_file(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new().write(true).create_new(true).mode(OWNER_ONLY).open(path)?;
    file.set_permissions(Permissions::from_mode(OWNER_ONLY))?;
    Ok(file)
}

/// Creates a database's file if there is none, and says in the log if another account can read the one there is. SQLite
/// gives the files beside it the same permissions. An open database is not opened here: to close it again would end this
/// process's locks on it.
pub(crate) fn prepare(path: &Path) {
    match create_private_file(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => warn_if_shared(path),
        // SQLite meets the same error, and says so with the reason.
        Ok(_) | Err(_) => {}
    }
}

fn warn_if_shared(path: &Path) {
    let mode = std::fs::metadata(path).map_or(0, |file| file.permissions().mode());
    if mode & OF_OTHERS != 0 {
        let path = path.display();
        tracing::warn!(
            "other accounts of this machine can open {path} and the files beside it: chmod 600 {path}*"
        );
    }
}

/// The file beside another whose name goes on with `ending`.
pub(crate) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}
