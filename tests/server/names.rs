//! Names for tests: every name leads to loopback unless the test says otherwise, and every
//! question is remembered.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Mutex;

use dateline::fetch::{Lookup, Names};

/// What a name answers: the first answers once each, the last one for ever.
#[derive(Default)]
pub struct TestNames {
    answers: Mutex<HashMap<String, Vec<Vec<IpAddr>>>>,
    silent: Mutex<Vec<String>>,
    asked: Mutex<Vec<String>>,
}

impl TestNames {
    /// Sets the answers of a name, one list of addresses for each question.
    pub fn set(&self, host: &str, answers: &[&[&str]]) {
        let read = |list: &&[&str]| list.iter().map(|ip| ip.parse().unwrap()).collect();
        let answers = answers.iter().map(read).collect();
        self.answers
            .lock()
            .unwrap()
            .insert(host.to_owned(), answers);
    }

    /// Makes a name that is never answered for.
    pub fn silence(&self, host: &str) {
        self.silent.lock().unwrap().push(host.to_owned());
    }

    /// How often a name was asked for.
    pub fn asked(&self, host: &str) -> usize {
        let asked = self.asked.lock().unwrap();
        asked.iter().filter(|name| *name == host).count()
    }
}

impl Names for TestNames {
    fn lookup(&self, host: String) -> Lookup<'_> {
        self.asked.lock().unwrap().push(host.clone());
        if self.silent.lock().unwrap().contains(&host) {
            return Box::pin(std::future::pending());
        }
        let mut answers = self.answers.lock().unwrap();
        let answer = match answers.get_mut(&host) {
            Some(list) if list.len() > 1 => list.remove(0),
            Some(list) => list[0].clone(),
            None if host.ends_with(".test") => vec![IpAddr::V4(Ipv4Addr::LOCALHOST)],
            None => Vec::new(),
        };
        Box::pin(std::future::ready(if answer.is_empty() {
            Err(io::Error::new(io::ErrorKind::NotFound, "no such name"))
        } else {
            Ok(answer)
        }))
    }
}
