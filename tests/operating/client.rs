//! A reader or editor who speaks HTTP by hand: one request, one connection, no patience beyond a
//! limit.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How long a request may take before the client calls it failed.
const PATIENCE: Duration = Duration::from_secs(30);

/// An answer.
#[derive(Clone, Debug, Default)]
pub struct Reply {
    pub status: u16,
    /// Status line and headers, in lower case.
    pub head: String,
    pub body: String,
}

/// Who asks, and where.
#[derive(Clone, Debug)]
pub struct Client {
    pub address: SocketAddr,
    /// Headers of every request, each with its line end.
    pub headers: String,
}

impl Client {
    pub fn new(address: SocketAddr) -> Self {
        let headers = String::new();
        Self { address, headers }
    }

    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push_str(&format!("{name}: {value}\r\n"));
        self
    }

    pub async fn get(&self, path: &str) -> std::io::Result<Reply> {
        self.send("GET", path, "").await
    }

    pub async fn post_json(&self, path: &str, json: &str) -> std::io::Result<Reply> {
        self.clone()
            .with("Content-Type", "application/json")
            .send("POST", path, json)
            .await
    }

    async fn send(&self, method: &str, path: &str, body: &str) -> std::io::Result<Reply> {
        let length = match method {
            "GET" => String::new(),
            _ => format!("Content-Length: {}\r\n", body.len()),
        };
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\n{}{length}Connection: close\r\n\r\n{body}",
            self.address, self.headers
        );
        let exchange = exchange(self.address, request);
        let answered = tokio::time::timeout(PATIENCE, exchange).await;
        answered.map_err(|_| std::io::ErrorKind::TimedOut)?
    }
}

async fn exchange(address: SocketAddr, request: String) -> std::io::Result<Reply> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let cut_off = || std::io::Error::from(std::io::ErrorKind::UnexpectedEof);
    let (head, body) = text.split_once("\r\n\r\n").ok_or_else(cut_off)?;
    let status = head.get(9..12).and_then(|digits| digits.parse().ok());
    Ok(Reply {
        status: status.ok_or_else(cut_off)?,
        head: head.to_ascii_lowercase(),
        body: body.to_owned(),
    })
}
