//! Bodies under a cap: read piece by piece, decoded piece by piece, never more than the limit in
//! memory. A small answer that inflates to gigabytes is cut off at the limit.

use std::io::{self, Read};
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};

use super::failure::describe;
use super::outcome::{FailureKind, FetchFailure};

/// Codings applied one after another that are undone; real servers apply one.
const MAX_CODINGS: usize = 3;

/// Largest window that a zstd body may ask for, as a power of two: 8 MiB (RFC 9659).
const ZSTD_WINDOW_LOG: u32 = 23;

/// The first bytes of a gzip file (RFC 1952).
const GZIP_MAGIC: [u8; 3] = [0x1f, 0x8b, 8];

/// Bodies beyond this wait for one of a few places, so that many large ones at once do not fill
/// the memory.
const LARGE_BYTES: usize = 1024 * 1024;

/// A body as it was transferred.
#[derive(Default)]
pub(super) struct RawBody {
    /// The bytes, still coded.
    pub(super) bytes: Vec<u8>,
    /// The place that a large body takes; held for as long as the body is.
    pub(super) place: Option<Arc<OwnedSemaphorePermit>>,
    /// False if the connection ended early.
    pub(super) is_complete: bool,
}

/// Reads a body of at most `max_bytes` until that time. What came of one that ends early, falls silent or is too slow
/// may hold whole items.
pub(super) async fn read_capped(
    mut response: reqwest::Response,
    (max_bytes, until): (usize, Instant),
    large_places: &Arc<Semaphore>,
) -> Result<RawBody, FetchFailure> {
    let announced = response.content_length().unwrap_or(0);
    if announced > max_bytes as u64 {
        return Err(too_large(max_bytes));
    }
    let mut bytes = Vec::new();
    let mut place = None;
    loop {
        if bytes.len() > LARGE_BYTES && place.is_none() {
            let free = timeout_at(until, Arc::clone(large_places).acquire_owned()).await;
            place = match free {
                Ok(free) => free.ok().map(Arc::new),
                Err(_) => {
                    let message = "too many other large documents are being read";
                    return Err(FetchFailure::new(FailureKind::Busy, message));
                }
            };
        }
        let is_complete = match timeout_at(until, response.chunk()).await {
            Ok(Ok(Some(chunk))) if bytes.len() + chunk.len() > max_bytes => {
                return Err(too_large(max_bytes));
            }
            Ok(Ok(Some(chunk))) => {
                bytes.extend_from_slice(&chunk);
                continue;
            }
            Ok(Ok(None)) => true,
            Ok(Err(error)) if error.is_timeout() && bytes.is_empty() => {
                let message = "the server fell silent in the middle of its answer";
                return Err(FetchFailure::new(FailureKind::Timeout, message));
            }
            // Nothing came that could be read, and not since the document is at fault.
            Ok(Err(error)) if bytes.is_empty() => return Err(describe(&error)),
            Err(_) if bytes.is_empty() => {
                let message = "nothing but a head came in time";
                return Err(FetchFailure::new(FailureKind::Timeout, message));
            }
            Ok(Err(_)) | Err(_) => false,
        };
        return Ok(RawBody {
            bytes,
            place,
            is_complete,
        });
    }
}

/// Undoes the codings of Content-Encoding (last applied first), and one gzip that nobody
/// announced. A body that ends early gives what could be decoded.
pub(super) fn decode(
    raw: RawBody,
    content_encoding: &str,
    max_bytes: usize,
) -> Result<RawBody, FetchFailure> {
    let codings: Vec<String> = content_encoding
        .split(',')
        .map(|coding| coding.trim().to_ascii_lowercase())
        .filter(|coding| !coding.is_empty() && coding != "identity")
        .collect();
    if codings.len() > MAX_CODINGS {
        let message = format!("the body is coded {} times over", codings.len());
        return Err(FetchFailure::new(FailureKind::Protocol, message));
    }
    let mut body = raw;
    for coding in codings.iter().rev() {
        body = undo(coding, body, max_bytes)?;
    }
    if body.bytes.starts_with(&GZIP_MAGIC) {
        body = undo("gzip", body, max_bytes)?;
    }
    Ok(body)
}

