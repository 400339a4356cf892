//! Scores of the whole body.

use crate::comparison::{Document, Said};
use crate::contract::{self, OPTIONAL, Optional};
use crate::device::{Device, base64, image, png};
use crate::documents::document;
use crate::members::{
    NOT_HANDED_OUT, detection, output_image, severity_score, single_score, stored, validity,
};
use legit_health::codes::GlobalView;
use legit_health::report::ViewFindings;
use legit_health::scale::{AnyScale, Avasi};
use legit_health::views::{BodyViews, NoViewsError, PartialBodyViews, View, ViewFiles};
use legit_health::{Error, ErrorKind, GlobalSeverityScore, Image};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::path::Path;

/// Each view has its own image.
fn number(view: View) -> u32 {
    100 + View::ALL.iter().position(|known| *known == view).unwrap() as u32
}

fn body() -> BodyViews<Image> {
    let Ok(body) = BodyViews::try_from_fn(|view| Ok::<_, Infallible>(image(number(view))));
    body
}

fn device() -> Device {
    Device::responding(contract::document("GlobalSeverityReport", Optional::Absent, &["avasi"]))
}

#[tokio::test]
async fn the_request_is_that_of_the_guide_with_each_image_at_its_view() {
    let device = device();
    device.client().severity("vitiligo").global(Avasi, body()).await.unwrap();
    let item: Map<String, Value> = View::ALL
        .into_iter()
        .map(|view| {
            let data = base64(&png(number(view)));
            let attachment = json!({"data": data, "contentType": "image/png"});
            (view.code().to_owned(), json!({"payload": {"contentAttachment": attachment}}))
        })
        .collect();
    assert_eq!(item.len(), 17);
    assert_eq!(device.seen()[0].uri, "https://device.example/v2.0/severity-assessment/automatic/global");
    assert_eq!(
        device.request(),
        json!({
            "knownCondition": {"conclusion": {"text": "vitiligo"}},
            "scoringSystem": {"avasi": {"item": item}},
        })
    );
}

#[tokio::test]
async fn every_member_of_a_report_on_a_body_is_handed_out() {
    for optional in OPTIONAL {
        let mut made = contract::document("GlobalSeverityReport", optional, &["avasi"]);
        // One before and one after the scale in question.
        (made["patientEvolution"]["apasi"], made["patientEvolution"]["nsil"]) = (Value::Null, Value::Null);
        let client = Device::responding(made.clone()).client();
        let result = client.severity("vitiligo").global(Avasi, body()).await.unwrap();
        let document = Document::new(made);
        let (report, stored) = (document.said(), stored(&result));
        let evolution = report.member("patientEvolution").member("avasi");
        for result in [&result, &stored] {
            assert_eq!(result.whole.scale.code().as_str(), "avasi");
            assert!(
                result.whole.items.is_empty()
                    && result.covered == GlobalView::KNOWN.iter().cloned().collect()
            );
            severity_score(&report, &evolution, &result.whole);
            evolution.map("item", &result.views, view_findings);
        }
        document.assert_all_compared(&NOT_HANDED_OUT);
        assert!(!result.is_from_sandbox());

        let untyped: GlobalSeverityScore<AnyScale> = serde_json::from_value(json!(result)).unwrap();
        assert_eq!(json!(untyped), json!(result));
        let mut another = json!(result);
        another["whole"]["scale"] = json!("apasi");
        assert!(serde_json::from_value::<GlobalSeverityScore<Avasi>>(another).is_err());
    }
}

fn view_findings(said: &Said<'_>, result: &ViewFindings) {
    said.optional("mediaValidity", result.validity.as_ref(), validity);
    said.optional("score", result.score.as_ref(), single_score);
    let media = said.member("media");
    media.map("attachment", &result.attachments, output_image);
    media.list("detection", &result.detections, detection);
    said.unknown_fields(&["mediaValidity", "score", "media"], &result.unknown_fields);
}

