//! How much memory requests may take.

/// Bytes of a KiB.
pub const KIB: usize = 1024;
/// Bytes of a MiB.
pub const MIB: usize = 1024 * KIB;

/// What requests may take up to, in bytes.
#[derive(Clone, Copy, Debug)]
pub struct MemoryLimits {
    /// Bodies of requests that have not shown a key.
    pub keyless: usize,
    /// Requests of at most [`MemoryLimits::SMALL`].
    pub small: usize,
    /// All other requests with a key.
    pub large: usize,
    /// Answers that wait for their clients.
    pub answers: usize,
}

impl MemoryLimits {
    /// Largest charge of a small request, in bytes.
    pub const SMALL: usize = 256 * KIB;
    /// The limits of a server. Two of the largest bodies fit into the share of large requests, one of each bot.
    pub const DEFAULT: Self =
        Self { keyless: 32 * MIB, small: 64 * MIB, large: 288 * MIB, answers: 64 * MIB };
}

/// One permit stands for one KiB.
pub(super) fn permits(bytes: usize) -> usize {
    bytes.div_ceil(KIB)
}
