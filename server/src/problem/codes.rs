//! Every code that a problem may have, with its status and what it means. Rejections of single items have codes of their
//! own ([`analytics::error::RejectionCode`]).

use analytics::error::QueryError;
use http::StatusCode;

macro_rules! problem_codes {
    ($($status:ident { $($name:ident $word:literal $meaning:literal;)* })*) => {
        /// What is wrong with a request, as a stable word of the public API.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum ProblemCode {
            $($(#[doc = $meaning] $name,)*)*
        }

        impl ProblemCode {
            /// Every code, in the order of their statuses.
            pub const ALL: &'static [Self] = &[$($(Self::$name,)*)*];

            /// The public word.
            pub const fn word(self) -> &'static str {
                match self { $($(Self::$name => $word,)*)* }
            }

            /// The status of an answer with this code.
            pub const fn status(self) -> StatusCode {
                match self { $($(Self::$name => StatusCode::$status,)*)* }
            }

            /// What it means, in a sentence.
            pub const fn meaning(self) -> &'static str {
                match self { $($(Self::$name => $meaning,)*)* }
            }
        }
    };
}

problem_codes! {
    BAD_REQUEST {
        BodyEmpty "body_empty" "The body is empty.";
        BodyIncomplete "body_incomplete" "The body ended too early.";
        ArrayInvalid "array_invalid" "The body starts with [ but is not a valid JSON array.";
        JsonInvalid "json_invalid" "The body is not valid JSON.";
        NotAnObject "not_an_object" "The body is not a JSON object.";
        BatchInvalid "batch_invalid" "The body has no array of events in the field where this client sends it.";
        OtlpInvalid "otlp_invalid" "The body is not an ExportTraceServiceRequest in protobuf or JSON.";
        GzipInvalid "gzip_invalid" "The body is labelled as gzip or begins like gzip, but is not gzip or ends too early.";
        InvalidQuery "invalid_query" "A parameter is missing, cannot be read, or is repeated.";
        InvalidPeriod "invalid_period" "period is not a known preset, or is given together with from or to.";
        InvalidRange "invalid_range" "from and to are not both dates or both instants, or end before they start.";
        NoSuchDate "no_such_date" "A date does not exist, such as 29 February of a common year.";
        InvalidGranularity "invalid_granularity" "granularity is unknown.";
        InvalidChannel "invalid_channel" "channel is not a valid channel name.";
        InvalidCompare "invalid_compare" "compare is unknown, or compare_from or compare_to are given without compare=custom.";
        InvalidCompareRange "invalid_compare_range" "compare=custom without two dates, or with dates that end before they start.";
        InstantNotOnQuarter "instant_not_on_quarter" "An instant is not on a quarter of an hour.";
        TooManyBuckets "too_many_buckets" "More than 1,500 buckets in the period or in the comparison.";
        TooManyCells "too_many_cells" "More than 50,000 names times buckets. The detail says which granularity or period fits.";
        PeriodOutOfRange "period_out_of_range" "A date before 2000-01-01 or more than a year ahead.";
        ComparisonOutOfRange "comparison_out_of_range" "A comparison date before 2000-01-01 or more than a year ahead.";
    }
    UNAUTHORIZED {
        Unauthorized "unauthorized" "The key, token or login is missing, unknown or revoked.";
    }
    FORBIDDEN {
        BotInactive "bot_inactive" "The bot is switched off: nothing is stored and nothing is shown. Its history is kept and returns on activation.";
        KeyOfOtherDoor "key_of_other_door" "The write key is limited to another door.";
        SiteNotNamed "site_not_named" "Only pages of the write key's sites may send with it, and the request comes from a page of another site.";
        ForeignOrigin "foreign_origin" "The page that sent the request was opened at an address that is not the server's own.";
    }
    NOT_FOUND {
        NotFound "not_found" "The resource does not exist, or this client may not see it. The answer is the same for both.";
    }
    METHOD_NOT_ALLOWED {
        MethodNotAllowed "method_not_allowed" "The path needs another method, or is a door for another client only.";
    }
    REQUEST_TIMEOUT {
        BodyTimeout "body_timeout" "The body did not arrive in time.";
    }
    PAYLOAD_TOO_LARGE {
        BodyTooLarge "body_too_large" "More than 5 MiB, or more than 32 MiB when unpacked.";
        SpanTooLarge "span_too_large" "A span with more than 50,000 attributes, events and links.";
        TooManyItems "too_many_items" "More than 10,000 events.";
    }
    UNSUPPORTED_MEDIA_TYPE {
        UnsupportedEncoding "unsupported_encoding" "Content-Encoding is not gzip.";
        NotAForm "not_a_form" "A server function of the pages was called without a form.";
    }
    TOO_MANY_REQUESTS {
        RateLimited "rate_limited" "This key is used too often.";
    }
    INTERNAL_SERVER_ERROR {
        Internal "internal" "An error of the server. Its log has the details under the incident id.";
    }
    SERVICE_UNAVAILABLE {
        Busy "busy" "The server is too busy at the moment: send the same request again.";
        Stopping "stopping" "The server is stopping: send the same request again.";
        Unavailable "unavailable" "The database does not answer.";
    }
}

