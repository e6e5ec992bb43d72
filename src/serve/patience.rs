//! Patience with those who were let in: a connection over which nothing goes for long is closed, and no
//! more are open than leave descriptors for everything else.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Sleep, sleep_until};

/// How long nothing may be read from or written to a connection, be it between two requests or in one.
/// Desks' live pages are written to more often. nginx waits 75 s between requests and 60 s within one.
pub(super) const LONGEST_SILENCE: Duration = Duration::from_secs(75);

/// How long somebody may take to say what is wanted, from its first byte: a head and a form come in one go, and who
/// sends a byte now and then keeps others out.
pub(super) const LONGEST_REQUEST: Duration = Duration::from_secs(30);

/// The usual limit of descriptors, where the system does not tell ours.
const USUAL_DESCRIPTORS: usize = 1024;

/// How many connections may be open: half of the descriptors that this process may have, so that readers
/// who come in numbers, or mean ill, leave enough to poll, to write and to be told of it.
pub(super) fn most_connections() -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let descriptors = descriptors_in(&limits).unwrap_or(USUAL_DESCRIPTORS);
    descriptors.clamp(64, Semaphore::MAX_PERMITS) / 2
}

/// The soft limit of open files in a text as Linux has it in `/proc/self/limits`.
fn descriptors_in(limits: &str) -> Option<usize> {
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"))?;
    let soft = line.split_whitespace().next()?;
    match soft {
        "unlimited" => Some(usize::MAX),
        number => number.parse().ok(),
    }
}

/// A stream that fails once nothing went over it for so long, or a request takes too long.
pub(super) struct Patient<S> {
    stream: S,
    longest: Duration,
    last: Instant,
    /// When the first byte came that nothing was answered to yet.
    asked: Option<Instant>,
    /// Looks at `last` when it ends; set anew then and not at each piece.
    watch: Pin<Box<Sleep>>,
    _place: Option<OwnedSemaphorePermit>,
}

impl<S> Patient<S> {
    /// The stream, which holds the place until it is dropped.
    pub(super) fn new(stream: S, longest: Duration, place: Option<OwnedSemaphorePermit>) -> Self {
        let last = Instant::now();
        Self {
            stream,
            longest,
            last,
            asked: None,
            watch: Box::pin(sleep_until(last + longest)),
            _place: place,
        }
    }

    /// The stream within.
    pub(super) fn get_ref(&self) -> &S {
        &self.stream
    }

    /// Notes that something went over the stream, or fails if nothing did for too long.
    fn watch<T>(
        &mut self,
        context: &mut Context<'_>,
        done: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if done.is_ready() {
            self.last = Instant::now();
            return done;
        }
        loop {
            ready!(self.watch.as_mut().poll(context));
            let until = self.last + self.longest;
            if until <= Instant::now() {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
            self.watch.as_mut().reset(until);
        }
    }

    /// The same of what is written: what was asked is being answered.
    fn watch_answer<T>(
        &mut self,
        context: &mut Context<'_>,
        done: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if done.is_ready() {
            self.asked = None;
        }
        self.watch(context, done)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let done = Pin::new(&mut self.stream).poll_read(context, buffer);
        if done.is_ready() {
            let asked = *self.asked.get_or_insert_with(Instant::now);
            if asked.elapsed() > LONGEST_REQUEST {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
        }
        self.watch(context, done)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let done = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.watch_answer(context, done)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let done = Pin::new(&mut self.stream).poll_write_vectored(context, pieces);
        self.watch_answer(context, done)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    const SHORT: Duration = Duration::from_millis(40);

    #[tokio::test]
    async fn who_says_nothing_is_not_waited_for() {
        let (mut client, ours) = tokio::io::duplex(64);
        let mut ours = Patient::new(ours, SHORT, None);
        client.write_all(b"GET / HT").await.unwrap();
        let mut head = [0; 64];
        assert_eq!(ours.read(&mut head).await.unwrap(), 8);
        let error = ours.read(&mut head).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn nor_who_takes_nothing() {
        let (_client, ours) = tokio::io::duplex(64);
        let mut ours = Patient::new(ours, SHORT, None);
        let error = ours.write_all(&[0; 1000]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn what_goes_over_it_in_the_meantime_counts() {
        let (mut client, ours) = tokio::io::duplex(64);
        let mut ours = Patient::new(ours, SHORT, None);
        ours.last -= Duration::from_secs(60);
        ours.write_all(b"x").await.unwrap();
        let mut byte = [0];
        client.read_exact(&mut byte).await.unwrap();
        assert!(ours.last.elapsed() < Duration::from_secs(60));
    }

    #[tokio::test]
    async fn a_request_that_drips_is_not_waited_for_and_one_that_was_answered_begins_anew() {
        let (mut client, ours) = tokio::io::duplex(64);
        let mut ours = Patient::new(ours, LONGEST_SILENCE, None);
        let mut byte = [0];
        let long_ago = Instant::now() - LONGEST_REQUEST - Duration::from_secs(1);
        client.write_all(b"xyz").await.unwrap();
        ours.read_exact(&mut byte).await.unwrap();
        ours.asked = Some(long_ago);
        ours.write_all(b"answer").await.unwrap();
        ours.read_exact(&mut byte).await.unwrap();
        ours.asked = Some(long_ago);
        let error = ours.read_exact(&mut byte).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[test]
    fn the_limit_of_descriptors_is_read() {
        let limits = "Max cpu time   unlimited  unlimited  seconds\n\
                      Max open files            1024                 524288               files\n";
        assert_eq!(descriptors_in(limits), Some(1024));
        assert_eq!(descriptors_in(""), None);
        assert!(most_connections() >= 32);
    }
}
