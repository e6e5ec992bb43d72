//! What the Return key does in a field: HTML presses the first submit button that belongs to the field's form, or
//! none if that one is disabled (HTML Standard, implicit submission).

use super::http::{PAGES, Running};

/// A tag of a page with the form that it belongs to, by place or by name.
struct Part<'a> {
    tag: &'a str,
    form: String,
}

/// The fields and buttons of a page in the order in which they stand.
fn parts(page: &str) -> Vec<Part<'_>> {
    let mut around = String::new();
    let mut parts = Vec::new();
    for (number, rest) in page.split('<').enumerate() {
        let tag = rest.split('>').next().unwrap_or_default();
        if tag.starts_with("form ") {
            around = value(tag, "id").unwrap_or_else(|| format!("form {number}"));
        } else if tag == "/form" {
            around.clear();
        } else if ["input ", "button", "select "]
            .iter()
            .any(|name| tag.starts_with(name))
        {
            let form = value(tag, "form").unwrap_or_else(|| around.clone());
            parts.push(Part { tag, form });
        }
    }
    parts
}

fn value(tag: &str, name: &str) -> Option<String> {
    let (_, after) = tag.split_once(&format!(" {name}=\""))?;
    after.split('"').next().map(str::to_owned)
}

#[tokio::test]
async fn return_in_a_field_never_does_what_another_button_of_its_form_does() {
    let running = Running::start(|_| {}).await;
    let (cookie, _) = running.log_in("anna").await;
    let mut fields = 0;
    for path in PAGES {
        let page = running.get(path, &[("cookie", &cookie)]).await.body;
        let parts = parts(&page);
        let typed = parts
            .iter()
            .filter(|part| part.tag.starts_with("input ") && !part.tag.contains("type=\"hidden\""));
        for field in typed {
            fields += 1;
            let mut buttons = parts
                .iter()
                .filter(|part| part.tag.starts_with("button") && part.form == field.form);
            let first = buttons
                .next()
                .expect("whoever has no script needs a button");
            assert!(
                first.tag.contains(" disabled") || buttons.next().is_none(),
                "{path}: {} presses {}",
                field.tag,
                first.tag
            );
        }
    }
    assert!(fields > 10, "{fields}");
}

/// The last decision that a page knew of.
fn known(page: &str) -> String {
    let parts = parts(page);
    let field = parts
        .iter()
        .find(|part| part.tag.contains("name=\"known\""));
    value(field.expect("the page knows").tag, "value").expect("a number")
}

#[tokio::test]
async fn a_headline_typed_on_a_page_overrides_none_that_was_set_since() {
    let running = Running::start(|_| {}).await;
    let (cookie, csrf) = running.log_in("anna").await;
    let headers = [("cookie", cookie.as_str())];
    for (path, what) in [
        ("/desk/events/1", "do=pin&event=1&seen=1:1,2,3"),
        ("/desk/storylines/1", "do=rename&storyline=1"),
    ] {
        let before = known(&running.get(path, &headers).await.body);
        let send = async |known: &str, headline: &str| {
            let form = format!("{what}&known={known}&headline={headline}&back={path}&csrf={csrf}");
            running.post("/desk/act", &headers, &form).await
        };
        let first = send(&before, "Mine").await;
        assert_eq!(first.status, 303, "{}", first.body);
        let late = send(&before, "Yours").await;
        let answer = running.get(late.header("location"), &headers).await.body;
        assert!(
            answer.contains("set by another decision since you looked"),
            "{path}: {answer}"
        );
        assert!(
            answer.contains("Mine") && !answer.contains("Yours"),
            "{path}"
        );
        let now = known(&running.get(path, &headers).await.body);
        let seen = send(&now, "Ours").await;
        let answer = running.get(seen.header("location"), &headers).await.body;
        assert!(answer.contains("Ours"), "{path}: {answer}");
    }
}
