//! Tests of the store's frame: opening, the writer, the lock.

use super::*;

fn open() -> (tempfile::TempDir, Store) {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).unwrap();
    (directory, store)
}

fn count_cursors(store: &Store) -> i64 {
    store
        .read(|conn| Ok(conn.query_row("SELECT count(*) FROM cursors", [], |row| row.get(0))?))
        .unwrap()
}

fn insert(name: &'static str) -> impl FnOnce(&Transaction<'_>) -> Result<()> + Send + 'static {
    move |tx| {
        tx.execute("INSERT INTO cursors (name, value) VALUES (?1, 1)", [name])?;
        Ok(())
    }
}

#[tokio::test]
async fn a_failing_write_takes_nothing_with_it() {
    let (_directory, store) = open();
    let bad = store.write(|tx| {
        tx.execute("INSERT INTO cursors (name, value) VALUES ('lost', 1)", [])?;
        Err::<(), _>(StoreError::NotFound("thing".into()))
    });
    let (good, bad) = tokio::join!(store.write(insert("kept")), bad);
    assert!(good.is_ok());
    assert!(matches!(bad, Err(StoreError::NotFound(_))));
    assert_eq!(count_cursors(&store), 1);
}

#[tokio::test]
async fn a_panicking_write_does_not_end_the_writer() {
    let (_directory, store) = open();
    let panicked = store.write(|_| -> Result<()> { panic!("a bug") }).await;
    assert!(panicked.is_err());
    store.write(insert("after")).await.unwrap();
    assert_eq!(count_cursors(&store), 1);
}

#[test]
fn what_was_written_is_there_after_reopening() {
    let (directory, store) = open();
    store.write_blocking(insert("kept")).unwrap();
    drop(store);
    assert_eq!(count_cursors(&Store::open(directory.path()).unwrap()), 1);
}

#[test]
fn a_newer_database_is_refused_and_left_as_it_is() {
    let (directory, store) = open();
    store
        .write_blocking(|tx| Ok(tx.pragma_update(None, "user_version", 999)?))
        .unwrap();
    drop(store);
    let Err(error) = Store::open(directory.path()) else {
        panic!("opened")
    };
    assert!(error.to_string().contains("newer Dateline"), "{error}");
}

#[test]
fn another_programs_database_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let conn = Connection::open(directory.path().join(FILE_NAME)).unwrap();
    conn.execute_batch("CREATE TABLE theirs (x)").unwrap();
    drop(conn);
    assert!(matches!(
        Store::open(directory.path()),
        Err(StoreError::Foreign { .. })
    ));
}

#[test]
fn a_database_opened_for_reading_takes_no_writes() {
    let (directory, store) = open();
    store.write_blocking(insert("kept")).unwrap();
    let reader = Store::open_read_only(directory.path()).unwrap();
    assert_eq!(count_cursors(&reader), 1);
    assert!(matches!(
        reader.write_blocking(insert("no")),
        Err(StoreError::ReadOnly)
    ));
}

#[test]
fn the_second_process_is_told_who_owns_the_directory() {
    let directory = tempfile::tempdir().unwrap();
    let lock = DirectoryLock::take(directory.path()).unwrap();
    let Err(error) = DirectoryLock::take(directory.path()) else {
        panic!("taken twice")
    };
    assert!(
        error.to_string().contains(&std::process::id().to_string()),
        "{error}"
    );
    drop(lock);
    DirectoryLock::take(directory.path()).unwrap();
}

#[test]
fn a_prepared_statement_stays_prepared_for_every_value_although_there_are_statistics() {
    let (_directory, store) = open();
    let filled =
        store.write_blocking(|tx| {
            for id in 1..=3000_i64 {
                tx.execute(
                "INSERT INTO items (id, feed_id, outlet_id, fetched_at, item_time, time_is_claimed,
                    language, role, title, content, seen_at, digest)
                 VALUES (?1, ?1 % 7, 1, ?1, ?1, 1, 'en', 'news', '', x'', 0, x'')",
                [id],
            )
            .or_else(|_| tx.execute("INSERT INTO outlets (id, name) VALUES (1, 'The Paper')", []))?;
            }
            Ok(tx.execute_batch("ANALYZE")?)
        });
    filled.unwrap();
    let ask = |conn: &Connection| {
        let sql = "SELECT count(*) FROM items WHERE feed_id = ?1 AND item_time > ?2";
        let mut query = conn.prepare(sql)?;
        for feed in 0..7_i64 {
            query.query_row([feed, feed * 400], |row| row.get::<_, i64>(0))?;
        }
        Ok(query.get_status(rusqlite::StatementStatus::RePrepare))
    };
    // A connection that was opened after the statistics were made knows them.
    store.idle_readers().clear();
    assert_eq!(store.read(ask).unwrap(), 0);
    assert_eq!(store.write_blocking(move |tx| ask(tx)).unwrap(), 0);
}

