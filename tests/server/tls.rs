//! TLS for the test server, with certificates made for it (`tests/fixtures/tls`), and a server
//! that speaks HTTP/2 alone.

use std::net::SocketAddr;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// Which certificate the server shows. All are for `secure.test`.
#[derive(Clone, Copy, Debug)]
pub enum Certificate {
    /// Valid, if the test's authority is trusted.
    Good,
    /// Expired in 2020.
    Expired,
}

fn fixture(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/fixtures/tls/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(path).unwrap()
}

/// The authority that signed the certificates, in PEM form.
pub fn authority_pem() -> Vec<u8> {
    fixture("ca.pem")
}

impl Certificate {
    /// An acceptor for HTTP/1.1.
    pub fn acceptor(self) -> TlsAcceptor {
        self.acceptor_for(&[])
    }

    fn acceptor_for(self, protocols: &[&[u8]]) -> TlsAcceptor {
        let name = match self {
            Certificate::Good => "good",
            Certificate::Expired => "expired",
        };
        let chain = CertificateDer::from_pem_slice(&fixture(&format!("{name}.pem"))).unwrap();
        let key = PrivateKeyDer::from_pem_slice(&fixture(&format!("{name}.key.pem"))).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![chain], key)
            .unwrap();
        config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
        TlsAcceptor::from(Arc::new(config))
    }
}

/// Serves the body to every request, over TLS and HTTP/2 alone; returns where.
pub async fn serve_http2(body: &'static [u8]) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let acceptor = Certificate::Good.acceptor_for(&[b"h2"]);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(stream) = acceptor.accept(stream).await else {
                continue;
            };
            let mut connection = h2::server::handshake(stream).await.unwrap();
            tokio::spawn(async move {
                while let Some(Ok((_, mut respond))) = connection.accept().await {
                    let head = axum::http::Response::builder()
                        .status(200)
                        .body(())
                        .unwrap();
                    let mut stream = respond.send_response(head, false).unwrap();
                    stream.send_data(body.into(), true).unwrap();
                }
            });
        }
    });
    address
}
