//! Clients on several runtimes: no caller depends on the runtime of another one.

use crate::support::scripted_server::{
    ManualClock, ScriptedServer, VirtualTime, complete, device_information,
};
use crate::support::socket::{Server, report_on_images};
use crate::support::{image, ok, token};
use futures_util::FutureExt;
use legit_health::clock::Clock;
use legit_health::credentials::CredentialsSource;
use legit_health::{BoxFuture, Client, ConfigError, Credentials, ErrorKind};
use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// A server whose first login waits for a timer of the runtime on which it was begun.
fn first_login_waits() -> ScriptedServer {
    let asked = AtomicUsize::new(0);
    ScriptedServer::new(|_| async { complete(device_information()) }).with_login(move |_| {
        let first = asked.fetch_add(1, Ordering::Relaxed) == 0;
        async move {
            if first {
                tokio::time::sleep(Duration::from_secs(3_600)).await;
            }
            complete(ok(token("token-1", 60)))
        }
    })
}

/// Begins a login on this runtime, which is not polled after that.
fn begin_login(runtime: &Runtime, server: &ScriptedServer, client: &Client) {
    runtime.block_on(async {
        let mut call = pin!(client.device_information());
        poll_fn(|context| {
            assert!(call.poll_unpin(context).is_pending());
            context.waker().wake_by_ref();
            if server.logins() == 1 { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    });
}

#[test]
fn a_login_on_a_runtime_that_is_not_polled_is_taken_over() {
    let (server, time, idle) = (first_login_waits(), VirtualTime::default(), runtime());
    let client = server.client(time.clone());
    begin_login(&idle, &server, &client);
    time.run(client.device_information()).unwrap();
    assert_eq!((server.logins(), time.now()), (2, Duration::from_secs(1)));
    time.run(client.device_information()).unwrap();
    assert_eq!((server.logins(), server.calls()), (2, 2));
}

#[test]
fn a_requested_login_takes_over_too() {
    let (server, time, idle) = (first_login_waits(), VirtualTime::default(), runtime());
    let client = server.client(time.clone());
    begin_login(&idle, &server, &client);
    time.run(client.login()).unwrap();
    assert_eq!((server.logins(), time.now()), (2, Duration::from_secs(1)));
}

/// The clock does not move meanwhile.
#[test]
fn a_login_whose_runtime_shuts_down_is_taken_over_at_once() {
    let (server, first, second) = (first_login_waits(), runtime(), runtime());
    let client = server.client(ManualClock::default());
    begin_login(&first, &server, &client);
    let mut waiting = Box::pin(client.device_information());
    second.block_on(async { assert!((&mut waiting).now_or_never().is_none()) });
    drop(first);
    second.block_on(waiting).unwrap();
    assert_eq!((server.logins(), server.calls()), (2, 1));
}

/// A slow login on a runtime that is polled is shared with callers on others.
#[test]
fn a_login_on_a_runtime_that_is_polled_is_shared() {
    let server = ScriptedServer::new(|_| async { complete(device_information()) });
    let time = VirtualTime::default();
    let (release, released) = tokio::sync::watch::channel(false);
    let server = server.with_login(move |_| {
        let mut released = released.clone();
        async move {
            released.wait_for(|released| *released).await.unwrap();
            complete(ok(token("token-1", 60)))
        }
    });
    let client = server.client(time.clone());
    let (first, second) = (runtime(), runtime());
    begin_login(&first, &server, &client);
    let mut waiting = Box::pin(client.device_information());
    for _ in 0..10 {
        second.block_on(async { assert!((&mut waiting).now_or_never().is_none()) });
        first.block_on(tokio::task::yield_now());
        first.block_on(tokio::task::yield_now());
        time.jump(Duration::from_secs(1));
    }
    release.send(true).unwrap();
    first.block_on(client.device_information()).unwrap();
    second.block_on(waiting).unwrap();
    assert_eq!((server.logins(), server.calls()), (1, 2));
}

#[test]
fn a_source_of_credentials_that_panics_is_an_error() {
    struct Broken;
    impl CredentialsSource for Broken {
        fn credentials(&self) -> BoxFuture<'_, Result<Credentials, ConfigError>> {
            Box::pin(async { panic!("this panic belongs to a test") })
        }
    }
    let server = ScriptedServer::new(|_| async { complete(device_information()) });
    let client = server.builder().credentials(Broken).build().unwrap();
    for _ in 0..2 {
        let error = runtime().block_on(client.device_information()).unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Internal, 0), "{error}");
    }
}

/// Starts a server that does not depend on the runtimes of its clients.
fn server() -> (Runtime, Server) {
    let serving = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let server = serving.block_on(Server::plain(report_on_images));
    (serving, server)
}

#[test]
fn a_connection_of_a_runtime_that_is_not_polled_is_left_alone() {
    let (_serving, server) = server();
    let (client, first, second) = (server.client(), runtime(), runtime());
    let call = |n| client.diagnosis_support(image(n)).max_attempts(1).timeout(Duration::from_secs(30));
    for n in 0..3 {
        first.block_on(call(n)).unwrap();
        second.block_on(call(n)).unwrap();
    }
    drop(first);
    second.block_on(call(3)).unwrap();
    runtime().block_on(call(4)).unwrap();
}

#[test]
fn calls_on_two_runtimes_at_the_same_time_share_a_client() {
    let (_serving, server) = server();
    // On a clock that stands still, nobody loses patience with a slow machine.
    let client = Client::builder()
        .base_url(format!("http://127.0.0.1:{}/v2.0", server.port))
        .credentials(Credentials::password("clinic@example.org", "s3cret"))
        .clock(ManualClock::default())
        .build()
        .unwrap();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let runtime = runtime();
                for n in 0..20 {
                    runtime.block_on(client.diagnosis_support(image(n)).max_attempts(1)).unwrap();
                }
            });
        }
    });
    assert_eq!(server.paths().iter().filter(|path| *path == "/v2.0/login").count(), 1);
}
