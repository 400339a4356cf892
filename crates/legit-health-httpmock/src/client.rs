//! A client for a mock device.

/// A `legit_health::Client` with the address and the credentials of a [`MockDevice`](crate::MockDevice).
///
/// The crate `legit-health` has to be among the dependencies of the test. It is not among those of this crate, so that a
/// client of another kind can be tested too.
#[macro_export]
macro_rules! client {
    ($device:expr) => {{
        let device: &$crate::MockDevice = &$device;
        ::legit_health::Client::builder()
            .base_url(device.base_url())
            .credentials(::legit_health::Credentials::password(device.username(), device.password()))
            .build()
            .expect("address and credentials are there")
    }};
}
