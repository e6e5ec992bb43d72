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
