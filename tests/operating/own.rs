//! One process owns the data directory: what a command does beside a daemon and without one, and
//! what a crash leaves behind.

use std::process::Output;

use super::newsroom::Outlets;
use super::service::Place;

fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    text(&output.stdout) + &text(&output.stderr)
}

#[tokio::test]
async fn a_command_is_done_by_the_daemon_that_runs_and_by_itself_if_none_does() {
    let outlets = Outlets::open(2, 1).await;
    let place = Place::new(&[outlets.port()], "");
    let url = |number: u32| format!("http://127.0.0.1:{}/{number}", outlets.port());
    let alone = place.dateline(&["feeds", "add", &url(0)]).await;
    assert!(said(&alone).contains("feed 1 added"), "{}", said(&alone));
    let mut service = place.start();
    place.hear("READY=1").await;
    let beside = place.dateline(&["feeds", "add", &url(1)]).await;
    assert!(beside.status.success(), "{}", said(&beside));
    assert!(said(&beside).contains("feed 2 added"), "{}", said(&beside));
    let set = place
        .dateline(&["feeds", "set", "2", "--interval", "20m"])
        .await;
    assert!(set.status.success(), "{}", said(&set));
    let why = place.dateline(&["feeds", "why", "2"]).await;
    assert!(said(&why).contains("20 min, fixed"), "{}", said(&why));
    let set = place
        .dateline(&["feeds", "set", "2", "--cron", "7 5 * * *"])
        .await;
    assert!(set.status.success(), "{}", said(&set));
    let why = place.dateline(&["feeds", "why", "2"]).await;
    assert!(
        said(&why).contains("by the cron line 7 5 * * *"),
        "{}",
        said(&why)
    );
    let wrong = place.dateline(&["feeds", "remove", "77"]).await;
    assert!(!wrong.status.success());
    service.kill();
    let again = place.dateline(&["feeds", "remove", "2"]).await;
    assert!(said(&again).contains("feed 2 removed"), "{}", said(&again));
}

#[tokio::test]
async fn a_check_fails_where_there_is_no_database() {
    let place = Place::new(&[], "");
    for arguments in [&["check"][..], &["check", "--db"], &["check", "--json"]] {
        let none = place.dateline(arguments).await;
        assert_eq!(none.status.code(), Some(1), "{arguments:?}");
        assert!(
            said(&none).contains("there is a database"),
            "{}",
            said(&none)
        );
    }
    drop(place.open_store());
    assert!(place.dateline(&["check"]).await.status.success());
}

