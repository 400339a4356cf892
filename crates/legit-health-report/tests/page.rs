//! The page: what a clinician relies on, and that no document breaks it.
#![allow(clippy::unwrap_used)] // In a test, that is the assertion.

use legit_health::Image;
use legit_health::calls::Sha256Digest;
use legit_health_report::{Document, Page, Photograph};
use legit_health_sandbox::samples;
use serde_json::{Value, json};

fn page(documents: &[Value]) -> String {
    page_with(documents, &[])
}

fn page_with(documents: &[Value], photographs: &[Photograph]) -> String {
    let documents: Vec<Document> =
        documents.iter().map(|document| Document::read(&document.to_string()).unwrap()).collect();
    Page::new(&documents).with_photographs(photographs).to_html()
}

/// The text between tags, with blanks folded.
fn text(page: &str) -> String {
    let body = page.split_once("<body>").unwrap().1;
    let mut text = String::new();
    let mut is_tag = false;
    for c in body.chars() {
        match c {
            '<' => is_tag = true,
            '>' => (is_tag, _) = (false, text.push(' ')),
            c if !is_tag => text.push(c),
            _ => {}
        }
    }
    text.replace('\u{A0}', " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn sample() -> Vec<u8> {
    samples::all()[0].bytes.clone()
}

fn digest(bytes: &[u8]) -> String {
    Sha256Digest::of(bytes).to_string()
}

fn clean() -> Vec<u8> {
    Image::from_bytes(sample()).unwrap().read().unwrap()
}

fn heat_map() -> Value {
    json!({"title": "Heat map", "contentType": "image/jpeg", "data": "/9j/AAAA", "width": 640, "height": 480, "colorModel": "RGB"})
}

fn support() -> Value {
    let indicators = json!({"hasCondition": 97.3, "pigmentedLesion": 0.2, "malignancy": 61, "urgentReferral": 1.4,
        "highPriorityReferral": 12.8});
    let concept = json!({"text": "Psoriasis", "coding": [{"code": "EA90", "systemDisplay": "ICD-11", "display": null}]});
    json!({
        "resourceType": "DiagnosticReport", "status": "preliminary", "issued": "2026-03-02T10:15:30", "analysisDuration": 1.5,
        "identifier": {"use": "official", "value": "5b0c8f0e"}, "category": null, "code": null,
        "clinicalIndicator": indicators,
        "performanceIndicator": {"sensitivity": 91.0, "specificity": 88.0, "entropy": 21.4},
        "conclusion": [{"probability": 78.4, "code": concept}],
        "imagingAnalysis": [{
            "conclusion": [{"probability": 78.4, "code": concept, "explainability": {"heatMap": heat_map()}}],
            "mediaValidity": {
                "quality": {"acceptable": true, "score": 83.0, "interpretation": "Excellent"},
                "domain": {"isDermatological": true, "additionalData": null},
                "modality": {"value": "Clinical", "additionalData": null},
                "isValid": true,
            },
            "performanceIndicator": {"entropy": 21.4}, "clinicalIndicator": indicators,
        }],
        "newMember": {"text": "NEEDLE"},
        "request": {
            "operation": "diagnosis_support", "scale": null, "bodySite": null, "condition": null, "reference": "P-0042",
            "sentAt": "2026-03-02T10:15:29.123Z", "requestId": "r-17", "images": [{"sha256": digest(&clean())}],
            "device": {"version": "2.0.0", "udi": "(01)08437024"},
            "thresholds": {"urgentReferral": 50.0, "malignancy": 20.0, "highPriorityReferral": 50.0},
        },
    })
}

fn score(date: &str, value: f64) -> Value {
    json!({
        "resourceType": "DiagnosticReport", "status": "preliminary", "issued": "2020-01-01T00:00:00", "analysisDuration": 1.5,
        "mediaValidity": null,
        "patientEvolution": {
            "pasi": {
                "score": {"value": value, "interpretation": {"category": "Moderate", "intensity": 2}},
                "item": {
                    "erythema": {"code": {"text": "Redness"}, "value": 3, "interpretation": "marked", "additionalData": {
                        "aiConfidence": {"value": 88.5, "code": {"text": "Confidence of the AI model"}}}},
                    "surface": {"code": {"text": "Area"}, "value": 2},
                },
                "media": null,
            },
            "dlqi": null,
        },
        "request": {
            "operation": "severity_manual", "scale": "pasi", "bodySite": "armLeft", "condition": "psoriasis",
            "sentAt": format!("{date}T09:30:00.125Z"), "reference": "P-0042", "images": [], "device": {"version": "2.0.0", "udi": null},
        },
    })
}

#[test]
fn a_report_is_read_at_a_glance() {
    let text = text(&page(&[support()]));
    let mut rest = text.as_str();
    for wanted in [
        "The output supports, and does not replace, a qualified healthcare professional.",
        "Patient or case P-0042",
        "Diagnosis support, 2026-03-02",
        "Answered by the Legit.Health device, version 2.0.0, UDI (01)08437024.",
        "Clinical indicators",
        "Malignancy 61 %",
        "Priority by the thresholds that were given: urgent, within 48 hours",
        "malignancy 20 %",
        "Ranked conditions",
        "Psoriasis ICD-11 EA90 78.4 %",
        "normalised entropy 21.4 %",
        "No photograph given.",
        "Usable yes Quality Excellent, 83 % Shows skin yes Kind Clinical",
        "Provenance",
        "Sent 2026-03-02T10:15:29.123Z Request id r-17 Issued 2026-03-02T10:15:30",
        &digest(&clean()),
        "Members of the report that this version does not know, and that are not on this page: /newMember .",
        "Reviewed by a healthcare professional: Name Date Signature",
    ] {
        let at = rest.find(wanted).unwrap_or_else(|| panic!("{wanted}: {rest}"));
        rest = &rest[at..];
    }
    assert!(!text.contains("SANDBOX") && !text.contains("NEEDLE"), "{text}");
}

#[test]
fn scores_have_their_bands_and_items() {
    let text = text(&page(&[score("2026-03-02", 7.2)]));
    for wanted in [
        "Severity from answers, 2026-03-02",
        "Known condition: psoriasis · Body site: armLeft",
        "7.2 Moderate",
        "Intensity: moderate.",
        // In the order of the instrument.
        "Area 2 Redness 3 marked; Confidence of the AI model: 88.5 %",
    ] {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
    assert!(!text.contains("dlqi") && !text.contains("Course"), "{text}");

    let mut other = score("2026-03-02", 7.2);
    let bands = ["Mild", "Moderate"]
        .iter()
        .zip(1..)
        .map(|(word, code)| json!({"text": word, "coding": [{"code": code}]}));
    other["patientEvolution"]["pasi"]["score"] =
        json!({"value": 7.2, "severity": {"value": 2, "interpretations": bands.collect::<Vec<_>>()}});
    let text = self::text(&page(&[other]));
    assert!(text.contains("7.2 Moderate Intensity: moderate. Bands of the scale: Mild, Moderate."), "{text}");
}

#[test]
fn nobody_overlooks_the_sandbox() {
    let mut document = support();
    document["sandbox"] = json!({"notice": "Not intended for any medical purpose.", "version": "0.1.0",
        "scenarios": [{"scenario": "psoriasis/moderate"}]});
    let text = text(&page(&[document]));
    assert!(text.starts_with("SANDBOX: made up, and not about anybody"), "{text}");
    assert_eq!(text.matches("SANDBOX").count(), 2, "and once more at its document");
    assert!(text.contains("Answered by a sandbox (0.1.0), and not the device."), "{text}");
    assert!(text.contains("Scenario: psoriasis/moderate."), "{text}");
    assert!(!text.contains("/sandbox"), "the mark is no member that is not known");
}

/// Photographs are found by the digest of what was sent, and shown as they were sent.
#[test]
fn a_photograph_is_shown_with_its_own_report_only() {
    let shown = |bytes: &[u8]| base64(bytes);
    let photograph = [Photograph::new(&Image::from_bytes(sample()).unwrap()).unwrap()];
    let page = page_with(&[support()], &photograph);
    assert!(page.contains(&shown(&clean())) && !page.contains("No photograph given."));
    assert!(!page.contains(&shown(&sample())[..2000]), "the comment is part of the metadata");
    assert!(page.contains("class=\"heat\"><img src=\"data:image/jpeg;base64,/9j/AAAA\""), "laid over it");

    // Sent with its metadata, and still not shown with it.
    let mut kept = support();
    kept["request"]["images"][0]["sha256"] = digest(&sample()).into();
    for image in [Image::from_bytes(sample()).unwrap(), Image::from_bytes(sample()).unwrap().keep_metadata()]
    {
        let page = page_with(&[kept.clone()], &[Photograph::new(&image).unwrap()]);
        assert!(page.contains(&shown(&clean())) && page.contains("It was sent with the metadata"));
        assert!(!page.contains(&shown(&sample())[..2000]));
    }

    let mut other = support();
    other["request"]["images"][0]["sha256"] = "00".repeat(32).into();
    let documents = [Document::read(&other.to_string()).unwrap()];
    let page = Page::new(&documents).with_photographs(&photograph);
    assert_eq!(page.unmatched_photographs(), [0]);
    assert!(page.to_html().contains("No photograph given."));
}

fn base64(bytes: &[u8]) -> String {
    base64_simd::STANDARD.encode_to_string(bytes)
}

/// What is laid over a photograph lies on what it is about.
#[test]
fn a_picture_of_another_shape_is_not_laid_over_a_photograph() {
    let photograph = [Photograph::new(&Image::from_bytes(sample()).unwrap()).unwrap()];
    for (width, height) in [(json!(480), json!(640)), (json!(0), json!(0)), (Value::Null, json!("480"))] {
        let mut document = support();
        let picture = &mut document["imagingAnalysis"][0]["conclusion"][0]["explainability"]["heatMap"];
        (picture["width"], picture["height"]) = (width, height);
        let page = page_with(&[document], &photograph);
        assert!(page.contains("another shape") && !page.contains("class=\"heat\""));
    }
}

/// A document whose findings are about another number of images is not guessed at.
#[test]
fn photographs_are_assigned_only_where_it_is_certain() {
    let photograph = [Photograph::new(&Image::from_bytes(sample()).unwrap()).unwrap()];
    let mut document = support();
    let analysis = document["imagingAnalysis"][0].clone();
    document["imagingAnalysis"] = json!([analysis, analysis]);
    let page = page_with(&[document], &photograph);
    assert!(page.contains("none is assigned") && !page.contains(&base64(&clean())));
}

/// Pictures come from documents, which anybody may have written.
#[test]
fn only_pictures_of_pixels_are_shown() {
    for data in [
        "PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+",
        "",
        "/9j/\" onerror=\"alert(1)",
        "data:text/html;base64,/9j/",
        "/9j/ AAAA",
    ] {
        let mut document = support();
        let picture = &mut document["imagingAnalysis"][0]["conclusion"][0]["explainability"]["heatMap"];
        picture["data"] = data.into();
        picture["contentType"] = "image/svg+xml".into();
        let page = page(&[document]);
        assert!(!page.contains("<img") && page.contains("not shown"), "{data}");
    }
}

#[test]
fn patients_are_never_mixed() {
    let of = |reference: Value, date, value| {
        let mut document = score(date, value);
        document["request"]["reference"] = reference;
        document
    };
    let documents = [
        of("P-1".into(), "2026-01-05", 14.4),
        of("P-2".into(), "2026-02-02", 7.2),
        of(Value::Null, "2026-03-02", 3.6),
        of(Value::Null, "2026-03-30", 1.8),
    ];
    let text_of_all = text(&page(&documents));
    assert!(!text_of_all.contains("Course"), "{text_of_all}");
    assert!(text_of_all.contains("no course of documents that name no patient"), "{text_of_all}");
    let cases = text_of_all.matches("Reviewed by a healthcare professional").count();
    assert_eq!(cases, 4, "documents without a name stay apart");

    let with_more = [&documents[..], &[of("P-1".into(), "2026-06-22", 3.6)]].concat();
    let text = text(&page(&with_more));
    assert_eq!(text.matches("Course: PASI of armLeft").count(), 1, "{text}");
    assert!(
        text.contains("Baseline 14.4 on 2026-01-05, latest 3.6 on 2026-06-22: improved by 10.8 (75 %)."),
        "{text}"
    );
    assert!(text.contains("PASI75 met"), "{text}");
    assert_eq!(text.matches("Reviewed by a healthcare professional").count(), 4);
}

/// Two charts on a page have ids of their own, so that each is named by its own title.
#[test]
fn charts_do_not_share_ids() {
    let mut documents = vec![];
    for site in ["armLeft", "legLeft"] {
        for (date, value) in [("2026-01-05", 14.4), ("2026-06-22", 3.6)] {
            let mut document = score(date, value);
            document["request"]["bodySite"] = site.into();
            documents.push(document);
        }
    }
    let page = page(&documents);
    let ids: Vec<&str> = page.split(" id=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    let different: std::collections::BTreeSet<_> = ids.iter().collect();
    assert_eq!(different.len(), ids.len(), "{ids:?}");
    assert_eq!(page.matches("<svg xmlns").count(), 2);
}

/// Nothing is asked of anybody, and nothing runs.
#[test]
fn the_policy_allows_the_style_of_the_page_alone() {
    let page = page(&[support(), score("2026-01-05", 14.4), score("2026-06-22", 3.6)]);
    let style = page.split_once("<style>").unwrap().1.split_once("</style>").unwrap().0;
    let digest = base64(&Sha256Digest::of(style.as_bytes()).0);
    let policy = format!(
        "default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    );
    assert!(page.contains(&policy), "{policy}");
    for banned in ["<script", " style=", "javascript:", "<link", "<iframe", "<form", "url(", "@import"] {
        assert!(!page.contains(banned), "{banned}");
    }
    let addresses: Vec<&str> = page
        .split("http")
        .skip(1)
        .filter(|rest| rest.starts_with("s://") || rest.starts_with("://"))
        .collect();
    assert!(
        addresses.iter().all(|rest| rest.starts_with("://www.w3.org/2000/svg\"")),
        "only the name of SVG"
    );
}

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
