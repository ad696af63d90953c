//! Figures, dates and changes as people read them. Pure functions; the same text on both sides.

#[cfg(feature = "ssr")]
pub mod amounts;
pub mod dates;
pub mod figures;

#[cfg(feature = "ssr")]
pub use amounts::{decimal, milliseconds, usd, usd_each};
pub use dates::{
    bucket_labels, bucket_name, date, date_with_weekday, instant, instants, month, month_short, span, time,
    weekday,
};
pub use figures::{IndexWords, count, index, metric_name, recalculating, short_count};
