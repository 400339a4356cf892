//! Scores from answers alone.

use crate::comparison::Document;
use crate::contract::{self, OPTIONAL, Optional};
use crate::device::Device;
use crate::documents::{document, score};
use crate::local::compare;
use crate::members::{NOT_HANDED_OUT, stored};
use legit_health::codes::Intensity;
use legit_health::scale::{AnyScale, Dlqi, Pure4, Scale, Uas};
use legit_health::severity::ConditionCoding;
use legit_health::{BodySite, Condition, Delivery, ErrorKind, SeverityScore, answer};
use serde_json::{Value, json};

const PURE4: Pure4 = Pure4 { question1: true, question2: false, question3: false, question4: true };
const UAS: Uas = Uas { pruritus: answer!(3), wheals: answer!(2) };

#[tokio::test]
async fn the_request_is_that_of_the_guide() {
    let device = Device::responding(document(json!({"pure4": score(2.0, "Positive", 3)})));
    device.client().severity("psoriasis").at(BodySite::ArmLeft).manual(PURE4).await.unwrap();

    let seen = &device.seen()[0];
    assert_eq!(
        (seen.uri.as_str(), seen.authorization.as_deref()),
        ("https://device.example/v2.0/severity-assessment/manual", Some("Bearer token-1"))
    );
    assert_eq!(
        device.request(),
        json!({
            "bodySite": "armLeft",
            "knownCondition": {"conclusion": {"text": "psoriasis"}},
            "scoringSystem": {"pure4": {"questionnaireResponse": {"item": {
                "question1": 1, "question2": 0, "question3": 0, "question4": 1,
            }}}},
        })
    );
}

#[tokio::test]
async fn a_condition_can_have_codes() {
    let sent = async |condition: Condition| {
        let device = Device::responding(document(json!({"pure4": score(2.0, "Positive", 3)})));
        device.client().severity(condition).at(BodySite::from("newSite")).manual(PURE4).await.unwrap();
        assert_eq!(device.request()["bodySite"], "newSite");
        device.request()["knownCondition"]["conclusion"].clone()
    };
    assert_eq!(
        sent(Condition::icd11("EA90", "Psoriasis")).await,
        json!({"text": "Psoriasis", "coding": [{
            "code": "EA90", "display": "Psoriasis", "system": "https://icd.who.int/browse/2025-01/mms/en",
            "systemDisplay": "ICD-11", "version": "2025-01",
        }]})
    );
    let own = Condition::from("mine").with_coding(ConditionCoding::new("7", "d", "s", "own"));
    assert_eq!(
        sent(own).await,
        json!({"text": "mine", "coding": [
            {"code": "7", "display": "d", "system": "s", "systemDisplay": "own"},
        ]})
    );
}

#[tokio::test]
async fn every_member_of_a_report_on_answers_is_handed_out() {
    for optional in OPTIONAL {
        let made = contract::document("SeverityReport", optional, &["brandNew", "pure4", "uas"]);
        let client = Device::responding(made.clone()).client();
        let site = client.severity("urticaria").at(BodySite::TrunkFront);
        let sheet = AnyScale::new("brandNew", [("itch", 3.9)]).unwrap();
        let (uas, new, pure4) = site.manual((UAS, sheet, PURE4)).await.unwrap();
        let document = Document::new(made);
        compare(&document.said(), &uas);
        compare(&document.said(), &new);
        compare(&document.said(), &pure4);
        document.assert_all_compared(&NOT_HANDED_OUT);
        assert!(!uas.is_from_sandbox());
    }
}

/// The older shape takes precedence where both are there and disagree, in category and grade.
#[tokio::test]
async fn each_shape_of_a_score_is_read() {
    let mut made = contract::document("SeverityReport", Optional::Present, &["brandNew", "pure4", "uas"]);
    let evolution = &mut made["patientEvolution"];
    evolution["uas"]["score"]["severity"] = Value::Null;
    evolution["pure4"]["score"]["interpretation"] = Value::Null;
    let bands = &mut evolution["pure4"]["score"]["severity"];
    bands["value"] = bands["interpretations"][1]["coding"][2]["code"].clone();
    let both = &mut evolution["brandNew"]["score"];
    both["severity"]["value"] = both["severity"]["interpretations"][1]["coding"][2]["code"].clone();
    assert_ne!(both["severity"]["value"], both["interpretation"]["intensity"]);
    made["sandbox"] = json!({"notice": "made up"});

    let client = Device::responding(made.clone()).client();
    let site = client.severity("urticaria").at(BodySite::TrunkFront);
    let sheet = AnyScale::new("brandNew", [("itch", 3.9)]).unwrap();
    let (new, pure4, uas) = site.manual((sheet, PURE4, UAS)).await.unwrap();
    let document = Document::new(made.clone());
    compare(&document.said(), &new);
    compare(&document.said(), &pure4);
    compare(&document.said(), &uas);
    document.assert_all_compared(&NOT_HANDED_OUT);
    assert_eq!((uas.bands.len(), pure4.bands.len(), new.bands.len()), (0, 3, 3));
    let named = &made["patientEvolution"]["pure4"]["score"]["severity"]["interpretations"][1]["text"];
    assert_eq!(json!(pure4.category), *named);
    assert!(uas.is_from_sandbox() && stored(&new).is_from_sandbox());
}

