//! What the operator can set about HTTP out. It holds values only; checking them is `guard`'s job.

use super::guard::Network;

/// Limits, manners and permissions of every request that leaves this machine.
#[derive(Clone, Debug)]
pub struct FetchSettings {
    /// Address named in User-Agent, where an outlet's operator learns who is polling; empty leaves
    /// it out.
    pub contact_url: String,
    /// Largest body accepted, after decoding, in bytes. Real feeds stay under 5 MiB.
    pub max_body_bytes: usize,
    /// Largest head of an answer, in bytes.
    pub max_header_bytes: usize,
    /// Longest wait for a name, in seconds.
    pub dns_timeout_secs: u64,
    /// Longest wait for a connection, TLS included, in seconds.
    pub connect_timeout_secs: u64,
    /// Longest silence of a server, in seconds.
    pub idle_timeout_secs: u64,
    /// Longest whole visit with all its redirects, in seconds.
    pub whole_timeout_secs: u64,
    /// Most redirects followed.
    pub max_hops: usize,
    /// How long a resolved name is used again, in seconds: about one sweep.
    pub name_cache_secs: u64,
    /// Networks that may be visited although they are not public.
    pub allow_networks: Vec<Network>,
    /// Ports that may be visited beside 80 and 443.
    pub allow_ports: Vec<u16>,
    /// True if a redirect from https to http is followed.
    pub allow_downgrade: bool,
    /// Certificates in PEM form that are trusted beside the system's.
    pub extra_roots_pem: Vec<Vec<u8>>,
}

impl Default for FetchSettings {
    fn default() -> Self {
        Self {
            contact_url: String::new(),
            max_body_bytes: 15 * 1024 * 1024,
            max_header_bytes: 256 * 1024,
            dns_timeout_secs: 5,
            connect_timeout_secs: 10,
            idle_timeout_secs: 20,
            whole_timeout_secs: 60,
            max_hops: 5,
            name_cache_secs: 60,
            allow_networks: Vec::new(),
            allow_ports: Vec::new(),
            allow_downgrade: false,
            extra_roots_pem: Vec::new(),
        }
    }
}
