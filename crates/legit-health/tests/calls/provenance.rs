//! The origin of a result.

use crate::contract::{self, Optional};
use crate::device::{Device, REQUEST_ID, image};
use legit_health::calls::{Provenance, Reply, Sha256Digest};
use legit_health::scale::{Avasi, Uas};
use legit_health::views::{PartialBodyViews, View};
use legit_health::{BodySite, DiagnosisSupport, answer};
use serde_json::json;
use std::time::{Duration, SystemTime};

#[tokio::test]
async fn a_reply_says_where_its_result_comes_from() {
    let document = contract::document("DiagnosisSupportReport", Optional::Present, &[]);
    let device = Device::responding(document.clone());
    let before = SystemTime::now();
    let call = device.client().diagnosis_support([image(1), image(2), image(3)]);
    let mut reply = call.reference("case 17").record_digests().keep_json().reply().await.unwrap();

    let Provenance {
        operation,
        reference,
        request_id,
        device_version,
        attempts,
        started,
        ended,
        sent,
        received,
        ..
    } = &reply.provenance;
    assert_eq!((operation.as_str(), *attempts), ("diagnosis_support", 1));
    assert_eq!((reference.as_deref(), request_id.as_deref()), (Some("case 17"), Some(REQUEST_ID)));
    assert_eq!(*device_version, None);
    let received_at = device.seen()[0].at;
    assert!(before <= *started && *started <= received_at);
    assert!(received_at <= *ended && *ended <= SystemTime::now());
    assert_eq!(*sent, Some(Sha256Digest::of(&device.seen()[0].body)));
    assert_eq!(*received, Some(Sha256Digest::of(document.to_string().as_bytes())));
    assert_ne!(sent, received);
    assert_eq!(reply.json.as_deref(), Some(&*document.to_string()));
    assert_eq!(reply.unknown_fields.paths().collect::<Vec<_>>(), ["/newMember"]);

    // Times are stored in milliseconds.
    let whole = |time: SystemTime| {
        let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap();
        SystemTime::UNIX_EPOCH + Duration::from_millis(since.as_millis().try_into().unwrap())
    };
    reply.provenance.started = whole(reply.provenance.started);
    reply.provenance.ended = whole(reply.provenance.ended) + Duration::from_secs(90);
    let stored = json!(reply);
    assert_eq!(stored["unknownFields"], json!({"paths": ["/newMember"], "hasMore": false}));
    assert!(serde_json::from_value::<Reply<DiagnosisSupport>>(stored).unwrap() == reply);
}

#[tokio::test]
async fn each_operation_has_its_name_and_nothing_that_was_not_asked_for() {
    let report = contract::document("SeverityReport", Optional::Present, &["uas", "avasi"]);
    let client = Device::responding(report).client();
    let at = client.severity("urticaria").at(BodySite::ArmLeft);
    let views = PartialBodyViews::one(View::FaceFront, image(1));
    let answers = Uas { pruritus: answer!(1), wheals: answer!(2) };
    let manual = at.manual(answers).reply().await.unwrap();
    let local = at.local(image(1), Avasi).reply().await.unwrap();
    assert_eq!((&manual.json, &local.json), (&None, &None));
    let global = contract::document("GlobalSeverityReport", Optional::Absent, &["avasi"]);
    let client = Device::responding(global).client();
    let global = client.severity("vitiligo").global(Avasi, views).reply().await.unwrap();
    let operations = [manual.provenance, local.provenance, global.provenance].map(|provenance| {
        assert_eq!((provenance.sent, provenance.received, provenance.reference), (None, None, None));
        provenance.operation
    });
    assert_eq!(operations, ["severity_manual", "severity_local", "severity_global"]);
}

#[tokio::test]
async fn the_version_of_the_device_is_known_from_its_label_on() {
    let label = contract::document("DeviceInformation", Optional::Present, &[]);
    let client = Device::responding(label).client();
    let version = async || client.device_information().reply().await.unwrap().provenance.device_version;
    assert_eq!(version().await, None);
    let all = "/version/0/value, /version/1/value, /version/2/value";
    assert_eq!(version().await.as_deref(), Some(all));
}

#[test]
fn a_stored_provenance_names_its_parts() {
    let stored = json!({
        "operation": "severity_local", "reference": "case 17", "requestId": "request-5", "deviceVersion": "1.1.0",
        "attempts": 3, "started": "2026-03-02T10:15:30.250Z", "ended": "2026-03-02T10:17:00.125Z",
        "sent": "1".repeat(64), "received": "2".repeat(64),
    });
    let mut read: Provenance = serde_json::from_value(stored.clone()).unwrap();
    assert_eq!(read.ended.duration_since(read.started).unwrap(), Duration::from_millis(89_875));
    assert_eq!((read.sent, read.received), (Some(Sha256Digest([0x11; 32])), Some(Sha256Digest([0x22; 32]))));
    assert_eq!((read.attempts, read.device_version.as_deref()), (3, Some("1.1.0")));
    assert_eq!(json!(read), stored);
    read.started = SystemTime::UNIX_EPOCH - Duration::from_secs(1);
    assert_eq!(json!(read)["started"], "1970-01-01T00:00:00.000Z", "a wrong clock does not lose a result");
}
