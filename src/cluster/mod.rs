//! Which items are reprints, which items tell the same event, and why. Pure.