#[test]
fn what_is_read_is_of_one_commit() {
    let (_directory, store) = open();
    let count = |conn: &Connection| -> Result<i64> {
        Ok(conn.query_row("SELECT count(*) FROM cursors", [], |row| row.get(0))?)
    };
    let counts = store.read(|conn| {
        let before = count(conn)?;
        store.write_blocking(insert("meanwhile"))?;
        Ok((before, count(conn)?))
    });
    assert_eq!(counts.unwrap(), (0, 0));
    assert_eq!(count_cursors(&store), 1);
}

#[tokio::test]
async fn who_decides_does_not_wait_for_what_came_before() {
    let (_directory, store) = open();
    let order: Arc<Mutex<Vec<&str>>> = Arc::default();
    let note = |name: &'static str| {
        let order = order.clone();
        move |_: &Transaction<'_>| {
            order.lock().unwrap().push(name);
            Ok(())
        }
    };
    let (go, gate) = std::sync::mpsc::channel();
    let (has_begun, mut begun) = tokio::sync::mpsc::unbounded_channel();
    let busy = store.write_together(move |_| {
        has_begun.send(()).unwrap();
        gate.recv().unwrap();
        Ok(())
    });
    let others = async {
        begun.recv().await.unwrap();
        let fetched = store.write_together(note("fetched"));
        let published = store.write(note("published"));
        let decided = store.write_durably(note("decided"));
        let all = async { tokio::join!(fetched, published, decided) };
        let opened = async {
            while store.queue_length() < 3 {
                tokio::task::yield_now().await;
            }
            go.send(()).unwrap();
        };
        tokio::join!(biased; all, opened).0
    };
    let (busy, (fetched, published, decided)) = tokio::join!(busy, others);
    busy.and(fetched).and(published).and(decided).unwrap();
    assert_eq!(*order.lock().unwrap(), ["decided", "published", "fetched"]);
}

#[tokio::test]
async fn what_is_at_work_and_can_run_again_gives_way_to_who_decides() {
    for is_patient in [true, false] {
        let (_directory, store) = open();
        let order: Arc<Mutex<Vec<&str>>> = Arc::default();
        let (has_begun, mut begun) = tokio::sync::mpsc::unbounded_channel();
        let fetched = order.clone();
        let work = move |tx: &Transaction<'_>| {
            insert("fetched")(tx)?;
            fetched.lock().unwrap().push("fetched");
            // Seconds, if nobody stops it.
            let steps = match fetched.lock().unwrap().len() {
                1 => 100_000_000,
                _ => 1,
            };
            has_begun.send(()).unwrap();
            let count = "WITH RECURSIVE steps (at) AS (SELECT 1 UNION ALL SELECT at + 1 FROM steps WHERE at < ?1)
                 SELECT count(*) FROM steps";
            let counted: i64 = tx.query_row(count, [steps], |row| row.get(0))?;
            assert_eq!(counted, steps);
            Ok(())
        };
        let busy = async {
            match is_patient {
                true => store.write_together(work).await,
                false => store.write_giving_way(work).await,
            }
        };
        let decides = async {
            begun.recv().await.unwrap();
            let note = order.clone();
            let decide = store.write_durably(move |tx| {
                note.lock().unwrap().push("decided");
                insert("decided")(tx)
            });
            decide.await
        };
        let (busy, decided) = tokio::join!(busy, decides);
        busy.and(decided).unwrap();
        assert_eq!(*order.lock().unwrap(), ["fetched", "decided", "fetched"]);
        assert_eq!(count_cursors(&store), 2);
    }
}

