//! How a way in is told: guides, and the lines to paste.

/// Ways in of one kind.
pub(crate) struct Group {
    /// The part of the page's address.
    pub(crate) id: &'static str,
    pub(crate) title: &'static str,
    /// For whom they are.
    pub(crate) intro: &'static str,
    pub(crate) guides: &'static [Guide],
}

/// One way in.
pub(crate) struct Guide {
    pub(crate) title: &'static str,
    /// What the lines do, and what they do not.
    pub(crate) note: &'static str,
    pub(crate) blocks: &'static [Block],
}

/// Lines to paste in one place.
pub(crate) struct Block {
    pub(crate) id: &'static str,
    /// Where they go: a file's name, or what they are.
    pub(crate) place: &'static str,
    /// With `{url}`, `{key}` and `{bot}`.
    pub(crate) code: &'static str,
}
