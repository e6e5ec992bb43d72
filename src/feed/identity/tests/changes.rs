//! What changes about an item that stays itself, and what is another item beside it.

use super::*;

#[test]
fn the_next_notice_of_a_kind_at_the_address_of_a_page_is_another_item() {
    let quakes = [
        (
            "Magnitude 4.5 earthquake strikes near Izmir",
            "At a depth of 10 km. No damage is known of.",
        ),
        (
            "Magnitude 6.8 earthquake strikes near Izmir",
            "At a depth of 7 km. Buildings have collapsed.",
        ),
    ];
    let warnings = [
        (
            "Yellow warning of wind affecting Northern Scotland",
            "Gusts of 70 mph on Friday along the coast.",
        ),
        (
            "Yellow warning of rain affecting Northern Scotland",
            "Flooding of roads is likely on Sunday in the hills.",
        ),
    ];
    let same_title = [
        ("Weather warning", "Gusts of 70 mph along the coast."),
        ("Weather warning", "Flooding is likely in the hills."),
    ];
    let bare = warnings.map(|(title, _)| (title, ""));
    for notices in [quakes, warnings, same_title, bare] {
        let mut memory = Memory::default();
        for (number, (title, lead)) in notices.into_iter().enumerate() {
            let at = noon() + TimeDelta::hours(number as i64);
            let notice = IdentityInput {
                summary: lead.to_owned(),
                published_at: Some(at),
                ..input(&format!("q-{number}"), "https://e.example/latest", title)
            };
            let matching = memory.visit_at(&[notice], at);
            assert_eq!(verdicts(&matching), [NEW], "{title}");
        }
    }
}
