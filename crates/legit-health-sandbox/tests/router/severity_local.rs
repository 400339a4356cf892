//! Local severity: items from the scenario, images as large as the request's.

use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::support::{
    Response, answers, media, post, post_with, sample, sandbox, scales_of, severity, token, unmarked,
};

const PATH: &str = "/severity-assessment/automatic/local";

/// Scale, its request, items, attachments, codes of boxes.
type Case = (&'static str, Value, &'static [&'static str], Vec<(String, String)>, &'static [&'static str]);

fn lesion() -> Vec<(String, String)> {
    titled(&[
        ("maskRaw", "Lesion mask raw"),
        ("maskBinary", "Lesion mask binary"),
        ("segmentation", "Segmentation"),
    ])
}

fn titled(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(code, title)| ((*code).to_owned(), (*title).to_owned())).collect()
}

fn annotation(title: &str) -> Vec<(String, String)> {
    titled(&[("annotation", title)])
}

fn wound() -> Vec<(String, String)> {
    let parts = [
        ("erythema", "Erythema"),
        ("wound", "Wound"),
        ("angiogenesisAndGranulatedTissue", "Angiogenesis and granulated tissue"),
        ("biofilmAndSlough", "Biofilm and slough"),
        ("necrosis", "Necrosis"),
        ("maceration", "Maceration"),
        ("orthopedic", "Orthopedic"),
        ("boneCartilageOrTendon", "Bone cartilage or tendon"),
    ];
    let both = |(code, words): &(&str, &str)| {
        [
            (format!("{code}MaskRaw"), format!("{words} mask raw")),
            (format!("{code}MaskBinary"), format!("{words} mask binary")),
        ]
    };
    parts.iter().flat_map(both).collect()
}

#[rustfmt::skip]
fn cases() -> Vec<Case> {
    vec![
        ("aeasi", answers(json!({"surface": 60, "patientAge": 40})),
            &["surface", "redness", "thickness", "scratching", "lichenification"], lesion(), &[]),
        ("agppga", json!({}), &["erythema", "desquamation", "pustulation"], vec![], &[]),
        ("aihs4", json!({}), &["nodule", "abscess", "drainingTunnel"],
            annotation("Annotated image with bounding boxes highlighting HS inflammatory lesions"),
            &["nodule", "abscess", "drainingTunnel"]),
        ("aladin", json!({}), &["acne"],
            annotation("Annotated image with bounding boxes highlighting acne pimples"), &["acne"]),
        ("apasi", answers(json!({"surface": 4})), &["surface", "erythema", "induration", "desquamation"], lesion(), &[]),
        ("asalt", json!({}), &[], titled(&[
            ("hairMaskRaw", "Hair mask raw"), ("hairMaskBinary", "Hair mask binary"),
            ("baldnessMaskRaw", "Baldness mask raw"), ("baldnessMaskBinary", "Baldness mask binary"),
            ("segmentation", "Segmentation")]), &[]),
        ("ascorad", answers(json!({"surface": 60, "pruritus": 5, "sleeplessness": 7})),
            &["surface", "erythema", "swelling", "crusting", "excoriation", "lichenification", "dryness", "pruritus",
              "sleeplessness"], lesion(), &[]),
        ("auas", answers(json!({"pruritus": 3})), &["wheals", "pruritus"],
            annotation("Annotated image with bounding boxes highlighting urticaria wheals"), &["wheal"]),
        ("avasi", json!({}), &[], titled(&[
            ("skinMaskRaw", "Skin mask raw"), ("skinMaskBinary", "Skin mask binary"),
            ("depigmentationMaskRaw", "Depigmentation mask raw"),
            ("depigmentationMaskBinary", "Depigmentation mask binary"), ("segmentation", "Segmentation")]), &[]),
        ("awosi", json!({}), &[
            "erythema", "bordersDamaged", "bordersDelimited", "bordersDiffused", "bordersThickened",
            "bordersIndistinguishable", "perilesionalErythema", "perilesionalMaceration", "biofilmCompatibleTissue",
            "affectedTissueBoneAndOrAdjacent", "affectedTissueDermisEpidermis", "affectedTissueMuscle",
            "affectedTissueSubcutaneous", "affectedTissueHealedSkin", "exudationFibrinous", "exudationPurulent",
            "exudationBloody", "exudationSerous", "exudationGreenish", "tissueInWoundBedScarred",
            "tissueInWoundBedSlough", "tissueInWoundBedNecrotic", "tissueInWoundBedGranulation",
            "tissueInWoundBedEpithelia"], wound(), &[]),
        ("nsil", json!({}), &["dryness", "erythema", "inflammations"],
            annotation("Annotated image with bounding boxes highlighting inflammatory lesions"),
            &["inflammatoryLesion"]),
    ]
}

async fn ask(scenario: &str, scale: &str, asked: &Value, image: &[u8]) -> Response {
    let sandbox = sandbox();
    let token = token(&sandbox, sandbox.account()).await;
    let site = if scale == "asalt" { "headLeft" } else { "armLeft" };
    let body = severity(site, json!({scale: asked}), Some(image));
    let header = [("x-sandbox-scenario", scenario)];
    let response =
        post_with(&sandbox, PATH, &token, if scenario.is_empty() { &[] } else { &header }, body).await;
    assert_eq!(response.status, StatusCode::OK, "{scale}: {}", response.body);
    response
}

fn names(value: &Value) -> Vec<String> {
    let mut names: Vec<String> =
        value.as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect();
    names.sort_unstable();
    names
}

fn sorted<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut names: Vec<String> = names.into_iter().map(str::to_owned).collect();
    names.sort_unstable();
    names
}

#[tokio::test]
async fn every_scale_has_its_items_images_and_boxes() {
    let image = sample("psoriasis-moderate.jpg");
    for (scale, asked, items, attached, boxes) in cases() {
        let response = ask("psoriasis/severe", scale, &asked, &image).await;
        let evolution = &response.body["patientEvolution"][scale];
        assert_eq!(names(&evolution["item"]), sorted(items.iter().copied()), "{scale}");
        assert_eq!(evolution["item"].is_null(), items.is_empty(), "{scale}");
        let attachment = &evolution["media"]["attachment"];
        assert_eq!(attachment.is_null(), attached.is_empty(), "{scale}");
        assert_eq!(names(attachment), sorted(attached.iter().map(|(code, _)| code.as_str())), "{scale}");
        for (code, title) in &attached {
            let attached_image = &attachment[code];
            assert_eq!(attached_image["title"], title.as_str());
            assert_eq!(
                (&attached_image["contentType"], &attached_image["colorModel"]),
                (&json!("image/jpeg"), &json!("RGB"))
            );
            assert_eq!((&attached_image["width"], &attached_image["height"]), (&json!(640), &json!(480)));
            let bytes = STANDARD.decode(attached_image["data"].as_str().unwrap()).unwrap();
            let decoded = image::load_from_memory_with_format(&bytes, image::ImageFormat::Jpeg).unwrap();
            assert_eq!((decoded.width(), decoded.height()), (640, 480), "{scale} {code}");
            assert_eq!(decoded.color(), image::ColorType::Rgb8);
        }
        let found = evolution["media"]["detection"].as_array().into_iter().flatten();
        let mut codes: Vec<String> = Vec::new();
        for detection in found {
            let edge = |name: &str| detection["box"][name].as_f64().unwrap();
            assert!(0.0 < edge("x1") && edge("x1") < edge("x2") && edge("x2") < 640.0);
            assert!(0.0 < edge("y1") && edge("y1") < edge("y2") && edge("y2") < 480.0);
            let confidence = detection["confidence"].as_f64().unwrap();
            assert!(confidence > 0.0 && confidence <= 100.0);
            codes.push(detection["code"]["coding"][0]["code"].as_str().unwrap().to_owned());
        }
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes, sorted(boxes.iter().copied()), "{scale}");
        let contributes = !evolution["score"]["additionalData"].is_null();
        assert_eq!(contributes, ["aeasi", "apasi", "asalt"].contains(&scale), "{scale}");
    }
}