#[tokio::test]
async fn unusable_views_are_those_that_the_device_calls_invalid() {
    let mut made = contract::document("GlobalSeverityReport", Optional::Present, &["avasi"]);
    let views = &mut made["patientEvolution"]["avasi"]["item"];
    views["newView"] = json!({"score": {"value": 1.5}});
    let invalid: Vec<String> = views
        .as_object()
        .unwrap()
        .iter()
        .filter(|(_, view)| view["mediaValidity"]["isValid"] == json!(false))
        .map(|(code, _)| code.clone())
        .collect();
    assert_eq!(invalid.len(), 4, "the views hold each combination of the three flags once");
    made["sandbox"] = json!({"notice": "made up"});
    let client = Device::responding(made).client();
    let result = client.severity("vitiligo").global(Avasi, body()).await.unwrap();
    let unusable: Vec<&str> = result.unusable_views().map(|(view, _)| view.as_str()).collect();
    assert_eq!(unusable, invalid);
    assert_eq!(result.views[&GlobalView::Unknown("newView".into())].score.as_ref().unwrap().value, 1.5);
    assert!(View::ALL.into_iter().all(|view| result.view(view) == result.views.get(&view.into())));
    assert!(result.is_from_sandbox());

    let shown = format!("{result:?}{:?}{:?}", result.views, body());
    assert!(shown.contains("covered: 17") && shown.contains("views: 9"), "{shown}");
    assert!(!shown.contains('/') && !shown.contains(".5"), "{shown}");
}

/// Returns a score of these views.
async fn covering(views: impl IntoIterator<Item = View>) -> GlobalSeverityScore<Avasi> {
    let images: BTreeMap<View, Image> = views.into_iter().map(|view| (view, image(number(view)))).collect();
    device()
        .client()
        .severity("vitiligo")
        .global(Avasi, PartialBodyViews::try_from(images).unwrap())
        .await
        .unwrap()
}

#[tokio::test]
async fn only_all_views_are_a_whole_body() {
    assert!(!covering(View::ALL).await.is_partial());
    for missing in View::ALL {
        let mut result = covering(View::ALL.into_iter().filter(|view| *view != missing)).await;
        assert!(result.covered.len() == 16 && result.is_partial(), "{missing}");
        result.covered.insert(GlobalView::Unknown("newView".into()));
        assert!(result.is_partial(), "{missing}");
    }
}

#[tokio::test]
async fn some_views_are_sent_explicitly_and_the_score_is_partial() {
    let device = device();
    let some = BTreeMap::from([(View::FaceFront, image(1)), (View::HandLeft, image(2))]);
    let some = PartialBodyViews::try_from(some).unwrap();
    assert_eq!(format!("{some:?}"), "PartialBodyViews(2 of 17)");
    let result = device.client().severity("vitiligo").global(Avasi, some).await.unwrap();
    assert!(result.is_partial());
    let covered: Vec<&str> = result.covered.iter().map(|view| view.as_str()).collect();
    assert_eq!(covered, ["faceFront", "handLeft"]);
    assert_eq!(device.request()["scoringSystem"]["avasi"]["item"].as_object().unwrap().len(), 2);

    let error = PartialBodyViews::try_from(BTreeMap::new()).unwrap_err();
    assert_eq!(error, NoViewsError);
    assert!(error.to_string().starts_with("no body views: "), "{error}");
    assert_eq!(PartialBodyViews::one(View::FaceLeft, image(1)).views().collect::<Vec<_>>(), [View::FaceLeft]);
}

#[tokio::test]
async fn a_refusal_names_the_view() {
    let loc = json!([
        "body",
        "scoringSystem",
        "avasi",
        "item",
        "faceFront",
        "payload",
        "contentAttachment",
        "data"
    ]);
    let detail = json!({"detail": [{"type": "missing", "loc": loc, "msg": "Field required"}]});
    let client = Device::refusing(422, detail).client();
    let error = client.severity("vitiligo").global(Avasi, body()).await.unwrap_err();
    assert_eq!(error.fields()[0].argument(), "view faceFront");
}

#[tokio::test]
async fn a_response_without_the_score_is_invalid() {
    let client = Device::responding(document(json!({"avasi": null}))).client();
    let error = client.severity("vitiligo").global(Avasi, body()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
    assert!(error.to_string().contains("`avasi`"), "{error}");
}

#[test]
fn a_directory_with_one_image_of_each_view_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let endings = ["jpg", "JPEG", "png", "webp", "jfif", "jpe", "JPG"];
    for (place, view) in View::ALL.into_iter().enumerate() {
        // The format is read from the bytes, not from the extension.
        let name = format!("{view}.{}", endings[place % endings.len()]);
        std::fs::write(folder.path().join(name), png(number(view))).unwrap();
    }
    std::fs::write(folder.path().join("notes.txt"), "ignored").unwrap();
    std::fs::write(folder.path().join("faceFront.xmp"), "<x:xmpmeta/>").unwrap();
    for side_file in ["._faceFront.jpg", ".DS_Store", "Thumbs.db"] {
        std::fs::write(folder.path().join(side_file), png(200)).unwrap();
    }
    std::fs::create_dir(folder.path().join("originals")).unwrap();
    let files = ViewFiles::find(folder.path()).unwrap();
    assert_eq!(
        files.ignored(),
        ["notes.txt", "originals", "faceFront.xmp"].map(|name| folder.path().join(name))
    );
    let body = BodyViews::from_dir(folder.path()).unwrap();
    let streamed = BodyViews::stream_dir(folder.path()).unwrap();
    for view in View::ALL {
        let sent = image(number(view)).read().unwrap();
        assert_eq!(
            (body[view].read().unwrap(), streamed[view].read().unwrap()),
            (sent.clone(), sent),
            "{view}"
        );
    }
}

