//! What the operator can set about the jobs: when they run and how much they take on.

/// The schedule and the bounds of the jobs. Cron lines have six fields, seconds first, in UTC.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Schedule {
    /// When due feeds are looked for.
    pub sweep: String,
    /// When events that have settled and been held long enough are published.
    pub publish: String,
    /// When quiet storylines change their life.
    pub refine: String,
    /// When old items are removed.
    pub retention: String,
    /// When the database is copied to `backup_dir`.
    pub backup: String,
    /// When leases of WebSub subscriptions are looked at.
    pub leases: String,
}

impl Default for Schedule {
    fn default() -> Self {
        Self {
            sweep: "*/5 * * * * *".into(),
            publish: "*/2 * * * * *".into(),
            refine: "30 * * * * *".into(),
            retention: "0 20 3 * * *".into(),
            backup: "0 40 3 * * *".into(),
            leases: "15 */5 * * * *".into(),
        }
    }
}

impl Schedule {
    /// Each line with its key.
    pub fn lines(&self) -> [(&'static str, &str); 6] {
        [
            ("sweep", &self.sweep),
            ("publish", &self.publish),
            ("refine", &self.refine),
            ("retention", &self.retention),
            ("backup", &self.backup),
            ("leases", &self.leases),
        ]
    }
}

/// How long things are kept, how large the database may become, and where it is copied to.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StorageSettings {
    /// Days after which items, events and storylines are removed.
    pub keep_days: u32,
    /// Size of the database, in bytes, beyond which the oldest goes early; 0 for no limit. What is
    /// younger than [`StorageSettings::SHORTEST_KEEP_DAYS`] stays all the same.
    pub max_database_bytes: u64,
    /// Directory of the copies; `None` for `backups` in the data directory.
    pub backup_dir: Option<std::path::PathBuf>,
    /// How many copies are kept; 0 to make none.
    pub backups_kept: usize,
}

impl StorageSettings {
    /// Nothing younger is ever removed: late items still find events of the window of clustering
    /// (days), storylines that sleep (weeks) and items that a feed still lists.
    pub const SHORTEST_KEEP_DAYS: u32 = 45;
}

impl Default for StorageSettings {
    fn default() -> Self {
        Self {
            keep_days: 400,
            max_database_bytes: 20 << 30,
            backup_dir: None,
            backups_kept: 3,
        }
    }
}
