//! A rendered document: its bytes, each coding of them made once, and the headers that go with each.

use std::io::Write;
use std::sync::OnceLock;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, header};
use sha2::{Digest, Sha256};

use super::conditional::{Coding, choose_coding, http_date, is_unchanged};
use crate::news::UtcTime;

/// Below this a coding costs more than it saves.
const SMALLEST_CODED: usize = 256;

/// What a page may load: our own style sheet and nothing else.
pub(super) const PAGE_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const FEED_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

/// How long, and by whom, a document may be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Freshness {
    /// By anybody, for so many seconds.
    Public(u32),
    /// By the reader alone, for so many seconds.
    Private(u32),
    /// By anybody, for ever.
    Immutable,
}

/// What is known of a document before its bytes are coded.
pub(super) struct Draft {
    pub(super) body: Vec<u8>,
    pub(super) content_type: &'static str,
    /// When it changed; `None` if that is no longer, or not yet, known by what it holds.
    pub(super) modified: Option<UtcTime>,
    pub(super) freshness: Freshness,
    /// Values of Link headers.
    pub(super) links: Vec<String>,
    /// True if other sites' scripts may read it.
    pub(super) is_shared: bool,
}

/// A document ready to be sent.
pub(super) struct Rendered {
    modified: Option<UtcTime>,
    common: HeaderMap,
    identity: Coded,
    codings: [OnceLock<Coded>; 3],
}

struct Coded {
    bytes: Bytes,
    etag: HeaderValue,
    headers: HeaderMap,
}

impl Rendered {
    pub(super) fn new(draft: Draft) -> Self {
        let common = common_headers(&draft);
        // It is kept for long, and a buffer that grew is up to half empty.
        let body = draft.body.into_boxed_slice();
        let identity = Coded::new(Bytes::from(body), Coding::Identity, &common);
        Self {
            modified: draft.modified,
            common,
            identity,
            codings: Default::default(),
        }
    }

    /// True if the other has the same bytes and says the same about them, but for the date. One without a date may have
    /// been what it was before its time.
    pub(super) fn says_the_same(&self, other: &Rendered) -> bool {
        if self.modified.is_none() && other.modified.is_some() {
            return false;
        }
        let same_links = self.common.get_all(header::LINK).iter();
        self.identity.bytes == other.identity.bytes
            && same_links.eq(other.common.get_all(header::LINK).iter())
            && self.common.get(header::CACHE_CONTROL) == other.common.get(header::CACHE_CONTROL)
    }

    /// How much memory it takes, roughly: with all codings.
    pub(super) fn weight(&self) -> usize {
        self.identity.bytes.len() * 2 + 2048
    }

    /// The bytes as they are.
    pub(super) fn bytes(&self) -> &Bytes {
        &self.identity.bytes
    }

    /// True if a coding is made already, or needs no making.
    pub(super) fn has(&self, coding: Coding) -> bool {
        self.identity.bytes.len() < SMALLEST_CODED
            || self.made(coding).is_none_or(|made| made.get().is_some())
    }

    /// Makes a coding now, so that the first answer does not wait for it.
    pub(super) fn prepare(&self, coding: Coding) {
        self.coded(coding);
    }

    /// The answer to a GET or HEAD with these headers, at `now`.
    pub(super) fn answer(
        &self,
        method: &Method,
        asked: &HeaderMap,
        now: UtcTime,
    ) -> Response<Body> {
        // No document is of a time to come, whatever the clock said when it was published (RFC 9110, 8.8.2.1).
        let modified = self.modified.filter(|modified| *modified <= now);
        let coded = self.coded(choose_coding(asked));
        let mut response = match is_unchanged(asked, &coded.etag, modified) {
            true => self.not_modified(coded),
            false => self.whole(coded, method),
        };
        if let Some(modified) = modified
            && let Ok(date) = HeaderValue::from_str(&http_date(modified))
        {
            response.headers_mut().insert(header::LAST_MODIFIED, date);
        }
        response
    }

    fn whole(&self, coded: &Coded, method: &Method) -> Response<Body> {
        let body = if method == Method::HEAD {
            Body::empty()
        } else {
            Body::from(coded.bytes.clone())
        };
        let mut response = Response::new(body);
        *response.headers_mut() = coded.headers.clone();
        response
    }

