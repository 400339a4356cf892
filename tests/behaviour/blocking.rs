//! The client for programs without an async runtime, over sockets.

use crate::support::scripted_server::ManualClock;
use crate::support::socket::{Answer, Server, obliging};
use crate::support::{Device, answer, image, ok, report, token};
use http::{Request, Response};
use legit_health::blocking::{Catalog, Client};
use legit_health::http_client::{HttpClient, HttpError, RequestBody, ResponseBody};
use legit_health::scale::{Apasi, Avasi, Uas};
use legit_health::views::{PartialBodyViews, View};
use legit_health::{BodySite, BoxFuture, Credentials, Delivery, ErrorKind, Image, answer};
use legit_health_sandbox::{Sandbox, samples};
use serde_json::json;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering::SeqCst;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;
use tokio::runtime::Runtime;

/// For the other side, which is async. The tests themselves are not.
fn elsewhere() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}

fn blocking(client: legit_health::Client) -> Client {
    Client::new(client).unwrap()
}

#[test]
fn every_call_brings_its_result() {
    let runtime = elsewhere();
    let sandbox = runtime.block_on(Sandbox::start()).unwrap();
    let account = sandbox.account();
    let client = blocking(
        legit_health::Client::builder()
            .base_url(sandbox.base_url())
            .credentials(Credentials::password(account.username.as_str(), account.password.as_str()))
            .build()
            .unwrap(),
    );
    let photo = || Image::from_bytes(samples::all()[0].bytes.clone()).unwrap();

    client.login().unwrap();
    assert_eq!(client.diagnosis_support([photo(), photo()]).unwrap().images.len(), 2);
    assert!(!client.device_information().unwrap().versions.is_empty());

    let arm = client.severity("urticaria").at(BodySite::ArmLeft);
    let uas = arm.manual(Uas { pruritus: answer!(2), wheals: answer!(1) }).unwrap();
    assert_eq!(uas.value, 3.0);
    assert_eq!(arm.local(photo(), Apasi { surface: answer!(2) }).unwrap().scale.code().as_str(), "apasi");
    let views = PartialBodyViews::one(View::FaceLeft, photo());
    assert!(client.severity("vitiligo").global(Avasi, views).unwrap().is_partial());

    let alone = legit_health::catalog::Catalog::new(sandbox.catalog_url()).unwrap();
    for catalog in [client.catalog(), Catalog::new(alone).unwrap()] {
        assert!(!catalog.body_sites().unwrap().is_empty());
        assert!(!catalog.questionnaires("EA90").unwrap().is_empty());
        assert!(!catalog.clinical_signs().unwrap().is_empty());
    }
}

#[test]
fn what_can_be_said_about_a_call_is_said_in_run() {
    let client = blocking(Device::obliging().client());
    let reply = client
        .run(|client| client.diagnosis_support(image(1)).reference("case 17").record_digests().reply())
        .unwrap();
    assert_eq!(reply.provenance.reference.as_deref(), Some("case 17"));
    assert!(reply.provenance.sent.is_some());

    let busy = blocking(Device::answering(|_, _| answer(503, json!({"detail": "no"}))).client());
    let error = busy.run(|client| client.catalog().body_sites().max_attempts(1)).unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Server, Some(503)));
}

/// Not a panic, and not a runtime that stands still. Dropping it there does no harm either.
#[tokio::test]
async fn inside_a_runtime_it_is_an_error_that_says_so() {
    let device = Device::obliging();
    let client = blocking(device.client());
    let errors = [
        client.diagnosis_support(image(1)).unwrap_err(),
        client.login().unwrap_err(),
        client.catalog().body_sites().unwrap_err(),
    ];
    for error in errors {
        assert_eq!(
            (error.kind(), error.delivery()),
            (ErrorKind::Configuration, Delivery::NotSent),
            "{error}"
        );
        assert!(error.to_string().ends_with("use the async client and `.await`"), "{error}");
    }
    assert!(device.paths().is_empty());
    drop(client);
}

#[test]
fn it_is_shared_by_threads_and_each_gets_its_own_answer() {
    fn is_shared<T: Clone + Send + Sync + 'static>(_: &T) {}
    let runtime = elsewhere();
    let device = runtime.block_on(Server::plain(obliging));
    let client = blocking(device.client());
    is_shared(&client);
    is_shared(&client.catalog());
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let client = client.clone();
            scope.spawn(move || {
                for call in 0..20 {
                    let patient = 100 * thread + call;
                    let report = client.diagnosis_support(image(patient)).unwrap();
                    assert_eq!(report.images[0].conclusions[0].condition.label(), format!("image {patient}"));
                }
            });
        }
    });
    assert_eq!(device.paths().iter().filter(|path| path.ends_with("/login")).count(), 1);
}

