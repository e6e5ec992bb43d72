//! Serves an unchanged feed of about 50 KB from memory, for a load generator: prints the address,
//! writes the same bytes to `target/serving/events.atom` for a file server to be held against, and
//! serves until its input ends. `tests/tools/bench-serving` runs both.

use std::path::Path;

#[path = "../tests/publishing/newsroom.rs"]
#[allow(dead_code, reason = "shared with the tests, which use more of it")]
mod newsroom;

use newsroom::{Newsroom, Told, told};

const EVENTS: i64 = 25;

#[tokio::main]
async fn main() {
    let room = Newsroom::open();
    for event in 1..=EVENTS {
        let link = format!("https://ap.example/{event}");
        let item = room
            .ingest(Told {
                lede: "Leaders of two countries sat down on Friday for talks on a ceasefire.",
                ..told("AP", "Summit opens in Anchorage", &link, event)
            })
            .await;
        room.assign(event, event, &[(item, None)]).await;
    }
    room.publish(60).await;
    let site = room.site();
    let feed = site.feed_content("/feeds/events.atom").await;
    let (bytes, _) = feed.expect("a feed").expect("a feed");
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/serving");
    std::fs::create_dir_all(&directory).expect("target can be written");
    std::fs::write(directory.join("events.atom"), &bytes).expect("target can be written");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let address = listener.local_addr().expect("an address");
    println!("http://{address}/feeds/events.atom {}", bytes.len());
    let until_end_of_input = async {
        let wait = tokio::task::spawn_blocking(|| std::io::stdin().read_line(&mut String::new()));
        drop(wait.await);
    };
    dateline::serve::run(listener, site, until_end_of_input)
        .await
        .expect("the listener works");
}
