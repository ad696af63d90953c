//! Figures, dates and changes as people read them. Pure functions; the same text on both sides.

pub mod dates;
pub mod figures;

pub use dates::{
    bucket_labels, bucket_name, date, date_with_weekday, instant, instants, month, month_short, span, time,
    weekday,
};
pub use figures::{IndexWords, count, index, metric_name, recalculating, short_count};
