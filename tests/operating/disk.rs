//! Trouble with the disk, met by the running daemon: polling pauses, reading goes on, the cause is
//! said in the log, at `/readyz`, in the metrics and on the desk, and all goes on by itself when the
//! cause is gone. What needs root or strace says so where it is absent.

use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use dateline::store::Store;

use super::newsroom::{Outlets, now};
use super::service::Place;

/// A file system of its own, unmounted when dropped.
struct Mounted<'a>(&'a Path);

impl<'a> Mounted<'a> {
    /// `None` if this process may not mount.
    fn small(path: &'a Path, megabytes: u32) -> Option<Self> {
        let size = format!("size={megabytes}m");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "tmpfs"])
            .arg(path)
            .output();
        let is_mounted = mounted.is_ok_and(|output| output.status.success());
        if !is_mounted {
            eprintln!("not root: nothing was mounted, and nothing checked");
        }
        is_mounted.then_some(Self(path))
    }
}

impl Drop for Mounted<'_> {
    fn drop(&mut self) {
        // Lazily: a daemon that is being killed may still hold it.
        let _ = Command::new("umount").arg("-l").arg(self.0).output();
    }
}

async fn subscribed(outlets: &Outlets, place: &Place) {
    let store = place.open_store();
    outlets.subscribe(&store, 1, now()).await;
}

/// Waits until a page says this.
async fn until_said(place: &Place, path: &str, part: &str) {
    let waiting = async {
        loop {
            let reply = place.client().get(path).await.unwrap();
            if format!("{}\n{}", reply.status, reply.body).contains(part) {
                return;
            }
        }
    };
    let said = tokio::time::timeout(Duration::from_secs(60), waiting).await;
    assert!(
        said.is_ok(),
        "{path} says {part:?}; the log:\n{}",
        place.log()
    );
}

async fn until_logged(place: &Place, part: &str) {
    let waiting = async {
        while !place.log().contains(part) {
            tokio::task::yield_now().await;
        }
    };
    let said = tokio::time::timeout(Duration::from_secs(60), waiting).await;
    assert!(said.is_ok(), "{part:?} in the log:\n{}", place.log());
}

/// That the trouble is told everywhere, and that what is published is still served.
async fn assert_told(place: &Place, kind: &str, words: &str) {
    until_said(place, "/readyz", &format!("503\n{words}")).await;
    let get = async |path: &str| place.client().get(path).await.unwrap();
    assert_eq!(get("/feeds/events.atom").await.status, 200);
    assert_eq!(get("/healthz").await.status, 200);
    let metrics = get("/metrics").await.body;
    let line = format!("dateline_database_trouble{{kind=\"{kind}\"}} 1");
    assert!(metrics.contains(&line), "{line} in\n{metrics}");
    let desk = get("/desk").await.body;
    assert!(
        desk.contains(words) && desk.contains("Reading goes on"),
        "{desk}"
    );
    until_logged(place, &format!("kind=\"{kind}\"")).await;
}

/// That polling has gone on and nothing was lost or doubled meanwhile.
async fn assert_recovered(place: &Place, outlets: &Outlets) {
    until_logged(place, "polling goes on").await;
    until_said(place, "/readyz", "200\nready").await;
    let asked = outlets.asked();
    outlets.wait_for(asked + 20).await;
    let lines = place
        .log()
        .lines()
        .filter(|line| line.contains("WARN"))
        .count();
    assert!(lines < 40, "{lines} warnings:\n{}", place.log());
}