fn undo(coding: &str, body: RawBody, max_bytes: usize) -> Result<RawBody, FetchFailure> {
    let bytes = body.bytes.as_slice();
    let decoded = match coding {
        // A server that announces gzip and sends plain text is read as it is meant.
        "gzip" | "x-gzip" if !bytes.starts_with(&GZIP_MAGIC) => return Ok(body),
        "gzip" | "x-gzip" => inflate_gzip(bytes, max_bytes),
        "deflate" if looks_like_zlib(bytes) => {
            inflate(flate2::read::ZlibDecoder::new(bytes), max_bytes)
        }
        "deflate" => inflate(flate2::read::DeflateDecoder::new(bytes), max_bytes),
        "br" => inflate(brotli::Decompressor::new(bytes, 16 * 1024), max_bytes),
        "zstd" => inflate(zstd_reader(bytes)?, max_bytes),
        // `none`, `utf-8`, `aws-chunked`: names of what is no coding.
        _ if looks_like_document(bytes) => return Ok(body),
        unknown => {
            let message = format!("the body has the coding {unknown:?}, which was not asked for");
            return Err(FetchFailure::new(FailureKind::Protocol, message));
        }
    };
    let (bytes, reached_the_end) = decoded?;
    if bytes.is_empty() && !reached_the_end {
        if looks_like_document(&body.bytes) {
            return Ok(body);
        }
        let message = format!("the body is not the {coding} that it claims to be");
        return Err(FetchFailure::new(FailureKind::Protocol, message));
    }
    Ok(RawBody {
        bytes,
        place: body.place,
        is_complete: body.is_complete && reached_the_end,
    })
}

/// zlib's two bytes of header are a multiple of 31 (RFC 1950).
fn looks_like_zlib(bytes: &[u8]) -> bool {
    matches!(bytes, [first, second, ..]
        if first & 0x0f == 8 && (u16::from(*first) * 256 + u16::from(*second)).is_multiple_of(31))
}

fn zstd_reader(bytes: &[u8]) -> Result<impl Read + '_, FetchFailure> {
    let unusable = |error: io::Error| FetchFailure::new(FailureKind::Protocol, error.to_string());
    let mut decoder = zstd::stream::read::Decoder::with_buffer(bytes).map_err(unusable)?;
    decoder.window_log_max(ZSTD_WINDOW_LOG).map_err(unusable)?;
    Ok(decoder)
}

/// True for the beginning of markup or JSON, which no coding has.
fn looks_like_document(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    matches!(bytes.trim_ascii_start(), [b'<', next, ..] if next.is_ascii_graphic())
        || matches!(bytes.trim_ascii_start(), [b'{', ..])
}

/// One member after the other; what follows the last one and is none is no part of the body.
fn inflate_gzip(bytes: &[u8], max_bytes: usize) -> Result<(Vec<u8>, bool), FetchFailure> {
    let mut inflated = Vec::new();
    let mut rest = bytes;
    while rest.starts_with(&GZIP_MAGIC) {
        let mut member = flate2::bufread::GzDecoder::new(rest);
        if !inflate_into(&mut inflated, &mut member, max_bytes)? {
            return Ok((inflated, false));
        }
        rest = member.into_inner();
    }
    Ok((inflated, true))
}

fn inflate(reader: impl Read, max_bytes: usize) -> Result<(Vec<u8>, bool), FetchFailure> {
    let mut bytes = Vec::new();
    let reached_the_end = inflate_into(&mut bytes, reader, max_bytes)?;
    Ok((bytes, reached_the_end))
}

