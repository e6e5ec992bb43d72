//! The shape of the config file: which keys there are. Their meaning stands with the settings that
//! they fill, and in `config/dateline.toml`.

use std::path::PathBuf;
use std::str::FromStr;

use serde::Deserialize;

use crate::fetch::{FetchSettings, Network};
use crate::jobs::{Schedule, StorageSettings};

/// Everything that the file can set.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where the database lies; `None` for the platform's state directory.
    pub data_dir: Option<PathBuf>,
    /// Requests to outlets.
    pub fetch: FetchKeys,
    /// When the jobs run.
    pub schedule: Schedule,
    /// How long things are kept and where the database is copied to.
    pub storage: StorageSettings,
}

/// The keys of `[fetch]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FetchKeys {
    contact: String,
    max_body_bytes: usize,
    max_header_bytes: usize,
    dns_timeout_secs: u64,
    connect_timeout_secs: u64,
    idle_timeout_secs: u64,
    whole_timeout_secs: u64,
    allow_networks: Vec<String>,
    allow_ports: Vec<u16>,
    allow_downgrade: bool,
}

impl Default for FetchKeys {
    fn default() -> Self {
        let settings = FetchSettings::default();
        Self {
            contact: settings.contact_url,
            max_body_bytes: settings.max_body_bytes,
            max_header_bytes: settings.max_header_bytes,
            dns_timeout_secs: settings.dns_timeout_secs,
            connect_timeout_secs: settings.connect_timeout_secs,
            idle_timeout_secs: settings.idle_timeout_secs,
            whole_timeout_secs: settings.whole_timeout_secs,
            allow_networks: Vec::new(),
            allow_ports: settings.allow_ports,
            allow_downgrade: settings.allow_downgrade,
        }
    }
}

impl Config {
    /// What serde cannot check: the key that makes no sense, and why.
    pub(super) fn check(&self) -> Result<(), (String, String)> {
        for text in &self.fetch.allow_networks {
            if Network::from_str(text).is_err() {
                let problem = format!("holds `{text}`, which is no network such as 10.1.0.0/16");
                return Err(("fetch.allow_networks".into(), problem));
            }
        }
        if self.storage.keep_days < StorageSettings::SHORTEST_KEEP_DAYS {
            let shortest = StorageSettings::SHORTEST_KEEP_DAYS;
            return Err((
                "storage.keep_days".into(),
                format!("is less than {shortest}, which clustering and feeds still refer to"),
            ));
        }
        for (name, line) in self.schedule.lines() {
            if let Err(cause) = parse_cron(line) {
                return Err((
                    format!("schedule.{name}"),
                    format!("is no cron line: {cause}"),
                ));
            }
        }
        Ok(())
    }

    /// The fetcher's settings; `own_address` stands in the User-Agent if no contact is set.
    pub fn fetch_settings(&self, own_address: &str) -> FetchSettings {
        let keys = &self.fetch;
        let contact = if keys.contact.is_empty() {
            own_address
        } else {
            &keys.contact
        };
        FetchSettings {
            contact_url: contact.to_owned(),
            max_body_bytes: keys.max_body_bytes,
            max_header_bytes: keys.max_header_bytes,
            dns_timeout_secs: keys.dns_timeout_secs,
            connect_timeout_secs: keys.connect_timeout_secs,
            idle_timeout_secs: keys.idle_timeout_secs,
            whole_timeout_secs: keys.whole_timeout_secs,
            allow_networks: parse_networks(&keys.allow_networks),
            allow_ports: keys.allow_ports.clone(),
            allow_downgrade: keys.allow_downgrade,
            ..FetchSettings::default()
        }
    }

    /// True if the operator said who is polling.
    pub fn has_contact(&self) -> bool {
        !self.fetch.contact.is_empty()
    }
}

/// Networks that `check` has found well-formed.
fn parse_networks(texts: &[String]) -> Vec<Network> {
    texts
        .iter()
        .filter_map(|text| Network::from_str(text).ok())
        .collect()
}

fn parse_cron(line: &str) -> Result<croner::Cron, croner::errors::CronError> {
    croner::parser::CronParser::builder()
        .seconds(croner::parser::Seconds::Required)
        .build()
        .parse(line)
}
