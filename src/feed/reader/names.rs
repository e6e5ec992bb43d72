//! The names of elements: which namespace a prefix means, and what an element is for. Namespaces
//! are levelled, since feeds write them with and without slash, in any case, or not at all.

/// A vocabulary that feeds use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Space {
    /// RSS of any version and Atom of any version: their elements do not clash.
    Feed,
    Content,
    Dc,
    DcTerms,
    Itunes,
    Media,
    Syndication,
    Threading,
    Rdf,
    Xhtml,
    /// One that means nothing here.
    Other,
}

/// The namespace of a URI; `None` if it is unknown.
pub(super) fn space_of_uri(uri: &str) -> Option<Space> {
    let uri = uri.trim().to_ascii_lowercase();
    let uri = uri.split_once("://").map_or(uri.as_str(), |(_, rest)| rest);
    let uri = uri.trim_start_matches("www.").trim_end_matches(['/', '#']);
    if uri.starts_with("backend.userland.com/rss")
        || uri.starts_with("blogs.law.harvard.edu/tech/rss")
    {
        return Some(Space::Feed);
    }
    Some(match uri {
        "purl.org/rss/1.0" | "purl.org/net/rss1.1" | "purl.org/rss/2.0" => Space::Feed,
        "my.netscape.com/rdf/simple/0.9" | "channel.netscape.com/rdf/simple/0.9" => Space::Feed,
        "cyber.law.harvard.edu/rss" | "cyber.law.harvard.edu/rss/rss.html" => Space::Feed,
        "w3.org/2005/atom" | "purl.org/atom/ns" | "purl.org/pie" | "purl.org/echo" => Space::Feed,
        "example.com/newformat" | "example.com/necho" | "uri/of/echo/namespace" => Space::Feed,
        "purl.org/rss/1.0/modules/rss091" => Space::Feed,
        "purl.org/rss/1.0/modules/content" => Space::Content,
        "purl.org/dc/elements/1.1" | "purl.org/dc/elements/1.0" | "purl.org/dc" => Space::Dc,
        "purl.org/dc/terms" | "dublincore.org/2003/03/24/dcq" => Space::DcTerms,
        "itunes.com/dtds/podcast-1.0.dtd" | "example.com/dtds/podcast-1.0.dtd" => Space::Itunes,
        "search.yahoo.com/mrss"
        | "search.yahoo.com/mrss/rss.html"
        | "video.search.yahoo.com/mrss" => Space::Media,
        "purl.org/rss/1.0/modules/syndication" => Space::Syndication,
        "purl.org/syndication/thread/1.0" => Space::Threading,
        "w3.org/1999/02/22-rdf-syntax-ns" => Space::Rdf,
        "w3.org/1999/xhtml" => Space::Xhtml,
        _ => return None,
    })
}

/// What a prefix usually means, for documents that do not declare it or declare it wrongly.
pub(super) fn space_of_prefix(prefix: &str) -> Space {
    let prefix = prefix.to_ascii_lowercase();
    match prefix.as_str() {
        "" | "atom" | "atom10" | "atom03" | "a10" | "rss" | "rss10" | "rss20" | "rss090" => {
            Space::Feed
        }
        "content" => Space::Content,
        "dc" => Space::Dc,
        "dcterms" | "dct" => Space::DcTerms,
        "itunes" => Space::Itunes,
        "media" => Space::Media,
        "sy" | "syn" => Space::Syndication,
        "thr" => Space::Threading,
        "rdf" => Space::Rdf,
        "xhtml" | "html" => Space::Xhtml,
        _ => Space::Other,
    }
}

/// What an element is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Rss,
    Rdf,
    AtomFeed,
    Channel,
    Item,
    Image,
    TextInput,
    Source,
    Person,
    Contributor,
    PersonName,
    PersonEmail,
    PersonAddress,
    Title,
    MediaTitle,
    Link,
    Comments,
    Guid,
    Description,
    Abstract,
    Summary,
    ItunesSummary,
    MediaDescription,
    /// What a feed says of itself; not kept of an item.
    Subtitle,
    Content,
    EncodedContent,
    BodyContent,
    /// A text that is not kept, but whose markup must not be taken for fields.
    UnkeptText,
    Published,
    Updated,
    Created,
    Category,
    ItunesCategory,
    Keywords,
    Language,
    Ttl,
    Hour,
    Day,
    UpdatePeriod,
    UpdateFrequency,
    UpdateBase,
    Enclosure,
    MediaContent,
    MediaThumbnail,
    MediaCredit,
    ItunesImage,
    InReplyTo,
    Other,
}

