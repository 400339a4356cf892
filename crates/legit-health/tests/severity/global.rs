//! Scores of the whole body.

use crate::device::{Device, base64, image, png};
use crate::documents::{document, image_score, score, validity};
use legit_health::codes::{GlobalView, Intensity};
use legit_health::scale::Avasi;
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
    let mut whole = score(18.6, "Moderate", 2);
    let mut unusable = validity();
    unusable["isValid"] = json!(false);
    let mut face = image_score();
    face["mediaValidity"] = validity();
    face["newMember"] = json!("kept");
    face.as_object_mut().unwrap().remove("item");
    whole["item"] = json!({
        "faceFront": face,
        "handLeft": {"mediaValidity": unusable},
        "newView": {"score": {"value": 1.5}},
    });
    Device::responding(document(json!({"avasi": whole, "apasi": null})))
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
async fn a_result_has_the_covered_views_and_their_findings() {
    let client = device().client();
    let result = client.severity("vitiligo").global(Avasi, body()).await.unwrap();
    assert_eq!((result.whole.value, result.whole.intensity), (18.6, Some(Intensity::Moderate)));
    assert!(!result.is_partial() && result.covered.len() == 17 && result.views.len() == 3);
    let face = result.view(View::FaceFront).unwrap();
    assert_eq!(face.score.as_ref().unwrap().value, 7.2);
    assert_eq!(face.score.as_ref().unwrap().category.as_deref(), Some("Severe"));
    assert!(face.validity.as_ref().unwrap().is_valid);
    assert_eq!((face.attachments.len(), face.detections.len()), (1, 1));
    assert_eq!(face.unknown_fields, json!({"newMember": "kept"}).as_object().unwrap().clone());
    let new = &result.views[&GlobalView::Unknown("newView".into())];
    assert_eq!(new.score.as_ref().unwrap().value, 1.5);
    let unusable: Vec<&str> = result.unusable_views().map(|(view, _)| view.as_str()).collect();
    assert_eq!(unusable, ["handLeft"]);
    assert!(!result.is_from_sandbox());

    let stored = serde_json::to_string(&result).unwrap();
    assert_eq!(serde_json::from_str::<GlobalSeverityScore<Avasi>>(&stored).unwrap(), result);
    let shown = format!("{result:?}{face:?}{:?}{:?}", body(), face.score);
    for hidden in ["18.6", "Moderate", "7.2", "Severe", "kept"] {
        assert!(!shown.contains(hidden), "{hidden}: {shown}");
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

    assert_eq!(PartialBodyViews::try_from(BTreeMap::new()).unwrap_err(), NoViewsError);
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

    // Named like a view, and of no use.
    std::fs::write(folder.path().join("faceLeft.heic"), b"\0\0\0\x18ftypheic\0\0\0\0mif1heic").unwrap();
    std::fs::write(folder.path().join("footLeft.txt"), "see the other folder").unwrap();
    std::fs::create_dir(folder.path().join("trunkBack")).unwrap();
    let error = part().unwrap_err();
    let rejected = error.rejected().iter().map(|(view, _)| *view).collect::<Vec<_>>();
    assert_eq!(rejected, [View::FaceLeft, View::FootLeft, View::TrunkBack]);
    assert!(error.missing().is_empty(), "{error}");
}
