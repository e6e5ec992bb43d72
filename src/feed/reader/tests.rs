//! What each element means, in one line each.
