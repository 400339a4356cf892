//! Memory: calls allocate a few buffers whatever the size of their images, and dropped calls release everything.

use crate::support::scripted_server::{ManualClock, ScriptedServer, VirtualTime, complete};
use crate::support::socket::{Server, discard_requests};
use crate::support::{Device, image, jpeg, ok, png, process, report, token};
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

const MAX_CONCURRENT: usize = 8;

/// Counted, since what the system calls resident depends on what else it does.
#[test]
fn thousands_of_dropped_calls_release_everything() {
    const CALLS: u32 = 2_000;
    const MOST_LEFT: usize = 8 * CALLS as usize;
    process::run_alone("memory::thousands_of_dropped_calls_release_everything", || {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let (failing, fails) = (Arc::new(AtomicBool::new(true)), AtomicUsize::new(0));
            let switch = failing.clone();
            let device = Device::responding(move |seen, _| match seen.path.as_str() {
                "/v2.0/login" => ok(token("token-1", 60)),
                _ if switch.load(Ordering::Relaxed) && fails.fetch_add(1, Ordering::Relaxed) % 3 == 0 => {
                    crate::support::response(503, "".into())
                }
                _ => ok(report(&seen.images())),
            })
            .without_log();
            let retries = RetryPolicy::default().with_base_delay(Duration::ZERO);
            let client = device
                .builder()
                .clock(ManualClock::default())
                .max_concurrent_requests(MAX_CONCURRENT)
                .retry_policy(retries)
                .build()
                .unwrap();
            let drop_some = async |count: u32| {
                let mut finished = 0;
                for n in 0..count {
                    let mut call = pin!(client.diagnosis_support(image(n)));
                    // A call takes about twenty polls.
                    for _ in 0..u64::from(n).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 59 {
                        if call.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready() {
                            finished += 1;
                            break;
                        }
                        tokio::task::yield_now().await;
                    }
                }
                finished
            };

            drop_some(CALLS / 4).await;
            let tasks = tokio::runtime::Handle::current().metrics().num_alive_tasks();
            let region = Region::new(ALLOCATOR);
            let finished = drop_some(CALLS).await;
            let change = region.change();
            let left = change.bytes_allocated.saturating_sub(change.bytes_deallocated);
            assert!(
                (CALLS / 10..CALLS * 9 / 10).contains(&finished),
                "{finished} calls finished: too few or too many for this test"
            );
            assert!(left < MOST_LEFT, "{left} bytes are left of {CALLS} calls");
            assert_eq!(tokio::runtime::Handle::current().metrics().num_alive_tasks(), tasks);

            failing.store(false, Ordering::Relaxed);
            // All permits are free again: this many calls run at the same time.
            let busiest = AtomicUsize::new(0);
            let calls = (0..4 * MAX_CONCURRENT as u32).map(|n| client.diagnosis_support(image(n)));
            let watch = async {
                loop {
                    busiest.fetch_max(device.in_progress(), Ordering::Relaxed);
                    tokio::task::yield_now().await;
                }
            };
            let outcomes = tokio::select! {
                outcomes = futures_util::future::join_all(calls) => outcomes,
                () = watch => unreachable!(),
            };
            assert!(outcomes.iter().all(Result::is_ok));
            assert_eq!(busiest.load(Ordering::Relaxed), MAX_CONCURRENT);
            println!("{finished} of {CALLS} calls finished; {left} bytes are left");
        });
    });
}

/// Otherwise a test whose subject has lost its limit takes the memory of the whole machine.
#[test]
#[cfg(target_os = "linux")]
fn a_process_of_its_own_has_limited_memory() {
    process::run_alone("memory::a_process_of_its_own_has_limited_memory", || {
        let mut bytes = Vec::<u8>::new();
        assert!(bytes.try_reserve_exact(process::MOST_MEMORY / 2).is_ok());
        assert!(bytes.try_reserve_exact(process::MOST_MEMORY).is_err());
    });
}

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const MB: usize = 1_000_000;

/// Bookkeeping of about a hundred bytes for each chunk, and variation between calls.
const SLACK: usize = 64 * 1024;

/// Returns the bytes that the process has allocated since the region began, including those freed again.
fn allocated(region: &Region<'_, System>) -> usize {
    region.change().bytes_allocated
}

/// Returns the bytes that one call allocates, after a few calls that connect and fill the buffer pool.
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
fn allocations_do_not_grow_with_the_image() {
    process::run_alone("memory::allocations_do_not_grow_with_the_image", || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let server = Server::raw(|stream| discard_requests(stream, |_, _| {})).await;
            let client = server.client();
            let folder = TempDir::new().unwrap();
            let [small, large] = [("small", MB), ("large", 20 * MB)].map(|(name, length)| {
                let path = folder.path().join(name);
                std::fs::write(&path, jpeg(length, 1)).unwrap();
                path
            });

            let in_memory = [&small, &large].map(|path| Image::open(path).unwrap());
            let one = per_call(&client, || in_memory[0].clone()).await;
            let twenty = per_call(&client, || in_memory[1].clone()).await;
            assert!(twenty < one + SLACK, "{one} bytes for 1 MB, {twenty} for 20 MB");
            assert!(twenty < 512 * 1024, "{twenty} bytes");

            // This includes opening the files.
            let one = per_call(&client, || Image::stream(&small).unwrap()).await;
            let twenty = per_call(&client, || Image::stream(&large).unwrap()).await;
            assert!(twenty < one + SLACK, "{one} bytes for 1 MB, {twenty} for 20 MB, from files");
            assert!(twenty < 1024 * 1024, "{twenty} bytes, from a file");
        });
    });
}

/// The text of a response is held once. Its decoded images take another three quarters.
#[test]
fn images_are_decoded_from_the_received_text() {
    process::run_alone("memory::images_are_decoded_from_the_received_text", || {
        let mut response = report(&[png(1)]);
        response["imagingAnalysis"][0]["conclusion"][0]["explainability"]["heatMap"]["data"] =
            STANDARD.encode(vec![7; 3 * MB]).into();
        let response = Bytes::from(response.to_string());
        let text = response.len();
        let server = ScriptedServer::new(move |_| {
            let response = response.clone();
            let head = Response::builder().header("content-type", "application/json");
            let head = head.header("content-length", response.len());
            async move { complete(head.body(response).unwrap()) }
        });
        let time = VirtualTime::default();
        let client = server.client(time.clone());
        time.run(async {
            client.diagnosis_support(image(1)).await.unwrap();
            let second = image(1);
            let region = Region::new(ALLOCATOR);
            let reply = client.diagnosis_support(second).await.unwrap();
            let allocated = allocated(&region);
            assert!(allocated < text + text * 3 / 4 + 64 * 1024, "{allocated} bytes for a text of {text}");
            assert_eq!(reply.images[0].conclusions[0].heat_map.as_ref().unwrap().data.len(), 3 * MB);
        });
    });
}
