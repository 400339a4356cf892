//! A result belongs to the images it was asked for, whatever else goes on.

use crate::support::{Device, answer, identity, image, ok, report, token};
use futures_util::future::{join_all, poll_fn};
use legit_health::Client;
use serde_json::json;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::task::Poll;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_calls_at_once_each_get_their_own_answer() {
    let device = Device::obliging();
    let client = device.client();
    let calls = (0..1_000u32).map(|call| {
        let client: Client = client.clone();
        tokio::spawn(async move {
            let images = [image(3 * call), image(3 * call + 1), image(3 * call + 2)];
            let report = client.diagnosis_support(images).await.unwrap();
            for (place, found) in report.images.iter().enumerate() {
                let expected = 3 * call + place as u32;
                assert_eq!(found.conclusions[0].condition.label(), format!("image {expected}"));
                let heat_map = found.conclusions[0].heat_map.as_ref().unwrap();
                assert_eq!(identity(&heat_map.data), expected);
            }
        })
    });
    for call in join_all(calls).await {
        call.unwrap();
    }
    assert_eq!(device.paths().iter().filter(|path| path.ends_with("/login")).count(), 1);
    assert!(device.seen().iter().all(|seen| seen.content_length == Some(seen.body.len())));
}

/// Dropping a call after any number of polls leaves the client as it was.
#[tokio::test]
async fn a_call_that_is_dropped_half_way_harms_no_other() {
    let calm = Arc::new(AtomicBool::new(false));
    let device = Device::answering({
        let calm = calm.clone();
        move |seen, before| match seen.path.as_str() {
            "/v2.0/login" => ok(token(&format!("token-{before}"), 60)),
            _ if before % 3 == 0 && !calm.load(SeqCst) => answer(401, json!({"detail": "Expired token"})),
            _ => ok(report(&seen.images())),
        }
    });
    let client = device.client();
    let mut dropped = 0;
    for polls in 0..40 {
        let mut call = pin!(client.diagnosis_support(image(polls)));
        let ended =
            poll_fn(|context| Poll::Ready((0..polls).any(|_| call.as_mut().poll(context).is_ready()))).await;
        dropped += u32::from(!ended);
    }
    assert!(dropped > 10, "only {dropped} calls were under way when they were dropped");

    calm.store(true, SeqCst);
    let report = client.diagnosis_support([image(7), image(8)]).await.unwrap();
    assert_eq!(report.images[1].conclusions[0].condition.label(), "image 8");
}