#[tokio::test]
async fn items_come_from_the_scenario_and_the_score_from_the_items() {
    let asked = answers(json!({"surface": 4}));
    let image = unmarked(1);
    for (scenario, signs, value, category) in [
        ("psoriasis/none", [0, 0, 0], json!(0), "None"),
        ("psoriasis/mild", [1, 0, 1], json!(1.6), "Mild"),
        ("psoriasis/moderate", [2, 1, 2], json!(4), "Moderate"),
        ("psoriasis/severe", [3, 3, 3], json!(7.2), "Severe"),
    ] {
        let response = ask(scenario, "apasi", &asked, &image).await;
        let apasi = &response.body["patientEvolution"]["apasi"];
        let shown =
            ["erythema", "induration", "desquamation"].map(|item| apasi["item"][item]["value"].clone());
        assert_eq!(shown, signs.map(|sign| json!(sign)), "{scenario}");
        assert_eq!(apasi["score"]["value"], value, "{scenario}");
        assert_eq!(apasi["score"]["interpretation"]["category"], category);
        let contribution = &apasi["score"]["additionalData"]["globalScoreContribution"];
        assert_eq!(contribution["value"], value);
        assert_eq!(
            contribution["code"]["text"],
            "Contribution of the body zone score to the full-body score"
        );
        assert_eq!(apasi["item"]["surface"]["value"], 4);
        assert!(apasi["item"]["surface"]["additionalData"].is_null());
        let confidence = &apasi["item"]["erythema"]["additionalData"]["aiConfidence"];
        assert_eq!(confidence["code"]["text"], "Confidence of the AI model on prediction");
        assert_eq!(
            response.body["sandbox"]["scenarios"],
            json!([{"scenario": scenario, "source": "request header"}])
        );
    }
}