#[test]
fn all_problems_of_a_directory_are_named_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let missing = [View::FaceFront, View::TrunkRight];
    for view in View::ALL.into_iter().filter(|view| !missing.contains(view)) {
        let data = if view == View::LegsBack { b"not an image".to_vec() } else { png(number(view)) };
        std::fs::write(folder.path().join(format!("{view}.png")), data).unwrap();
    }
    std::fs::write(folder.path().join("handLeft.jpg"), png(1)).unwrap();
    std::fs::write(folder.path().join("legsBack (1).jpg"), png(1)).unwrap();
    std::fs::write(folder.path().join("JANE-DOE.heic"), b"\0\0\0\x18ftypheic\0\0\0\0mif1heic").unwrap();
    let error = BodyViews::from_dir(folder.path()).unwrap_err();
    assert_eq!(BodyViews::stream_dir(folder.path()).unwrap_err().to_string(), error.to_string());
    assert_eq!(error.missing(), missing);
    let paths = |names: &[&str]| names.iter().map(|name| folder.path().join(name)).collect::<Vec<_>>();
    assert_eq!(error.ambiguous(), [(View::HandLeft, paths(&["handLeft.jpg", "handLeft.png"]))]);
    assert_eq!(error.unnamed(), paths(&["JANE-DOE.heic", "legsBack (1).jpg"]));
    assert_eq!(
        error.paths().map(Path::to_owned).collect::<Vec<_>>(),
        paths(&["handLeft.jpg", "handLeft.png", "JANE-DOE.heic", "legsBack (1).jpg", "legsBack.png"])
    );
    assert!(!format!("{error} {error:?}").contains("JANE"), "{error:?}");
    assert_eq!(error.rejected().iter().map(|(view, _)| *view).collect::<Vec<_>>(), [View::LegsBack]);
    let message = Error::from(error).to_string();
    assert!(
        message.starts_with(
            "incomplete body views, 17 needed: \
             no image of faceFront, trunkRight (add files such as faceFront.jpg); \
             more than one image of handLeft (keep one each); \
             2 images not named after a view (rename, such as to faceFront.jpg, or move away); legsBack: "
        ),
        "{message}"
    );

    let error = BodyViews::from_dir(folder.path().join("NEEDLE")).unwrap_err();
    assert!(error.missing().is_empty() && error.to_string().contains("cannot read the directory"), "{error}");
    assert!(!error.to_string().contains("NEEDLE"), "{error}");
}

#[test]
fn some_views_of_a_directory_leave_out_no_image() {
    let folder = tempfile::tempdir().unwrap();
    let part = || ViewFiles::find(folder.path()).unwrap().part(|path| Image::stream(path));
    assert_eq!(
        part().unwrap_err().to_string(),
        "no image of a view in the directory (name images after their views, such as faceFront.jpg)"
    );
    std::fs::write(folder.path().join("facefront.JPE"), png(1)).unwrap();
    std::fs::write(folder.path().join("handLeft.png"), png(2)).unwrap();
    assert_eq!(part().unwrap().views().collect::<Vec<_>>(), [View::FaceFront, View::HandLeft]);

    // Named like a view, but not usable as an image.
    std::fs::write(folder.path().join("faceLeft.heic"), b"\0\0\0\x18ftypheic\0\0\0\0mif1heic").unwrap();
    std::fs::write(folder.path().join("footLeft.txt"), "see the other folder").unwrap();
    std::fs::create_dir(folder.path().join("trunkBack")).unwrap();
    let error = part().unwrap_err();
    let rejected = error.rejected().iter().map(|(view, _)| *view).collect::<Vec<_>>();
    assert_eq!(rejected, [View::FaceLeft, View::FootLeft, View::TrunkBack]);
    assert!(error.missing().is_empty(), "{error}");
}
