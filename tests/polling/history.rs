//! What the commands tell of an item that changed and of prefixes that no rule knows.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::server::{Reply, TestServer};

fn document(title: &str, lead: &str, text: &str) -> String {
    format!(
        "<rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\"><channel>\
         <title>Paper</title><item><guid>urn:1</guid><title>{title}</title><description>{lead}</description>\
         <content:encoded>{text}</content:encoded></item>\
         <item><guid>urn:2</guid><title>[Vorfall] Zug entgleist bei Kassel</title></item>\
         <item><guid>urn:3</guid><title>[Vorfall] Schiff auf Grund gelaufen</title></item>\
         </channel></rss>"
    )
}

#[tokio::test]
async fn the_history_of_an_item_and_unknown_prefixes_are_shown_by_the_commands() {
    let visits = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&visits);
    let server = TestServer::start(move |_| {
        Reply::ok(match counted.fetch_add(1, Ordering::Relaxed) {
            0 => document("Bridge closed", "It is shut.", "Cars wait on both sides."),
            _ => document(
                "Bridge closed after crash",
                "It is shut.",
                "Cars turn back on both sides.",
            ),
        })
    })
    .await;
    let directory = tempfile::tempdir().unwrap();
    let config = directory.path().join("dateline.toml");
    let port = server.port();
    let text = format!("[fetch]\nallow_networks = [\"127.0.0.1/32\"]\nallow_ports = [{port}]\n");
    std::fs::write(&config, text).unwrap();
    let dateline = async |args: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_dateline"));
        command.arg("--config").arg(&config);
        command.arg("--data-dir").arg(directory.path()).args(args);
        let output = tokio::task::spawn_blocking(move || command.output().unwrap());
        let output = output.await.unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{said}{errors}");
        said
    };
    let url = format!("http://127.0.0.1:{port}/feed");
    dateline(&["feeds", "add", &url, "--outlet", "The Paper"]).await;
    dateline(&["poll", "1"]).await;
    assert_eq!(visits.load(Ordering::Relaxed), 2);

    let mut shown = String::new();
    for id in ["1", "2", "3"] {
        let item = dateline(&["show", "item", id]).await;
        if item.starts_with("Bridge") {
            shown = item;
        }
    }
    for part in [
        "Bridge closed{+ after crash+}",
        "Cars [-wait-]{+turn back+} on both sides.",
    ] {
        assert!(shown.contains(part), "{part:?} in\n{shown}");
    }
    assert!(
        !shown.contains("lead"),
        "an unchanged field is not shown:\n{shown}"
    );
    let explained = dateline(&["feeds", "why", "1"]).await;
    assert!(explained.contains("[Vorfall] (2)"), "{explained}");
}
