//! The client for programs without an async runtime, over sockets.

use crate::support::scripted_server::ManualClock;
use crate::support::socket::{RawResponse, Server, report_on_images};
use crate::support::{Device, image, ok, report, response, token};
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

/// A runtime for the server. The tests themselves are not async.
fn server_runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}

fn blocking(client: legit_health::Client) -> Client {
    Client::new(client).unwrap()
}

#[test]
fn every_operation_returns_its_result() {
    let runtime = server_runtime();
    let sandbox = runtime.block_on(Sandbox::start()).unwrap();
    let account = sandbox.account();
    let client = blocking(
        legit_health::Client::builder()
            .base_url(sandbox.base_url())
            .credentials(Credentials::password(account.username.as_str(), account.password.as_str()))
            .build()
            .unwrap(),
    );
    let sample = || Image::from_bytes(samples::all()[0].bytes.clone()).unwrap();

    client.login().unwrap();
    assert_eq!(client.diagnosis_support([sample(), sample()]).unwrap().images.len(), 2);
    assert!(!client.device_information().unwrap().versions.is_empty());

    let arm = client.severity("urticaria").at(BodySite::ArmLeft);
    let uas = arm.manual(Uas { pruritus: answer!(2), wheals: answer!(1) }).unwrap();
    assert_eq!(uas.value, 3.0);
    assert_eq!(arm.local(sample(), Apasi { surface: answer!(2) }).unwrap().scale.code().as_str(), "apasi");
    let views = PartialBodyViews::one(View::FaceLeft, sample());
    assert!(client.severity("vitiligo").global(Avasi, views).unwrap().is_partial());

    let alone = legit_health::catalog::Catalog::new(sandbox.catalog_url()).unwrap();
    for catalog in [client.catalog(), Catalog::new(alone).unwrap()] {
        assert!(!catalog.body_sites().unwrap().is_empty());
        assert!(!catalog.questionnaires("EA90").unwrap().is_empty());
        assert!(!catalog.clinical_signs().unwrap().is_empty());
    }
}

#[test]
fn call_options_are_set_through_run() {
    let client = blocking(Device::reporting().client());
    let reply = client
        .run(|client| client.diagnosis_support(image(1)).reference("case 17").record_digests().reply())
        .unwrap();
    assert_eq!(reply.provenance.reference.as_deref(), Some("case 17"));
    assert!(reply.provenance.sent.is_some());

    let busy = blocking(Device::responding(|_, _| response(503, json!({"detail": "no"}))).client());
    let error = busy.run(|client| client.catalog().body_sites().max_attempts(1)).unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Server, Some(503)));
}

/// Neither a panic nor a blocked runtime. Dropping the client there is harmless too.
#[tokio::test]
async fn calls_inside_an_async_runtime_fail_with_advice() {
    let device = Device::reporting();
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
fn threads_share_a_client_and_each_gets_its_own_result() {
    fn is_shared<T: Clone + Send + Sync + 'static>(_: &T) {}
    let runtime = server_runtime();
    let device = runtime.block_on(Server::plain(report_on_images));
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
fn connections_are_reused_between_calls() {
    let runtime = server_runtime();
    let device = runtime.block_on(Server::plain(report_on_images));
    let client = blocking(device.client());
    for patient in 0..10 {
        client.diagnosis_support(image(patient)).unwrap();
    }
    // One connection, or more if a call began before the previous connection was back in the pool.
    let connections = runtime.block_on(device.connections());
    assert!(connections < 5, "{connections} connections for 11 requests");
}

#[test]
fn a_token_renewal_continues_between_calls() {
    let (go, wait) = mpsc::channel::<()>();
    let wait = Mutex::new(wait);
    let logins = AtomicU64::new(0);
    let runtime = server_runtime();
    let device = runtime.block_on(Server::plain(move |request| match request.path() {
        "/v2.0/login" => {
            let number = logins.fetch_add(1, SeqCst) + 1;
            if number == 2 {
                // Blocks until the call that started the renewal has returned.
                tokio::task::block_in_place(|| wait.lock().unwrap().recv().unwrap());
            }
            ok(token(&format!("token-{number}"), 60)).into()
        }
        _ => ok(report(&request.images())).into(),
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
        let mut calls = device.requests().into_iter().filter(|request| !request.path().ends_with("/login"));
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

/// An HTTP client that panics on the first request.
struct PanicsOnce {
    device: Device,
    broken: AtomicBool,
}

impl HttpClient for PanicsOnce {
    fn attempt(
        &self,
        request: Request<RequestBody>,
    ) -> BoxFuture<'_, Result<Response<ResponseBody>, HttpError>> {
        assert!(self.broken.swap(true, SeqCst), "the first request panics");
        self.device.attempt(request)
    }
}

#[test]
fn other_calls_work_after_one_panics() {
    let http_client = PanicsOnce { device: Device::reporting(), broken: AtomicBool::new(false) };
    let client = blocking(
        legit_health::Client::builder()
            .base_url("https://device.example/v2.0")
            .credentials(Credentials::password("clinic@example.org", "s3cret"))
            .http_client(http_client)
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

/// Otherwise its connections would stay open until the program ends.
#[test]
fn dropping_the_last_clone_ends_the_thread() {
    let (ended, wait) = mpsc::channel::<()>();
    let ended = Arc::new(Mutex::new(Some(ended)));
    let runtime = server_runtime();
    let device = runtime.block_on(Server::raw(move |mut stream| {
        let ended = ended.clone();
        async move {
            let Some(request) = crate::support::socket::receive(&mut stream).await else { return };
            let RawResponse::KeepAlive(response) = report_on_images(&request) else { unreachable!() };
            tokio::io::AsyncWriteExt::write_all(&mut stream, &response).await.unwrap();
            // The client closes the connection.
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
