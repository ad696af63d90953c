//! Figures, dates and changes as people read them. Pure functions; the same text on both sides.
