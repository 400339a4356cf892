//! The ready-made documents keep the contract, and say what they are.

use crate::support::photo;
use legit_health::DiagnosisSupport;
use legit_health_httpmock::{MockDevice, client, document};
use serde_json::json;

#[tokio::test]
async fn a_report_on_three_images_can_be_changed_and_stored() {
    let device = MockDevice::start();
    let mut made = document::diagnosis_support(3);
    made.imaging_analysis[1] = document::unusable_image();
    device.diagnosis_support(|_, then| {
        then.ok(&made);
    });
    let report = client!(device).diagnosis_support([photo(), photo(), photo()]).await.unwrap();
    let unusable: Vec<usize> = report.unusable_images().map(|(place, _)| place).collect();
    assert_eq!(unusable, [1]);
    assert_eq!(
        report.unknown_fields["mock"],
        json!({"notice": "Made up by legit-health-httpmock, for a test."})
    );
    let stored = serde_json::to_string(&*report).unwrap();
    assert_eq!(serde_json::from_str::<DiagnosisSupport>(&stored).unwrap(), *report);
}

#[test]
fn a_fault_names_members_and_places_in_lists() {
    let body = json!(document::fault(["body", "payload", "0", "data"], "missing", "Field required"));
    assert_eq!(
        body,
        json!({"detail": [{"loc": ["body", "payload", 0, "data"], "type": "missing", "msg": "Field required"}]})
    );
}
