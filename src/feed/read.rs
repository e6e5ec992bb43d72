//! Bytes to a feed. Never fails and never panics: what cannot be read is left out and said.

use url::Url;

use crate::news::Problem;

use super::decode::decode;
use super::finish::finish;
use super::parsed::ParsedFeed;
use super::strict::read_strictly;

/// Reads a feed document: RSS 0.90 to 2.0, RDF, Atom 0.3 and 1.0, JSON Feed, well formed or not.
///
/// `content_type` is the value of the HTTP header, `base_url` the address the document came from
/// (relative addresses are resolved against it). What is no feed has the format `None` and no
/// items. The problems say what was mended or left out.
pub fn read(
    bytes: &[u8],
    content_type: Option<&str>,
    base_url: &Url,
) -> (ParsedFeed, Vec<Problem>) {
    let mut problems = Vec::new();
    let decoded = decode(bytes, content_type, &mut problems);
    match read_strictly(&decoded.text, base_url) {
        Ok(raw) => (finish(raw, base_url, &mut problems), problems),
        Err(reason) => {
            problems.push(Problem::new("not-a-feed", reason));
            (ParsedFeed::default(), problems)
        }
    }
}
