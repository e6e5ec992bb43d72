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