#[test]
fn connections_live_between_calls() {
    let runtime = elsewhere();
    let device = runtime.block_on(Server::plain(obliging));
    let client = blocking(device.client());
    for patient in 0..10 {
        client.diagnosis_support(image(patient)).unwrap();
    }
    // One, or another where a call came before the last connection was put back.
    let connections = runtime.block_on(device.connections());
    assert!(connections < 5, "{connections} connections for 11 requests");
}

#[test]
fn a_token_is_renewed_while_nobody_calls() {
    let (go, wait) = mpsc::channel::<()>();
    let wait = Mutex::new(wait);
    let logins = AtomicU64::new(0);
    let runtime = elsewhere();
    let device = runtime.block_on(Server::plain(move |arrived| match arrived.path() {
        "/v2.0/login" => {
            let number = logins.fetch_add(1, SeqCst) + 1;
            if number == 2 {
                // Until the call that began the renewal has returned.
                tokio::task::block_in_place(|| wait.lock().unwrap().recv().unwrap());
            }
            ok(token(&format!("token-{number}"), 60)).into()
        }
        _ => ok(report(&arrived.images())).into(),
    }));
    let clock = ManualClock::default();
    let client = blocking(
        legit_health::Client::builder()
            .base_url(format!("http://127.0.0.1:{}/v2.0", device.port))
            .credentials(Credentials::password("clinic@example.org", "s3cret"))
            .clock(clock.clone())
            .build()
            .unwrap(),
    );
    let call = || {
        client.diagnosis_support(image(1)).unwrap();
        let mut calls = device.arrived().into_iter().filter(|arrived| !arrived.path().ends_with("/login"));
        calls.next_back().unwrap().header("authorization").unwrap().to_owned()
    };
    assert_eq!(call(), "Bearer token-1");
    clock.advance(Duration::from_secs(58 * 60));
    assert_eq!(call(), "Bearer token-1");
    go.send(()).unwrap();
    let renewed = (0..10_000).any(|_| call() == "Bearer token-2");
    assert!(renewed, "the new token was never used");
    assert_eq!(device.paths().iter().filter(|path| path.ends_with("/login")).count(), 2);
}

/// Panics at the first request.
struct Fragile {
    device: Device,
    broken: AtomicBool,
}

impl HttpClient for Fragile {
    fn attempt(
        &self,
        request: Request<RequestBody>,
    ) -> BoxFuture<'_, Result<Response<ResponseBody>, HttpError>> {
        assert!(self.broken.swap(true, SeqCst), "the first request meets a bug");
        self.device.attempt(request)
    }
}

#[test]
fn a_panic_of_one_call_is_not_the_end_of_the_others() {
    let fragile = Fragile { device: Device::obliging(), broken: AtomicBool::new(false) };
    let client = blocking(
        legit_health::Client::builder()
            .base_url("https://device.example/v2.0")
            .credentials(Credentials::password("clinic@example.org", "s3cret"))
            .http_client(fragile)
            .build()
            .unwrap(),
    );
    let first = catch_unwind(AssertUnwindSafe(|| client.catalog().clinical_signs().map(drop)));
    assert!(first.is_err());
    let other = client.clone();
    let second = std::thread::spawn(move || other.diagnosis_support(image(1)));
    assert_eq!(second.join().unwrap().unwrap().images.len(), 1);
    assert_eq!(client.diagnosis_support(image(2)).unwrap().images.len(), 1);
}

/// Its connections would stay open for as long as the program runs.
#[test]
fn the_thread_ends_with_the_last_clone() {
    let (ended, wait) = mpsc::channel::<()>();
    let ended = Arc::new(Mutex::new(Some(ended)));
    let runtime = elsewhere();
    let device = runtime.block_on(Server::raw(move |mut stream| {
        let ended = ended.clone();
        async move {
            let Some(arrived) = crate::support::socket::receive(&mut stream).await else { return };
            let Answer::Whole(answer) = obliging(&arrived) else { unreachable!() };
            tokio::io::AsyncWriteExt::write_all(&mut stream, &answer).await.unwrap();
            // The end of the connection.
            assert!(crate::support::socket::receive(&mut stream).await.is_none());
            drop(ended.lock().unwrap().take());
        }
    }));
    let client = blocking(device.client());
    client.login().unwrap();
    let clone = client.clone();
    drop(client);
    assert_eq!(wait.try_recv(), Err(mpsc::TryRecvError::Empty));
    drop(clone);
    assert_eq!(wait.recv(), Err(mpsc::RecvError));
}
