//! No document breaks the page, whatever is in it.
#![allow(clippy::unwrap_used)] // In a test, that is the assertion.

mod reports;

use legit_health::Image;
use legit_health_report::{Document, Page, Photograph};
use reports::{digest, heat_map, page, score, support, text};
use serde_json::{Value, json};

const MARKUP: &str = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>\u{202E}\u{0}\u{1b}[31m&amp;</style></title>-->";

/// Replaces every text of a document, names of members that are codes included.
fn hostile(value: &mut Value, path: &str) {
    match value {
        Value::String(text) => *text = MARKUP.to_owned(),
        Value::Array(list) => list.iter_mut().for_each(|value| hostile(value, path)),
        Value::Object(members) => {
            for (name, value) in members.iter_mut() {
                // Only with these is a document read as one; their texts are hostile in another test.
                if !["operation", "sentAt", "data", "sha256"].contains(&name.as_str()) {
                    hostile(value, name);
                }
            }
            if ["item", "additionalData", "attachment", "patientEvolution"].contains(&path) {
                let first = members.values().next().cloned().unwrap_or_default();
                members.insert(MARKUP.to_owned(), first);
            }
        }
        _ => {}
    }
}

#[test]
fn markup_in_a_document_stays_text() {
    let mut documents = vec![support(), score("2026-01-05", 14.4), score("2026-06-22", 3.6)];
    documents[0]["unknown<script>"] = json!(1);
    for document in &mut documents {
        document["sandbox"] = json!({"notice": "", "version": "", "scenarios": [{"scenario": ""}]});
        hostile(document, "");
    }
    let page = page(&documents);
    let known = [
        "!DOCTYPE",
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "header",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "p",
        "main",
        "section",
        "nav",
        "ul",
        "ol",
        "li",
        "a",
        "dl",
        "dt",
        "dd",
        "div",
        "span",
        "strong",
        "svg",
        "rect",
        "polyline",
        "circle",
        "text",
        "desc",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "article",
        "figure",
        "figcaption",
        "img",
        "input",
        "label",
        "footer",
    ];
    for rest in page.split('<').skip(1) {
        let name: String =
            rest.trim_start_matches('/').chars().take_while(|c| c.is_alphanumeric() || *c == '!').collect();
        assert!(known.contains(&name.as_str()), "<{name}");
        // What is quoted is a value.
        let unquoted: String = rest.split('"').step_by(2).collect();
        let names = unquoted.split('>').next().unwrap();
        assert!(!names.contains(" on"), "{names}");
    }
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert!(!page.contains(['\u{202E}', '\u{0}', '\u{1b}']));
    assert_eq!(page.matches("</style>").count(), 1);
}

/// Every value of a document in turn is another one, or missing.
#[test]
fn no_document_breaks_the_page() {
    fn pointers(value: &Value, at: String, all: &mut Vec<String>) {
        let name = |key: &str| format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
        match value {
            Value::Object(members) => members.iter().for_each(|(key, value)| pointers(value, name(key), all)),
            Value::Array(list) => {
                list.iter()
                    .enumerate()
                    .for_each(|(place, value)| pointers(value, name(&place.to_string()), all));
            }
            _ => {}
        }
        all.push(at);
    }
    // One grey pixel, so that thousands of pages are soon made.
    let pixel = Image::from_base64(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==",
    )
    .unwrap();
    let clean = || pixel.read().unwrap();
    let photograph = [Photograph::new(&pixel).unwrap()];
    let mut support = support();
    support["request"]["images"][0]["sha256"] = digest(&clean()).into();
    let local = {
        let mut local = score("2026-01-05", 14.4);
        local["request"]["operation"] = "severity_local".into();
        local["request"]["images"] = json!([{"sha256": digest(&clean())}]);
        local["patientEvolution"]["pasi"]["media"] = json!({
            "attachment": {"maskRaw": heat_map()},
            "detection": [{"confidence": 1, "code": {"text": "Wheal"}, "box": {"x1": 1, "y1": 1, "x2": 2, "y2": 2}}],
        });
        local
    };
    let global = {
        let mut global = score("2026-01-05", 14.4);
        global["request"]["operation"] = "severity_global".into();
        global["request"]["images"] = json!([{"sha256": digest(&clean())}, {"sha256": null}]);
        let view = support["imagingAnalysis"][0]["mediaValidity"].clone();
        global["patientEvolution"] = json!({"avasi": {"score": {"value": 40}, "item": {"handLeft": {
            "mediaValidity": view, "score": {"value": 1}, "media": {"attachment": {"segmentation": heat_map()}}}}}});
        global
    };
    let mut count = 0;
    for document in [support, score("2026-01-05", 14.4), local, global] {
        let mut all = Vec::new();
        pointers(&document, String::new(), &mut all);
        for pointer in all.iter().filter(|pointer| !pointer.is_empty()) {
            for other in [
                json!(null),
                json!([]),
                json!({}),
                json!("x"),
                json!(-1),
                json!(1e308),
                json!(true),
                json!([null, [], 1]),
            ] {
                let mut changed = document.clone();
                *changed.pointer_mut(pointer).unwrap() = other;
                let Ok(document) = Document::read(&changed.to_string()) else { continue };
                let page = Page::new(&[document.clone(), document]).with_photographs(&photograph).to_html();
                assert!(page.ends_with("</footer></body></html>"), "{pointer}");
                assert!(!page.contains("NaN") && !page.contains("inf "), "{pointer}");
                count += 1;
            }
        }
    }
    assert!(count > 1000, "{count}");
}

#[test]
fn a_huge_document_makes_a_page_that_can_be_read() {
    let mut document = support();
    let conclusion = document["conclusion"][0].clone();
    document["conclusion"] = vec![conclusion.clone(); 5000].into();
    let pictures = vec![document["imagingAnalysis"][0]["conclusion"][0].clone(); 200];
    document["imagingAnalysis"][0]["conclusion"] = pictures.into();
    document["status"] = "a".repeat(1_000_000).into();
    let page = page(&[document]);
    assert!(page.len() < 100_000, "{}", page.len());
    let text = text(&page);
    assert!(text.contains("And 4990 more, which the device ranks below these."), "{text}");
    assert!(text.contains("or too many: 184."), "{text}");
}
