//! The sites whose pages may send with a write key.

use std::sync::Arc;

use crate::StoreError;
use crate::engine::Row;

/// Most sites of a key.
pub const MAX_SITES: usize = 20;
/// Longest address of a site, in bytes.
const MAX_SITE_BYTES: usize = 200;

/// Sites by their origins, such as `https://shop.example` or `http://localhost:8080`. Without any, a key says nothing of
/// pages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sites(Arc<[String]>);

/// Why text names no sites.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SitesError {
    /// Not an origin.
    #[error(
        "{0:?} is not a site: write https://, the host and, if needed, the port, such as https://shop.example"
    )]
    NoOrigin(String),
    /// Too many.
    #[error("a key has at most {MAX_SITES} sites")]
    TooMany,
}

impl Sites {
    /// Reads origins between blanks, commas or line breaks. Nothing but such is no site.
    ///
    /// # Errors
    /// [`SitesError`] for anything but origins of http and https, and above [`MAX_SITES`].
    pub fn parse(text: &str) -> Result<Self, SitesError> {
        let words = text.split(|letter: char| letter.is_whitespace() || letter == ',');
        let mut sites = Vec::new();
        for word in words.filter(|word| !word.is_empty()) {
            let site =
                read_origin(word).ok_or_else(|| SitesError::NoOrigin(word.chars().take(80).collect()))?;
            if !sites.contains(&site) {
                sites.push(site);
            }
            if sites.len() > MAX_SITES {
                return Err(SitesError::TooMany);
            }
        }
        Ok(Self(sites.into()))
    }

    /// Whether none is named.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The origins in the order in which they were named.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether the page of a request's `Origin` belongs to one of them.
    pub fn contain(&self, origin: &str) -> bool {
        read_origin(origin).is_some_and(|origin| self.0.contains(&origin))
    }

    /// As the database has them.
    pub(crate) fn text(&self) -> String {
        self.0.join(" ")
    }

    pub(crate) fn read(row: &Row, column: &'static str) -> Result<Self, StoreError> {
        Self::parse(&row.optional_text(column)?.unwrap_or_default()).map_err(|_| row.corrupt(column))
    }
}

/// Scheme, host and port in small letters, without the port that the scheme has anyway. A slash at the end is how people
/// copy an address.
fn read_origin(text: &str) -> Option<String> {
    let text = text.strip_suffix('/').unwrap_or(text).to_ascii_lowercase();
    let (scheme, place) = text.split_once("://")?;
    let usual_port = match scheme {
        "https" => ":443",
        "http" => ":80",
        _ => return None,
    };
    let place = place.strip_suffix(usual_port).unwrap_or(place);
    let is_short = text.len() <= MAX_SITE_BYTES;
    if is_short && is_place(place) { Some(format!("{scheme}://{place}")) } else { None }
}

/// A host or an address, with a port or without.
fn is_place(place: &str) -> bool {
    let (host, port) = match place.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, port)) => (address.parse::<std::net::Ipv6Addr>().ok().map(|_| address), port),
        None => {
            let end = place.find(':').unwrap_or(place.len());
            let (host, port) = place.split_at(end);
            (Some(host).filter(|host| is_host(host)), port)
        }
    };
    let is_port = port.is_empty() || port.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok());
    host.is_some() && is_port
}

fn is_host(host: &str) -> bool {
    let is_label = |label: &str| {
        let mut letters = label.chars();
        !label.is_empty() && letters.all(|letter| letter.is_ascii_alphanumeric() || "-_".contains(letter))
    };
    host.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sites_are_read_as_people_copy_them() {
        let sites =
            Sites::parse(" https://Shop.example/\nhttp://localhost:8080, https://shop.example:443").unwrap();
        assert_eq!(sites.iter().collect::<Vec<_>>(), ["https://shop.example", "http://localhost:8080"]);
        assert!(sites.contain("https://shop.example") && sites.contain("HTTP://LOCALHOST:8080"));
        for other in
            ["http://shop.example", "https://shop.example:8443", "https://www.shop.example", "null", ""]
        {
            assert!(!sites.contain(other), "{other}");
        }
        assert!(Sites::parse(" \n").unwrap().is_empty());
        assert!(Sites::parse("http://[::1]:3000").unwrap().contain("http://[::1]:3000"));
    }

    #[test]
    fn what_is_no_origin_is_named() {
        let long = format!("https://{}", "a".repeat(MAX_SITE_BYTES));
        for text in [
            "shop.example",
            "ftp://shop.example",
            "https://",
            "https://shop.example/path",
            "https://*.example",
            "https://ada:pw@shop.example",
            "https://shop.example:99999",
            "https://[::1",
            "https://[x]",
            "https://a..b",
            "null",
            &long,
        ] {
            let name = text.chars().take(80).collect();
            assert_eq!(Sites::parse(text), Err(SitesError::NoOrigin(name)), "{text}");
        }
    }

    #[test]
    fn a_key_has_so_many_sites_and_no_more() {
        let sites = |count: usize| (0..count).map(|n| format!("https://s{n}.example ")).collect::<String>();
        assert_eq!(Sites::parse(&sites(MAX_SITES)).unwrap().iter().count(), MAX_SITES);
        assert_eq!(Sites::parse(&sites(MAX_SITES + 1)), Err(SitesError::TooMany));
    }
}
