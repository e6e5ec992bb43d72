//! Pages under `docs` name tests; this checks that they exist.

use std::path::Path;

#[test]
fn every_test_that_the_table_names_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |page: &str| std::fs::read_to_string(root.join("docs").join(page)).unwrap();
    let mut table = read("polling.md") + &read("security.md");
    // Only the last table of that page names tests; fenced examples would upset the ticks.
    table += read("operating.md")
        .split("## What was tried")
        .nth(1)
        .unwrap();
    let mut sources = String::new();
    for part in ["src", "tests"] {
        gather(&root.join(part), &mut sources);
    }
    let named: Vec<&str> = table
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|name| name.matches('_').count() >= 3 && !name.contains(char::is_uppercase))
        .collect();
    assert!(named.len() > 160, "{} tests named", named.len());
    let missing: Vec<&&str> = named
        .iter()
        .filter(|name| !sources.contains(&format!("fn {name}(")))
        .collect();
    assert!(missing.is_empty(), "no such tests: {missing:#?}");
}

fn gather(directory: &Path, sources: &mut String) {
    for found in std::fs::read_dir(directory).unwrap() {
        let path = found.unwrap().path();
        if path.is_dir() {
            gather(&path, sources);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            sources.push_str(&std::fs::read_to_string(&path).unwrap());
        }
    }
}

/// Lines 1 to 46, so that none is dropped from the table of attacks unseen.
#[test]
fn every_attack_of_the_list_has_a_line() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let table = std::fs::read_to_string(root.join("docs/security.md")).unwrap();
    let cells = table.lines().filter_map(|line| line.strip_prefix("| "));
    let numbers = cells.filter_map(|line| line.split(" | ").next());
    let mut lines: Vec<u32> = numbers
        .flat_map(|numbers| numbers.split(", "))
        .filter_map(|number| number.parse().ok())
        .collect();
    lines.sort_unstable();
    assert_eq!(lines, (1..=46).collect::<Vec<u32>>());
}
