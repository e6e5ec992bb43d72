//! A server on loopback that can misbehave: it speaks HTTP by hand, so that a test decides about
//! every byte and every silence, and it remembers every request with its headers and time.

mod names;
mod tls;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::Instant;

pub use names::TestNames;
pub use tls::{Certificate, authority_pem, serve_http2};

/// A request as it was received.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Method of the request line.
    pub method: String,
    /// Path and query of the request line.
    pub target: String,
    /// Headers in order, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body, by Content-Length.
    pub body: Vec<u8>,
    /// When it had been read.
    pub at: Instant,
    /// Which connection it came on, counted from 0.
    pub connection: usize,
}

impl Seen {
    /// The header of that name; `None` if it was not sent.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The path without the query.
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }
}

/// What the server does with a request.
#[derive(Clone, Debug)]
pub enum Reply {
    /// A well-formed answer with Content-Length.
    Answer {
        /// Status.
        status: u16,
        /// Headers beside Content-Length; values may hold any byte.
        headers: Vec<(String, Vec<u8>)>,
        /// Body.
        body: Vec<u8>,
    },
    /// These bytes, then the connection closes.
    Raw(Vec<u8>),
    /// These bytes, then silence.
    RawThenSilence(Vec<u8>),
    /// These bytes, then the second ones again and again until the client has gone.
    Endless(Vec<u8>, Vec<u8>),
    /// These bytes, then one byte at each tick until the client has gone.
    Drip(Vec<u8>, Duration),
    /// No byte at all.
    Silence,
    /// The connection closes without an answer.
    Close,
}

