//! Where a command works: its config and its data directory, and how it gets at the store.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;

use super::Global;
use crate::config::{self, Config};
use crate::serve;
use crate::store::{DirectoryLock, Store, StoreError, read_address};

/// The config and the data directory of a command.
#[derive(Debug)]
pub struct Place {
    /// The settings.
    pub config: Config,
    /// The file they came from; `None` for the built-in ones.
    pub config_path: Option<PathBuf>,
    /// Where the database lies.
    pub data_dir: PathBuf,
}

/// The store, and whether this process owns it.
pub struct OwnedStore {
    /// Open for writing.
    pub store: Store,
    /// What makes it the owner.
    pub lock: Arc<DirectoryLock>,
}

impl Place {
    /// Reads the config and finds the data directory.
    ///
    /// # Errors
    /// What is wrong with the config, or that there is no state directory.
    pub fn find(global: &Global) -> anyhow::Result<Self> {
        let (config, config_path) = load_config(global)?;
        let named = global.data_dir.clone().or_else(|| config.data_dir.clone());
        let is_systems = config_path.is_some() && config_path == config::usual_path();
        let data_dir = named
            .or_else(|| directory_named("STATE_DIRECTORY"))
            .or_else(|| is_systems.then(|| PathBuf::from(OF_SYSTEM)))
            .or_else(users_directory)
            .context(
                "no state directory: set HOME or XDG_STATE_HOME, or name one with --data-dir",
            )?;
        Ok(Self {
            config,
            config_path,
            data_dir,
        })
    }

    /// Opens the store as its owner, and makes it if there is none.
    ///
    /// # Errors
    /// [`StoreError::Locked`] if a daemon runs on it.
    pub fn own_store(&self) -> Result<OwnedStore, StoreError> {
        let lock = DirectoryLock::take(&self.data_dir)?;
        Ok(OwnedStore {
            store: Store::open(&self.data_dir)?,
            lock: Arc::new(lock),
        })
    }

    /// As [`Place::own_store`], for what changes a database and begins none.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is none yet.
    pub fn own_existing_store(&self) -> Result<OwnedStore, StoreError> {
        if !self.data_dir.exists() {
            // Says so, and leaves no directory behind.
            self.read_store()?;
        }
        let lock = DirectoryLock::take(&self.data_dir)?;
        Ok(OwnedStore {
            store: Store::open_existing(&self.data_dir)?,
            lock: Arc::new(lock),
        })
    }

    /// The settings of pages, with the address at which the daemon serves them that owns the directory: another config may
    /// be its. To be asked once the store was taken or found to be taken, which ends what a daemon before it noted.
    pub fn serve_settings(&self) -> serve::Settings {
        let mut settings = self.config.serve_settings();
        if let Some(base_url) = read_address(&self.data_dir) {
            settings.base_url = base_url;
        }
        settings
    }

    /// Opens the store for reading, whoever owns it.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is none yet.
    pub fn read_store(&self) -> Result<Store, StoreError> {
        Store::open_read_only(&self.data_dir)
    }
}

/// The config and the file it came from; `None` for the built-in one.
///
/// # Errors
/// What is wrong with the config.
pub(super) fn load_config(global: &Global) -> anyhow::Result<(Config, Option<PathBuf>)> {
    let config_path = global.config.clone().or_else(config::usual_path);
    let config = config::load(config_path.as_deref())?;
    Ok((config, config_path))
}

/// Where the service keeps its database: what is run with its config works on that, whoever runs it.
const OF_SYSTEM: &str = "/var/lib/dateline";

fn directory_named(name: &str) -> Option<PathBuf> {
    let directory = std::env::var_os(name).map(PathBuf::from);
    directory.filter(|path| path.is_absolute())
}

/// `$XDG_STATE_HOME/dateline`, else `~/.local/state/dateline` (XDG Base Directory Specification).
fn users_directory() -> Option<PathBuf> {
    let home = || directory_named("HOME").map(|home| home.join(Path::new(".local/state/dateline")));
    directory_named("XDG_STATE_HOME")
        .map(|state| state.join("dateline"))
        .or_else(home)
}