async fn assert_whole(place: &Place, outlets: &Outlets) {
    assert_eq!(place.find_wrong().await, "");
    let wrong = outlets.find_lost_or_doubled(&place.open_store());
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_pauses_polling_until_there_is_room() {
    let outlets = Outlets::open(4, 2).await;
    let place = Place::new(&[outlets.port()], "");
    let directory = place.data_dir();
    let Some(_mounted) = Mounted::small(&directory, 24) else {
        return;
    };
    subscribed(&outlets, &place).await;
    let mut service = place.start();
    outlets.wait_for(20).await;
    let filler = directory.join("filler");
    let mut file = std::fs::File::create(&filler).unwrap();
    while file.write_all(&[0; 4096]).is_ok() {}
    assert_told(&place, "full", "the disk is full").await;
    drop(file);
    std::fs::remove_file(&filler).unwrap();
    assert_recovered(&place, &outlets).await;
    service.kill();
    assert_whole(&place, &outlets).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_cannot_be_saved_is_told_once_and_saved_in_the_end() {
    let place = Place::new(&[], "");
    let mut service = place.start();
    place.hear("READY=1").await;
    let path = place.data_dir().join("dateline.sqlite");
    let conn = dateline::store::Connection::open(path).unwrap();
    let run = |sql: &str| conn.execute_batch(sql).unwrap();
    run("CREATE TRIGGER refused BEFORE UPDATE OF answer ON requests
            BEGIN SELECT RAISE (ABORT, 'refused'); END;
         INSERT INTO requests (command, asked_at) VALUES ('what no daemon does', 0);");
    let told = "an answer could not be saved";
    until_logged(&place, told).await;
    let again = async {
        while place.log().matches(told).count() < 2 {
            tokio::task::yield_now().await;
        }
    };
    let again = tokio::time::timeout(Duration::from_secs(5), again).await;
    assert!(again.is_err(), "{}", place.log());
    run("DROP TRIGGER refused");
    until_logged(&place, "answers are saved again").await;
    let sql = "SELECT answer IS NOT NULL FROM requests";
    assert!(
        conn.query_row(sql, [], |row| row.get::<_, bool>(0))
            .unwrap()
    );
    service.kill();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_page_pauses_polling_until_the_file_is_whole_again() {
    let outlets = Outlets::open(4, 2).await;
    let place = Place::new(&[outlets.port()], "");
    subscribed(&outlets, &place).await;
    let mut service = place.start();
    outlets.wait_for(40).await;
    service.kill();
    // All pages in the file, none in the log.
    drop(place.open_store());
    let path = place.data_dir().join("dateline.sqlite");
    let (page, root) = page_of(&place.open_store(), "polls");
    let good = swap(&path, page * (root - 1), &vec![0xA5; page as usize]);
    place.forget_notes();
    let mut service = place.start();
    place.hear("READY=1").await;
    assert_told(&place, "damaged", "the database is damaged").await;
    swap(&path, page * (root - 1), &good);
    assert_recovered(&place, &outlets).await;
    service.kill();
    assert_whole(&place, &outlets).await;
}

/// The page size, and the first page of a table.
fn page_of(store: &Store, table: &str) -> (u64, u64) {
    store
        .read(|conn| {
            let size: i64 = conn.query_row("PRAGMA page_size", [], |row| row.get(0))?;
            let sql = "SELECT rootpage FROM sqlite_schema WHERE name = ?1";
            let root: i64 = conn.query_row(sql, [table], |row| row.get(0))?;
            Ok((size as u64, root as u64))
        })
        .unwrap()
}

/// Puts bytes at a place of a file; returns those that were there.
fn swap(path: &Path, at: u64, bytes: &[u8]) -> Vec<u8> {
    let mut file = std::fs::File::options()
        .read(true)
        .write(true)
        .open(path)
        .unwrap();
    let mut before = vec![0; bytes.len()];
    file.seek(SeekFrom::Start(at)).unwrap();
    file.read_exact(&mut before).unwrap();
    file.seek(SeekFrom::Start(at)).unwrap();
    file.write_all(bytes).unwrap();
    before
}

/// The words before the program that put strace between it and the kernel; `None` if strace is
/// absent or may not trace.
fn tracer(injection: &str) -> Option<Vec<String>> {
    let calls = injection.split(':').next().unwrap_or_default();
    // All other calls go by the tracer, so that a busy machine does not hold up the daemon.
    let chosen = [format!("--trace={calls}"), format!("--inject={injection}")];
    let words: Vec<String> = "strace -D -f --seccomp-bpf -qq -o /dev/null"
        .split(' ')
        .map(str::to_owned)
        .chain(chosen)
        .collect();
    let tried = Command::new(&words[0])
        .args(&words[1..])
        .arg("true")
        .output();
    let works = tried.is_ok_and(|output| output.status.success());
    if !works {
        eprintln!("strace is absent or may not trace: nothing was checked");
    }
    works.then_some(words)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_fails_for_a_while_pauses_polling_and_loses_nothing() {
    let outlets = Outlets::open(4, 2).await;
    let place = Place::new(&[outlets.port()], "");
    subscribed(&outlets, &place).await;
    let Some(words) = tracer("pwrite64:error=EIO:when=300..304") else {
        return;
    };
    let mut service = place.start_traced(&words);
    until_said(&place, "/readyz", "503\nthe disk does not read or write").await;
    assert_eq!(
        place
            .client()
            .get("/feeds/events.atom")
            .await
            .unwrap()
            .status,
        200
    );
    assert_recovered(&place, &outlets).await;
    service.kill();
    assert_whole(&place, &outlets).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_disk_holds_up_polling_and_no_reader() {
    let outlets = Outlets::open(4, 2).await;
    let place = Place::new(&[outlets.port()], "");
    subscribed(&outlets, &place).await;
    let Some(words) = tracer("pwrite64,fsync,fdatasync:delay_enter=30000") else {
        return;
    };
    let mut service = place.start_traced(&words);
    place.hear("READY=1").await;
    outlets.wait_for(4).await;
    let mut longest = Duration::ZERO;
    for _ in 0..50 {
        let begun = tokio::time::Instant::now();
        let reply = place.client().get("/feeds/events.atom").await.unwrap();
        assert_eq!(reply.status, 200);
        longest = longest.max(begun.elapsed());
    }
    assert!(
        longest < Duration::from_secs(2),
        "a reader waited {longest:?}"
    );
    outlets.wait_for(12).await;
    service.kill();
    assert_whole(&place, &outlets).await;
}
