//! Whether a request really comes from where its connection does. A proxy on this machine that forgets to say for whom
//! it asks would else lend everybody its own address.

use std::net::IpAddr;

use http::header::HOST;
use http::uri::Authority;
use http::{HeaderMap, Version};

/// Headers that proxies add, and their beginnings.
const OF_PROXIES: [&str; 8] = [
    "forwarded",
    "via",
    "x-real-ip",
    "true-client-ip",
    "x-client-ip",
    "x-cluster-client-ip",
    "fastly-client-ip",
    "fly-client-ip",
];
const BEGINNINGS_OF_PROXIES: [&str; 5] = ["x-forwarded", "cf-", "x-original-", "x-envoy-", "x-amzn-"];

/// Whether nothing speaks for a proxy between the client and this server: no header of one, no HTTP/1.0 (nginx asks so
/// unless it is told otherwise), and, over a loopback connection, a loopback name as the host that was asked for.
pub fn is_direct(peer: IpAddr, version: Version, headers: &HeaderMap) -> bool {
    let is_named = !peer.to_canonical().is_loopback()
        || headers.get(HOST).is_some_and(|host| is_loopback(host.as_bytes()));
    version > Version::HTTP_10 && is_named && !headers.keys().any(|name| is_of_proxy(name.as_str()))
}

fn is_of_proxy(name: &str) -> bool {
    OF_PROXIES.contains(&name) || BEGINNINGS_OF_PROXIES.iter().any(|beginning| name.starts_with(beginning))
}

fn is_loopback(host: &[u8]) -> bool {
    let Ok(authority) = Authority::try_from(host) else { return false };
    let name = authority.host().trim_end_matches('.').to_ascii_lowercase();
    let address = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(&name);
    let is_address = address.parse::<IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback());
    is_address || name == "localhost" || name.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    const HERE: &str = "127.0.0.1";

    fn is_direct_with(peer: &str, version: Version, headers: &[(&'static str, &'static str)]) -> bool {
        let headers = headers
            .iter()
            .map(|&(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect();
        is_direct(peer.parse().unwrap(), version, &headers)
    }

    #[test]
    fn this_machine_asks_by_a_loopback_name() {
        for host in [
            "127.0.0.1:3000",
            "localhost",
            "LOCALHOST:80",
            "localhost.",
            "[::1]:3000",
            "127.8.9.10",
            "a.localhost",
        ] {
            assert!(is_direct_with(HERE, Version::HTTP_11, &[("host", host)]), "{host}");
        }
        for host in [
            "parlance.example",
            "parlance.example:3000",
            "10.0.0.1",
            "localhost.example",
            "",
            "127.0.0.1@evil.example",
        ] {
            assert!(!is_direct_with(HERE, Version::HTTP_11, &[("host", host)]), "{host:?}");
        }
        assert!(!is_direct_with(HERE, Version::HTTP_11, &[]));
        assert!(!is_direct_with("::ffff:127.0.0.1", Version::HTTP_11, &[("host", "parlance.example")]));
    }

    #[test]
    fn another_machine_may_call_this_one_as_it_likes() {
        assert!(is_direct_with("10.0.0.7", Version::HTTP_11, &[("host", "parlance.internal:3000")]));
    }

    #[test]
    fn every_mark_of_a_proxy_is_seen() {
        for mark in [
            "forwarded",
            "via",
            "x-real-ip",
            "x-forwarded-for",
            "x-forwarded-host",
            "x-forwarded-proto",
            "x-forwarded",
            "cf-connecting-ip",
            "cf-ray",
            "true-client-ip",
            "x-client-ip",
            "x-original-url",
            "x-amzn-trace-id",
        ] {
            for peer in [HERE, "10.0.0.7"] {
                let headers = [("host", "127.0.0.1:3000"), (mark, "x")];
                assert!(!is_direct_with(peer, Version::HTTP_11, &headers), "{mark}");
            }
        }
        assert!(!is_direct_with(HERE, Version::HTTP_10, &[("host", "127.0.0.1:3000")]));
    }
}
