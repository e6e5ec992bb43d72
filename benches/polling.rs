//! Polls a farm of feeds three times (all new, all unchanged, a tenth changed) with Dateline, guard,
//! identity, cleaning, search index, clustering and publishing included, and with the limit: the
//! least that a poller in Rust can do (reqwest, feed-rs, batched inserts, nothing else). Each runs in
//! a process of its own on the same farm; printed are both and their ratio.
//!
//! `DATELINE_FARM=PROGRAM cargo bench --bench polling -- [FEEDS] [--delay-ms 80] [--in-flight 256]`

mod farm;
#[path = "polling/limit.rs"]
mod limit;
#[path = "polling/whole.rs"]
mod whole;

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use farm::{Farm, cpu_millis, megabytes};

/// What a poller is given.
#[derive(Clone, Copy)]
pub struct Task {
    pub port: u16,
    pub feeds: usize,
    pub in_flight: usize,
}

/// What one pass over all feeds cost.
#[derive(Clone, Copy, Debug, Default)]
struct Cost {
    secs: f64,
    cpu_millis: f64,
    items: u64,
    resident: f64,
    peak: f64,
}

const PASSES: [&str; 3] = ["all new", "all unchanged", "a tenth changed"];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1)?.parse::<usize>().ok()
    };
    let feeds = arguments.first().and_then(|first| first.parse().ok());
    let in_flight = number("--in-flight").unwrap_or(64);
    if let Some(role) = std::env::args().find(|role| role == "limit" || role == "whole") {
        let task = Task {
            port: number("--port").unwrap_or(0) as u16,
            feeds: feeds.unwrap_or(0),
            in_flight,
        };
        return run_child(&role, task);
    }
    let delay = number("--delay-ms").unwrap_or(0).to_string();
    compare(feeds.unwrap_or(1_000), in_flight, &delay);
}

fn compare(feeds: usize, in_flight: usize, delay: &str) {
    println!("{feeds} feeds of 30 items, {in_flight} requests in flight, {delay} ms away");
    let mut costs: Vec<Vec<Cost>> = Vec::new();
    for role in ["limit", "whole"] {
        let farm = Farm::start(feeds, &["--delay-ms", delay]);
        let mut child = Poller::start(role, farm.port, feeds, in_flight);
        let mut passes = Vec::new();
        for pass in PASSES {
            if pass == "a tenth changed" {
                farm.publish(10.0);
            }
            let cost = child.pass();
            println!(
                "{role:5} {pass:15}: {:6.2} s, {:7.0} feeds/s, {:7.3} ms of processor a feed, \
                 {} items, {:.0} MB resident, {:.0} at most",
                cost.secs,
                feeds as f64 / cost.secs,
                cost.cpu_millis / feeds as f64,
                cost.items,
                cost.resident,
                cost.peak,
            );
            passes.push(cost);
        }
        costs.push(passes);
    }
    for (pass, (limit, whole)) in PASSES.iter().zip(costs[0].iter().zip(&costs[1])) {
        println!(
            "ratio {pass:15}: {:.2} of processor, {:.2} of time",
            whole.cpu_millis / limit.cpu_millis.max(1.0),
            whole.secs / limit.secs
        );
    }
    assert_eq!(costs[0][0].items, costs[1][0].items, "items were lost");
}

/// A child of this program that makes one pass for each line it reads.
struct Poller {
    child: Child,
    asks: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Poller {
    fn start(role: &str, port: u16, feeds: usize, in_flight: usize) -> Self {
        let program = std::env::current_exe().expect("this program has a name");
        let mut child = Command::new(program)
            .args([&feeds.to_string(), role, "--port", &port.to_string()])
            .args(["--in-flight", &in_flight.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("this program starts again");
        let asks = child.stdin.take().expect("it is piped");
        let answers = BufReader::new(child.stdout.take().expect("it is piped"));
        Self {
            child,
            asks,
            answers,
        }
    }

    fn pass(&mut self) -> Cost {
        writeln!(self.asks, "go").expect("the child listens");
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("the child speaks");
        let numbers: Vec<f64> = line
            .split_whitespace()
            .filter_map(|number| number.parse().ok())
            .collect();
        let [secs, cpu_millis, items, resident, peak] = numbers[..] else {
            panic!("the child said {line:?}");
        };
        Cost {
            secs,
            cpu_millis,
            items: items as u64,
            resident,
            peak,
        }
    }
}

impl Drop for Poller {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Makes passes as they are asked for; answers with what each cost.
fn run_child(role: &str, task: Task) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime starts");
    let directory = tempfile::tempdir().expect("a directory");
    let mut pass: Box<dyn FnMut() -> u64> = match role {
        "limit" => limit::prepare(&runtime, directory.path(), task),
        _ => whole::prepare(&runtime, directory.path(), task),
    };
    for _ in std::io::stdin().lines().map_while(Result::ok) {
        let (started, cpu) = (std::time::Instant::now(), cpu_millis());
        let items = pass();
        println!(
            "{} {} {items} {} {}",
            started.elapsed().as_secs_f64(),
            cpu_millis() - cpu,
            megabytes("VmRSS"),
            megabytes("VmHWM")
        );
        std::io::stdout().flush().expect("the parent listens");
    }
}
