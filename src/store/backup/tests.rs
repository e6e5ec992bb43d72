//! Tests of copies: whole, of one moment, private, and put back without loss.

use super::*;
use crate::news::utc_from_secs;

const NOON: i64 = 1_750_000_000;

fn open() -> (tempfile::TempDir, Store) {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).unwrap();
    (directory, store)
}

fn decide(store: &Store, note: &str) {
    let note = note.to_owned();
    store
        .write_blocking(move |tx| {
            let sql = "INSERT INTO decisions (ruling, editor, decided_at, note)
                 VALUES ('{\"kind\":\"same-event\",\"a\":1,\"b\":2}', 'ada', 1, ?1)";
            tx.execute(sql, [note])?;
            Ok(())
        })
        .unwrap();
}

fn notes(store: &Store) -> Vec<String> {
    store
        .read(|conn| {
            let mut query = conn.prepare("SELECT note FROM decisions ORDER BY id")?;
            let rows = query.query_map([], |row| row.get(0))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .unwrap()
}

#[test]
fn a_copy_holds_what_was_committed_before_it_and_is_one_private_file() {
    let (directory, store) = open();
    decide(&store, "first");
    let to = directory.path().join("copy.sqlite");
    let copied = back_up(&store, &to).unwrap();
    assert_eq!((copied.decision_count, copied.item_count), (1, 0));
    assert_eq!(copied.bytes, std::fs::metadata(&to).unwrap().len());
    let names: Vec<_> = std::fs::read_dir(directory.path())
        .unwrap()
        .map(|found| found.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("copy"))
        .collect();
    assert_eq!(names, ["copy.sqlite"]);
    #[cfg(unix)]
    {
        let mode =
            std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&to).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn a_copy_under_load_holds_every_decision_acknowledged_before_it() {
    let (directory, store) = open();
    let (acknowledged, last) = std::sync::mpsc::channel();
    let writer = store.clone();
    let (stop, stopped) = std::sync::mpsc::channel::<()>();
    let load = std::thread::spawn(move || {
        for number in 0.. {
            decide(&writer, &number.to_string());
            acknowledged.send(number).unwrap();
            if stopped.try_recv().is_ok() {
                break;
            }
        }
    });
    for copy in 0..5 {
        let mut before = last.recv().unwrap();
        while let Ok(number) = last.try_recv() {
            before = number;
        }
        let to = directory.path().join(format!("copy-{copy}.sqlite"));
        let copied = back_up(&store, &to).unwrap();
        assert!(copied.decision_count > before, "{copied:?} after {before}");
    }
    stop.send(()).unwrap();
    load.join().unwrap();
}

#[test]
fn a_copy_never_takes_the_place_of_a_file() {
    let (directory, store) = open();
    let to = directory.path().join("copy.sqlite");
    std::fs::write(&to, "mine").unwrap();
    let message = back_up(&store, &to).unwrap_err().to_string();
    assert!(message.contains("copy.sqlite"), "{message}");
    assert_eq!(std::fs::read(&to).unwrap(), b"mine");
}

#[test]
fn a_restore_brings_back_the_copy_and_sets_the_rest_aside() {
    let (directory, store) = open();
    decide(&store, "kept");
    let copy = directory.path().join("copy.sqlite");
    back_up(&store, &copy).unwrap();
    decide(&store, "after the copy");
    drop(store);
    let restored = restore(directory.path(), &copy, utc_from_secs(NOON)).unwrap();
    let store = Store::open(directory.path()).unwrap();
    assert_eq!(notes(&store), ["kept"]);
    let aside = restored.set_aside.unwrap();
    let old: i64 = open_copy(&aside)
        .unwrap()
        .query_row("SELECT count(*) FROM decisions", [], |row| row.get(0))
        .unwrap();
    assert_eq!(old, 2);
}

#[test]
fn the_log_of_a_killed_process_does_not_leak_into_what_is_restored() {
    let (directory, store) = open();
    decide(&store, "kept");
    let copy = directory.path().join("copy.sqlite");
    back_up(&store, &copy).unwrap();
    decide(&store, "only in the log");
    // The store is still open: its log is full, as after a kill.
    restore(directory.path(), &copy, utc_from_secs(NOON)).unwrap();
    assert!(!directory.path().join("dateline.sqlite-wal").exists());
    let restored = Store::open(directory.path()).unwrap();
    assert_eq!(notes(&restored), ["kept"]);
}

#[test]
fn a_damaged_or_foreign_copy_changes_nothing() {
    let (directory, store) = open();
    decide(&store, "kept");
    let copy = directory.path().join("copy.sqlite");
    back_up(&store, &copy).unwrap();
    drop(store);
    let mut bytes = std::fs::read(&copy).unwrap();
    let middle = bytes.len() / 2 / 4096 * 4096;
    bytes[middle..middle + 512].fill(0xEE);
    std::fs::write(&copy, bytes).unwrap();
    assert!(restore(directory.path(), &copy, utc_from_secs(NOON)).is_err());
    std::fs::write(&copy, "not a database at all").unwrap();
    assert!(restore(directory.path(), &copy, utc_from_secs(NOON)).is_err());
    assert_eq!(notes(&Store::open(directory.path()).unwrap()), ["kept"]);
    assert!(!directory.path().join("dateline-incoming.sqlite").exists());
}

#[test]
fn only_the_oldest_copies_by_our_name_are_removed() {
    let directory = tempfile::tempdir().unwrap();
    let name = |days: i64| copy_name(utc_from_secs(NOON + days * 86_400));
    // The last two were made while the clock was a year ahead.
    for days in [0, 1, 2, 3, 400, 401] {
        std::fs::write(directory.path().join(name(days)), "").unwrap();
    }
    let broken_off = format!("{}.partial", name(1));
    std::fs::write(directory.path().join(&broken_off), "").unwrap();
    for other in ["dateline-mine.sqlite", "dateline.sqlite", "notes.txt"] {
        std::fs::write(directory.path().join(other), "").unwrap();
    }
    let newest = directory.path().join(name(3));
    let gone = trim_copies(directory.path(), &newest, 2).unwrap();
    let expected = [name(0), name(1), broken_off];
    assert_eq!(gone, expected.map(|name| directory.path().join(name)));
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 7);
}

#[test]
fn the_log_of_a_database_that_is_lost_does_not_leak_into_what_is_restored() {
    let (directory, store) = open();
    decide(&store, "kept");
    let copy = directory.path().join("copy.sqlite");
    back_up(&store, &copy).unwrap();
    decide(&store, "only in the log");
    let log = std::fs::read(beside(store.path(), "-wal")).unwrap();
    drop(store);
    let database = directory.path().join(FILE_NAME);
    std::fs::remove_file(&database).unwrap();
    std::fs::write(beside(&database, "-wal"), &log).unwrap();
    let restored = restore(directory.path(), &copy, utc_from_secs(NOON)).unwrap();
    assert_eq!(notes(&Store::open(directory.path()).unwrap()), ["kept"]);
    assert_eq!(std::fs::read(restored.set_aside.unwrap()).unwrap(), log);
}
