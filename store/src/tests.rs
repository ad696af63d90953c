//! The room as a whole: what comes in is what reports say.

mod figures;
