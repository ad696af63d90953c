//! Every code that a problem may have, with its status. The intake's rejections of single items have codes of their own
//! ([`analytics::error::RejectionCode`]).

use analytics::error::QueryError;

/// A code, the status it comes with, and what it means.
#[derive(Clone, Copy, Debug)]
pub(super) struct Code {
    pub(super) word: &'static str,
    pub(super) status: u16,
    pub(super) meaning: &'static str,
}

const fn code(status: u16, word: &'static str, meaning: &'static str) -> Code {
    Code { word, status, meaning }
}

const CODES: &[Code] = &[
    code(400, "body_empty", "The body is empty."),
    code(400, "body_incomplete", "The body broke off."),
    code(
        400,
        "array_invalid",
        "The body begins an array and is none, so nobody can tell where its items end.",
    ),
    code(400, "json_invalid", "The body is not valid JSON."),
    code(400, "not_an_object", "The body is not a JSON object."),
    code(400, "batch_invalid", "The body has no array of events where this client puts it."),
    code(400, "otlp_invalid", "The body is no ExportTraceServiceRequest, neither in protobuf nor in JSON."),
    code(400, "gzip_invalid", "The body is labelled or begins as gzip and is not, or breaks off."),
    code(400, "invalid_query", "A parameter is missing, cannot be read, or is there more than once."),
    code(401, "unauthorized", "No key, token or login, or one that is unknown or revoked."),
    code(
        403,
        "bot_inactive",
        "The bot is switched off: nothing is stored and nothing is shown. Its history is kept and returns on activation.",
    ),
    code(403, "key_of_other_door", "The write key is limited to one door, and this is another."),
    code(
        404,
        "not_found",
        "There is nothing here, or nothing that this client may see: nobody can tell them apart.",
    ),
    code(405, "method_not_allowed", "The path takes another method, or is a door for another client only."),
    code(408, "body_timeout", "The body did not arrive in time."),
    code(413, "body_too_large", "More than 5 MiB, or more than 32 MiB when it is inflated."),
    code(413, "span_too_large", "A span with more than 50,000 attributes, events and links."),
    code(413, "too_many_items", "More than 10,000 events."),
    code(415, "unsupported_encoding", "Content-Encoding is something else than gzip."),
    code(429, "rate_limited", "This key is used too often."),
    code(500, "internal", "Our fault. The log has the details under the incident id."),
    code(503, "busy", "The server has more to do than it can take on at the moment: send the same again."),
    code(503, "stopping", "The server is stopping: send the same again."),
    code(503, "unavailable", "The database does not answer."),
];

/// What can be wrong with a report's query.
static QUERY_ERRORS: [(QueryError, &str); 12] = [
    (QueryError::InvalidPeriod, "period is no preset's word, or stands together with from or to."),
    (QueryError::InvalidRange, "from and to are not both dates or both instants, or end before they start."),
    (
        QueryError::NoSuchDate { date: String::new() },
        "A date is on no calendar, such as 29 February of a common year.",
    ),
    (QueryError::InvalidGranularity, "granularity is unknown."),
    (QueryError::InvalidChannel, "channel is no channel's word."),
    (
        QueryError::InvalidCompare,
        "compare is unknown, or compare_from or compare_to stand without compare=custom.",
    ),
    (
        QueryError::InvalidCompareRange,
        "compare=custom without two dates, or with dates that end before they start.",
    ),
    (QueryError::InstantNotOnQuarter, "An instant does not lie on a quarter of an hour."),
    (
        QueryError::TooManyBuckets { count: 0 },
        "More than 1,500 buckets, in the period or in dates to compare with.",
    ),
    (
        QueryError::TooManyCells { names: 0, buckets: 0, fitting: None },
        "Names times buckets are more than 50,000. The detail says which granularity or period fits.",
    ),
    (QueryError::PeriodOutOfRange, "A date before 2000-01-01 or more than a year ahead."),
    (QueryError::ComparisonOutOfRange, "A date to compare with before 2000-01-01 or more than a year ahead."),
];

/// Every code, in the order of their statuses.
pub(super) fn all() -> impl Iterator<Item = Code> {
    let mut codes: Vec<Code> = CODES.iter().copied().chain(of_queries()).collect();
    codes.sort_by_key(|code| code.status);
    codes.into_iter()
}

/// The codes of a report's query.
pub(super) fn of_queries() -> impl Iterator<Item = Code> {
    QUERY_ERRORS.iter().map(|(error, meaning)| code(400, error.code(), meaning))
}
