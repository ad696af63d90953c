//! The places that addresses of the web name.

use std::fmt;

use http::Uri;

/// Scheme, host and port.
#[derive(PartialEq)]
pub(super) struct Place {
    scheme: String,
    host: String,
    port: u16,
}

impl Place {
    pub(super) fn of(url: &str) -> Option<Self> {
        let uri: Uri = url.parse().ok()?;
        let scheme = uri.scheme_str()?.to_ascii_lowercase();
        let port = uri.port_u16().unwrap_or(if scheme == "https" { 443 } else { 80 });
        Some(Self { scheme, host: uri.host()?.to_ascii_lowercase(), port })
    }

    /// The same place, or the same port of this machine under another of its loopback names: people open a server on
    /// 127.0.0.1 as `localhost` too, and nobody else can serve a page from there.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let are_loopback = self.is_loopback() && other.is_loopback();
        self.scheme == other.scheme && self.port == other.port && (self.host == other.host || are_loopback)
    }

    /// Whether a `Host` header names this place. The port that the scheme has anyway may be left out there.
    pub(super) fn is_host(&self, header: &str) -> bool {
        Self::of(&format!("{}://{header}", self.scheme)).is_some_and(|place| place == *self)
    }

    fn is_loopback(&self) -> bool {
        matches!(self.host.as_str(), "localhost" | "127.0.0.1" | "[::1]")
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.host)?;
        match (self.scheme.as_str(), self.port) {
            ("http", 80) | ("https", 443) => Ok(()),
            (_, port) => write!(f, ":{port}"),
        }
    }
}
