//! The query of a request.

use analytics::fact::Direction;

/// The parameters of the query that every platform reads.
pub(super) struct Call<'a> {
    /// `None` where the platform's own form tells it: `type=all`.
    pub(super) direction: Option<Direction>,
    /// The channel, unless a message says more.
    pub(super) platform: &'a str,
}
