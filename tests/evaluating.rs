//! The commands that measure on labelled files: what they count, and what they refuse.

use std::process::{Command, Output};

fn item(id: &str, published: &str, title: &str) -> serde_json::Value {
    serde_json::json!({ "id": id, "published": published, "title": title, "lang": "en" })
}

fn run(file: &std::path::Path, arguments: &[&str]) -> Output {
    let (command, options) = arguments.split_first().unwrap();
    Command::new(env!("CARGO_BIN_EXE_dateline"))
        .arg(command)
        .arg(file)
        .args(options)
        .output()
        .unwrap()
}

fn write(directory: &tempfile::TempDir, lines: &[serde_json::Value]) -> std::path::PathBuf {
    let path = directory.path().join("labelled.jsonl");
    let lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
    std::fs::write(&path, lines.join("\n")).unwrap();
    path
}

#[test]
fn every_labelled_pair_counts_however_far_apart_the_two_came() {
    let directory = tempfile::tempdir().unwrap();
    let title = "Leaders meet in Anchorage as the summit on the ceasefire opens";
    let first = item("1", "2025-08-15T18:00:00Z", title);
    let near = item("2", "2025-08-15T19:00:00Z", title);
    let far = item("3", "2025-10-15T19:00:00Z", title);
    let pairs = [(&first, &near, 1), (&first, &far, 0), (&near, &far, 0)];
    let pairs = pairs.map(|(a, b, label)| serde_json::json!({ "a": a, "b": b, "label": label }));
    let file = write(&directory, &pairs);
    let told = run(&file, &["eval", "--pairs", "--json"]);
    assert!(told.status.success(), "{told:?}");
    let told: serde_json::Value = serde_json::from_slice(&told.stdout).unwrap();
    assert_eq!(told["n"], 3, "{told}");
}

#[test]
fn a_time_that_cannot_be_read_is_told() {
    let directory = tempfile::tempdir().unwrap();
    let mut one = item("one", "yesterday", "Summit opens in Anchorage");
    one["event"] = "a".into();
    let mut other = item("other", "2025-08-15T19:00:00Z", "Floods close the harbour");
    other["event"] = "b".into();
    let told = run(&write(&directory, &[one, other]), &["eval"]);
    assert!(told.status.success(), "{told:?}");
    let told = String::from_utf8(told.stderr).unwrap();
    assert!(
        told.contains("item one") && told.contains("\"yesterday\""),
        "{told}"
    );
}

#[test]
fn nothing_is_learnt_from_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let file = write(&directory, &[]);
    let out = directory.path().join("weights.json");
    let told = run(&file, &["train", "--out", out.to_str().unwrap()]);
    assert!(!told.status.success() && !out.exists(), "{told:?}");
    let told = String::from_utf8(told.stderr).unwrap();
    assert!(told.contains("nothing to learn from"), "{told}");
}
