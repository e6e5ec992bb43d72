//! The shape of the config file: which keys there are. Their meaning stands with the settings that
//! they fill, and in `config/dateline.toml`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

use serde::Deserialize;

use super::bounds;

use crate::cluster;
use crate::fetch::pace::PaceSettings;
use crate::fetch::schedule::ScheduleSettings;
use crate::fetch::{FetchSettings, Network};
use crate::jobs::cluster::ClusteringSettings;
use crate::jobs::{PollSettings, Schedule, StorageSettings};
use crate::news::{UtcTime, View};
use crate::serve;
use crate::timeline::{LifeSettings, StorylineSettings};

/// Stands in the User-Agent of every request until the operator says who is polling.
const OWN_ADDRESS: &str = concat!("https://dateline.invalid/v", env!("CARGO_PKG_VERSION"));

/// Everything that the file can set.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where the database lies; `None` for the platform's state directory.
    pub data_dir: Option<PathBuf>,
    /// Whether an empty database begins with the starter list.
    pub import_starter: bool,
    /// Pages and feeds.
    pub server: ServerKeys,
    /// When and how gently feeds are visited.
    pub polling: PollingKeys,
    /// Which items tell the same event.
    pub clustering: cluster::Settings,
    /// Which events make a storyline.
    pub storylines: StorylineSettings,
    /// When a storyline is quiet or closed.
    pub life: LifeSettings,
    /// Filtered outputs.
    pub views: Vec<View>,
    /// Requests to outlets.
    pub fetch: FetchKeys,
    /// When the jobs run.
    pub schedule: Schedule,
    /// How long things are kept and where the database is copied to.
    pub storage: StorageSettings,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data_dir: None,
            import_starter: true,
            server: ServerKeys::default(),
            polling: PollingKeys::default(),
            clustering: cluster::Settings::default(),
            storylines: StorylineSettings::default(),
            life: LifeSettings::default(),
            views: Vec::new(),
            fetch: FetchKeys::default(),
            schedule: Schedule::default(),
            storage: StorageSettings::default(),
        }
    }
}

/// The keys of `[server]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ServerKeys {
    pub(super) listen: SocketAddr,
    pub(super) base_url: String,
    pub(super) title: String,
    pub(super) publish_hold_secs: u32,
    pub(super) feed_keep_secs: u32,
    pub(super) hub: bool,
    pub(super) external_hub: String,
    pub(super) cache_bytes: usize,
}

impl Default for ServerKeys {
    fn default() -> Self {
        let settings = serve::Settings::default();
        Self {
            listen: settings.listen,
            base_url: String::new(),
            title: settings.title,
            publish_hold_secs: settings.publish_hold_secs,
            feed_keep_secs: settings.feed_keep_secs,
            hub: settings.hub,
            external_hub: String::new(),
            cache_bytes: settings.cache_bytes,
        }
    }
}

/// The keys of `[polling]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PollingKeys {
    pub(super) base_secs: u64,
    pub(super) floor_secs: u64,
    pub(super) ceiling_secs: u64,
    pub(super) host_gap_millis: u64,
    pub(super) max_in_flight: usize,
    pub(super) subscribers: u32,
    pub(super) max_new_items: usize,
}

impl Default for PollingKeys {
    fn default() -> Self {
        let (schedule, pace) = (ScheduleSettings::default(), PaceSettings::default());
        let poll = PollSettings::default();
        Self {
            base_secs: schedule.base_secs,
            floor_secs: schedule.floor_secs,
            ceiling_secs: schedule.ceiling_secs,
            host_gap_millis: pace.host_gap_millis,
            max_in_flight: pace.max_in_flight,
            subscribers: poll.subscribers,
            max_new_items: poll.max_new_items,
        }
    }
}

