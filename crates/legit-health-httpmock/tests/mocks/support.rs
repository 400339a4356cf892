//! A client that does not wait, and a picture.

use legit_health::clock::Clock;
use legit_health::{BoxFuture, Client, Credentials, Image};
use legit_health_httpmock::{MockDevice, document};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Pauses are over at once, and time has passed; longer limits are never reached.
#[derive(Clone, Default)]
pub struct Leaping(Arc<Mutex<Duration>>);

impl Clock for Leaping {
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

/// For calls that are tried again after a pause.
pub fn patient_client(device: &MockDevice) -> Client {
    Client::builder()
        .base_url(device.base_url())
        .credentials(Credentials::password(device.username(), device.password()))
        .clock(Leaping::default())
        .build()
        .unwrap()
}

pub fn photo() -> Image {
    Image::from_bytes(document::PICTURE).unwrap()
}
