//! The door: it closes to newcomers before those who are inside are asked to leave, so that nobody
//! who was let in goes unanswered. Who comes later waits in the socket, if the service manager
//! holds it, for the next daemon.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, Version, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::serve::Listener;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};

use super::here::only_host;
use super::patience::{LONGEST_SILENCE, Patient, most_connections};

/// How long somebody who was let in may take to say what is wanted. A reader sends its request in
/// the round trip after the connection.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// A listener that lets nobody in once it is told to close.
pub(super) struct Door {
    listener: TcpListener,
    closed: watch::Receiver<bool>,
    /// A place for each connection that may be open.
    places: Arc<Semaphore>,
}

/// Whether the door is closed.
#[derive(Clone)]
pub(super) struct Closed(watch::Receiver<bool>);

impl Door {
    /// A door before the listener; the future completes a while after `shutdown` closed it, when
    /// those inside may be asked to leave.
    pub(super) fn new(
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> (Self, Closed, impl Future<Output = ()> + Send + 'static) {
        let (close, closed) = watch::channel(false);
        let leaving = async move {
            shutdown.await;
            close.send_replace(true);
            tokio::time::sleep(LAST_WORDS).await;
        };
        let door = Self {
            listener,
            closed: closed.clone(),
            places: Arc::new(Semaphore::new(most_connections())),
        };
        (door, Closed(closed), leaving)
    }
}

impl Listener for Door {
    type Io = Patient<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Patient<TcpStream>, SocketAddr) {
        let closing = async {
            // A sender that is gone means that all is over.
            drop(self.closed.wait_for(|closed| *closed).await);
        };
        let coming = async {
            // Whoever finds no place waits in the socket.
            let place = Arc::clone(&self.places).acquire_owned().await.ok();
            let (stream, address) = Listener::accept(&mut self.listener).await;
            (Patient::new(stream, LONGEST_SILENCE, place), address)
        };
        tokio::select! {
            biased;
            () = closing => std::future::pending().await,
            connection = coming => connection,
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// Once the door is closed, each answer on a connection is its last. A request that names no host, or several,
/// is refused as RFC 9112 wants it (3.2).
pub(super) async fn say_last(
    State(Closed(closed)): State<Closed>,
    request: Request,
    next: Next,
) -> Response {
    let is_plain = request.version() < Version::HTTP_2;
    let has_its_host =
        request.version() != Version::HTTP_11 || only_host(request.headers()).is_some();
    let mut response = match has_its_host {
        true => next.run(request).await,
        false => (StatusCode::BAD_REQUEST, "one Host header is needed\n").into_response(),
    };
    if is_plain && *closed.borrow() {
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(header::CONNECTION, close);
    }
    response
}
