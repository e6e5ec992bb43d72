//! The examples of the dateline forms.

use super::*;
use crate::news::utc_from_secs;

/// 2026-01-06, the day of the examples.
fn example_day() -> UtcTime {
    utc_from_secs(1_767_657_600)
}

#[test]
fn every_form_reads_its_own_examples() {
    let mut wrong = Vec::new();
    for form in &forms().forms {
        assert!(
            !form.text.examples.is_empty(),
            "{} has no example",
            form.text.id
        );
        for example in &form.text.examples {
            let found = read(&example.text, form.text.wire_only, example_day());
            let seen = found.as_ref().map(|found| {
                (
                    found.dateline.place.clone(),
                    found.dateline.date.map(|date| date.to_string()),
                    found.agency.clone(),
                    example.text[found.end..].to_owned(),
                )
            });
            let expected = Some((
                example.place.clone(),
                example.date.clone(),
                example.agency.clone(),
                example.rest.clone(),
            ));
            if seen != expected {
                wrong.push(format!("{}: {seen:?}\n  not {expected:?}", form.text.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_form_reads_what_it_must_not() {
    let forms = forms().forms.iter();
    let never = forms.flat_map(|form| form.text.never.iter().map(move |text| (form, text)));
    let found = never.filter_map(|(form, text)| {
        let found = read(text, form.text.wire_only, example_day())?;
        Some(format!("{text:?} -> {found:?}"))
    });
    let wrong: Vec<String> = found.collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn an_outlet_that_is_an_agency_has_its_short_name() {
    assert_eq!(agency_of_outlet("The Associated Press"), Some("AP"));
    assert_eq!(agency_of_outlet("Reuters"), Some("Reuters"));
    assert_eq!(agency_of_outlet("Example Times"), None);
}
