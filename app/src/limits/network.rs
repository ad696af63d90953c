//! The networks that an address belongs to, as providers give them out.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// All addresses that begin with the same bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Network {
    first: IpAddr,
    bits: u32,
}

impl Network {
    /// What one connection has: an IPv4 address, or a /64 of IPv6.
    pub(super) fn line(address: IpAddr) -> Self {
        Self::of(address, 32, 64)
    }

    /// The /56 of IPv6 that many providers give to a household; `None` for IPv4.
    pub(super) fn household(address: IpAddr) -> Option<Self> {
        address.is_ipv6().then(|| Self::of(address, 32, 56))
    }

    /// The /48 of IPv6 that companies get, and tunnels whoever asks; `None` for IPv4.
    pub(super) fn site(address: IpAddr) -> Option<Self> {
        address.is_ipv6().then(|| Self::of(address, 32, 48))
    }

    /// What somebody can have many addresses of: a /24 of IPv4, a /48 of IPv6.
    pub(super) fn neighbourhood(address: IpAddr) -> Self {
        Self::of(address, 24, 48)
    }

    fn of(address: IpAddr, bits_v4: u32, bits_v6: u32) -> Self {
        match address {
            IpAddr::V4(address) => {
                let first = Ipv4Addr::from_bits(address.to_bits() & (u32::MAX << (32 - bits_v4)));
                Self { first: first.into(), bits: bits_v4 }
            }
            IpAddr::V6(address) => {
                let first = Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << (128 - bits_v6)));
                Self { first: first.into(), bits: bits_v6 }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_is_told_by_its_first_bits() {
        let told = |network: Network| format!("{}/{}", network.first, network.bits);
        let address = "2001:db8:aaaa:bbcc:1:2:3:4".parse().unwrap();
        assert_eq!(told(Network::line(address)), "2001:db8:aaaa:bbcc::/64");
        assert_eq!(told(Network::household(address).unwrap()), "2001:db8:aaaa:bb00::/56");
        assert_eq!(told(Network::site(address).unwrap()), "2001:db8:aaaa::/48");
        assert_eq!(told(Network::neighbourhood(address)), "2001:db8:aaaa::/48");
        let address = "192.0.2.77".parse().unwrap();
        assert_eq!(told(Network::line(address)), "192.0.2.77/32");
        assert_eq!(told(Network::neighbourhood(address)), "192.0.2.0/24");
        assert_eq!((Network::household(address), Network::site(address)), (None, None));
    }
}
