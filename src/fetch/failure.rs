//! Why there was no usable answer, read from the client's error.

use std::error::Error as StdError;

use super::guard::Refusal;
use super::outcome::{FailureKind, FetchFailure};

/// Turns the client's error into a failure, by what lies at the bottom of it.
pub(super) fn describe(error: &reqwest::Error) -> FetchFailure {
    let mut last = String::new();
    let mut has_ended = false;
    for inner in causes(error) {
        if let Some(failure) = inner.downcast_ref::<FetchFailure>() {
            return failure.clone();
        }
        if let Some(refusal) = inner.downcast_ref::<Refusal>() {
            return refusal.clone().into();
        }
        if let Some(failure) = tls_failure(inner) {
            return failure;
        }
        has_ended |= is_end_of_connection(inner);
        last = inner.to_string();
    }
    let (kind, what) = if error.is_timeout() && error.is_connect() {
        (FailureKind::Connection, "no connection in time")
    } else if error.is_timeout() {
        (FailureKind::Timeout, "the server does not answer")
    } else if error.is_connect() {
        (FailureKind::Connection, "no connection")
    } else if has_ended {
        (
            FailureKind::Connection,
            "the server ended the connection before it answered",
        )
    } else {
        (
            FailureKind::Protocol,
            "the answer is not HTTP that can be read",
        )
    };
    let message = if last.is_empty() {
        what.to_owned()
    } else {
        format!("{what}: {last}")
    };
    FetchFailure::new(kind, message)
}

/// The cause of an error. An I/O error that wraps another one names that one's cause as its own,
/// and would hide it.
fn inside<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    let wrapped = error
        .downcast_ref::<std::io::Error>()
        .and_then(|error| error.get_ref());
    match wrapped {
        Some(inner) => Some(inner),
        None => error.source(),
    }
}

/// True if the connection ended before an answer came: of one that was kept, the server may have closed it while the
/// request was on its way, and never have seen it.
pub(super) fn ended_unanswered(error: &reqwest::Error) -> bool {
    !error.is_connect() && causes(error).any(is_end_of_connection)
}

/// What lies below an error, one below the other.
fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    std::iter::successors(error.source(), |cause| inside(*cause))
}

/// True for a connection that was reset, or closed before the head of an answer was whole.
fn is_end_of_connection(error: &(dyn StdError + 'static)) -> bool {
    use std::io::ErrorKind;
    let ended = [
        ErrorKind::ConnectionReset,
        ErrorKind::ConnectionAborted,
        ErrorKind::BrokenPipe,
        ErrorKind::UnexpectedEof,
    ];
    let kind = error
        .downcast_ref::<std::io::Error>()
        .map(std::io::Error::kind);
    let is_incomplete = || {
        let hyper = error.downcast_ref::<hyper::Error>();
        hyper.is_some_and(hyper::Error::is_incomplete_message)
    };
    kind.is_some_and(|kind| ended.contains(&kind)) || is_incomplete()
}

fn tls_failure(error: &(dyn StdError + 'static)) -> Option<FetchFailure> {
    let found = error.downcast_ref::<rustls::Error>()?;
    Some(match found {
        rustls::Error::InvalidCertificate(reason) => {
            let message = format!("the certificate is not valid: {reason}");
            FetchFailure::new(FailureKind::Certificate, message)
        }
        other => FetchFailure::new(
            FailureKind::Connection,
            format!("no TLS connection: {other}"),
        ),
    })
}