#[tokio::test]
async fn what_rules_on_a_database_begins_none() {
    let place = Place::new(&[], "");
    let database = place.data_dir().join("dateline.sqlite");
    for arguments in [
        &["spike", "event:9"][..],
        &["feeds", "remove", "1"],
        &["editors", "reset", "anna"],
        &["private", "revoke", "1"],
    ] {
        let refused = place.dateline(arguments).await;
        assert!(!refused.status.success(), "{arguments:?}");
        assert!(
            said(&refused).contains("no such database"),
            "{}",
            said(&refused)
        );
        assert!(!database.exists(), "{arguments:?}");
    }
    let begun = place.dateline(&["editors", "add", "anna"]).await;
    assert!(begun.status.success() && database.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_daemon_whose_file_is_put_back_goes_on_whatever_was_asked_meanwhile() {
    let place = Place::new(&[], "");
    let _service = place.start();
    place.hear("READY=1").await;
    let database = place.data_dir().join("dateline.sqlite");
    let aside = place.data_dir().join("gone");
    let add = async |name: &str| place.dateline(&["editors", "add", name]).await;
    assert!(add("anna").await.status.success());
    std::fs::rename(&database, &aside).unwrap();
    for arguments in [&["editors", "add", "bert"][..], &["spike", "event:9"]] {
        let refused = place.dateline(arguments).await;
        assert!(
            said(&refused).contains("removed or replaced"),
            "{}",
            said(&refused)
        );
    }
    assert!(!database.exists(), "none was made in its place");
    std::fs::rename(&aside, &database).unwrap();
    // Its owner answers: there is no such event.
    let answered = place.dateline(&["spike", "event:9"]).await;
    assert!(
        said(&answered).contains("event 9"),
        "{}\n{}",
        said(&answered),
        place.log()
    );
    let editors = place.dateline(&["editors", "list"]).await;
    assert!(said(&editors).contains("anna"), "{}", said(&editors));
    assert_eq!(place.find_wrong().await, "");
}

#[tokio::test]
async fn a_server_that_says_nothing_holds_up_no_other_command() {
    let outlets = Outlets::open(1, 1).await;
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = silent.local_addr().unwrap().port();
    let place = Place::new(&[outlets.port(), port], "");
    let _service = place.start();
    place.hear("READY=1").await;
    let known = format!("http://127.0.0.1:{}/0", outlets.port());
    let added = place.dateline(&["feeds", "add", &known]).await;
    assert!(said(&added).contains("feed 1 added"), "{}", said(&added));
    let address = format!("http://127.0.0.1:{port}/");
    let asking = ["feeds", "add", address.as_str()];
    let mut waiting = std::pin::pin!(place.dateline(&asking));
    let connection = tokio::select! {
        output = &mut waiting => panic!("nobody answered: {}", said(&output)),
        connection = silent.accept() => connection.unwrap(),
    };
    let set = tokio::select! {
        output = &mut waiting => panic!("the other came first: {}", said(&output)),
        output = place.dateline(&["feeds", "set", "1", "--interval", "20m"]) => output,
    };
    assert!(set.status.success(), "{}", said(&set));
    drop((connection, silent));
    assert!(!waiting.await.status.success());
}

#[tokio::test]
async fn a_second_daemon_and_a_restore_are_refused_and_told_who_owns_the_place() {
    let place = Place::new(&[], "");
    let service = place.start();
    place.hear("READY=1").await;
    let owner = service.id().to_string();
    let copy = place.data_dir().join("copy.sqlite");
    let copied = place.dateline(&["backup", copy.to_str().unwrap()]).await;
    assert!(
        copied.status.success(),
        "a copy is made beside: {}",
        said(&copied)
    );
    for arguments in [["run", "--no-starter"], ["restore", copy.to_str().unwrap()]] {
        let refused = place.dateline(&arguments).await;
        assert!(!refused.status.success(), "{arguments:?}");
        assert!(
            said(&refused).contains(&format!("process {owner}")),
            "{}",
            said(&refused)
        );
    }
}

#[tokio::test]
async fn the_lock_of_a_daemon_that_was_killed_holds_nobody_up() {
    let place = Place::new(&[], "");
    let mut service = place.start();
    place.hear("READY=1").await;
    service.kill();
    let lock = std::fs::read_to_string(place.data_dir().join("dateline.lock")).unwrap();
    assert_eq!(
        lock.lines().next(),
        Some(service.id().to_string().as_str()),
        "the file stays, the lock does not"
    );
    assert!(place.dateline(&["poll"]).await.status.success());
    place.forget_notes();
    let _service = place.start();
    place.hear("READY=1").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_daemon_was_asked_for_is_done_by_the_next_one() {
    let outlets = Outlets::open(1, 1).await;
    let place = Place::new(&[outlets.port()], "");
    let mut service = place.start();
    place.hear("READY=1").await;
    service.signal("STOP");
    let url = format!("http://127.0.0.1:{}/0", outlets.port());
    let asking = async { place.dateline(&["feeds", "add", &url]).await };
    let restarting = async {
        let waiting = "SELECT count(*) FROM requests WHERE answer IS NULL";
        let store = dateline::store::Store::open_read_only(&place.data_dir()).unwrap();
        let is_asked = || -> bool {
            let count =
                store.read(|conn| Ok(conn.query_row(waiting, [], |row| row.get::<_, i64>(0))?));
            count.unwrap() > 0
        };
        while !is_asked() {
            tokio::task::yield_now().await;
        }
        service.kill();
        place.forget_notes();
        place.start()
    };
    let (answer, _service) = tokio::join!(asking, restarting);
    assert!(said(&answer).contains("feed 1 added"), "{}", said(&answer));
}

#[tokio::test]
async fn accounts_are_made_reset_and_removed_by_commands() {
    let place = Place::new(&[], "");
    let link_of = |output: &Output| {
        let said = said(output);
        let token = said.split("/desk/welcome/").nth(1).unwrap_or_default();
        let token = token.lines().next().unwrap_or_default().to_owned();
        assert_eq!(token.len(), 64, "{said}");
        assert!(token.bytes().all(|byte| byte.is_ascii_hexdigit()), "{said}");
        token
    };
    let added = place.dateline(&["editors", "add", "anna"]).await;
    let twice = place.dateline(&["editors", "add", "anna"]).await;
    assert!(!twice.status.success(), "{}", said(&twice));
    let service = place.start();
    place.hear("READY=1").await;
    let reset = place.dateline(&["editors", "reset", "anna"]).await;
    assert_ne!(link_of(&added), link_of(&reset), "no link is given twice");
    let old = place.client();
    let old = old.get(&format!("/desk/welcome/{}", link_of(&added))).await;
    assert_eq!(old.unwrap().status, 404);
    let new = place.client();
    let new = new.get(&format!("/desk/welcome/{}", link_of(&reset))).await;
    assert_eq!(new.unwrap().status, 200);
    let listed = place.dateline(&["editors", "list"]).await;
    assert!(said(&listed).contains("has not set a password"));
    let removed = place.dateline(&["editors", "remove", "anna"]).await;
    assert!(removed.status.success(), "{}", said(&removed));
    let listed = place.dateline(&["editors", "list"]).await;
    assert!(!said(&listed).contains("anna"));
    drop(service);
}

/// As of a demo that was kept, or by an editor whose own config is another one.
#[tokio::test]
async fn a_link_leads_to_the_daemon_that_owns_the_place_whatever_config_the_command_has() {
    let place = Place::new(&[], "");
    let without_config = async |arguments: &[&str]| {
        let mut command = std::process::Command::new(super::service::program());
        let elsewhere = place.data_dir().join("none.toml");
        std::fs::write(&elsewhere, "").unwrap();
        command
            .args(["--config".as_ref(), elsewhere.as_os_str()])
            .args(["--data-dir".as_ref(), place.data_dir().as_os_str()])
            .args(arguments);
        let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await;
        let output = output.unwrap();
        assert!(output.status.success(), "{}", said(&output));
        said(&output)
    };
    let own = format!("http://{}/", place.address());
    let mut service = place.start();
    place.hear("READY=1").await;
    for arguments in [
        ["editors", "add", "anna"],
        ["editors", "reset", "anna"],
        ["private", "add", "foreign desk"],
    ] {
        let given = without_config(&arguments).await;
        assert!(given.contains(&own), "{arguments:?}: {given}");
    }
    service.kill();
    let given = without_config(&["editors", "reset", "anna"]).await;
    assert!(!given.contains(&own), "nobody listens there: {given}");
}

#[tokio::test]
async fn a_reader_is_given_an_address_for_private_views_that_a_command_takes_back() {
    let place = Place::new(&[], "[[views]]\nname = \"cabinet\"\nprivate = true\n");
    let _service = place.start();
    place.hear("READY=1").await;
    let added = place.dateline(&["private", "add", "foreign desk"]).await;
    assert!(added.status.success(), "{}", said(&added));
    let given = said(&added);
    let base = format!("http://{}", place.address());
    let paths: Vec<&str> = given
        .lines()
        .filter_map(|line| line.strip_prefix(&base))
        .collect();
    assert_eq!(paths.len(), 2, "{given}");
    let status = async |path: &str| place.client().get(path).await.unwrap().status;
    for path in &paths {
        assert_eq!(status(path).await, 200, "{path}");
    }
    let view = paths
        .iter()
        .find(|path| path.ends_with("/feeds/views/cabinet.atom"));
    assert!(view.is_some(), "{given}");
    let listed = said(&place.dateline(&["private", "list"]).await);
    assert!(
        listed.contains("foreign desk") && listed.contains("open"),
        "{listed}"
    );
    let revoked = place.dateline(&["private", "revoke", "1"]).await;
    assert!(revoked.status.success(), "{}", said(&revoked));
    for path in &paths {
        assert_eq!(status(path).await, 404, "{path}");
    }
    let again = place.dateline(&["private", "revoke", "1"]).await;
    assert!(!again.status.success(), "it was revoked before");
    let listed = said(&place.dateline(&["private", "list"]).await);
    assert!(listed.contains("revoked"), "{listed}");
}
