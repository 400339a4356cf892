//! The page: what a clinician relies on.
#![allow(clippy::unwrap_used)] // In a test, that is the assertion.

mod reports;

use legit_health::Image;
use legit_health::calls::Sha256Digest;
use legit_health_report::{Document, Page, Photograph};
use reports::{base64, clean, digest, heat_map, page, page_with, sample, score, support, text};
use serde_json::{Value, json};

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
    let unassigned = page_with(&[document], &photograph);
    assert!(unassigned.contains("none is assigned") && !unassigned.contains(&base64(&clean())));

    let mut document = score("2026-03-02", 7.2);
    document["request"]["images"] = json!([{"sha256": digest(&clean())}, {"sha256": digest(&clean())}]);
    let unassigned = page_with(&[document], &photograph);
    assert!(unassigned.contains("none is assigned") && !unassigned.contains(&base64(&clean())));
}

/// Nothing is known of images that the report leaves out, so there is no priority by them.
#[test]
fn a_report_without_images_has_no_priority() {
    let mut document = support();
    document["imagingAnalysis"] = json!([]);
    let text = text(&page(&[document]));
    assert!(text.contains("Priority by the thresholds that were given: not told, because"), "{text}");
}

#[test]
fn what_keeps_scores_from_a_course_is_said() {
    let mut unusable = score("2026-06-22", 3.6);
    unusable["mediaValidity"] = json!({"isValid": false});
    let text = text(&page(&[score("2026-01-05", 14.4), unusable]));
    assert!(text.contains("No course of pasi: 2026-06-22: "), "{text}");
}

/// A batch sends the same images once, whoever they were given for.
#[test]
fn other_references_of_the_same_case_are_named() {
    let others = json!([{"reference": "P-7", "images": []}, {"reference": null, "images": []}]);
    let line = json!({"state": "recorded", "alsoGivenAs": others, "result": support()});
    let text = text(&page(&[line]));
    assert!(text.contains("under other references, too; the report stands only here: P-7."), "{text}");
}

/// The photograph of a view is shown under its name, with the pictures of that view laid over it.
#[test]
fn a_photograph_of_a_view_has_the_pictures_of_that_view() {
    let photograph = [Photograph::new(&Image::from_bytes(sample()).unwrap()).unwrap()];
    let view =
        |score: f64| json!({"score": {"value": score}, "media": {"attachment": {"maskBinary": heat_map()}}});
    let mut document = score("2026-03-02", 7.2);
    document["request"]["operation"] = "severity_global".into();
    document["request"]["images"] = json!([
        {"sha256": digest(&clean()), "view": "handLeft"},
        {"sha256": "00".repeat(32), "view": "faceFront"},
    ]);
    document["patientEvolution"] =
        json!({"avasi": {"score": {"value": 40}, "item": {"faceFront": view(1.0), "handLeft": view(2.0)}}});
    let page = page_with(&[document.clone()], &photograph);
    let text = text(&page);
    assert!(text.contains("1 of 2 photographs given. handLeft"), "{text}");
    assert_eq!(page.matches("class=\"mask\"").count(), 1, "only the view with its photograph");
    assert!(page.split("class=\"mask\"").nth(1).unwrap().contains("alt=\"handLeft: Heat map, handLeft\""));
    assert!(!text.contains("which photograph is of which view"), "{text}");

    document["request"]["images"][0]["view"].take();
    let text = self::text(&page_with(&[document], &photograph));
    assert!(text.contains("The document does not say which photograph is of which view."), "{text}");
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
