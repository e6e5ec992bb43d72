//! Credentials in addresses: taken out of them, and sent as a header to their own origin only.

use reqwest::header::{self, HeaderMap, HeaderValue};
use url::Url;

/// Takes user and password out of the URL, as the header they become.
pub(super) fn take_credentials(url: &mut Url) -> Option<HeaderValue> {
    if url.username().is_empty() && url.password().is_none() {
        return None;
    }
    let decode = |text: &str| {
        let pair = format!("x={}", text.replace('+', "%2B"));
        url::form_urlencoded::parse(pair.as_bytes())
            .next()
            .map(|(_, value)| value.into_owned())
    };
    let user = decode(url.username()).unwrap_or_default();
    let password = url.password().and_then(decode).unwrap_or_default();
    // Both calls fail only for a URL that holds no host, and so no credentials.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    let mut value = HeaderValue::from_str(&basic(&user, &password)).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// RFC 7617. The alphabet is that of RFC 4648, 4.
fn basic(user: &str, password: &str) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::from("Basic ");
    for group in format!("{user}:{password}").as_bytes().chunks(3) {
        let bits = group
            .iter()
            .fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte));
        let bits = bits << (8 * (3 - group.len()));
        for place in 0..4 {
            let sextet = (bits >> (18 - 6 * place)) & 63;
            let letter = ALPHABET[sextet as usize] as char;
            text.push(if place <= group.len() { letter } else { '=' });
        }
    }
    text
}

/// The header of credentials; no header without them.
pub(super) fn authorization(credentials: Option<&HeaderValue>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    if let Some(value) = credentials {
        headers.insert(header::AUTHORIZATION, value.clone());
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_become_a_basic_header_and_leave_the_address() {
        for (url, expected) in [
            (
                "https://Aladdin:open%20sesame@paper.test/f",
                "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
            ),
            ("https://a@paper.test/f", "Basic YTo="),
            ("https://a:b+c@paper.test/f", "Basic YTpiK2M="),
        ] {
            let mut url = Url::parse(url).unwrap();
            let header = take_credentials(&mut url).unwrap();
            assert_eq!(header.to_str().unwrap(), expected);
            assert!(header.is_sensitive());
            assert_eq!(url.as_str(), "https://paper.test/f");
        }
    }
}
