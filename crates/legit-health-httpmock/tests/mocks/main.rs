//! The mock device as a user of `legit-health` sees it.
#![allow(clippy::unwrap_used, unreachable_pub)] // In a test, that is the assertion.

mod calls;
mod login;
#[path = "../../examples/own_code.rs"]
mod own_code;
mod scenarios;
#[path = "../../examples/scenarios.rs"]
mod scenarios_example;
mod unmatched;

use legit_health::clock::Clock;
use legit_health::{BoxFuture, Client, Credentials, Image};
use legit_health_httpmock::{MockDevice, document};
use std::sync::{Arc, Mutex};
use std::time::Duration;

#[test]
fn every_example_runs() {
    own_code::main().unwrap();
    scenarios_example::main().unwrap();
}

/// A clock that skips pauses of up to ten seconds. Longer timeouts are never reached.
#[derive(Clone, Default)]
struct SkippingClock(Arc<Mutex<Duration>>);

impl Clock for SkippingClock {
    fn now(&self) -> Duration {
        *self.0.lock().unwrap()
    }

    fn sleep_until(&self, at: Duration) -> BoxFuture<'static, ()> {
        let mut now = self.0.lock().unwrap();
        if at.saturating_sub(*now) > Duration::from_secs(10) {
            return Box::pin(std::future::pending());
        }
        *now = (*now).max(at);
        Box::pin(std::future::ready(()))
    }
}

/// A client that does not wait between attempts.
fn client_without_pauses(device: &MockDevice) -> Client {
    Client::builder()
        .base_url(device.base_url())
        .credentials(Credentials::password(device.username(), device.password()))
        .clock(SkippingClock::default())
        .build()
        .unwrap()
}

fn image() -> Image {
    Image::from_bytes(document::IMAGE).unwrap()
}
