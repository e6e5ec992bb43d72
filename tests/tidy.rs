//! The house rules that a program can check: the import table of `docs/ARCHITECTURE.md`, a first
//! line that says what a file is for, sizes, names, and no `unwrap` outside tests.

use std::path::{Path, PathBuf};

/// Room, and the rooms that it may import. `cli`, `main` and `lib` may import everything.
const IMPORTS: &[(&str, &[&str])] = &[
    ("news", &[]),
    ("clock", &[]),
    ("text", &["news"]),
    ("decisions", &["news"]),
    ("feed", &["news", "text"]),
    ("cluster", &["news", "text", "decisions"]),
    ("timeline", &["news", "text", "decisions", "cluster"]),
    ("fetch", &["news", "clock"]),
    ("store", &["news", "clock", "text"]),
    (
        "jobs",
        &[
            "news",
            "clock",
            "text",
            "decisions",
            "feed",
            "cluster",
            "timeline",
            "fetch",
            "store",
        ],
    ),
    (
        "serve",
        &["news", "feed", "timeline", "decisions", "store", "clock"],
    ),
    (
        "config",
        &[
            "news", "text", "feed", "cluster", "timeline", "fetch", "store", "jobs", "serve",
        ],
    ),
];

/// Names that mean something else to everybody; words of a protocol may stand in `feed`, where the
/// protocol is spoken.
const BANNED_TYPES: &[&str] = &[
    "Story", "Article", "Post", "Topic", "Manager", "Helper", "Util", "Utils", "Data", "Cluster",
];

const LONGEST_FILE: usize = 600;

#[test]
fn rooms_import_only_what_the_table_allows() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let room = room_of(&path);
        let Some((_, allowed)) = IMPORTS.iter().find(|(name, _)| *name == room) else {
            continue;
        };
        for (number, line) in code_lines(&text) {
            for name in imported_rooms(line) {
                if name != room && !allowed.contains(&name) {
                    wrong.push(format!(
                        "{}:{number}: {room} imports {name}",
                        path.display()
                    ));
                }
            }
            if line.contains("crate::{") {
                wrong.push(format!(
                    "{}:{number}: name each room on a line",
                    path.display()
                ));
            }
        }
    }
    report("imports against the table", &wrong);
}

#[test]
fn every_room_stands_in_the_table() {
    let known: Vec<&str> = IMPORTS
        .iter()
        .map(|(name, _)| *name)
        .chain(["cli", "main", "lib"])
        .collect();
    let wrong: Vec<String> = sources()
        .iter()
        .map(|(path, _)| room_of(path))
        .filter(|room| !known.contains(&room.as_str()))
        .collect();
    report("rooms that the table does not know", &wrong);
}

#[test]
fn every_file_says_what_it_is_for() {
    let wrong: Vec<String> = all_rust_files()
        .into_iter()
        .filter(|path| !read(path).starts_with("//!"))
        .map(|path| path.display().to_string())
        .collect();
    report("files without a first line of `//!`", &wrong);
}

#[test]
fn no_file_is_longer_than_a_person_reads() {
    let wrong: Vec<String> = sources()
        .into_iter()
        .map(|(path, text)| (path, text.lines().count()))
        .filter(|(_, lines)| *lines > LONGEST_FILE)
        .map(|(path, lines)| format!("{}: {lines} lines", path.display()))
        .collect();
    report("files that are too long", &wrong);
}

#[test]
fn nothing_unwraps_outside_tests() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        if path.ends_with("tests.rs") || path.components().any(|part| part.as_os_str() == "tests") {
            continue;
        }
        for (number, line) in code_lines(&text) {
            if line.contains(".unwrap()") || line.contains("todo!(") || line.contains("TODO") {
                wrong.push(format!("{}:{number}: {}", path.display(), line.trim()));
            }
        }
    }
    report("unwrap or unfinished work outside tests", &wrong);
}

#[test]
fn types_carry_the_words_of_the_glossary() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        for (number, line) in code_lines(&text) {
            let mut words = line.split(|c: char| !c.is_alphanumeric() && c != '_');
            let declares = words.any(|word| ["struct", "enum", "trait", "type"].contains(&word));
            if !declares {
                continue;
            }
            if let Some(name) = words.next().filter(|name| BANNED_TYPES.contains(name)) {
                wrong.push(format!("{}:{number}: type {name}", path.display()));
            }
        }
    }
    report("type names that the glossary bans", &wrong);
}

#[test]
fn sql_stands_in_the_store_only() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        if room_of(&path) == "store" {
            continue;
        }
        for (number, line) in code_lines(&text) {
            if line.contains("rusqlite::") {
                wrong.push(format!("{}:{number}: {}", path.display(), line.trim()));
            }
        }
    }
    report("SQLite outside the store", &wrong);
}

fn imported_rooms(line: &str) -> Vec<&str> {
    line.match_indices("crate::")
        .map(|(at, word)| {
            let rest = &line[at + word.len()..];
            let end = rest
                .find(|c: char| !c.is_alphanumeric() && c != '_')
                .unwrap_or(rest.len());
            &rest[..end]
        })
        .filter(|name| !name.is_empty())
        .collect()
}

/// The lines of a file before its inline test module, without comments, numbered from 1.
fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines: Vec<&str> = text.lines().collect();
    let tests_begin = lines
        .windows(2)
        .position(|pair| pair[0].contains("#[cfg(test)]") && pair[1].trim_end().ends_with('{'))
        .unwrap_or(lines.len());
    lines
        .into_iter()
        .take(tests_begin)
        .enumerate()
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
        .map(|(index, line)| (index + 1, line))
}

fn room_of(path: &Path) -> String {
    let inside = path
        .strip_prefix(root().join("src"))
        .expect("sources lie in src");
    let first = inside.components().next().expect("a file has a name");
    let name = Path::new(first.as_os_str());
    name.file_stem()
        .expect("a file has a name")
        .to_string_lossy()
        .into_owned()
}

fn sources() -> Vec<(PathBuf, String)> {
    rust_files(&root().join("src"))
        .into_iter()
        .map(|path| (path.clone(), read(&path)))
        .collect()
}

fn all_rust_files() -> Vec<PathBuf> {
    ["src", "tests", "benches", "examples", "fuzz/fuzz_targets"]
        .iter()
        .flat_map(|part| rust_files(&root().join(part)))
        .collect()
}

fn rust_files(directory: &Path) -> Vec<PathBuf> {
    let Ok(listing) = std::fs::read_dir(directory) else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = listing.map(|found| found.unwrap().path()).collect();
    paths.sort();
    paths
        .into_iter()
        .flat_map(|path| {
            if path.is_dir() {
                rust_files(&path)
            } else {
                vec![path]
            }
        })
        .filter(|path| path.extension().is_some_and(|ending| ending == "rs"))
        .collect()
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

fn report(what: &str, wrong: &[String]) {
    assert!(wrong.is_empty(), "{what}:\n{}", wrong.join("\n"));
}