/// Reads to the end or to the first error; the flag says which.
fn inflate_into(
    bytes: &mut Vec<u8>,
    mut reader: impl Read,
    max_bytes: usize,
) -> Result<bool, FetchFailure> {
    let mut piece = [0_u8; 16 * 1024];
    loop {
        match reader.read(&mut piece) {
            Ok(0) => return Ok(true),
            Ok(length) if bytes.len() + length > max_bytes => return Err(too_large(max_bytes)),
            Ok(length) => bytes.extend_from_slice(&piece[..length]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return Ok(false),
        }
    }
}

fn too_large(max_bytes: usize) -> FetchFailure {
    let message = format!("the body is larger than {max_bytes} bytes");
    FetchFailure::new(FailureKind::TooLarge, message)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    const TEXT: &[u8] = b"<rss><channel><title>Paper</title></channel></rss>";

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn brotli_of(bytes: &[u8]) -> Vec<u8> {
        let mut coded = Vec::new();
        let mut writer = brotli::CompressorWriter::new(&mut coded, 4096, 5, 20);
        writer.write_all(bytes).unwrap();
        drop(writer);
        coded
    }

    fn zstd_of(bytes: &[u8]) -> Vec<u8> {
        zstd::encode_all(bytes, 3).unwrap()
    }

    fn whole(bytes: Vec<u8>) -> RawBody {
        RawBody {
            bytes,
            is_complete: true,
            place: None,
        }
    }

    fn decoded(bytes: Vec<u8>, coding: &str, max: usize) -> Result<Vec<u8>, FailureKind> {
        decode(whole(bytes), coding, max)
            .map(|body| body.bytes)
            .map_err(|failure| failure.kind)
    }

    #[test]
    fn every_announced_coding_decodes_also_one_inside_another() {
        let zlib = {
            let mut encoder =
                flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(TEXT).unwrap();
            encoder.finish().unwrap()
        };
        for (coding, bytes) in [
            ("gzip", gzip(TEXT)),
            ("X-GZIP", gzip(TEXT)),
            ("br", brotli_of(TEXT)),
            ("zstd", zstd_of(TEXT)),
            ("deflate", zlib),
            ("identity", TEXT.to_vec()),
            ("gzip, br", brotli_of(&gzip(TEXT))),
            ("br, gzip, zstd", zstd_of(&gzip(&brotli_of(TEXT)))),
        ] {
            assert_eq!(
                decoded(bytes, coding, 1000).as_deref(),
                Ok(TEXT),
                "{coding}"
            );
        }
    }

    #[test]
    fn gzip_that_nobody_announced_is_decoded_and_announced_gzip_that_is_none_is_taken_as_it_is() {
        assert_eq!(decoded(gzip(TEXT), "", 1000).as_deref(), Ok(TEXT));
        assert_eq!(decoded(TEXT.to_vec(), "gzip", 1000).as_deref(), Ok(TEXT));
    }

    #[test]
    fn a_bomb_in_any_coding_is_cut_at_the_cap() {
        let zeros = vec![0_u8; 4 << 20];
        for (coding, bytes) in [
            ("gzip", gzip(&zeros)),
            ("br", brotli_of(&zeros)),
            ("zstd", zstd_of(&zeros)),
            ("gzip, gzip", gzip(&gzip(&zeros))),
        ] {
            assert!(bytes.len() < 100_000);
            assert_eq!(
                decoded(bytes, coding, 1 << 20),
                Err(FailureKind::TooLarge),
                "{coding}"
            );
        }
    }

    #[test]
    fn a_coded_body_that_ends_early_gives_what_there_is_and_says_so() {
        let long: Vec<u8> = (0..200_000_u32)
            .flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes())
            .collect();
        let mut coded = gzip(&long);
        coded.truncate(coded.len() / 2);
        let body = decode(whole(coded), "gzip", 1 << 20).unwrap();
        assert!(!body.is_complete);
        assert!(long.starts_with(&body.bytes) && body.bytes.len() > 100_000);
    }

    #[test]
    fn what_is_called_coded_and_is_a_document_is_read_as_it_is() {
        for coding in [
            "none",
            "UTF-8",
            "aws-chunked",
            "compress",
            "br",
            "zstd",
            "deflate",
        ] {
            let read = decoded(TEXT.to_vec(), coding, 1000);
            assert_eq!(read.as_deref(), Ok(TEXT), "{coding}");
        }
    }

    #[test]
    fn what_follows_gzip_is_more_of_it_or_nothing() {
        let twice = [gzip(TEXT), gzip(TEXT)].concat();
        let all = decoded(twice, "gzip", 1000);
        assert_eq!(all.as_deref(), Ok(&[TEXT, TEXT].concat()[..]));
        for rest in [&[0; 512][..], b"\r\n<!-- cached -->"] {
            let body = decode(whole([&gzip(TEXT), rest].concat()), "gzip", 1000).unwrap();
            assert_eq!((&*body.bytes, body.is_complete), (TEXT, true));
        }
    }

    #[test]
    fn a_coding_nobody_asked_for_and_a_tower_of_codings_are_refused() {
        assert_eq!(
            decoded(b"\x1f\x9d\x90compressed".to_vec(), "compress", 1000),
            Err(FailureKind::Protocol)
        );
        assert_eq!(
            decoded(TEXT.to_vec(), "br,br,br,br", 1000),
            Err(FailureKind::Protocol)
        );
        assert_eq!(
            decoded(vec![0xff; 50], "br", 1000),
            Err(FailureKind::Protocol)
        );
    }
}
