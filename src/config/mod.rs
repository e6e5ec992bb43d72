//! Reads the config file into the settings that each module defines.
