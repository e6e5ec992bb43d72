//! Reads the config file into the settings that each module defines. A wrong key, type or value
//! is refused with its place and the nearest key that exists; nothing is guessed.

mod bounds;
mod error;
mod file;

use std::path::{Path, PathBuf};

pub use error::ConfigError;
pub use file::Config;

/// The config file that ships with the program: every key with its meaning, unit and default.
pub const DEFAULT_FILE: &str = include_str!("../../config/dateline.toml");

/// Reads the file, or the built-in defaults if `path` is `None`.
///
/// # Errors
/// [`ConfigError`] with file, line and column.
pub fn load(path: Option<&Path>) -> Result<Config, ConfigError> {
    let Some(path) = path else {
        return parse(DEFAULT_FILE, Path::new("built-in config"));
    };
    let text = std::fs::read_to_string(path).map_err(|cause| ConfigError::Unreadable {
        path: path.to_owned(),
        cause,
    })?;
    parse(&text, path)
}

/// Reads a config from its text; `path` stands in messages.
///
/// # Errors
/// [`ConfigError`] with file, line and column.
pub fn parse(text: &str, path: &Path) -> Result<Config, ConfigError> {
    let config: Config =
        toml::from_str(text).map_err(|error| ConfigError::from_toml(&error, text, path))?;
    config
        .check()
        .map_err(|(key, problem)| ConfigError::BadValue {
            path: path.to_owned(),
            place: error::place_of_key(text, &key),
            key,
            problem,
        })?;
    Ok(config)
}

/// Where the config lies if nobody names one: `/etc/dateline/dateline.toml` if it is there.
pub fn usual_path() -> Option<PathBuf> {
    let path = PathBuf::from("/etc/dateline/dateline.toml");
    path.exists().then_some(path)
}

#[cfg(test)]
mod tests;
