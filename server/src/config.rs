//! Settings of a server. Values are read and checked here, so that an impossible one stops the start with its name
//! and what it takes.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::str::FromStr;

use http::Uri;
use ipnet::IpNet;

/// What `parlance serve` takes.
#[derive(clap::Args, Clone, Debug)]
pub struct ServeSettings {
    /// Address to listen on; port 0 picks a free port
    #[arg(long, default_value = "127.0.0.1:3000", value_parser = parse_address)]
    pub addr: SocketAddr,

    /// Public address of the server, such as https://parlance.example; default: http:// and the address
    #[arg(long)]
    pub base_url: Option<BaseUrl>,

    /// Proxies whose X-Forwarded-For is trusted: addresses or networks, separated by commas
    #[arg(long, value_delimiter = ',', value_parser = parse_network)]
    pub trusted_proxies: Vec<IpNet>,

    /// Requests a second for each write key; default: no limit
    #[arg(long, value_parser = parse_limit)]
    pub intake_limit: Option<NonZeroU32>,

    /// Networks that may read /metrics: addresses or networks, separated by commas
    #[arg(long, value_delimiter = ',', value_parser = parse_network, default_value = "127.0.0.0/8,::1")]
    pub metrics_from: Vec<IpNet>,

    /// Serve two demo bots from a temporary file that is deleted on exit; DATABASE_URL is ignored
    #[arg(long)]
    pub demo: bool,

    /// Let the demo listen on an address that other machines reach, although its password is public
    #[arg(long)]
    pub demo_open: bool,
}

impl ServeSettings {
    /// Refuses a demo that strangers could reach by mistake: everybody knows its password.
    ///
    /// # Errors
    /// A sentence about what to do.
    pub fn check_demo(&self) -> Result<(), String> {
        if self.demo && !self.demo_open && !self.addr.ip().to_canonical().is_loopback() {
            return Err(format!(
                "--demo: {} can be reached from other machines, and everybody can sign in to a demo as its admin. \
                 Listen on 127.0.0.1, or add --demo-open (PARLANCE_DEMO_OPEN=true) if you want this",
                self.addr
            ));
        }
        Ok(())
    }
}

/// Scheme, host and port under which people reach the server, without a trailing slash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl(String);

impl BaseUrl {
    /// The address itself, or the loopback host where it names every interface.
    pub fn of_address(address: SocketAddr) -> Self {
        if address.ip().is_unspecified() {
            Self(format!("http://localhost:{}", address.port()))
        } else {
            Self(format!("http://{address}"))
        }
    }

    /// The text, without a trailing slash.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for BaseUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let expected = || "expected http:// or https:// with a host and no path".to_owned();
        let uri: Uri = text.parse().map_err(|_| expected())?;
        let authority = uri.authority().filter(|authority| !authority.as_str().contains('@'));
        match (uri.scheme_str(), authority, uri.path(), uri.query()) {
            (Some(scheme @ ("http" | "https")), Some(authority), "/", None) => {
                Ok(Self(format!("{scheme}://{}", authority.as_str().to_ascii_lowercase())))
            }
            _ => Err(expected()),
        }
    }
}

/// Says that a database URL names an engine that this version has.
///
/// # Errors
/// A sentence about what is expected.
pub fn check_database_url(url: &str) -> Result<(), String> {
    let has_scheme = |schemes: &[&str]| schemes.iter().any(|scheme| url.starts_with(scheme));
    if has_scheme(&["sqlite:", "postgres:", "postgresql:"]) {
        Ok(())
    } else {
        Err("DATABASE_URL: expected sqlite://path/to/file.db or postgres://user@host/database".to_owned())
    }
}

fn parse_address(text: &str) -> Result<SocketAddr, String> {
    text.parse()
        .map_err(|_| "expected an address with a port, such as 127.0.0.1:3000 or [::]:3000".to_owned())
}

fn parse_network(text: &str) -> Result<IpNet, String> {
    let text = text.trim();
    let address = || text.parse::<IpAddr>().map(IpNet::from);
    text.parse::<IpNet>()
        .or_else(|_| address())
        .map_err(|_| "expected addresses or networks, such as 10.0.0.1,192.168.0.0/16".to_owned())
}

fn parse_limit(text: &str) -> Result<NonZeroU32, String> {
    text.parse().map_err(|_| "expected a whole number of requests a second, at least 1".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_url_is_scheme_and_host() {
        for (text, base) in [
            ("https://Parlance.example", "https://parlance.example"),
            ("https://parlance.example/", "https://parlance.example"),
            ("http://127.0.0.1:3000", "http://127.0.0.1:3000"),
        ] {
            assert_eq!(text.parse::<BaseUrl>().unwrap().as_str(), base);
        }
        for text in
            ["", "parlance.example", "ftp://a", "https://a/b", "https://a/?q", "https://u:p@a", "https://"]
        {
            assert!(text.parse::<BaseUrl>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn every_interface_is_reached_by_the_loopback_host() {
        let address = "0.0.0.0:80".parse().unwrap();
        assert_eq!(BaseUrl::of_address(address).as_str(), "http://localhost:80");
    }

    #[test]
    fn a_proxy_is_an_address_or_a_network() {
        assert_eq!(parse_network("10.0.0.1").unwrap(), "10.0.0.1/32".parse().unwrap());
        assert_eq!(parse_network(" fd00::/8").unwrap(), "fd00::/8".parse().unwrap());
        assert!(parse_network("proxy.example").is_err());
    }

    #[test]
    fn a_database_is_one_of_two_engines() {
        for url in ["sqlite://parlance.db", "postgres://ann@localhost/parlance", "postgresql:///parlance"] {
            assert!(check_database_url(url).is_ok(), "{url}");
        }
        for url in ["parlance.db", "mysql://ann:secret@localhost/parlance", ""] {
            let refused = check_database_url(url).unwrap_err();
            assert!(refused.contains("sqlite://") && refused.contains("postgres://"), "{refused}");
            assert!(!refused.contains("secret"), "{refused}");
        }
    }
}
