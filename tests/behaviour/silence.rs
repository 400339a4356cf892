//! Nothing prints what it should not: needles are planted and looked for.

use crate::support::{Device, answer, identity, image, ok, picture, token};
use legit_health::triage::TriagePolicy;
use legit_health::{Client, Credentials, DiagnosisSupport, Error, Image, Percent};
use serde_json::{Value, json};

const NEEDLE: &str = "N33DLE";

/// Everything that a program is likely to print about an error.
fn printed(error: &Error) -> String {
    let mut text = format!("{error} {error:?} {error:#?}");
    let mut cause = std::error::Error::source(error);
    while let Some(next) = cause {
        text += &format!(" {next} {next:?}");
        cause = next.source();
    }
    text
}

fn bodies() -> [(u16, Value); 5] {
    [
        (200, json!({"access_token": NEEDLE})),
        (200, json!({"access_token": NEEDLE, "token_type": NEEDLE, "expires_in_minutes": NEEDLE})),
        (401, json!({"detail": NEEDLE})),
        (422, json!({"detail": [{"type": NEEDLE, "loc": ["body", NEEDLE], "msg": NEEDLE, "input": NEEDLE}]})),
        (500, json!(NEEDLE)),
    ]
}

fn client(device: Device) -> Client {
    Client::builder()
        .base_url("https://device.example/v2.0")
        .credentials(Credentials::password(NEEDLE, NEEDLE))
        .http_client(device)
        .build()
        .unwrap()
}

#[tokio::test]
async fn a_failed_login_repeats_nothing() {
    for (status, body) in bodies() {
        let client = client(Device::answering(move |_, _| answer(status, body.clone())));
        let error = client.diagnosis_support(image(1)).await.unwrap_err();
        assert!(!printed(&error).contains(NEEDLE), "{status}: {}", printed(&error));
        assert!(!format!("{client:?}").contains(NEEDLE));
    }
}

#[tokio::test]
async fn a_failed_analysis_repeats_nothing() {
    for (status, body) in bodies() {
        let device = Device::answering(move |seen, _| match seen.path.as_str() {
            "/v2.0/login" => ok(token(NEEDLE, 60)),
            _ => answer(status, body.clone()),
        });
        let error = client(device.clone()).diagnosis_support(image(1)).await.unwrap_err();
        assert!(device.paths().iter().any(|path| path.ends_with("/diagnosis-support")));
        assert!(!printed(&error).contains(NEEDLE), "{status}: {}", printed(&error));
    }
}

#[tokio::test]
async fn an_order_of_urgency_is_a_finding_too() {
    let report = Device::obliging().client().diagnosis_support(image(1)).await.unwrap();
    let policy = TriagePolicy {
        urgent_referral: Percent::ZERO,
        malignancy: Percent::ZERO,
        high_priority_referral: Percent::ZERO,
    };
    let shown = format!("{:?}", policy.apply(&report));
    assert!(!shown.contains("Urgent") && !shown.contains("Malignancy"), "{shown}");
}

#[tokio::test]
async fn a_report_shows_its_structure_and_no_finding() {
    let device = Device::answering(|seen, _| match seen.path.as_str() {
        "/v2.0/login" => ok(token("t", 60)),
        _ => {
            let text = crate::support::report(&seen.images()).to_string();
            ok(serde_json::from_str(&text.replace("Psoriasis", NEEDLE).replace("EA90", NEEDLE)).unwrap())
        }
    });
    let report = device.client().diagnosis_support(image(1)).await.unwrap();
    let shown = format!("{report:?}");
    assert!(shown.contains("conclusions: 1"), "{shown}");
    for hidden in [NEEDLE, "78.4", "97.3", "image 1"] {
        assert!(!shown.contains(hidden), "{hidden} in {shown}");
    }
    let DiagnosisSupport { conclusions, indicators, performance, images, .. } = report;
    let parts =
        format!("{conclusions:?} {indicators:?} {performance:?} {images:?} {:?}", images[0].conclusions);
    assert!(!parts.contains(NEEDLE) && !parts.contains("78.4"), "{parts}");
}

#[test]
fn a_file_name_stays_with_the_caller() {
    let path = std::env::temp_dir().join(NEEDLE);
    let error = Image::open(&path).unwrap_err();
    assert!(!format!("{error} {error:?}").contains(NEEDLE));
    assert_eq!(error.path(), Some(path.as_path()));
    assert!(!printed(&Error::from(error)).contains(NEEDLE));
}

#[test]
fn an_image_shows_its_shape_only() {
    let shown = format!("{:?}", Image::from_bytes(picture(7)).unwrap());
    assert!(shown.contains('4') && !shown.contains("137"), "{shown}");
    assert_eq!(identity(&picture(7)), 7);
}
