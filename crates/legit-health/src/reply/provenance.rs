//! Where a result comes from.

use crate::transport::Sha256Digest;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::time::SystemTime;

/// What is needed to find the call behind a result again: in your own records, and in those of the device.
///
/// `Debug` shows which parts there are, and not the caller's reference.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Provenance {
    /// The operation, as the contract names it, such as `diagnosis_support`.
    pub operation: String,
    /// What the caller gave the call with [`reference`](crate::calls::PendingCall::reference). It is never sent.
    pub reference: Option<String>,
    /// The id that the server gave to the request.
    pub request_id: Option<String>,
    /// The version of the device, if [`device_information`](crate::Client::device_information) has been asked for it.
    pub device_version: Option<String>,
    /// How often the request was sent.
    pub attempts: u32,
    /// When the call began, by the clock of this machine.
    #[serde(with = "rfc_3339")]
    pub started: SystemTime,
    /// When it had ended.
    #[serde(with = "rfc_3339")]
    pub ended: SystemTime,
    /// Of the body that was sent, if the call was told to take it: the JSON document, images in base64 included.
    pub sent: Option<Sha256Digest>,
    /// Of the body that was received, after decompression, if the call was told to take it.
    pub received: Option<Sha256Digest>,
}

impl fmt::Debug for Provenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provenance")
            .field("operation", &self.operation)
            .field("has_reference", &self.reference.is_some())
            .field("request_id", &self.request_id)
            .field("device_version", &self.device_version)
            .field("attempts", &self.attempts)
            .field("started", &self.started)
            .field("ended", &self.ended)
            .field("sent", &self.sent)
            .field("received", &self.received)
            .finish()
    }
}

mod rfc_3339 {
    use serde::{Deserialize, Deserializer, Serializer, de};
    use std::time::SystemTime;

    pub(super) fn serialize<S: Serializer>(time: &SystemTime, serializer: S) -> Result<S::Ok, S::Error> {
        // Before 1970 there were no calls.
        let time = (*time).max(SystemTime::UNIX_EPOCH);
        serializer.collect_str(&humantime::format_rfc3339_millis(time))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SystemTime, D::Error> {
        let text = String::deserialize(deserializer)?;
        humantime::parse_rfc3339_weak(&text).map_err(de::Error::custom)
    }
}