/// The role of an element by namespace and local name, in any case.
pub(super) fn role_of(space: Space, local: &str) -> Role {
    let mut lower = [0u8; 24];
    let Some(lower) = lower.get_mut(..local.len()) else {
        return Role::Other;
    };
    lower.copy_from_slice(local.as_bytes());
    lower.make_ascii_lowercase();
    let name: &[u8] = lower;
    match space {
        Space::Feed => role_of_feed_element(name),
        Space::Content => match name {
            b"encoded" => Role::EncodedContent,
            _ => Role::Other,
        },
        Space::Dc | Space::DcTerms => role_of_dublin_core(name),
        Space::Itunes => role_of_itunes(name),
        Space::Media => role_of_media(name),
        Space::Syndication => match name {
            b"updateperiod" => Role::UpdatePeriod,
            b"updatefrequency" => Role::UpdateFrequency,
            b"updatebase" => Role::UpdateBase,
            _ => Role::Other,
        },
        Space::Threading if name == b"in-reply-to" => Role::InReplyTo,
        Space::Rdf if name == b"rdf" => Role::Rdf,
        Space::Xhtml if name == b"body" => Role::BodyContent,
        _ => Role::Other,
    }
}

fn role_of_feed_element(name: &[u8]) -> Role {
    match name {
        b"item" | b"entry" => Role::Item,
        b"title" => Role::Title,
        b"link" => Role::Link,
        b"comments" => Role::Comments,
        b"guid" | b"id" => Role::Guid,
        b"description" => Role::Description,
        b"abstract" => Role::Abstract,
        b"summary" => Role::Summary,
        b"content" => Role::Content,
        b"body" => Role::BodyContent,
        b"fullitem" => Role::EncodedContent,
        b"pubdate" | b"published" | b"issued" => Role::Published,
        b"updated" | b"modified" | b"lastbuilddate" => Role::Updated,
        b"created" => Role::Created,
        b"author" | b"managingeditor" => Role::Person,
        b"contributor" => Role::Contributor,
        b"name" => Role::PersonName,
        b"email" => Role::PersonEmail,
        b"url" | b"uri" | b"homepage" => Role::PersonAddress,
        b"category" => Role::Category,
        b"keywords" => Role::Keywords,
        b"language" => Role::Language,
        b"source" => Role::Source,
        b"enclosure" => Role::Enclosure,
        b"ttl" => Role::Ttl,
        b"hour" => Role::Hour,
        b"day" => Role::Day,
        b"image" => Role::Image,
        b"textinput" => Role::TextInput,
        b"subtitle" | b"tagline" => Role::Subtitle,
        b"rights" | b"copyright" | b"info" | b"generator" => Role::UnkeptText,
        b"rss" => Role::Rss,
        b"rdf" => Role::Rdf,
        b"feed" => Role::AtomFeed,
        b"channel" => Role::Channel,
        _ => Role::Other,
    }
}

fn role_of_dublin_core(name: &[u8]) -> Role {
    match name {
        b"title" => Role::Title,
        b"description" | b"abstract" => Role::Description,
        b"date" | b"modified" => Role::Updated,
        b"issued" => Role::Published,
        b"created" => Role::Created,
        b"creator" | b"author" => Role::Person,
        b"contributor" => Role::Contributor,
        b"subject" => Role::Category,
        b"language" => Role::Language,
        b"rights" => Role::UnkeptText,
        _ => Role::Other,
    }
}

fn role_of_itunes(name: &[u8]) -> Role {
    match name {
        b"author" => Role::Person,
        b"name" => Role::PersonName,
        b"email" => Role::PersonEmail,
        b"owner" => Role::Contributor,
        b"summary" => Role::ItunesSummary,
        b"subtitle" => Role::Subtitle,
        b"image" | b"link" => Role::ItunesImage,
        b"category" => Role::ItunesCategory,
        b"keywords" => Role::Keywords,
        _ => Role::Other,
    }
}

fn role_of_media(name: &[u8]) -> Role {
    match name {
        b"title" => Role::MediaTitle,
        b"description" => Role::MediaDescription,
        b"content" => Role::MediaContent,
        b"thumbnail" => Role::MediaThumbnail,
        b"credit" => Role::MediaCredit,
        b"category" => Role::Category,
        b"keywords" => Role::Keywords,
        _ => Role::Other,
    }
}
