//! SQLite: one file per table or subject. All SQL is here.