#[tokio::test]
async fn what_shares_a_transaction_with_what_fails_is_kept_all_the_same() {
    let (_directory, store) = open();
    let (go, gate) = std::sync::mpsc::channel();
    let (has_begun, mut begun) = tokio::sync::mpsc::unbounded_channel();
    let busy = store.write(move |_| {
        has_begun.send(()).unwrap();
        gate.recv().unwrap();
        Ok(())
    });
    let runs: Arc<Mutex<Vec<&str>>> = Arc::default();
    let keep = |name: &'static str| {
        let runs = runs.clone();
        store.write_together(move |tx| {
            runs.lock().unwrap().push(name);
            insert(name)(tx)
        })
    };
    let fail = |name: &'static str| {
        store.write_together(move |tx| {
            insert(name)(tx)?;
            Err::<(), _>(StoreError::NotFound(name.into()))
        })
    };
    let all = async {
        begun.recv().await.unwrap();
        let panics = store.write_together(|_| -> Result<()> { panic!("a bug") });
        let all = async {
            tokio::join!(biased;
                keep("a"), fail("b"), keep("c"), keep("d"), fail("e"), panics, keep("f"))
        };
        let opened = async {
            while store.queue_length() < 7 {
                tokio::task::yield_now().await;
            }
            go.send(()).unwrap();
        };
        tokio::join!(biased; all, opened).0
    };
    let (busy, (a, b, c, d, e, panicked, f)) = tokio::join!(busy, all);
    busy.and(a).and(c).and(d).and(f).unwrap();
    assert!(matches!(b, Err(StoreError::NotFound(name)) if name == "b"));
    assert!(matches!(e, Err(StoreError::NotFound(name)) if name == "e"));
    assert!(matches!(panicked, Err(StoreError::Closed)));
    assert_eq!(count_cursors(&store), 4);
    let runs = runs.lock().unwrap();
    let count = |name| runs.iter().filter(|one| **one == name).count();
    assert!(
        ["a", "c", "d", "f"]
            .map(count)
            .iter()
            .all(|runs| *runs <= 2),
        "{runs:?}"
    );
}

#[test]
fn the_log_is_copied_beside_the_writer_and_begins_anew() {
    let (directory, store) = open();
    let fill = |round: i64| {
        store.write_blocking(move |tx| {
            tx.execute_batch(&format!(
                "CREATE TABLE IF NOT EXISTS blobs (id INTEGER PRIMARY KEY, content BLOB);
                 INSERT OR REPLACE INTO blobs VALUES ({round}, zeroblob(8000000))"
            ))?;
            Ok(())
        })
    };
    for round in 0..40 {
        fill(round).unwrap();
    }
    let log = directory.path().join(format!("{FILE_NAME}-wal"));
    let bytes = std::fs::metadata(log).unwrap().len();
    assert!(
        bytes < 150_000_000,
        "the log of 320 MB is {bytes} bytes long"
    );
}

#[test]
fn a_database_that_nothing_can_change_is_read_without_a_file_beside_it() {
    let directory = tempfile::tempdir().unwrap();
    // A name that an address must not take apart.
    let odd = directory.path().join("a?b #c%20ü");
    std::fs::create_dir(&odd).unwrap();
    drop(Store::open(&odd).unwrap());
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    let conn = Connection::open_with_flags(unchanging(&odd.join(FILE_NAME)), flags).unwrap();
    let schema: u32 = conn
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .unwrap();
    assert_eq!(schema, migrate::newest_schema());
    assert!(!beside(&odd.join(FILE_NAME), "-shm").exists());
    assert!(
        !is_left_unchanged(&odd.join(FILE_NAME)),
        "its directory can be written"
    );
}

/// How many rows of statistics there are.
fn count_statistics(conn: &Connection) -> Result<i64> {
    let sql = "SELECT count(*) FROM sqlite_schema WHERE name = 'sqlite_stat1'";
    match conn.query_row(sql, [], |row| row.get(0))? {
        0 => Ok(0),
        _ => Ok(conn.query_row("SELECT count(*) FROM sqlite_stat1", [], |row| row.get(0))?),
    }
}

/// An item with this row id.
fn insert_item(tx: &Transaction<'_>, id: i64) -> Result<()> {
    tx.execute(
        "INSERT OR IGNORE INTO outlets (id, name) VALUES (1, 'The Paper')",
        [],
    )?;
    let sql = "INSERT INTO items (id, feed_id, outlet_id, fetched_at, item_time, time_is_claimed,
            language, role, title, content, seen_at, digest)
         VALUES (?1, 1, 1, 1, 1, 1, 'en', 'news', '', x'', 0, x'')";
    tx.execute(sql, [id])?;
    Ok(())
}

#[test]
fn what_was_noted_of_tables_that_had_hardly_begun_is_forgotten() {
    let (directory, store) = open();
    let noted = store.write_blocking(|tx| {
        insert_item(tx, 1)?;
        tx.execute_batch("ANALYZE")?;
        count_statistics(tx)
    });
    assert!(noted.unwrap() > 0);
    drop(store);
    let store = Store::open(directory.path()).unwrap();
    assert_eq!(store.read(count_statistics).unwrap(), 0);
    drop(store);
    let store = Store::open(directory.path()).unwrap();
    assert_eq!(
        store.read(count_statistics).unwrap(),
        0,
        "nor noted at the end"
    );
}