#[tokio::test]
async fn items_of_the_image_are_not_taken_from_the_request() {
    let asked = answers(json!({"surface": 4, "erythema": 4, "induration": 4, "desquamation": 4}));
    let response = ask("psoriasis/none", "apasi", &asked, &unmarked(1)).await;
    assert_eq!(response.body["patientEvolution"]["apasi"]["score"]["value"], 0);
}

#[tokio::test]
async fn measurements_agree_with_the_counts() {
    let image = sample("urticaria-severe.jpg");
    let response = ask("urticaria/moderate", "auas", &answers(json!({"pruritus": 3})), &image).await;
    let auas = &response.body["patientEvolution"]["auas"];
    assert_eq!(auas["score"]["value"], 5);
    assert_eq!(auas["item"]["wheals"]["interpretation"], "Moderate (20-50)");
    assert_eq!(auas["item"]["wheals"]["additionalData"]["whealsCount"]["value"], 34);
    assert_eq!(auas["media"]["detection"].as_array().unwrap().len(), 34);

    let response = ask("acne/moderate", "aladin", &json!({}), &image).await;
    let aladin = &response.body["patientEvolution"]["aladin"];
    assert_eq!(aladin["item"]["acne"]["value"], 33);
    assert_eq!(aladin["score"]["interpretation"], json!({"category": "Grade 4", "intensity": 2}));
    assert_eq!(aladin["item"]["acne"]["additionalData"]["acneDensity"]["interpretation"], "Very low");
    let evidence = &response.body["sandbox"]["evidence"]["patientEvolution.aladin.score.value"];
    assert_eq!(*evidence, json!(["scenario", "unknown"]));

    let asked = answers(json!({"surface": 60, "pruritus": 5, "sleeplessness": 7}));
    let response = ask("eczema/moderate", "ascorad", &asked, &image).await;
    let ascorad = &response.body["patientEvolution"]["ascorad"];
    assert_eq!(ascorad["score"]["value"], 37.58);
    assert_eq!(ascorad["item"]["surface"]["additionalData"]["surfaceAreaOverBsa"]["value"], 5.4);

    let response = ask("pressure-ulcer/severe", "awosi", &json!({}), &image).await;
    let awosi = &response.body["patientEvolution"]["awosi"];
    assert_eq!(awosi["item"]["affectedTissueMuscle"]["value"], true);
    assert_eq!(awosi["item"]["exudationGreenish"]["value"], false);
    assert!(awosi["item"]["affectedTissueMuscle"]["additionalData"]["presenceProbability"].is_object());
}

