//! Every member of a report of diagnosis support.

use crate::comparison::{Document, Said};
use crate::contract::{self, OPTIONAL, Optional};
use crate::device::{Device, base64, image, png};
use crate::members::{NOT_HANDED_OUT, concept, output_image, stored, validity};
use legit_health::images::SupportImages;
use legit_health::report::{
    ClinicalIndicators, Coding, Concept, Conclusion, ImageConclusion, ImageFindings, Performance,
};
use legit_health::{DiagnosisSupport, ErrorKind};
use serde_json::{Value, json};

async fn read(document: &Value) -> DiagnosisSupport {
    let images = [image(1), image(2), image(3)];
    Device::responding(document.clone()).client().diagnosis_support(images).await.unwrap()
}

/// Reads the report on three images that the contract describes.
pub(crate) async fn report() -> DiagnosisSupport {
    read(&contract::document("DiagnosisSupportReport", Optional::Present, &[])).await
}

#[tokio::test]
async fn images_are_sent_in_their_order() {
    let document = contract::document("DiagnosisSupportReport", Optional::Absent, &[]);
    let images = || [image(1), image(2), image(3)];
    let (array, list) = (Device::responding(document.clone()), Device::responding(document));
    array.client().diagnosis_support(images()).await.unwrap();
    list.client().diagnosis_support(SupportImages::try_from(Vec::from(images())).unwrap()).await.unwrap();
    let media =
        |number| json!({"contentAttachment": {"data": base64(&png(number)), "contentType": "image/png"}});
    let expected = json!({"payload": [media(1), media(2), media(3)]});
    assert_eq!((array.request(), list.request()), (expected.clone(), expected));
}

#[test]
fn a_wrong_number_of_images_is_refused_with_the_way_out() {
    let error = |count| SupportImages::try_from((0..count).map(image).collect::<Vec<_>>()).unwrap_err();
    assert_eq!((error(0).given(), error(4).given()), (0, 4));
    let (none, four) = (error(0).to_string(), error(4).to_string());
    assert!(none.contains("takes 1 to 3, not 0; add an image"), "{none}");
    assert!(four.contains("takes 1 to 3, not 4; send the others in another call"), "{four}");
}

#[tokio::test]
async fn every_member_is_handed_out() {
    for (round, optional) in OPTIONAL.into_iter().enumerate() {
        let mut document = contract::document("DiagnosisSupportReport", optional, &[]);
        // Three reports on three images have room for all eight combinations of the three flags.
        for image in 0..3 {
            let flag = |place: usize| json!((round * 3 + image) >> place & 1 == 1);
            let validity = &mut document["imagingAnalysis"][image]["mediaValidity"];
            validity["isValid"] = flag(0);
            validity["domain"]["isDermatological"] = flag(1);
            validity["quality"]["acceptable"] = flag(2);
        }
        let result = read(&document).await;
        for result in [&result, &stored(&result)] {
            let document = Document::new(document.clone());
            compare(&document.said(), result);
            document.assert_all_compared(&NOT_HANDED_OUT);
        }
    }
}

fn compare(said: &Said<'_>, result: &DiagnosisSupport) {
    said.member("identifier").is("value", &result.identifier);
    said.is("status", &result.status);
    said.is("issued", result.issued.as_str());
    said.is("analysisDuration", result.analysis_seconds);
    said.list("category", &result.category, concept);
    said.optional("code", result.code.as_ref(), concept);
    said.list("conclusion", &result.conclusions, |said, conclusion| {
        let Conclusion { probability, condition, .. } = conclusion;
        said.is("probability", probability.get());
        concept(&said.member("code"), condition);
    });
    indicators(&said.member("clinicalIndicator"), &result.indicators);
    let Performance { sensitivity, specificity, entropy, .. } = result.performance;
    let performance = said.member("performanceIndicator");
    performance.is("sensitivity", sensitivity.get());
    performance.is("specificity", specificity.get());
    performance.is("entropy", entropy.get());
    said.list("imagingAnalysis", &result.images, image_findings);
    let known = [
        "resourceType",
        "identifier",
        "status",
        "issued",
        "analysisDuration",
        "category",
        "code",
        "clinicalIndicator",
        "performanceIndicator",
        "conclusion",
        "imagingAnalysis",
    ];
    said.unknown_fields(&known, &result.unknown_fields);
}

fn indicators(said: &Said<'_>, result: &ClinicalIndicators) {
    said.is("hasCondition", result.has_condition.get());
    said.is("pigmentedLesion", result.pigmented_lesion.get());
    said.is("malignancy", result.malignancy.get());
    said.is("urgentReferral", result.urgent_referral.get());
    said.is("highPriorityReferral", result.high_priority_referral.get());
}

fn image_findings(said: &Said<'_>, result: &ImageFindings) {
    validity(&said.member("mediaValidity"), &result.validity);
    said.list("conclusion", &result.conclusions, |said, conclusion| {
        let ImageConclusion { probability, condition, heat_map, .. } = conclusion;
        said.is("probability", probability.get());
        concept(&said.member("code"), condition);
        said.member("explainability").optional("heatMap", heat_map.as_ref(), output_image);
    });
    indicators(&said.member("clinicalIndicator"), &result.indicators);
    said.member("performanceIndicator").is("entropy", result.entropy.get());
}