    fn not_modified(&self, coded: &Coded) -> Response<Body> {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        let kept = [
            header::ETAG,
            header::CACHE_CONTROL,
            header::VARY,
            header::ACCESS_CONTROL_ALLOW_ORIGIN,
            header::LINK,
        ];
        for name in kept {
            for value in coded.headers.get_all(&name) {
                response.headers_mut().append(name.clone(), value.clone());
            }
        }
        response
    }

    fn coded(&self, coding: Coding) -> &Coded {
        if self.identity.bytes.len() < SMALLEST_CODED {
            return &self.identity;
        }
        let Some(made) = self.made(coding) else {
            return &self.identity;
        };
        made.get_or_init(|| {
            let bytes = compress(&self.identity.bytes, coding).into_boxed_slice();
            Coded::new(Bytes::from(bytes), coding, &self.common)
        })
    }

    /// Where a coding stands once it is made; `None` for the bytes as they are.
    fn made(&self, coding: Coding) -> Option<&OnceLock<Coded>> {
        match coding {
            Coding::Identity => None,
            Coding::Brotli => Some(&self.codings[0]),
            Coding::Zstd => Some(&self.codings[1]),
            Coding::Gzip => Some(&self.codings[2]),
        }
    }
}

impl Coded {
    fn new(bytes: Bytes, coding: Coding, common: &HeaderMap) -> Self {
        let mut headers = common.clone();
        let etag = etag_of(&bytes);
        headers.insert(header::ETAG, etag.clone());
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
        if coding != Coding::Identity {
            let name = HeaderValue::from_static(coding.name());
            headers.insert(header::CONTENT_ENCODING, name);
        }
        Self {
            bytes,
            etag,
            headers,
        }
    }
}

fn common_headers(draft: &Draft) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let mut put = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.append(name, value);
        }
    };
    put(header::CONTENT_TYPE, draft.content_type);
    put(header::VARY, "Accept-Encoding");
    put(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(header::REFERRER_POLICY, "no-referrer");
    let is_page = draft.content_type.starts_with("text/html");
    put(
        header::CONTENT_SECURITY_POLICY,
        if is_page { PAGE_POLICY } else { FEED_POLICY },
    );
    let kept = match draft.freshness {
        Freshness::Public(secs) => format!("public, max-age={secs}"),
        Freshness::Private(secs) => format!("private, max-age={secs}"),
        Freshness::Immutable => "public, max-age=31536000, immutable".to_owned(),
    };
    put(header::CACHE_CONTROL, &kept);
    if draft.is_shared {
        put(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
        put(
            header::ACCESS_CONTROL_EXPOSE_HEADERS,
            "ETag, Last-Modified, Link",
        );
    }
    for link in &draft.links {
        put(header::LINK, link);
    }
    headers
}

/// A strong tag: equal tags, equal bytes, also after a restart.
fn etag_of(bytes: &[u8]) -> HeaderValue {
    let digest = Sha256::digest(bytes);
    let mut tag = String::with_capacity(34);
    tag.push('"');
    for byte in &digest[..16] {
        for nibble in [byte >> 4, byte & 15] {
            tag.push(char::from_digit(u32::from(nibble), 16).expect("a nibble is a hex digit"));
        }
    }
    tag.push('"');
    HeaderValue::from_str(&tag).expect("hex digits in quotes are a header value")
}

/// Beyond this a document takes lower levels, so that its first reader waits a fraction of a second.
const LARGE: usize = 1024 * 1024;

/// Levels: about the best size that costs under 20 ms for a feed of 300 KB on one core.
fn compress(bytes: &[u8], coding: Coding) -> Vec<u8> {
    let (gzip, zstd, brotli) = match bytes.len() > LARGE {
        true => (4, 3, 2),
        false => (6, 6, 5),
    };
    let mut coded = Vec::with_capacity(bytes.len() / 4);
    let done = match coding {
        Coding::Identity => coded.write_all(bytes),
        Coding::Gzip => {
            let mut writer =
                flate2::write::GzEncoder::new(&mut coded, flate2::Compression::new(gzip));
            writer
                .write_all(bytes)
                .and_then(|()| writer.finish().map(drop))
        }
        Coding::Zstd => zstd::stream::copy_encode(bytes, &mut coded, zstd),
        Coding::Brotli => {
            let mut writer = brotli::CompressorWriter::new(&mut coded, 16 * 1024, brotli, 22);
            let done = writer.write_all(bytes);
            drop(writer);
            done
        }
    };
    done.expect("compressing from memory to memory does not fail");
    coded
}
