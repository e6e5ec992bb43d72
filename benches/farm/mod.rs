//! A farm of feeds for benches, and what a process costs. The farm is a program of its own, named by
//! the environment variable `DATELINE_FARM`: it serves feed i at `http://127.0.0.X:PORT/f/i.xml`,
//! and publishes new items in some of its feeds at `/_ctl/tick?pct=P`.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// Hosts that the farm's feeds are spread over.
pub const HOSTS: usize = 50;

/// A running farm; it ends with this value.
pub struct Farm {
    child: Child,
    pub port: u16,
}

impl Farm {
    /// Starts it and waits until every feed is rendered.
    pub fn start(feeds: usize, more: &[&str]) -> Self {
        let Ok(program) = std::env::var("DATELINE_FARM") else {
            eprintln!("name the program that serves the farm in DATELINE_FARM");
            std::process::exit(2);
        };
        let port = free_port();
        let mut child = Command::new(program)
            .args(["serve", "-n", &feeds.to_string(), "-p", &port.to_string()])
            .args(["--hosts", &HOSTS.to_string()])
            .args(more)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the farm starts");
        let mut lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        while let Some(Ok(line)) = lines.next() {
            if line.starts_with("ready") {
                break;
            }
        }
        // What it says later must not fill the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, port }
    }

    /// Publishes new items in that share of its feeds.
    #[allow(dead_code, reason = "not every bench publishes")]
    pub fn publish(&self, percent: f64) {
        self.control(&format!("tick?pct={percent}"));
    }

    /// How many items it has published, those of its start included.
    #[allow(dead_code, reason = "not every bench counts")]
    pub fn count_published(&self) -> u64 {
        self.control("truth").lines().count() as u64
    }

    fn control(&self, what: &str) -> String {
        let url = format!("http://127.0.0.1:{}/_ctl/{what}", self.port);
        let got = Command::new("curl").args(["-sf", &url]).output();
        let got = got.ok().filter(|got| got.status.success());
        let got = got.unwrap_or_else(|| panic!("{url} does not answer"));
        String::from_utf8_lossy(&got.stdout).into_owned()
    }
}

impl Drop for Farm {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The address of a feed.
pub fn address(port: u16, feed: usize) -> String {
    format!("http://127.0.0.{}:{port}/f/{feed}.xml", 1 + feed % HOSTS)
}

/// Processor time of this process so far, in milliseconds (proc(5): fields 14 and 15, in ticks of
/// 10 ms).
pub fn cpu_millis() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<u64>().ok());
    (ticks(11).unwrap_or(0) + ticks(12).unwrap_or(0)) * 10
}

/// A line of `/proc/self/status` in megabytes: `VmRSS` now, `VmHWM` at most.
pub fn megabytes(name: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(name));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
    kilobytes.unwrap_or(0.0) / 1024.0
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
    listener.local_addr().expect("it has an address").port()
}
