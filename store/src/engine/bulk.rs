//! Many rows as one parameter: a batch is one statement per table, however many rows it has.

/// Columns of equal length, read in SQL as the table `input`.
#[derive(Debug, Default)]
pub(crate) struct Bulk<'a> {
    columns: Vec<(&'static str, Column<'a>)>,
}

/// The values of one column.
#[derive(Debug)]
pub(crate) enum Column<'a> {
    Int(Vec<Option<i64>>),
    Text(Vec<Option<&'a str>>),
}

impl<'a> Bulk<'a> {
    /// No table at all: a statement with plain parameters only.
    pub(crate) const NONE: Self = Self { columns: Vec::new() };

    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Adds a column of integers.
    pub(crate) fn ints<T: Into<Option<i64>>>(
        mut self,
        name: &'static str,
        values: impl IntoIterator<Item = T>,
    ) -> Self {
        self.columns.push((name, Column::Int(values.into_iter().map(Into::into).collect())));
        self
    }

    /// Adds a column of texts.
    pub(crate) fn texts<T: Into<Option<&'a str>>>(
        mut self,
        name: &'static str,
        values: impl IntoIterator<Item = T>,
    ) -> Self {
        self.columns.push((name, Column::Text(values.into_iter().map(Into::into).collect())));
        self
    }

    pub(crate) fn columns(&self) -> &[(&'static str, Column<'a>)] {
        &self.columns
    }

    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        self.columns.first().map_or(0, |(_, column)| match column {
            Column::Int(values) => values.len(),
            Column::Text(values) => values.len(),
        })
    }
}
