//! What was told wrongly about a history.

/// Something that was told does not fit the file: whoever said it can say it better.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct UsageError(pub String);
