//! Golden files: what every kind of output looks like, byte for byte. Set `DATELINE_BLESS=1` to write
//! them anew after a wanted change; the check in `tests/tools` holds them against the schemas.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use dateline::serve::RENDERING;
use sha2::{Digest, Sha256};

use super::http::Server;
use super::newsroom::summit;

fn golden_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

#[tokio::test]
async fn every_kind_of_output_is_as_it_was() {
    let room = summit().await;
    let (event, storyline) = (room.public_id(2), room.storyline_id(1));
    let server = Server::start(room.site()).await;
    let stems = [
        ("events", "/feeds/events".to_owned()),
        ("storylines", "/feeds/storylines".to_owned()),
        ("log", "/feeds/log".to_owned()),
        ("status", "/feeds/status".to_owned()),
        ("timeline", format!("/storylines/{storyline}/timeline")),
        ("storyline-log", format!("/storylines/{storyline}/log")),
        ("event", format!("/events/{event}")),
    ];
    let mut wrong = Vec::new();
    for (name, stem) in &stems {
        for ending in ["atom", "rss", "json"] {
            let bytes = server.get(&format!("{stem}.{ending}")).await.body;
            check(&format!("{name}.{ending}"), &bytes, &mut wrong);
        }
    }
    for (name, path) in [("home", "/".to_owned())]
        .into_iter()
        .chain(stems.into_iter().filter(|(name, _)| *name != "status"))
    {
        let bytes = server.get(&path).await.body;
        check(&format!("{name}.html"), &bytes, &mut wrong);
    }
    let opml = server.get("/feeds.opml").await.body;
    check("feeds.opml", &opml, &mut wrong);
    assert!(wrong.is_empty(), "differ from tests/golden: {wrong:?}");
}

/// Else what is written otherwise after an upgrade would be dated as before.
#[test]
fn another_way_of_writing_has_another_number() {
    let files = std::fs::read_dir(golden_dir()).expect("tests/golden can be read");
    let paths: BTreeSet<PathBuf> = files.map(|file| file.expect("a file").path()).collect();
    let mut digest = Sha256::new();
    for path in paths {
        digest.update(std::fs::read(path).expect("a golden file"));
    }
    let digest = digest.finalize();
    let number = u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]);
    assert_eq!(
        RENDERING, number,
        "set RENDERING in src/serve/settings.rs to {number:#010x}"
    );
}

fn check(name: &str, bytes: &[u8], wrong: &mut Vec<String>) {
    let path = golden_dir().join(name);
    if std::env::var_os("DATELINE_BLESS").is_some() {
        std::fs::write(&path, bytes).expect("tests/golden can be written");
    }
    if std::fs::read(&path).ok().as_deref() != Some(bytes) {
        wrong.push(name.to_owned());
    }
}