impl Reply {
    /// An answer with a status and nothing else.
    pub fn status(status: u16) -> Self {
        Reply::Answer {
            status,
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    /// A 200 with a body.
    pub fn ok(body: impl Into<Vec<u8>>) -> Self {
        let mut reply = Self::status(200);
        if let Reply::Answer { body: place, .. } = &mut reply {
            *place = body.into();
        }
        reply
    }

    /// A redirect.
    pub fn redirect(status: u16, to: impl AsRef<[u8]>) -> Self {
        Self::status(status).with("Location", to)
    }

    /// Adds a header.
    pub fn with(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        if let Reply::Answer { headers, .. } = &mut self {
            headers.push((name.to_owned(), value.as_ref().to_vec()));
        }
        self
    }
}

type Handler = Arc<dyn Fn(&Seen) -> Reply + Send + Sync>;

/// The running server; it ends when it is dropped.
pub struct TestServer {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    count: watch::Receiver<usize>,
    in_flight: Arc<Mutex<(usize, usize)>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[derive(Clone)]
struct Desk {
    handler: Handler,
    seen: Arc<Mutex<Vec<Seen>>>,
    remembers: bool,
    count: Arc<watch::Sender<usize>>,
    in_flight: Arc<Mutex<(usize, usize)>>,
}

impl TestServer {
    /// Starts a server that answers every request with what the handler says.
    pub async fn start(handler: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        Self::start_as(handler, None, true).await
    }

    /// The same for a long run: what was asked is not remembered.
    pub async fn start_forgetful(handler: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        Self::start_as(handler, None, false).await
    }

    /// The same over TLS.
    pub async fn start_tls(
        certificate: Certificate,
        handler: impl Fn(&Seen) -> Reply + Send + Sync + 'static,
    ) -> Self {
        Self::start_as(handler, Some(certificate.acceptor()), true).await
    }

    async fn start_as(
        handler: impl Fn(&Seen) -> Reply + Send + Sync + 'static,
        acceptor: Option<tokio_rustls::TlsAcceptor>,
        remembers: bool,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (count, counted) = watch::channel(0);
        let desk = Desk {
            handler: Arc::new(handler),
            seen: Arc::default(),
            remembers,
            count: Arc::new(count),
            in_flight: Arc::default(),
        };
        let task = tokio::spawn(accept(listener, acceptor, desk.clone()));
        Self {
            address,
            seen: desk.seen,
            count: counted,
            in_flight: desk.in_flight,
            task,
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The port it listens on.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// An address on it, by a name that [`TestNames`] leads here.
    pub fn url(&self, host: &str, target: &str) -> String {
        format!("http://{host}:{}{target}", self.port())
    }

    /// All requests so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// The requests for a path so far.
    pub fn seen_at(&self, path: &str) -> Vec<Seen> {
        let mut seen = self.seen();
        seen.retain(|request| request.path() == path);
        seen
    }

    /// The largest number of requests that were being answered at one time.
    pub fn most_in_flight(&self) -> usize {
        self.in_flight.lock().unwrap().1
    }

    /// Waits until that many requests have come.
    pub async fn wait_for(&self, count: usize) {
        let mut counted = self.count.clone();
        let enough = counted.wait_for(|seen| *seen >= count);
        let limit = Duration::from_secs(30);
        let waited = tokio::time::timeout(limit, enough).await;
        assert!(waited.is_ok(), "{count} requests come within {limit:?}");
    }
}

async fn accept(listener: TcpListener, acceptor: Option<tokio_rustls::TlsAcceptor>, desk: Desk) {
    let mut connections = tokio::task::JoinSet::new();
    let mut number = 0;
    while let Ok((stream, _)) = listener.accept().await {
        let desk = desk.clone();
        let acceptor = acceptor.clone();
        let connection = number;
        number += 1;
        connections.spawn(async move {
            match acceptor {
                None => serve(stream, connection, desk).await,
                Some(acceptor) => {
                    if let Ok(stream) = acceptor.accept(stream).await {
                        serve(stream, connection, desk).await;
                    }
                }
            }
        });
        while connections.try_join_next().is_some() {}
    }
}

async fn serve(mut stream: impl AsyncRead + AsyncWrite + Unpin, connection: usize, desk: Desk) {
    while let Some(request) = read_request(&mut stream, connection).await {
        {
            let mut in_flight = desk.in_flight.lock().unwrap();
            in_flight.0 += 1;
            in_flight.1 = in_flight.1.max(in_flight.0);
        }
        let reply = (desk.handler)(&request);
        if desk.remembers {
            desk.seen.lock().unwrap().push(request);
        }
        desk.count.send_modify(|count| *count += 1);
        let goes_on = write_reply(&mut stream, reply).await;
        desk.in_flight.lock().unwrap().0 -= 1;
        if !goes_on {
            return;
        }
    }
}

async fn read_request(stream: &mut (impl AsyncRead + Unpin), connection: usize) -> Option<Seen> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let method = first.next()?.to_owned();
    let target = first.next()?.to_owned();
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let length = headers
        .iter()
        .find(|(name, _)| name == "content-length")
        .and_then(|(_, value)| value.parse().ok())
        .unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    let at = Instant::now();
    Some(Seen {
        method,
        target,
        headers,
        body,
        at,
        connection,
    })
}

/// Writes the reply; true if the connection goes on.
async fn write_reply(stream: &mut (impl AsyncRead + AsyncWrite + Unpin), reply: Reply) -> bool {
    match reply {
        Reply::Answer {
            status,
            headers,
            body,
        } => {
            let mut bytes = format!("HTTP/1.1 {status} Status\r\n").into_bytes();
            for (name, value) in &headers {
                bytes.extend_from_slice(name.as_bytes());
                bytes.extend_from_slice(b": ");
                bytes.extend_from_slice(value);
                bytes.extend_from_slice(b"\r\n");
            }
            if status != 304 {
                let length = format!("Content-Length: {}\r\n", body.len());
                bytes.extend_from_slice(length.as_bytes());
            }
            bytes.extend_from_slice(b"\r\n");
            bytes.extend_from_slice(&body);
            stream.write_all(&bytes).await.is_ok()
        }
        Reply::Raw(bytes) => {
            // The client may have gone before the end, which is what some tests want.
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
            false
        }
        Reply::RawThenSilence(bytes) => {
            let _ = stream.write_all(&bytes).await;
            until_gone(stream).await;
            false
        }
        Reply::Endless(head, piece) => {
            let mut goes_on = stream.write_all(&head).await.is_ok();
            while goes_on {
                goes_on = stream.write_all(&piece).await.is_ok();
            }
            false
        }
        Reply::Drip(head, gap) => {
            let mut ticks = tokio::time::interval(gap);
            let mut goes_on = stream.write_all(&head).await.is_ok();
            while goes_on {
                ticks.tick().await;
                goes_on = stream.write_all(b" ").await.is_ok();
            }
            false
        }
        Reply::Silence => {
            until_gone(stream).await;
            false
        }
        Reply::Close => false,
    }
}

async fn until_gone(stream: &mut (impl AsyncRead + Unpin)) {
    let mut rest = [0; 1024];
    while matches!(stream.read(&mut rest).await, Ok(length) if length > 0) {}
}