#[tokio::test]
async fn without_a_scenario_the_level_is_a_placeholder() {
    let response = ask("", "apasi", &answers(json!({"surface": 4})), &unmarked(3)).await;
    assert_eq!(response.body["patientEvolution"]["apasi"]["score"]["interpretation"]["category"], "Moderate");
    let evidence = &response.body["sandbox"]["evidence"];
    assert_eq!(evidence["patientEvolution.apasi.score.value"], json!(["placeholder", "literature"]));
    assert_eq!(evidence["patientEvolution.apasi.item"], json!(["placeholder", "answers"]));
    assert_eq!(response.body["sandbox"]["scenarios"], json!([{"scenario": null, "source": "none"}]));
}

#[tokio::test]
async fn the_scenario_of_the_image_applies_without_a_header() {
    let response = ask("", "avasi", &json!({}), &sample("vitiligo-severe.jpg")).await;
    assert_eq!(response.body["sandbox"]["scenarios"][0]["source"], "image comment");
    assert_eq!(response.body["patientEvolution"]["avasi"]["score"]["interpretation"]["intensity"], 3);
}

#[tokio::test]
async fn other_requested_scales_do_not_change_a_score() {
    let sandbox = sandbox();
    let alone = json!({"avasi": {}});
    let together = json!({"aladin": {}, "avasi": {}, "apasi": answers(json!({"surface": 2}))});
    let image = unmarked(4);
    let first = post(&sandbox, PATH, severity("armLeft", alone, Some(&image))).await;
    let second = post(&sandbox, PATH, severity("armLeft", together, Some(&image))).await;
    assert_eq!(first.body["patientEvolution"]["avasi"], second.body["patientEvolution"]["avasi"]);
    assert_eq!(second.body["patientEvolution"].as_object().unwrap().len(), scales_of("local"));
}

#[tokio::test]
async fn an_invalid_image_is_reported_and_an_undecodable_one_rejected() {
    let sandbox = sandbox();
    let response = post(
        &sandbox,
        PATH,
        severity("armLeft", json!({"avasi": {}}), Some(&sample("unusable-scribble.jpg"))),
    )
    .await;
    assert_eq!(response.body["mediaValidity"]["isValid"], false);
    let evidence = &response.body["sandbox"]["evidence"]["patientEvolution.avasi.score.value"];
    assert_eq!(*evidence, json!(["placeholder", "inferred"]));
    let mut body = severity("armLeft", json!({"avasi": {}}), None);
    body["payload"] = media(b"not an image");
    let response = post(&sandbox, PATH, body).await;
    assert_eq!(response.errors(), [("value_error", json!(["body", "payload", "contentAttachment", "data"]))]);
}

#[tokio::test]
async fn asalt_takes_only_the_views_of_the_scalp() {
    let image = unmarked(5);
    for site in ["headTop", "headBack", "headLeft", "headRight"] {
        let response = post(&sandbox(), PATH, severity(site, json!({"asalt": {}}), Some(&image))).await;
        assert_eq!(response.status, StatusCode::OK, "{site}");
    }
    for site in ["armLeft", "trunkFront", "scalp"] {
        let response = post(&sandbox(), PATH, severity(site, json!({"asalt": {}}), Some(&image))).await;
        assert_eq!(response.errors(), [("value_error", json!(["body", "bodySite"]))], "{site}");
    }
}
