//! Polite HTTP out: validators, back-off, limits, the guard against private addresses.
