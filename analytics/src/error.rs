//! What can be wrong with a question ([`QueryError`]) and with an item that a bot sent ([`RejectionCode`]).

use serde::{Deserialize, Serialize};

use crate::granularity::Granularity;

/// Most figures of a report by name: its names times its buckets.
pub const MAX_CELLS: u64 = 50_000;

/// A report's question that cannot be answered as put. Each has a stable `code()` (docs: the read API).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum QueryError {
    /// `period` is no preset's word, or stands together with `from` or `to`.
    #[error(
        "unknown period: use one of today, yesterday, 24h, 7d, 28d, 91d, 7d_full, 28d_full, 91d_full, week, last_week, month, last_month, year, 12mo, all, or from and to without period"
    )]
    InvalidPeriod,
    /// `from` and `to` are not both dates or both instants, or end before they start.
    #[error(
        "from and to must both be dates (2026-11-01) or both instants (2026-11-01T09:00:00+01:00); from must not be after to"
    )]
    InvalidRange,
    /// A date of the question is written like one, and is on no calendar: 29 February of a common year.
    #[error("{date} does not exist: the month has fewer days, or there is no such month")]
    NoSuchDate {
        /// The date as it was written.
        date: String,
    },
    /// `granularity` is unknown.
    #[error("unknown granularity: use hour, day, week or month")]
    InvalidGranularity,
    /// `channel` is not a channel word.
    #[error("a channel is 1 to 40 characters of a-z, 0-9, dot, underscore and hyphen")]
    InvalidChannel,
    /// `compare` is unknown, or dates to compare with stand without `compare=custom`.
    #[error("unknown comparison: use previous, year, none, or custom with compare_from and compare_to")]
    InvalidCompare,
    /// `compare_from` and `compare_to` are not both dates, or end before they start.
    #[error(
        "compare=custom needs compare_from and compare_to, both dates (2026-11-01); compare_from must not be after compare_to"
    )]
    InvalidCompareRange,
    /// An instant of `from` or `to` is not on a quarter of an hour.
    #[error("instants must be on a quarter of an hour, such as 09:15:00")]
    InstantNotOnQuarter,
    /// The granularity would give more than 1,500 buckets.
    #[error("{count} buckets are too many (at most 1500): use a coarser granularity or a shorter period")]
    TooManyBuckets {
        /// How many buckets the question would have.
        count: u64,
    },
    /// A report by name would have more than 50,000 figures: names times buckets.
    #[error(
        "{names} names in {buckets} buckets are {} figures, too many (at most {MAX_CELLS}): {}",
        .names * .buckets,
        way_out(.names, .fitting)
    )]
    TooManyCells {
        /// How many names the report would have.
        names: u64,
        /// How many buckets it would have.
        buckets: u64,
        /// The finest granularity that fits the period; `None` if none does.
        fitting: Option<Granularity>,
    },
    /// A date lies before 2000-01-01 or more than a year ahead.
    #[error("dates must be between 2000-01-01 and one year from today")]
    PeriodOutOfRange,
    /// A date of the comparison lies before 2000-01-01 or more than a year ahead.
    #[error("comparison dates must be between 2000-01-01 and one year from today")]
    ComparisonOutOfRange,
}

impl QueryError {
    /// The stable code of the public API.
    pub fn code(&self) -> &'static str {
        match self {
            Self::InvalidPeriod => "invalid_period",
            Self::InvalidRange => "invalid_range",
            Self::NoSuchDate { .. } => "no_such_date",
            Self::InvalidGranularity => "invalid_granularity",
            Self::InvalidChannel => "invalid_channel",
            Self::InvalidCompare => "invalid_compare",
            Self::InvalidCompareRange => "invalid_compare_range",
            Self::InstantNotOnQuarter => "instant_not_on_quarter",
            Self::TooManyBuckets { .. } => "too_many_buckets",
            Self::TooManyCells { .. } => "too_many_cells",
            Self::PeriodOutOfRange => "period_out_of_range",
            Self::ComparisonOutOfRange => "comparison_out_of_range",
        }
    }
}

/// What to ask instead of too many figures.
fn way_out(names: &u64, fitting: &Option<Granularity>) -> String {
    match fitting {
        Some(granularity) => format!("use granularity={}, or a shorter period", granularity.word()),
        None => format!("use a period of at most {} buckets", MAX_CELLS / names.max(&1)),
    }
}

macro_rules! rejection_codes {
    ($($name:ident $code:literal $detail:literal,)*) => {
        /// Why an item of a batch was not stored. `as_str` is the public code, `detail` the sentence beside it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum RejectionCode {
            $(#[doc = $detail] $name,)*
        }

        impl RejectionCode {
            /// Every code there is.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The stable code of the public API.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// What is wrong and what to do, in one sentence.
            pub const fn detail(self) -> &'static str {
                match self { $(Self::$name => $detail,)* }
            }
        }
    };
}

rejection_codes! {
    NotAnObject "not_an_object" "The item is not a JSON object, is nested deeper than 32 levels, or is not valid JSON in UTF-8.",
    TypeInvalid "type_invalid" "type is \"message\" or the name of a custom event: text of 1 to 80 bytes without control characters.",
    IdInvalid "id_invalid" "id is text of 1 to 200 bytes without control characters, or a number.",
    UserIdMissing "user_id_missing" "user_id is required: text of 1 to 200 bytes, or a number.",
    UserIdInvalid "user_id_invalid" "user_id is text of 1 to 200 bytes without control characters, or a number.",
    SessionIdInvalid "session_id_invalid" "session_id is text of 1 to 200 bytes without control characters, or a number.",
    AtInvalid "at_invalid" "at is a time with an offset from UTC, such as 2026-11-20T10:00:00+01:00, or a number since 1970 in seconds, milliseconds, microseconds or nanoseconds.",
    AtTooEarly "at_too_early" "at is before 2000-01-01.",
    AtMissing "at_missing" "The row has no time. --at now stores such rows at the time of the import.",
    AtInFuture "at_in_future" "at is more than 10 minutes ahead of the server's clock.",
    BeforeRetention "before_retention" "at is before the bot's retention horizon: such messages are no longer kept.",
    DirectionMissing "direction_missing" "direction is required for messages: incoming (user to bot) or outgoing (bot to user).",
    DirectionInvalid "direction_invalid" "direction is incoming (user to bot) or outgoing (bot to user).",
    ChannelInvalid "channel_invalid" "channel is 1 to 40 characters of a-z, 0-9, dot, underscore and hyphen.",
    TooManyChannels "too_many_channels" "A bot has at most 100 channels, and this channel is new.",
    TooManyEvents "too_many_events" "A bot has at most 500 names of custom events, and this name is new.",
    TooManyModels "too_many_models" "A bot has at most 500 names of language models, and this name is new.",
    TextInvalid "text_invalid" "text has to be a text.",
    TextTooLong "text_too_long" "text is longer than 64 KiB.",
    ValueInvalid "value_invalid" "value and the language-model fields are finite numbers with at most 9 digits after the point; counts are whole and not negative; intent is text of at most 200 bytes; handled is true or false.",
    PropertiesInvalid "properties_invalid" "properties has to be a JSON object.",
    PropertiesTooLarge "properties_too_large" "properties is larger than 8 KiB.",
    RowInvalid "row_invalid" "The row of an import cannot be read.",
    RowTooLarge "row_too_large" "A row of an import is larger than 4 MiB: is a line break missing?",
}
