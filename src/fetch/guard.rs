//! The guard: which addresses may be connected to.
//!
//! It judges addresses, never names. A name is judged by what it resolved to at the moment of
//! connecting (`names`), a literal by what the URL parser made of its spelling, and both at
//! every hop. It makes no connection, so a refusal says nothing about what listens there.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use url::{Host, Url};

use super::settings::FetchSettings;

/// A network in CIDR form, such as `10.0.0.0/8` or `fd00::/8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

impl Network {
    /// True if the address lies in the network. An IPv4 address never lies in an IPv6 network.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(net), IpAddr::V4(ip)) => {
                same_prefix(net.to_bits().into(), ip.to_bits().into(), self.prefix, 32)
            }
            (IpAddr::V6(net), IpAddr::V6(ip)) => {
                same_prefix(net.to_bits(), ip.to_bits(), self.prefix, 128)
            }
            _ => false,
        }
    }
}

fn same_prefix(a: u128, b: u128, prefix: u8, width: u8) -> bool {
    prefix == 0 || (a ^ b) >> (width - prefix) == 0
}

/// A text that is not a network in CIDR form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a network: write it like 10.0.0.0/8 or fd00::/8")]
pub struct NotANetwork(String);

impl FromStr for Network {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || NotANetwork(text.to_owned());
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix.parse::<u8>().map_err(|_| wrong())?)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let width = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.unwrap_or(width);
        if prefix > width {
            return Err(wrong());
        }
        Ok(Self { address, prefix })
    }
}

/// Why an address is not visited. Every refused network reads the same, so that the answer maps
/// nothing of the inside.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not http or https.
    #[error("the scheme {0:?} is not visited: only http and https are")]
    Scheme(String),
    /// No host in the URL.
    #[error("the address names no host")]
    NoHost,
    /// A port that is neither 80, 443 nor allowed.
    #[error("port {0} is not visited: allow it in the configuration if it is meant")]
    Port(u16),
    /// An address outside the public internet.
    #[error(
        "the address lies in a network that is not visited: allow it in the configuration if it is meant"
    )]
    Address,
}

/// Judges addresses by the settings.
#[derive(Clone, Debug)]
pub struct AddressGuard {
    networks: Vec<Network>,
    ports: Vec<u16>,
}

impl AddressGuard {
    /// A guard with the settings' exceptions.
    pub fn new(settings: &FetchSettings) -> Self {
        Self {
            networks: settings.allow_networks.clone(),
            ports: settings.allow_ports.clone(),
        }
    }

    /// Judges what can be judged before a name is resolved: scheme, port, and literal addresses in
    /// every spelling that the URL standard knows.
    pub fn check_url(&self, url: &Url) -> Result<(), Refusal> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Refusal::Scheme(url.scheme().to_owned()));
        }
        let port = url.port_or_known_default().unwrap_or(0);
        if !matches!(port, 80 | 443) && !self.ports.contains(&port) {
            return Err(Refusal::Port(port));
        }
        match url.host() {
            None => Err(Refusal::NoHost),
            Some(Host::Domain("")) => Err(Refusal::NoHost),
            Some(Host::Domain(_)) => Ok(()),
            Some(Host::Ipv4(ip)) => self.check_ip(ip.into()),
            Some(Host::Ipv6(ip)) => self.check_ip(ip.into()),
        }
    }

    /// Judges one address.
    pub fn check_ip(&self, ip: IpAddr) -> Result<(), Refusal> {
        if is_public(ip) || self.networks.iter().any(|network| network.contains(ip)) {
            Ok(())
        } else {
            Err(Refusal::Address)
        }
    }

    /// Judges the whole answer for a name: one refused address refuses the name, because a mix of
    /// public and private is how rebinding looks.
    pub fn check_answer(&self, addresses: &[IpAddr]) -> Result<(), Refusal> {
        addresses.iter().try_for_each(|ip| self.check_ip(*ip))
    }
}

/// True if the address belongs to the public internet (IANA special-purpose registries).
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    const SPECIAL: [(Ipv4Addr, u8); 15] = [
        (Ipv4Addr::new(0, 0, 0, 0), 8),
        (Ipv4Addr::new(10, 0, 0, 0), 8),
        (Ipv4Addr::new(100, 64, 0, 0), 10),
        (Ipv4Addr::new(127, 0, 0, 0), 8),
        (Ipv4Addr::new(169, 254, 0, 0), 16),
        (Ipv4Addr::new(172, 16, 0, 0), 12),
        (Ipv4Addr::new(192, 0, 0, 0), 24),
        (Ipv4Addr::new(192, 0, 2, 0), 24),
        (Ipv4Addr::new(192, 88, 99, 0), 24),
        (Ipv4Addr::new(192, 168, 0, 0), 16),
        (Ipv4Addr::new(198, 18, 0, 0), 15),
        (Ipv4Addr::new(198, 51, 100, 0), 24),
        (Ipv4Addr::new(203, 0, 113, 0), 24),
        (Ipv4Addr::new(224, 0, 0, 0), 4),
        (Ipv4Addr::new(240, 0, 0, 0), 4),
    ];
    !SPECIAL
        .iter()
        .any(|(net, prefix)| same_prefix(net.to_bits().into(), ip.to_bits().into(), *prefix, 32))
}

/// Of IPv6 only global unicast (2000::/3) is public, less what in it stands for something else:
/// Teredo and the other protocol assignments, documentation, 6to4. Mapped, translated and
/// compatible forms of IPv4 all lie outside 2000::/3.
fn is_public_v6(ip: Ipv6Addr) -> bool {
    const GLOBAL: (Ipv6Addr, u8) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);
    const SPECIAL: [(Ipv6Addr, u8); 4] = [
        (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
        (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
        (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
        (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
    ];
    let lies_in =
        |(net, prefix): (Ipv6Addr, u8)| same_prefix(net.to_bits(), ip.to_bits(), prefix, 128);
    lies_in(GLOBAL) && !SPECIAL.into_iter().any(lies_in)
}