#[tokio::test]
async fn several_scores_are_in_the_order_of_their_sheets() {
    let device = Device::responding(document(json!({
        "brandNew": score(3.0, "c", 1), "pure4": score(1.0, "a", 0), "uas": score(2.0, "b", 2),
    })));
    let client = device.client();
    let site = client.severity("urticaria").at(BodySite::TrunkFront);
    let sheet = AnyScale::new("brandNew", [("itch", 3.9)]).unwrap();

    let reply = site.manual((UAS, sheet, PURE4)).keep_json().reply().await.unwrap();
    assert!(reply.json.unwrap().contains("brandNew"));
    let (uas, new, pure4): (SeverityScore<Uas>, SeverityScore<AnyScale>, SeverityScore<Pure4>) = reply.value;
    assert_eq!((uas.value, new.value, pure4.value), (2.0, 3.0, 1.0));
    assert_eq!((uas.scale.code().as_str(), new.scale.code().as_str()), ("uas", "brandNew"));
    assert_eq!(
        device.request()["scoringSystem"],
        json!({
            "pure4": {"questionnaireResponse": {"item": {"question1": 1, "question2": 0, "question3": 0, "question4": 1}}},
            "uas": {"questionnaireResponse": {"item": {"pruritus": 3, "wheals": 2}}},
            "brandNew": {"questionnaireResponse": {"item": {"itch": 3.9}}},
        })
    );
    let (pure4, uas) = site.manual((PURE4, UAS)).await.unwrap();
    assert_eq!((pure4.value, uas.value), (1.0, 2.0));
}

#[tokio::test]
async fn a_response_without_a_requested_score_is_invalid() {
    for evolution in [json!({"pure4": score(1.0, "a", 0)}), json!({"pure4": score(1.0, "a", 0), "uas": null})]
    {
        let device = Device::responding(document(evolution));
        let error = device.client().severity("x").at(BodySite::Scalp).manual((PURE4, UAS)).await.unwrap_err();
        assert_eq!((error.kind(), error.delivery()), (ErrorKind::InvalidResponse, Delivery::Responded));
        assert_eq!(
            error.to_string(),
            "the response has no score for the scale `uas` (status 200, request request-7)"
        );
    }
}

#[tokio::test]
async fn a_repeated_scale_is_refused_before_anything_is_sent() {
    let device = Device::responding(json!({}));
    let client = device.client();
    let site = client.severity("psoriasis").at(BodySite::ArmLeft);
    let twice = site.manual((PURE4, PURE4)).await.unwrap_err();
    let hidden = site.manual((PURE4, AnyScale::of(&PURE4))).await.unwrap_err();
    for error in [&twice, &hidden] {
        assert_eq!((error.kind(), error.delivery()), (ErrorKind::InvalidAnswers, Delivery::NotSent));
    }
    assert_eq!(twice.to_string(), "the same scale was given twice: send the second in a separate call");
    assert!(device.seen().is_empty());
}

#[tokio::test]
async fn the_newer_shape_is_read_and_unknown_grades_stay_unknown() {
    let read = async |score: Value| {
        let device = Device::responding(document(json!({"pure4": {"score": score}})));
        device.client().severity("x").at(BodySite::Scalp).manual(PURE4).await.unwrap()
    };
    let newer = read(json!({"value": 12, "severity": {"value": 2, "interpretations": [
        {"min": 0, "max": 9, "text": "Small", "coding": [{"code": 1, "display": "low"}]},
        {"min": 10, "max": null, "text": "Large", "coding": [{"code": 2, "display": "moderate"}]},
    ]}}))
    .await;
    assert_eq!((newer.category.as_deref(), newer.intensity), (Some("Large"), Some(Intensity::Moderate)));
    assert_eq!(newer.bands.len(), 2);
    assert_eq!((newer.bands[0].max, newer.bands[1].max), (Some(9.0), None));

    let unknown = read(json!({"value": 1, "interpretation": {"category": "Odd", "intensity": 7}})).await;
    let grade = unknown.intensity.unwrap();
    assert_eq!(grade, Intensity::Unknown(7));
    assert_eq!((grade.at_least(Intensity::Low), grade < Intensity::Low), (None, false));
    assert_eq!(Intensity::High.at_least(Intensity::Moderate), Some(true));
    assert_eq!(Intensity::Low.at_least(Intensity::Moderate), Some(false));

    let bare = read(json!({"value": 1})).await;
    assert_eq!((bare.category, bare.intensity), (None, None));
}

#[test]
fn a_stored_score_is_refused_for_another_scale() {
    let stored = json!(SeverityScore::<Uas>::new(5.0));
    let error = serde_json::from_value::<SeverityScore<Dlqi>>(stored).err().unwrap();
    assert!(error.to_string().contains("another scale"), "{error}");
    assert!(SeverityScore::any("uas", 5.0) != SeverityScore::any("pure4", 5.0));
}

#[tokio::test]
async fn debug_shows_structure_only() {
    let device = Device::responding(document(json!({"uas": score(5.0, "NEEDLE", 3)})));
    let client = device.client();
    let condition = Condition::icd11("NEEDLE", "NEEDLE");
    let sheet = AnyScale::new("new", [("NEEDLE", 3)]).unwrap();
    let severity = client.severity(condition.clone());
    let site = severity.clone().at(BodySite::Genital);
    let call = site.manual(UAS);
    let before = format!("{condition:?}{:?}{sheet:?}{severity:?}{site:?}{call:?}{UAS:?}", condition.codings);
    assert!(!before.contains("NEEDLE") && !before.contains("Genital"), "{before}");
    let reply = call.reply().await.unwrap();
    let after = format!("{reply:?}");
    assert!(after.contains("SeverityScore") && after.contains("uas"), "{after}");
    assert!(!after.contains("NEEDLE") && !after.contains("High"), "{after}");
    // The times in the reply contain digits.
    let score = format!("{:?}", reply.value);
    assert!(!score.contains('5'), "{score}");
}

#[test]
fn the_known_conditions_of_a_scale_can_be_passed() {
    let condition = Condition::from(Dlqi::CONDITIONS[0]);
    assert_eq!(condition.codings[0].code, "2F20.Z");
}