impl ProblemCode {
    /// The codes of a report's query.
    pub const OF_QUERIES: [Self; 12] = [
        Self::InvalidPeriod,
        Self::InvalidRange,
        Self::NoSuchDate,
        Self::InvalidGranularity,
        Self::InvalidChannel,
        Self::InvalidCompare,
        Self::InvalidCompareRange,
        Self::InstantNotOnQuarter,
        Self::TooManyBuckets,
        Self::TooManyCells,
        Self::PeriodOutOfRange,
        Self::ComparisonOutOfRange,
    ];

    /// Whether the public API answers with it. The others are for pages only.
    pub const fn is_of_api(self) -> bool {
        !matches!(self, Self::ForeignOrigin | Self::NotAForm)
    }
}

impl From<&QueryError> for ProblemCode {
    fn from(error: &QueryError) -> Self {
        match error {
            QueryError::InvalidPeriod => Self::InvalidPeriod,
            QueryError::InvalidRange => Self::InvalidRange,
            QueryError::NoSuchDate { .. } => Self::NoSuchDate,
            QueryError::InvalidGranularity => Self::InvalidGranularity,
            QueryError::InvalidChannel => Self::InvalidChannel,
            QueryError::InvalidCompare => Self::InvalidCompare,
            QueryError::InvalidCompareRange => Self::InvalidCompareRange,
            QueryError::InstantNotOnQuarter => Self::InstantNotOnQuarter,
            QueryError::TooManyBuckets { .. } => Self::TooManyBuckets,
            QueryError::TooManyCells { .. } => Self::TooManyCells,
            QueryError::PeriodOutOfRange => Self::PeriodOutOfRange,
            QueryError::ComparisonOutOfRange => Self::ComparisonOutOfRange,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_of_a_query_is_that_of_its_error() {
        for error in [
            QueryError::InvalidPeriod,
            QueryError::NoSuchDate { date: String::new() },
            QueryError::InstantNotOnQuarter,
            QueryError::TooManyBuckets { count: 0 },
            QueryError::TooManyCells { names: 0, buckets: 0, fitting: None },
            QueryError::ComparisonOutOfRange,
        ] {
            assert_eq!(ProblemCode::from(&error).word(), error.code());
        }
    }

    #[test]
    fn codes_stand_in_the_order_of_their_statuses_and_once() {
        assert!(ProblemCode::ALL.is_sorted_by_key(|code| code.status()));
        let mut words: Vec<_> = ProblemCode::ALL.iter().map(|code| code.word()).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), ProblemCode::ALL.len());
    }
}
