//! Memory of calls: bounded by a few buffers, and released by dropped calls.

use crate::support::process::alone;
use crate::support::scripted_server::VirtualTime;
use crate::support::scripted_server::{ScriptedServer, whole};
use crate::support::socket::{Server, swallow};
use crate::support::{Device, image, ok, photograph, picture, process, report, token};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::Response;
use legit_health::{Client, Image, RetryPolicy};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::alloc::System;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Waker};
use std::time::Duration;
use tempfile::TempDir;

const TURNS: usize = 8;

#[test]
#[cfg(target_os = "linux")]
fn ten_thousand_dropped_futures_leave_nothing_behind() {
    process::alone("memory::ten_thousand_dropped_futures_leave_nothing_behind", || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (troubled, fails) = (Arc::new(AtomicBool::new(true)), AtomicUsize::new(0));
            let trouble = troubled.clone();
            let device = Device::answering(move |seen, _| match seen.path.as_str() {
                "/v2.0/login" => ok(token("t", 60)),
                _ if trouble.load(Ordering::Relaxed) && fails.fetch_add(1, Ordering::Relaxed) % 3 == 0 => {
                    crate::support::answer(503, "".into())
                }
                _ => ok(report(&seen.images())),
            })
            .forgetful();
            let retries = RetryPolicy::default().with_min_delay(Duration::ZERO);
            let client =
                device.builder().max_concurrent_requests(TURNS).retry_policy(retries).build().unwrap();
            let drop_some = async |count: u64| {
                let mut finished = 0;
                for n in 0..count {
                    let mut call = pin!(client.diagnosis_support(image(n as u32)));
                    // A call takes some twenty polls.
                    for _ in 0..n.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 59 {
                        if call.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready() {
                            finished += 1;
                            break;
                        }
                        tokio::task::yield_now().await;
                    }
                }
                finished
            };

            drop_some(2_000).await;
            let tasks = tokio::runtime::Handle::current().metrics().num_alive_tasks();
            let (before, _) = process::resident();
            let finished = drop_some(10_000).await;
            let (after, _) = process::resident();
            assert!((500..9_500).contains(&finished), "{finished} came to their end: not much of a test");
            assert!(after.saturating_sub(before) < 1_024, "{before} KiB before, {after} after");
            assert_eq!(tokio::runtime::Handle::current().metrics().num_alive_tasks(), tasks);

            troubled.store(false, Ordering::Relaxed);
            // Every turn is free again: so many calls are under way at the same time.
            let busiest = AtomicUsize::new(0);
            let calls = (0..4 * TURNS as u32).map(|n| client.diagnosis_support(image(n)));
            let watch = async {
                loop {
                    busiest.fetch_max(device.under_way(), Ordering::Relaxed);
                    tokio::task::yield_now().await;
                }
            };
            let outcomes = tokio::select! {
                outcomes = futures_util::future::join_all(calls) => outcomes,
                () = watch => unreachable!(),
            };
            assert!(outcomes.iter().all(Result::is_ok));
            assert_eq!(busiest.load(Ordering::Relaxed), TURNS);
            println!("{finished} of 10,000 came to their end; {before} KiB before, {after} after");
        });
    });
}

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const MB: usize = 1_000_000;

/// What is noted down for each chunk, some hundred bytes, and what differs from one call to the next.
const SLACK: usize = 64 * 1024;

/// Everything the process has asked for since the region began, whether or not it was given back.
fn allocated(region: &Region<'_, System>) -> usize {
    region.change().bytes_allocated
}

/// What one call asks for, after a few that have made the connection and filled the buffers.
async fn per_call(client: &Client, open: impl Fn() -> Image) -> usize {
    for _ in 0..3 {
        client.diagnosis_support(open()).await.unwrap();
    }
    const CALLS: usize = 5;
    let region = Region::new(ALLOCATOR);
    for _ in 0..CALLS {
        client.diagnosis_support(open()).await.unwrap();
    }
    allocated(&region) / CALLS
}

#[test]
fn what_a_call_asks_for_does_not_grow_with_its_photograph() {
    alone("memory::what_a_call_asks_for_does_not_grow_with_its_photograph", || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let server = Server::raw(|stream| swallow(stream, |_, _| {})).await;
            let client = server.client();
            let folder = TempDir::new().unwrap();
            let [small, large] = [("small", MB), ("large", 20 * MB)].map(|(name, length)| {
                let path = folder.path().join(name);
                std::fs::write(&path, photograph(length, 1)).unwrap();
                path
            });

            let in_memory = [&small, &large].map(|path| Image::open(path).unwrap());
            let one = per_call(&client, || in_memory[0].clone()).await;
            let twenty = per_call(&client, || in_memory[1].clone()).await;
            assert!(twenty < one + SLACK, "{one} bytes for 1 MB, {twenty} for 20 MB");
            assert!(twenty < 512 * 1024, "{twenty} bytes");

            // From files, opening them counts as well.
            let one = per_call(&client, || Image::stream(&small).unwrap()).await;
            let twenty = per_call(&client, || Image::stream(&large).unwrap()).await;
            assert!(twenty < one + SLACK, "{one} bytes for 1 MB, {twenty} for 20 MB, from files");
            assert!(twenty < 1024 * 1024, "{twenty} bytes, from a file");
        });
    });
}

/// The text of an answer is held once, and its pictures beside it, decoded: three quarters of the text.
#[test]
fn pictures_are_decoded_from_the_text_that_came() {
    alone("memory::pictures_are_decoded_from_the_text_that_came", || {
        let mut answer = report(&[picture(1)]);
        answer["imagingAnalysis"][0]["conclusion"][0]["explainability"]["heatMap"]["data"] =
            STANDARD.encode(vec![7; 3 * MB]).into();
        let answer = Bytes::from(answer.to_string());
        let text = answer.len();
        let server = ScriptedServer::new(move |_| {
            let answer = answer.clone();
            let head = Response::builder().header("content-type", "application/json");
            let head = head.header("content-length", answer.len());
            async move { whole(head.body(answer).unwrap()) }
        });
        let time = VirtualTime::default();
        let client = server.client(time.clone());
        time.run(async {
            client.diagnosis_support(image(1)).await.unwrap();
            let photo = image(1);
            let region = Region::new(ALLOCATOR);
            let reply = client.diagnosis_support(photo).await.unwrap();
            let allocated = allocated(&region);
            assert!(allocated < text + text * 3 / 4 + 64 * 1024, "{allocated} bytes for a text of {text}");
            assert_eq!(reply.images[0].conclusions[0].heat_map.as_ref().unwrap().data.len(), 3 * MB);
        });
    });
}
