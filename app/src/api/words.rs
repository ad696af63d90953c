//! Times and browsers in words, for people. Computed on the server, so both sides show the same.

use analytics::instant::{DAY_MS, HOUR_MS, Instant, MINUTE_MS};

/// How long ago `then` was: "just now", "5 minutes ago", "3 days ago".
pub(crate) fn ago(then: Instant, now: Instant) -> String {
    let elapsed_ms = (now.as_ms() - then.as_ms()).max(0);
    let (count, unit) = match elapsed_ms {
        ..MINUTE_MS => return "just now".to_owned(),
        MINUTE_MS..HOUR_MS => (elapsed_ms / MINUTE_MS, "minute"),
        HOUR_MS..DAY_MS => (elapsed_ms / HOUR_MS, "hour"),
        _ if elapsed_ms < 60 * DAY_MS => (elapsed_ms / DAY_MS, "day"),
        _ if elapsed_ms < 730 * DAY_MS => (elapsed_ms / (30 * DAY_MS), "month"),
        _ => (elapsed_ms / (365 * DAY_MS), "year"),
    };
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural} ago")
}

/// How far `then` lies ahead, rounded up: "in 7 days", "in 23 hours", "in a minute".
pub(crate) fn ahead(then: Instant, now: Instant) -> String {
    let left_ms = then.as_ms() - now.as_ms();
    let (count, unit) = match left_ms {
        ..MINUTE_MS => return "in a minute".to_owned(),
        MINUTE_MS..HOUR_MS => ((left_ms - 1) / MINUTE_MS + 1, "minute"),
        HOUR_MS..DAY_MS => ((left_ms - 1) / HOUR_MS + 1, "hour"),
        _ => ((left_ms - 1) / DAY_MS + 1, "day"),
    };
    let plural = if count == 1 { "" } else { "s" };
    format!("in {count} {unit}{plural}")
}

/// What a browser is and runs on, as people call it; "Unknown browser" for what calls itself otherwise.
pub(crate) fn browser(user_agent: &str) -> String {
    // Order matters: most browsers also call themselves by the names of others.
    const BROWSERS: [(&str, &str); 6] = [
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ];
    const SYSTEMS: [(&str, &str); 6] = [
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ];
    let find = |names: [(&'static str, &'static str); 6]| {
        names.into_iter().find(|(sign, _)| user_agent.contains(sign))
    };
    let browser = find(BROWSERS).map_or("Unknown browser", |(_, name)| name);
    match find(SYSTEMS) {
        Some((_, system)) => format!("{browser} on {system}"),
        None => browser.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_in_the_largest_whole_unit() {
        let now = Instant::from_ms(1_800_000_000_000);
        let told = [
            (0, "just now"),
            (59_999, "just now"),
            (MINUTE_MS, "1 minute ago"),
            (59 * MINUTE_MS, "59 minutes ago"),
            (HOUR_MS, "1 hour ago"),
            (DAY_MS - 1, "23 hours ago"),
            (DAY_MS, "1 day ago"),
            (59 * DAY_MS, "59 days ago"),
            (60 * DAY_MS, "2 months ago"),
            (800 * DAY_MS, "2 years ago"),
            (-5, "just now"),
        ];
        for (elapsed_ms, words) in told {
            assert_eq!(ago(now.plus_ms(-elapsed_ms), now), words);
        }
    }

    #[test]
    fn what_is_ahead_is_rounded_up() {
        let now = Instant::from_ms(1_800_000_000_000);
        let told = [
            (-5, "in a minute"),
            (MINUTE_MS - 1, "in a minute"),
            (MINUTE_MS, "in 1 minute"),
            (2 * MINUTE_MS, "in 2 minutes"),
            (HOUR_MS, "in 1 hour"),
            (DAY_MS - 1, "in 24 hours"),
            (DAY_MS, "in 1 day"),
            (7 * DAY_MS - 1, "in 7 days"),
            (7 * DAY_MS, "in 7 days"),
        ];
        for (left_ms, words) in told {
            assert_eq!(ahead(now.plus_ms(left_ms), now), words);
        }
    }

    #[test]
    fn browsers_are_told_apart_though_they_name_each_other() {
        let chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36";
        assert_eq!(browser(chrome), "Chrome on Linux");
        assert_eq!(browser(&format!("{chrome} Edg/142.0")), "Edge on Linux");
        assert_eq!(
            browser("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1"),
            "Safari on iPhone"
        );
        assert_eq!(browser(""), "Unknown browser");
    }
}
