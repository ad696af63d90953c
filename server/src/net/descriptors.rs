//! How many file descriptors the process may have. Systems start services with a low soft limit for programs that cannot
//! count beyond it; the hard limit is what the operator allows.

use rustix::process::{Resource, getrlimit, setrlimit};

/// Connections that are enough for any server of this kind. Each costs up to two buffers of a request's headers.
const ENOUGH: usize = 4_096;
/// Descriptors that are kept for the database, files and the log.
const RESERVED: u64 = 128;

/// Raises the soft limit as far as it helps, and returns how many connections fit beneath it.
pub(super) fn most_connections() -> usize {
    let enough = ENOUGH as u64 + RESERVED;
    let mut limit = getrlimit(Resource::Nofile);
    let wanted = limit.maximum.unwrap_or(enough).min(enough);
    if limit.current.is_some_and(|current| current < wanted) {
        limit.current = Some(wanted);
        if let Err(error) = setrlimit(Resource::Nofile, limit) {
            tracing::warn!(error = %error, "the limit of open files stays low");
        }
    }
    fit(getrlimit(Resource::Nofile).current)
}

/// `None` is no limit.
fn fit(descriptors: Option<u64>) -> usize {
    let free = descriptors.map_or(u64::MAX, |descriptors| descriptors.saturating_sub(RESERVED).max(16));
    usize::try_from(free).unwrap_or(ENOUGH).min(ENOUGH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_stay_below_the_descriptors() {
        assert_eq!(fit(Some(1_024)), 896);
        assert_eq!(fit(Some(64)), 16);
        assert_eq!(fit(Some(1 << 20)), ENOUGH);
        assert_eq!(fit(None), ENOUGH);
    }
}