/// The keys of `[fetch]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FetchKeys {
    pub(super) contact: String,
    pub(super) max_body_bytes: usize,
    pub(super) max_header_bytes: usize,
    pub(super) dns_timeout_secs: u64,
    pub(super) connect_timeout_secs: u64,
    pub(super) idle_timeout_secs: u64,
    pub(super) whole_timeout_secs: u64,
    pub(super) allow_networks: Vec<String>,
    pub(super) allow_ports: Vec<u16>,
    pub(super) allow_downgrade: bool,
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
        for (index, view) in self.views.iter().enumerate() {
            let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            if view.name.is_empty() || !view.name.chars().all(is_plain) {
                let problem = format!(
                    "of view {} is `{}`: lower-case letters, digits and hyphens make a name",
                    index + 1,
                    view.name
                );
                return Err(("views.name".into(), problem));
            }
            if self.views[..index]
                .iter()
                .any(|other| other.name == view.name)
            {
                let problem = format!(
                    "`{}` stands twice: each view has its own address",
                    view.name
                );
                return Err(("views.name".into(), problem));
            }
        }
        for (name, line) in self.schedule.lines() {
            let problem = match parse_cron(line) {
                Err(cause) => format!("is no cron line: {cause}"),
                Ok(cron) if comes_never(&cron) => format!("is `{line}`, which never comes"),
                Ok(_) => continue,
            };
            return Err((format!("schedule.{name}"), problem));
        }
        match bounds::find_senseless(self) {
            Some(senseless) => Err(senseless),
            None => Ok(()),
        }
    }

    /// The settings of pages and feeds. Without a base URL the listen address is the address.
    pub fn serve_settings(&self) -> serve::Settings {
        let keys = &self.server;
        let base_url = if keys.base_url.is_empty() {
            format!("http://{}", keys.listen)
        } else {
            keys.base_url.trim_end_matches('/').to_owned()
        };
        serve::Settings {
            listen: keys.listen,
            base_url,
            title: keys.title.clone(),
            publish_hold_secs: keys.publish_hold_secs,
            feed_keep_secs: keys.feed_keep_secs,
            views: self.views.clone(),
            hub: keys.hub,
            external_hub: Some(keys.external_hub.clone()).filter(|url| !url.is_empty()),
            cache_bytes: keys.cache_bytes,
            terms_of: serve::TermsOf(cluster::Weights::embedded_terms),
            settle_score: self.clustering.settle_score,
        }
    }

    /// The settings of visits.
    pub fn poll_settings(&self) -> PollSettings {
        let keys = &self.polling;
        PollSettings {
            schedule: ScheduleSettings {
                base_secs: keys.base_secs,
                floor_secs: keys.floor_secs,
                ceiling_secs: keys.ceiling_secs,
                ..ScheduleSettings::default()
            },
            pace: PaceSettings {
                host_gap_millis: keys.host_gap_millis,
                max_in_flight: keys.max_in_flight,
                ..PaceSettings::default()
            },
            subscribers: keys.subscribers,
            max_new_items: keys.max_new_items,
            ..PollSettings::default()
        }
    }

    /// The settings of clustering.
    pub fn clustering_settings(&self) -> ClusteringSettings {
        ClusteringSettings {
            events: self.clustering.clone(),
            storylines: self.storylines.clone(),
            life: self.life.clone(),
        }
    }

    /// The fetcher's settings; the project's own address stands in the User-Agent if no contact is
    /// set.
    pub fn fetch_settings(&self) -> FetchSettings {
        let keys = &self.fetch;
        let contact = if keys.contact.is_empty() {
            OWN_ADDRESS
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

/// True for the 30th of February.
fn comes_never(cron: &croner::Cron) -> bool {
    cron.find_next_occurrence(&UtcTime::UNIX_EPOCH, true)
        .is_err()
}

fn parse_cron(line: &str) -> Result<croner::Cron, croner::errors::CronError> {
    croner::parser::CronParser::builder()
        .seconds(croner::parser::Seconds::Required)
        .build()
        .parse(line)
}