#[tokio::test]
async fn the_order_is_that_of_the_device_and_not_that_of_the_probabilities() {
    const UNSORTED: [f64; 3] = [20.5, 60.5, 40.5];
    let mut document = contract::document("DiagnosisSupportReport", Optional::Present, &[]);
    for (entry, probability) in UNSORTED.into_iter().enumerate() {
        document["conclusion"][entry]["probability"] = json!(probability);
        document["imagingAnalysis"][1]["conclusion"][entry]["probability"] = json!(probability);
    }
    let report = read(&document).await;
    let case = report.conclusions.iter().map(|conclusion| conclusion.probability.get());
    assert_eq!(case.collect::<Vec<_>>(), UNSORTED);
    let image = report.images[1].conclusions.iter().map(|conclusion| conclusion.probability.get());
    assert_eq!(image.collect::<Vec<_>>(), UNSORTED);
}

#[tokio::test]
async fn unusable_images_are_those_that_the_device_calls_invalid() {
    let mut report = report().await;
    for image in &mut report.images {
        (image.validity.is_valid, image.validity.quality.acceptable, image.validity.is_dermatological) =
            (true, false, false);
    }
    let unusable = |report: &DiagnosisSupport| -> Vec<usize> {
        let found = report.unusable_images();
        found
            .inspect(|(place, image)| assert!(report.images[*place] == **image))
            .map(|(place, _)| place)
            .collect()
    };
    assert!(unusable(&report).is_empty());
    for place in [2, 0] {
        let validity = &mut report.images[place].validity;
        (validity.is_valid, validity.quality.acceptable, validity.is_dermatological) = (false, true, true);
    }
    assert_eq!(unusable(&report), [0, 2]);
}

#[tokio::test]
async fn only_a_sandbox_marks_its_reports() {
    let mut document = contract::document("DiagnosisSupportReport", Optional::Present, &[]);
    assert!(!read(&document).await.is_from_sandbox());
    document["sandbox"] = json!({"notice": "made up"});
    assert!(stored(&read(&document).await).is_from_sandbox());
}

#[tokio::test]
async fn a_report_on_another_number_of_images_is_invalid() {
    let document = contract::document("DiagnosisSupportReport", Optional::Present, &[]);
    let client = Device::responding(document).client();
    let words = "the response does not report on as many images as were sent";
    for result in [client.diagnosis_support([image(1), image(2)]), client.diagnosis_support(image(1))] {
        let error = result.await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidResponse);
        assert!(error.to_string().starts_with(words), "{error}");
    }
    let mut document = contract::document("DiagnosisSupportReport", Optional::Present, &[]);
    document["imagingAnalysis"].as_array_mut().unwrap().pop();
    let images = [image(1), image(2), image(3)];
    let error = Device::responding(document).client().diagnosis_support(images).await.unwrap_err();
    assert!(error.to_string().starts_with(words), "{error}");
}

#[test]
fn the_icd_11_code_is_the_first_of_that_system() {
    let own =
        json!({"code": "own", "systemDisplay": "Legit.Health", "system": "ICD-11", "display": "ICD-11"});
    let bare = json!({"code": "bare"});
    let icd11 = json!({"code": "EA90", "systemDisplay": "ICD-11"});
    let another = json!({"code": "2F20.Z", "systemDisplay": "ICD-11"});
    for (codings, expected) in [
        (json!([icd11, another, own]), Some("EA90")),
        (json!([own, icd11, another]), Some("EA90")),
        (json!([bare, own, another, icd11]), Some("2F20.Z")),
        (json!([icd11]), Some("EA90")),
        (json!([own]), None),
        (json!([bare, own]), None),
        (json!([]), None),
    ] {
        let concept: Concept = serde_json::from_value(json!({"text": "ICD-11", "codings": codings})).unwrap();
        assert_eq!(concept.icd11(), expected, "{codings}");
    }
}

#[test]
fn a_label_is_the_name_else_the_first_title_else_the_first_code() {
    let label = |concept: Value| serde_json::from_value::<Concept>(concept).unwrap().label().to_owned();
    let codings = json!([{"code": "1", "display": "one"}, {"code": "2", "display": "two"}]);
    assert_eq!(label(json!({"text": "name", "codings": codings})), "name");
    assert_eq!(label(json!({"codings": codings})), "one");
    assert_eq!(label(json!({"codings": [{"code": "1"}, {"code": "2", "display": "two"}]})), "1");
    assert_eq!(label(json!({})), "(without a name)");
}

#[tokio::test]
async fn debug_shows_structure_only() {
    let report = report().await;
    let mut shown = format!("{report:?}{:?}{:?}{:?}", report.indicators, report.performance, report.code);
    for image in &report.images {
        shown += &format!("{image:?}{:?}{:?}", image.conclusions, image.validity.quality);
    }
    let coding: Option<&Coding> = report.conclusions[0].condition.codings.first();
    shown += &format!("{:?}{coding:?}", report.conclusions);
    assert!(shown.contains("is_valid: false") && shown.contains("conclusions: 3"), "{shown}");
    // Each text of the document begins with a slash, and each number has a fraction.
    assert!(!shown.contains('/') && !shown.contains(".0") && !shown.contains(".5"), "{shown}");
}
