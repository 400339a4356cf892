//! Where the catalogue is, and how it is reached.

use crate::config::BaseUrl;
use crate::http_client::RequestBuilder;
use crate::transport::Transport;
use std::sync::Arc;

/// Its own transport, even over the device's wire: what one host asks for is not the other's affair.
pub(crate) struct Host {
    pub(crate) base_url: BaseUrl,
    pub(crate) transport: Arc<Transport>,
    pub(crate) request_builder: RequestBuilder,
}

impl Host {
    pub(crate) fn public() -> BaseUrl {
        let address = "https://medical-device-params.legit.health/v2.0";
        address.parse().expect("an address that is written here, and tested")
    }

    /// Where the catalogue of a device is: a device on this very machine is a stand-in, which serves both.
    pub(crate) fn beside(device: &BaseUrl) -> BaseUrl {
        if device.is_loopback() { device.clone() } else { Self::public() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stand_in_serves_both() {
        let beside = |device: &str| Host::beside(&device.parse().unwrap()).as_str().to_owned();
        assert_eq!(beside("http://127.0.0.1:8080/v2.0"), "http://127.0.0.1:8080/v2.0");
        assert_eq!(beside("https://api.example.org/v2.0"), "https://medical-device-params.legit.health/v2.0");
    }
}
