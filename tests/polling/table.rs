//! `docs/polling.md` and `docs/operating.md` name tests; this checks that they exist.

use std::path::Path;

#[test]
fn every_test_that_the_table_names_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |page: &str| std::fs::read_to_string(root.join("docs").join(page)).unwrap();
    let mut table = read("polling.md");
    // Only the last table of that page names tests; fenced examples would upset the ticks.
    table += read("operating.md")
        .split("## What was tried")
        .nth(1)
        .unwrap();
    let mut sources = String::new();
    for part in ["src/fetch", "src/feed", "src/jobs", "src/store", "tests"] {
        gather(&root.join(part), &mut sources);
    }
    let named: Vec<&str> = table
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|name| name.matches('_').count() >= 3 && !name.contains(char::is_uppercase))
        .collect();
    assert!(named.len() > 80, "{} tests named", named.len());
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
