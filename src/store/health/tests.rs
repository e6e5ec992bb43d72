//! Tests of trouble with the disk: it is noticed, reading goes on, and it ends with its cause.

use super::*;
use crate::store::{Connection, FILE_NAME, Store};

fn open() -> (tempfile::TempDir, Store) {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).unwrap();
    (directory, store)
}

/// Runs a pragma on the writing connection.
async fn pragma(store: &Store, sql: &'static str) {
    store
        .write(move |tx| {
            let mut query = tx.prepare(sql)?;
            let mut rows = query.query([])?;
            while rows.next()?.is_some() {}
            Ok(())
        })
        .await
        .unwrap();
}

async fn write_a_lot(store: &Store) -> Result<()> {
    store
        .write(|tx| {
            for number in 0..2000 {
                let sql = "INSERT OR REPLACE INTO cursors (name, value) VALUES (?1, 1)";
                tx.execute(sql, [format!("{number:0>2000}")])?;
            }
            Ok(())
        })
        .await
}

fn read_schema(store: &Store) -> Result<i64> {
    store.read(|conn| Ok(conn.query_row("SELECT count(*) FROM cursors", [], |row| row.get(0))?))
}

fn kind(store: &Store) -> Option<TroubleKind> {
    store.trouble().map(|trouble| trouble.kind)
}

#[tokio::test]
async fn a_full_disk_is_noticed_and_forgotten_when_there_is_room() {
    let (_directory, store) = open();
    pragma(&store, "PRAGMA max_page_count = 200").await;
    assert!(matches!(write_a_lot(&store).await, Err(StoreError::Full)));
    assert_eq!(kind(&store), Some(TroubleKind::Full));
    assert!(matches!(store.probe().await, Err(StoreError::Full)));
    assert_eq!(read_schema(&store).unwrap(), 0);
    // A probe that fails ends its own transaction only; the limit can be raised.
    pragma(&store, "PRAGMA max_page_count = 100000").await;
    store.probe().await.unwrap();
    assert_eq!(kind(&store), None);
    write_a_lot(&store).await.unwrap();
}

#[tokio::test]
async fn trouble_of_another_kind_wants_no_more_room_than_there_was_before() {
    let (_directory, store) = open();
    let pages = "SELECT page_count + 100 FROM pragma_page_count()";
    let most: i64 = store
        .read(|conn| Ok(conn.query_row(pages, [], |row| row.get(0))?))
        .unwrap();
    let limit = move |tx: &Transaction<'_>| {
        Ok(tx.execute_batch(&format!("PRAGMA max_page_count = {most}"))?)
    };
    store.write(limit).await.unwrap();
    let failing = store.write(|_| Err::<(), _>(StoreError::Gone));
    assert!(failing.await.is_err());
    assert_eq!(kind(&store), Some(TroubleKind::Gone));
    store.probe().await.unwrap();
    assert_eq!(kind(&store), None);
}

#[tokio::test]
async fn what_shares_a_transaction_with_a_full_disk_is_refused_and_not_lost_silently() {
    let (_directory, store) = open();
    pragma(&store, "PRAGMA max_page_count = 200").await;
    let small = |name: &'static str| {
        store.write(move |tx| {
            let sql = "INSERT INTO cursors (name, value) VALUES (?1, 1)";
            tx.execute(sql, [name])?;
            Ok(())
        })
    };
    let (before, full, after) = tokio::join!(small("a"), write_a_lot(&store), small("b"));
    assert!(matches!(full, Err(StoreError::Full)));
    let kept: i64 = i64::from(before.is_ok()) + i64::from(after.is_ok());
    assert_eq!(read_schema(&store).unwrap(), kept);
}

#[tokio::test]
async fn a_read_only_database_is_noticed_and_can_still_be_read() {
    let (_directory, store) = open();
    pragma(&store, "PRAGMA query_only = ON").await;
    assert!(write_a_lot(&store).await.is_err());
    assert_eq!(kind(&store), Some(TroubleKind::ReadOnly));
    assert!(store.probe().await.is_err());
    assert_eq!(read_schema(&store).unwrap(), 0);
}

#[tokio::test]
async fn a_disk_that_failed_is_believed_again_after_a_probe() {
    let (_directory, store) = open();
    let failing = store.write(|_| Err::<(), _>(StoreError::Disk("input/output error".into())));
    assert!(failing.await.is_err());
    assert_eq!(kind(&store), Some(TroubleKind::Disk));
    store.probe().await.unwrap();
    assert_eq!(kind(&store), None);
}