#[test]
fn what_is_noted_of_a_database_that_shows_how_it_will_be_stays() {
    let (directory, store) = open();
    let noted = store.write_blocking(|tx| {
        for id in 1..=10_000 {
            insert_item(tx, id)?;
        }
        tx.execute_batch("ANALYZE")?;
        count_statistics(tx)
    });
    let noted = noted.unwrap();
    drop(store);
    let store = Store::open(directory.path()).unwrap();
    assert_eq!(store.read(count_statistics).unwrap(), noted);
}

#[test]
fn a_slug_that_thousands_want_is_found_without_asking_for_all_of_theirs() {
    let (_directory, store) = open();
    let slugs = store.write_blocking(|tx| {
        let give = |id: i64| {
            tx.execute("INSERT INTO storylines (id) VALUES (?1)", [id])?;
            slugs::give_slug(tx, crate::news::StorylineId(id), "storyline")
        };
        (1001..=1030).map(give).collect::<Result<Vec<_>>>()
    });
    let slugs = slugs.unwrap();
    assert_eq!(&slugs[..2], ["storyline", "storyline-2"]);
    assert_eq!(&slugs[19..21], ["storyline-20", "storyline-1021"]);
    assert_eq!(slugs[29], "storyline-1030");
}

#[test]
fn leading_ids_on_goes_through_no_whole_table() {
    let (_directory, store) = open();
    let steps = store.read(|conn| {
        let mut query = conn.prepare(&format!("EXPLAIN QUERY PLAN {}", publishing::STRAYS))?;
        let steps = query.query_map([1], |row| row.get::<_, String>(3))?;
        Ok(steps.collect::<rusqlite::Result<Vec<_>>>()?)
    });
    let steps = steps.unwrap();
    let scans = steps.iter().filter(|step| step.starts_with("SCAN"));
    assert!(
        scans.into_iter().all(|step| step == "SCAN led"),
        "{steps:?}"
    );
}

#[test]
fn versions_of_one_second_have_times_of_their_own_and_never_run_far_ahead() {
    let (_directory, store) = open();
    let now = crate::news::utc_from_secs(1_755_259_200);
    let moved = |at: crate::news::UtcTime, times: usize| {
        let moved = store.write_blocking(move |tx| {
            publishing::ensure_publication(tx, crate::news::PublicId::from_bytes([1; 16]), now)?;
            for _ in 0..times {
                publishing::move_version(tx, at)?;
            }
            published::load_publication(tx)
        });
        (moved.unwrap().changed_at - now).num_seconds()
    };
    assert_eq!((moved(now, 1), moved(now, 1)), (1, 2));
    let later = now + chrono::TimeDelta::seconds(60);
    assert_eq!(moved(later, 1), 60);
    assert!(moved(later, 2_000) <= 60 + 301, "a burst");
    assert_eq!(
        moved(now - chrono::TimeDelta::days(1), 1),
        -86_400,
        "a clock that was ahead"
    );
}

#[test]
fn whoever_asks_makes_no_database_and_leaves_the_log_of_one_that_is_away() {
    let (directory, store) = open();
    store.write_blocking(insert("kept")).unwrap();
    let aside = directory.path().join("aside");
    std::fs::rename(store.path(), &aside).unwrap();
    let ask = || requests::Asking::open(directory.path()).err();
    assert!(matches!(ask(), Some(StoreError::Gone)));
    assert!(!store.path().exists(), "nothing was made");
    // Not by a hand that touched it, either.
    std::fs::write(store.path(), "").unwrap();
    assert!(matches!(ask(), Some(StoreError::Gone)));
    let reader = Store::open_read_only(directory.path()).err();
    assert!(matches!(reader, Some(StoreError::LoneLog(_))));
    std::fs::rename(&aside, store.path()).unwrap();
    store.write_blocking(insert("told")).unwrap();
    assert_eq!(count_cursors(&store), 2);
}

#[test]
fn no_database_is_begun_beside_the_log_of_another_one() {
    let (directory, store) = open();
    store.write_blocking(insert("kept")).unwrap();
    // As after a kill: the log is there, and its database is elsewhere.
    let killed = tempfile::tempdir().unwrap();
    let names = [FILE_NAME.to_owned(), format!("{FILE_NAME}-wal")];
    for name in &names {
        std::fs::copy(directory.path().join(name), killed.path().join(name)).unwrap();
    }
    let [database, aside] = [FILE_NAME, "aside"].map(|name| killed.path().join(name));
    std::fs::rename(&database, &aside).unwrap();
    let opened = Store::open(killed.path()).err();
    assert!(matches!(opened, Some(StoreError::LoneLog(_))));
    std::fs::rename(&aside, &database).unwrap();
    assert_eq!(count_cursors(&Store::open(killed.path()).unwrap()), 1);
}
