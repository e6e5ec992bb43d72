//! Words, language, names, numbers, wire tags, datelines, fingerprints of a text. Pure.
