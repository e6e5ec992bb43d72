//! The style sheet and the icon, embedded in the program and served under names that change with
//! their content.

use std::sync::LazyLock;

use sha2::{Digest, Sha256};

use super::rendered::{Draft, Freshness, Rendered};
use crate::news::UtcTime;

const STYLE: &str = include_str!("assets/style.css");
const DESK_STYLE: &str = include_str!("assets/desk.css");
const DESK_SCRIPT: &str = include_str!("assets/desk.js");
const ICON: &str = include_str!("assets/icon.svg");

struct Asset {
    path: String,
    rendered: Rendered,
}

static ASSETS: LazyLock<[Asset; 4]> = LazyLock::new(|| {
    [
        asset("style", "css", "text/css; charset=utf-8", STYLE),
        asset("icon", "svg", "image/svg+xml", ICON),
        asset("desk", "css", "text/css; charset=utf-8", DESK_STYLE),
        asset("desk", "js", "text/javascript; charset=utf-8", DESK_SCRIPT),
    ]
});

/// Path of the style sheet.
pub(super) fn style_path() -> &'static str {
    &ASSETS[0].path
}

/// Path of the icon.
pub(super) fn icon_path() -> &'static str {
    &ASSETS[1].path
}

/// Path of the desk's style sheet.
pub(super) fn desk_style_path() -> &'static str {
    &ASSETS[2].path
}

/// Path of the desk's script.
pub(super) fn desk_script_path() -> &'static str {
    &ASSETS[3].path
}

/// What is served at the path; `None` if it is no asset.
pub(super) fn find_asset(path: &str) -> Option<&'static Rendered> {
    ASSETS
        .iter()
        .find(|asset| asset.path == path)
        .map(|asset| &asset.rendered)
}

fn asset(name: &str, ending: &str, content_type: &'static str, text: &str) -> Asset {
    let digest = Sha256::digest(text.as_bytes());
    let mark: String = digest[..4]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    Asset {
        path: format!("/assets/{name}.{mark}.{ending}"),
        rendered: Rendered::new(Draft {
            body: text.as_bytes().to_vec(),
            content_type,
            modified: Some(UtcTime::default()),
            freshness: Freshness::Immutable,
            links: Vec::new(),
            is_shared: false,
        }),
    }
}