/// Overwrites the root page of a table in the file; `undo` holds what stood there.
fn damage(path: &Path, table: &str, with: Option<Vec<u8>>) -> Vec<u8> {
    use std::io::{Read, Seek, SeekFrom};
    let conn = Connection::open(path).unwrap();
    let sql = "SELECT rootpage FROM sqlite_schema WHERE name = ?1";
    let page: u64 = conn
        .query_row(sql, [table], |row| row.get::<_, i64>(0))
        .unwrap()
        .unsigned_abs();
    drop(conn);
    let mut file = std::fs::File::options()
        .read(true)
        .write(true)
        .open(path)
        .unwrap();
    let place = SeekFrom::Start((page - 1) * 4096);
    let mut old = vec![0; 4096];
    file.seek(place).unwrap();
    file.read_exact(&mut old).unwrap();
    file.seek(place).unwrap();
    file.write_all(&with.unwrap_or_else(|| vec![0xEE; 4096]))
        .unwrap();
    old
}

#[tokio::test]
async fn a_damaged_page_stops_polling_until_the_whole_file_is_right_again() {
    let (directory, store) = open();
    write_a_lot(&store).await.unwrap();
    drop(store);
    let path = directory.path().join(FILE_NAME);
    let undo = damage(&path, "feeds", None);
    let store = Store::open(directory.path()).unwrap();
    let read = store.read(|conn| {
        Ok(conn.query_row("SELECT count(title) FROM feeds", [], |row| {
            row.get::<_, i64>(0)
        })?)
    });
    assert!(matches!(read, Err(StoreError::Damaged(_))), "{read:?}");
    assert_eq!(kind(&store), Some(TroubleKind::Damaged));
    // Other tables can still be read and written; that does not mean that the file is right.
    assert_eq!(read_schema(&store).unwrap(), 2000);
    write_a_lot(&store).await.unwrap();
    assert_eq!(kind(&store), Some(TroubleKind::Damaged));
    assert!(store.probe().await.is_err());
    drop(store);
    damage(&path, "feeds", Some(undo));
    let store = Store::open(directory.path()).unwrap();
    assert_eq!(kind(&store), None);
    store.probe().await.unwrap();
}

#[tokio::test]
async fn a_mistake_in_a_query_is_no_trouble_with_the_disk() {
    let (_directory, store) = open();
    let refused = store.write(|tx| Ok(tx.execute("INSERT INTO nowhere VALUES (1)", [])?));
    assert!(refused.await.is_err());
    assert_eq!(kind(&store), None);
}

#[tokio::test]
async fn a_file_that_is_removed_or_replaced_takes_no_more_writes_until_it_is_back() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).unwrap();
    let aside = directory.path().join("aside");
    std::fs::rename(store.path(), &aside).unwrap();
    let write = || store.write(|tx| Ok(tx.execute_batch("DELETE FROM cursors")?));
    assert!(matches!(write().await, Err(StoreError::Gone)));
    assert_eq!(kind(&store), Some(TroubleKind::Gone));
    std::fs::copy(&aside, store.path()).unwrap();
    assert!(store.probe().await.is_err(), "it is another file");
    std::fs::rename(&aside, store.path()).unwrap();
    store.probe().await.unwrap();
    assert_eq!(kind(&store), None);
    write().await.unwrap();
}

#[tokio::test]
async fn what_a_log_held_that_is_removed_is_in_the_file_and_nothing_more_is_taken() {
    let (directory, store) = open();
    write_a_lot(&store).await.unwrap();
    std::fs::remove_file(beside(store.path(), "-wal")).unwrap();
    let write = store.write(|tx| Ok(tx.execute_batch("DELETE FROM cursors")?));
    assert!(matches!(write.await, Err(StoreError::Gone)));
    assert_eq!(kind(&store), Some(TroubleKind::Gone));
    assert!(store.probe().await.is_err(), "the log is not back");
    // What a daemon that is killed now leaves behind.
    let left = tempfile::tempdir().unwrap();
    std::fs::copy(store.path(), left.path().join(FILE_NAME)).unwrap();
    drop(directory);
    assert_eq!(
        read_schema(&Store::open(left.path()).unwrap()).unwrap(),
        2000
    );
}
