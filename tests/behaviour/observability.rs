//! Provenance, audit log and metrics.

use crate::support::{Device, image, ok, report, response, token};
use legit_health::calls::{Provenance, Sha256Digest};
use legit_health::observe::{AttemptEnd, Audit, AuditEntry, CallEnd, CallOutcome, Observer};
use legit_health::{Delivery, ErrorKind, RetryPolicy};
use serde_json::json;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

#[derive(Clone, Default)]
struct Log {
    calls: Arc<Mutex<Vec<CallEnd>>>,
    attempts: Arc<Mutex<Vec<AttemptEnd>>>,
    entries: Arc<Mutex<Vec<AuditEntry>>>,
}

impl Observer for Log {
    fn call_ended(&self, call: &CallEnd) {
        self.calls.lock().unwrap().push(call.clone());
    }

    fn attempt_ended(&self, attempt: &AttemptEnd) {
        self.attempts.lock().unwrap().push(attempt.clone());
    }
}

impl Audit for Log {
    fn record(&self, entry: &AuditEntry) {
        self.entries.lock().unwrap().push(entry.clone());
    }
}

/// Fails once, then returns reports.
fn device() -> Device {
    Device::responding(|seen, before| match (seen.path.as_str(), before) {
        ("/v2.0/login", _) => ok(token("token-1", 60)),
        (_, 1) => response(503, json!(null)),
        _ => ok(report(&seen.images())),
    })
}

#[tokio::test]
async fn observers_see_every_call_and_attempt() {
    let (device, log) = (device(), Log::default());
    let retries = RetryPolicy::default().with_base_delay(Duration::ZERO);
    let builder = device.builder().retry_policy(retries).observer(log.clone()).audit(log.clone());
    let client = builder.build().unwrap();
    let before = SystemTime::now();
    let reply = client.diagnosis_support(image(1)).reference("case 17").reply().await.unwrap();

    let seen = device.seen();
    let provenance = &reply.provenance;
    assert_eq!(provenance.operation, "diagnosis_support");
    assert_eq!(provenance.reference.as_deref(), Some("case 17"));
    assert_eq!((provenance.request_id.as_deref(), provenance.attempts), (Some("request-7"), 2));
    assert_eq!(provenance.sent, Some(Sha256Digest::of(&seen[2].body)));
    let received = report(&seen[2].images()).to_string();
    assert_eq!(provenance.received, Some(Sha256Digest::of(received.as_bytes())));
    assert!(before <= provenance.started && provenance.started <= provenance.ended);
    assert!(seen.iter().all(|request| !String::from_utf8_lossy(&request.body).contains("case 17")));
    let stored = serde_json::to_string(provenance).unwrap();
    let read: Provenance = serde_json::from_str(&stored).unwrap();
    assert_eq!((read.sent, read.reference), (provenance.sent, provenance.reference.clone()));

    let calls: Vec<_> = log
        .calls
        .lock()
        .unwrap()
        .iter()
        .map(|call| (call.operation, call.outcome, call.status, call.attempts))
        .collect();
    let expected = [
        ("login", CallOutcome::Responded, Some(200), 1),
        ("diagnosis_support", CallOutcome::Responded, Some(200), 2),
    ];
    assert_eq!(calls, expected);
    let attempts: Vec<_> = log
        .attempts
        .lock()
        .unwrap()
        .iter()
        .map(|one| (one.operation, one.number, one.status, one.failure))
        .collect();
    let expected = [
        ("login", 1, Some(200), None),
        ("diagnosis_support", 1, Some(503), None),
        ("diagnosis_support", 2, Some(200), None),
    ];
    assert_eq!(attempts, expected);
    // Logins are not audited.
    let entries = log.entries.lock().unwrap();
    assert_eq!(entries.len(), 1);
    assert_eq!(&entries[0].provenance, provenance);
}

#[tokio::test]
async fn the_audit_log_holds_failed_and_dropped_calls() {
    let log = Log::default();
    let device = Device::after_login(|_| response(500, json!(null)));
    let client = device.builder().observer(log.clone()).audit(log.clone()).build().unwrap();
    client.diagnosis_support(image(1)).reference("failed").await.unwrap_err();
    let mut dropped = client.diagnosis_support(image(2)).reference("dropped");
    drop(futures_util::FutureExt::now_or_never(&mut dropped));
    drop(dropped);

    let entries = log.entries.lock().unwrap();
    let seen: Vec<_> = entries
        .iter()
        .map(|entry| {
            (entry.provenance.reference.as_deref().unwrap(), entry.outcome, entry.delivery, entry.status)
        })
        .collect();
    let expected = [
        ("failed", CallOutcome::Failed(ErrorKind::Server), Delivery::MayHaveRun, Some(500)),
        ("dropped", CallOutcome::Abandoned, Delivery::MayHaveRun, None),
    ];
    assert_eq!(seen, expected);
    assert!(!format!("{entries:?}").contains("dropped"));
}

#[tokio::test]
async fn digests_are_recorded_on_request() {
    let client = Device::reporting().client();
    let without = client.diagnosis_support(image(1)).reply().await.unwrap().provenance;
    assert_eq!((without.sent, without.received), (None, None));
    let with = client.diagnosis_support(image(1)).record_digests().reply().await.unwrap().provenance;
    assert!(with.sent.is_some() && with.received.is_some());
}

#[tokio::test]
async fn provenance_holds_the_device_version_once_known() {
    let device = Device::responding(|seen, _| match seen.path.as_str() {
        "/v2.0/login" => ok(token("token-1", 60)),
        path if path.ends_with("/diagnosis-support") => ok(report(&seen.images())),
        _ => crate::support::scripted_server::device_information(),
    });
    let client = device.client();
    let version =
        async || client.diagnosis_support(image(1)).reply().await.unwrap().provenance.device_version;
    assert_eq!(version().await, None);
    client.device_information().await.unwrap();
    assert_eq!(version().await.as_deref(), Some("1.1.0"));
}
