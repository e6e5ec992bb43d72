//! The address to listen on: the one that systemd holds for us, or the config's.

use std::net::SocketAddr;

use anyhow::Context;
use listenfd::ListenFd;
use tokio::net::TcpListener;

/// Takes the listening socket that the service manager passed (`LISTEN_FDS`, sd_listen_fds(3)), or
/// binds `address` if it passed none.
///
/// # Errors
/// If what was passed is no TCP socket, or the address cannot be bound.
pub(super) async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    let mut passed = ListenFd::from_env();
    if passed.len() == 0 {
        return TcpListener::bind(address).await.with_context(|| {
            format!("cannot listen on {address}: set [server] listen to a free address")
        });
    }
    let listener = passed
        .take_tcp_listener(0)
        .context("dateline.socket passed something that is no TCP socket")?
        .context("the service manager passed no socket")?;
    listener.set_nonblocking(true)?;
    let listener = TcpListener::from_std(listener)?;
    tracing::info!(address = %listener.local_addr()?, "listening on the service manager's socket");
    Ok(listener)
}
