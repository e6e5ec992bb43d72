//! The starter list, as an operator's first minute depends on it.

use std::collections::HashSet;

use dateline::feed::opml::read_feed_list;

const STARTER: &[u8] = include_bytes!("../config/starter.opml");

#[test]
fn the_starter_list_is_whole() {
    let (feeds, problems) = read_feed_list(STARTER);
    assert_eq!(problems, []);
    assert!(feeds.len() >= 45, "{} feeds", feeds.len());
    for feed in &feeds {
        let whole = feed.outlet.is_some()
            && feed.kind.is_some()
            && feed.language.is_some()
            && feed.html_url.is_some()
            && !feed.title.is_empty()
            && !feed.category.is_empty();
        assert!(whole, "{feed:?}");
    }
}

#[test]
fn the_starter_list_speaks_many_languages_and_names_its_agencies() {
    let (feeds, _) = read_feed_list(STARTER);
    let languages: HashSet<_> = feeds
        .iter()
        .filter_map(|feed| feed.language.clone())
        .collect();
    assert!(languages.len() >= 8, "{languages:?}");
    let wires = feeds
        .iter()
        .filter(|feed| feed.kind == Some(dateline::news::OutletKind::Wire));
    assert!(wires.count() >= 4);
}

#[test]
fn an_outlet_of_the_starter_list_is_of_one_kind() {
    let (feeds, _) = read_feed_list(STARTER);
    let outlets: HashSet<_> = feeds.iter().map(|feed| feed.outlet.clone()).collect();
    let kinds: HashSet<_> = feeds
        .iter()
        .map(|feed| (feed.outlet.clone(), feed.kind))
        .collect();
    assert_eq!(outlets.len(), kinds.len());
}
