//! Tests of the config: what is accepted, and how what is wrong is explained.

use super::*;

fn refuse(text: &str) -> String {
    parse(text, Path::new("test.toml")).unwrap_err().to_string()
}

#[test]
fn the_built_in_file_holds_the_defaults() {
    let built_in = load(None).unwrap();
    assert_eq!(format!("{built_in:?}"), format!("{:?}", Config::default()));
}

#[test]
fn an_unknown_key_is_named_with_place_and_nearest_key() {
    let message = refuse("[fetch]\nmax_body_byte = 1\n");
    assert_eq!(
        message,
        "test.toml, line 2, column 1: unknown key `max_body_byte`; did you mean `max_body_bytes`?"
    );
}

#[test]
fn an_unknown_table_is_named() {
    let message = refuse("[fetsch]\n");
    assert!(
        message.contains("unknown key `fetsch`; did you mean `fetch`?"),
        "{message}"
    );
}

#[test]
fn a_value_of_the_wrong_type_is_named_with_its_place() {
    let message = refuse("[fetch]\nmax_body_bytes = \"many\"\n");
    assert!(
        message.starts_with("test.toml, line 2, column 18: invalid type"),
        "{message}"
    );
}

#[test]
fn a_value_that_makes_no_sense_is_named_with_its_key() {
    let message = refuse("[schedule]\nsweep = \"now and then\"\n");
    assert!(
        message.starts_with("test.toml, line 2, column 1: `schedule.sweep` is no cron line"),
        "{message}"
    );
    let message = refuse("[fetch]\ncontact = \"\"\nallow_networks = [\"home\"]\n");
    assert!(message.contains("line 3"), "{message}");
}

#[test]
fn what_clustering_needs_cannot_be_removed_by_a_setting() {
    let message = refuse("[storage]\nkeep_days = 7\n");
    assert!(
        message.starts_with("test.toml, line 2, column 1: `storage.keep_days` is less than 45"),
        "{message}"
    );
}

#[test]
fn a_syntax_error_has_a_place() {
    assert!(
        refuse("[fetch\n").starts_with("test.toml, line 1, column"),
        "{}",
        refuse("[fetch\n")
    );
}

#[test]
fn the_desk_tries_thresholds_around_the_one_that_is_set() {
    let config = parse("[clustering]\nsettle_score = 0.7\n", Path::new("test.toml")).unwrap();
    assert_eq!(config.serve_settings().settle_score, 0.7);
}

#[test]
fn what_would_be_missed_only_later_is_refused() {
    for (text, key) in [
        ("[polling]\nmax_new_items = 0", "polling.max_new_items"),
        (
            "[polling]\nfloor_secs = 9223372036854775807",
            "polling.floor_secs",
        ),
        (
            "[fetch]\nwhole_timeout_secs = 0",
            "fetch.whole_timeout_secs",
        ),
        (
            "[fetch]\nidle_timeout_secs = 9223372036854775807",
            "fetch.idle_timeout_secs",
        ),
        ("[fetch]\nmax_body_bytes = 0", "fetch.max_body_bytes"),
        ("[fetch]\ncontact = \"a\\nb\"", "fetch.contact"),
        ("[clustering]\njoin_score = nan", "clustering.join_score"),
        (
            "[clustering]\nsettle_score = -1.0",
            "clustering.settle_score",
        ),
        ("[server]\nbase_url = \"foo\"", "server.base_url"),
        (
            "[server]\nbase_url = \"https://x.example/y/?q=1\"",
            "server.base_url",
        ),
        (
            "[server]\nbase_url = \"https://me:word@x.example/\"",
            "server.base_url",
        ),
        ("[server]\nexternal_hub = \"foo\"", "server.external_hub"),
        (
            "[polling]\nfloor_secs = 900\nceiling_secs = 600",
            "polling.floor_secs",
        ),
        (
            "[clustering]\nwindow_hours = 8000\n[storage]\nkeep_days = 50",
            "clustering.window_hours",
        ),
        (
            "[[views]]\nname = \"a\"\nlanguages = [\"english\"]",
            "views.languages",
        ),
        (
            "[[views]]\nname = \"a\"\nlanguages = [\"zh-TW\"]",
            "items are in `zh`",
        ),
        ("[schedule]\nbackup = \"0 0 0 30 2 *\"", "schedule.backup"),
        (
            "[[views]]\nname = \"a\"\n[[views]]\nname = \"a\"",
            "views.name",
        ),
    ] {
        let message = refuse(text);
        assert!(message.contains(key), "{text}: {message}");
    }
    for text in [
        "[server]\nbase_url = \"https://news.example/dateline/\"",
        "[schedule]\nbackup = \"0 0 0 29 2 *\"",
        "[fetch]\ncontact = \"https://news.example/bot\"",
        "[[views]]\nname = \"a\"\nlanguages = [\"en\", \"und\"]",
    ] {
        assert!(parse(text, Path::new("test.toml")).is_ok(), "{text}");
    }
}
