//! Addresses in feeds: resolved against their base, kept as written where they are absolute, and
//! let through only if they lead to the web.

use std::borrow::Cow;

use url::Url;

/// Bytes of an address: no page has a longer one, and thousands of items may be resolved against one base.
pub(crate) const LONGEST_ADDRESS: usize = 4096;

/// Resolves `reference` against `base`; of what begins with `www.` only the scheme is missing. An absolute address is
/// kept as it is written, without white space: an address is an identity, and normalising would change it. `None` if empty, too long
/// or not resolvable.
pub(crate) fn resolve(reference: &str, base: &Url) -> Option<String> {
    let reference = without_space(reference);
    if reference.is_empty() || reference.len() > LONGEST_ADDRESS {
        return None;
    }
    if names_host(&reference) {
        return Some(format!("{}://{reference}", base.scheme()));
    }
    if has_scheme(&reference) {
        return Some(with_two_slashes(reference));
    }
    let resolved = base.join(&reference).ok().map(String::from);
    resolved.filter(|address| address.len() <= LONGEST_ADDRESS)
}

/// The address, if it leads to the web: http or https (also written `feed:`), with a host, and is not too long.
pub(crate) fn web_url(address: &str) -> Option<String> {
    if address.len() > LONGEST_ADDRESS {
        return None;
    }
    let address = without_space(address);
    let address = match address.get(..5) {
        Some(scheme) if scheme.eq_ignore_ascii_case("feed:") => {
            let rest = &address[5..];
            match rest.strip_prefix("//") {
                Some(host) => format!("http://{host}"),
                None => rest.to_owned(),
            }
        }
        _ => address,
    };
    let parsed = Url::parse(&address).ok()?;
    let is_web = matches!(parsed.scheme(), "http" | "https") && parsed.host().is_some();
    is_web.then(|| rooted(&address).into_owned())
}

/// The address as written, unless it is one of the web without its two slashes: a page of the same scheme
/// would look for that at its own site (WHATWG URL, 4.4). Then with them.
pub(crate) fn rooted(address: &str) -> Cow<'_, str> {
    let begins_with = |root: &str| {
        let start = address.get(..root.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(root))
    };
    if begins_with("http://") || begins_with("https://") {
        return Cow::Borrowed(address);
    }
    match Url::parse(address) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Cow::Owned(url.into()),
        _ => Cow::Borrowed(address),
    }
}

/// True for `name:` at the start, as RFC 3986 has it. A single letter is a drive, not a scheme.
fn has_scheme(reference: &str) -> bool {
    reference.split_once(':').is_some_and(|(scheme, _)| {
        scheme.len() > 1
            && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
    })
}

/// True for `www.paper.example/1`: an address without its scheme, as people write it, and no path.
fn names_host(reference: &str) -> bool {
    let host = reference.split(['/', '?', '#']).next().unwrap_or_default();
    let begins = host
        .get(..4)
        .is_some_and(|start| start.eq_ignore_ascii_case("www."));
    begins && host[4..].trim_matches('.').contains('.')
}

/// `http:///host` means `http://host`, as browsers have it.
fn with_two_slashes(address: String) -> String {
    match address.split_once(":///") {
        Some((scheme, rest))
            if ["http", "https", "feed"]
                .iter()
                .any(|web| scheme.eq_ignore_ascii_case(web)) =>
        {
            format!("{scheme}://{}", rest.trim_start_matches('/'))
        }
        _ => address,
    }
}

/// Line breaks and tabs inside an address are accidents of layout, as browsers have it.
fn without_space(address: &str) -> String {
    let address = address.trim();
    let mut clean = String::with_capacity(address.len());
    for c in address.chars() {
        match c {
            ' ' => clean.push_str("%20"),
            '\u{200b}' | '\u{feff}' => {}
            c if c.is_control() => {}
            c => clean.push(c),
        }
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_resolved_and_kept_as_written() {
        let base = Url::parse("https://example.org/a/b.xml").expect("a URL");
        for (reference, expected) in [
            ("http://example.com", Some("http://example.com")),
            (
                " \nhttp://example.com/a b\n",
                Some("http://example.com/a%20b"),
            ),
            ("http:///example.com/a", Some("http://example.com/a")),
            ("/x", Some("https://example.org/x")),
            ("x?y=1", Some("https://example.org/a/x?y=1")),
            ("//cdn.example.net/x", Some("https://cdn.example.net/x")),
            ("urn:uuid:1", Some("urn:uuid:1")),
            ("www.paper.example/1", Some("https://www.paper.example/1")),
            (
                "www.paper.example:8080?x",
                Some("https://www.paper.example:8080?x"),
            ),
            ("www.html", Some("https://example.org/a/www.html")),
            ("  ", None),
        ] {
            assert_eq!(
                resolve(reference, &base).as_deref(),
                expected,
                "{reference}"
            );
        }
    }

    #[test]
    fn only_the_web_is_let_through() {
        for (address, expected) in [
            ("javascript:alert(1)", None),
            ("java\nscript:alert(1)", None),
            ("data:text/html,x", None),
            ("file:///etc/passwd", None),
            ("mailto:a@example.org", None),
            ("http://", None),
            ("feed://example.org/x", Some("http://example.org/x")),
            ("feed:https://example.org/x", Some("https://example.org/x")),
            ("HTTPS://Example.org/x", Some("HTTPS://Example.org/x")),
            ("https:/example.org/x", Some("https://example.org/x")),
            ("http:\\example.org", Some("http://example.org/")),
        ] {
            assert_eq!(web_url(address).as_deref(), expected, "{address}");
        }
    }
}
