//! What tables of every kind have: rows of cells below a row of names.

/// Most cells of a row.
pub(super) const MAX_CELLS: usize = 20_000;

/// Where rows come from.
pub(in crate::history) trait Rows {
    /// The column names.
    fn names(&self) -> &[String];

    /// Reads a row. Gives back its number, the line on which it begins, or `None` at the end.
    ///
    /// # Errors
    /// When the file cannot be read, or nobody knows where the next row begins.
    fn read(&mut self, record: &mut Record) -> anyhow::Result<Option<u64>>;

    /// What was noticed since the last time, for people.
    fn take_notes(&mut self) -> Vec<String> {
        Vec::new()
    }
}

/// The place of a column; capital letters or small ones, as in most programs.
pub(in crate::history) fn find(names: &[String], name: &str) -> Option<usize> {
    let exact = names.iter().position(|known| known == name);
    exact.or_else(|| names.iter().position(|known| known.eq_ignore_ascii_case(name)))
}

/// A row's cells.
#[derive(Debug, Default)]
pub(in crate::history) struct Record {
    text: Vec<u8>,
    ends: Vec<usize>,
}

impl Record {
    /// Forgets all cells.
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }

    /// Adds a cell.
    pub(super) fn push(&mut self, cell: &[u8]) {
        self.text.extend_from_slice(cell);
        self.ends.push(self.text.len());
    }

    /// The cell at a place, as far as it is UTF-8.
    pub(in crate::history) fn get(&self, place: usize) -> Option<&str> {
        let end = *self.ends.get(place)?;
        let start = place.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        std::str::from_utf8(&self.text[start..end]).ok()
    }

    /// How many cells it has.
    pub(in crate::history) fn len(&self) -> usize {
        self.ends.len()
    }

    /// How many bytes its texts have.
    pub(super) fn text_bytes(&self) -> u64 {
        self.text.len() as u64
    }

    /// How much memory it takes, in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.text.len() + self.ends.len() * size_of::<usize>()
    }

    /// Whether all of it is UTF-8.
    pub(in crate::history) fn is_utf_8(&self) -> bool {
        std::str::from_utf8(&self.text).is_ok()
    }
}
