//! The units under `systemd/`, held against what systemd itself says of them. Where systemd is not
//! installed, the tests say so and look at the text only.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn unit(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("systemd")
        .join(name)
}

/// What `systemd-analyze` answers; `None` if it is not installed.
fn analyze(arguments: &[&str]) -> Option<Output> {
    match Command::new("systemd-analyze").args(arguments).output() {
        Ok(output) => Some(output),
        Err(_) => {
            eprintln!("systemd-analyze is not installed: nothing was checked with it");
            None
        }
    }
}

/// Copies of the units in a directory of their own, with a program and no manual, which are
/// installed beside them only by the package.
fn installed_units() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    for name in ["dateline.service", "dateline.socket"] {
        let text = std::fs::read_to_string(unit(name)).unwrap();
        let text = text
            .replace("/usr/bin/dateline", "/bin/true")
            .replace(" man:dateline(1)", "")
            .replace("Documentation=man:dateline(1)\n", "");
        std::fs::write(directory.path().join(name), text).unwrap();
    }
    directory
}

#[test]
fn systemd_finds_nothing_wrong_with_the_units() {
    let directory = installed_units();
    for name in ["dateline.service", "dateline.socket"] {
        let path = directory.path().join(name);
        let Some(output) = analyze(&["verify", "--man=no", path.to_str().unwrap()]) else {
            return;
        };
        let said = String::from_utf8_lossy(&output.stderr);
        let ours: Vec<&str> = said
            .lines()
            .filter(|line| line.contains("dateline"))
            .collect();
        assert!(ours.is_empty(), "{ours:#?}");
        assert!(output.status.success(), "{said}");
    }
}

#[test]
fn the_service_is_exposed_no_more_than_fifteen_tenths() {
    let path = unit("dateline.service");
    let arguments = [
        "security",
        "--offline=true",
        "--no-pager",
        "--threshold=15",
        path.to_str().unwrap(),
    ];
    let Some(output) = analyze(&arguments) else {
        return;
    };
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("Overall exposure level"), "{said}");
    assert!(output.status.success(), "{said}");
}

#[test]
fn every_line_of_hardening_gives_its_reason() {
    let text = std::fs::read_to_string(unit("dateline.service")).unwrap();
    let service = text.split("[Service]").nth(1).unwrap();
    for block in service.split("\n\n") {
        let first = block.trim_start().lines().next().unwrap_or_default();
        let is_plain = first.starts_with('[') || first.is_empty();
        assert!(is_plain || first.starts_with('#'), "no reason: {first}");
    }
    for wanted in [
        "DynamicUser=yes",
        "ProtectSystem=strict",
        "PrivateTmp=yes",
        "NoNewPrivileges=yes",
        "MemoryDenyWriteExecute=yes",
        "RestrictAddressFamilies=",
        "SystemCallFilter=",
        "MemoryMax=",
        "StateDirectory=dateline",
        "WatchdogSec=",
        "Restart=on-failure",
    ] {
        assert!(service.contains(wanted), "{wanted} is missing");
    }
}

#[test]
fn every_command_has_a_manual_page_and_a_completion() {
    let directory = tempfile::tempdir().unwrap();
    let status = Command::new(super::service::program())
        .arg("generate")
        .arg(directory.path())
        .status();
    assert!(status.unwrap().success());
    let read = |name: &str| std::fs::read_to_string(directory.path().join(name)).unwrap();
    let bash = read("completions/dateline.bash");
    for command in [
        "run", "feeds", "check", "backup", "restore", "merge", "undo", "why",
    ] {
        assert!(
            read(&format!("man/dateline-{command}.1")).contains(".TH"),
            "{command}"
        );
        assert!(bash.contains(&format!("dateline,{command})")), "{command}");
    }
    assert!(read("man/dateline.1").contains("dateline\\-feeds"));
    assert!(read("man/dateline-feeds-set.1").contains("interval"));
}

/// What is caught where it happens is caught in what is shipped, too.
#[test]
fn a_panic_unwinds_in_every_profile() {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let text = std::fs::read_to_string(manifest).unwrap();
    assert!(!text.contains("\"abort\""), "a panic would end the daemon");
    let profiles = text.split("[profile.").skip(1);
    let released = profiles.filter(|profile| profile.starts_with("release]"));
    assert!(
        released
            .into_iter()
            .all(|one| one.contains("panic = \"unwind\""))
    );
}
