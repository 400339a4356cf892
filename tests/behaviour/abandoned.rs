//! Futures that are dropped at any point leave nothing behind.

use crate::support::{Device, child, image, ok, report, token};
use legit_health::RetryPolicy;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Waker};
use std::time::Duration;

const TURNS: usize = 8;

#[test]
#[cfg(target_os = "linux")]
fn ten_thousand_dropped_futures_leave_nothing_behind() {
    child::alone("abandoned::ten_thousand_dropped_futures_leave_nothing_behind", || {
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
            let (before, _) = child::resident();
            let finished = drop_some(10_000).await;
            let (after, _) = child::resident();
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
