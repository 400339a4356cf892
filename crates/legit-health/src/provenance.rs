//! Provenance: the identification of the call behind a result, and SHA-256 digests.

use crate::cryptography::digest::{self, Digest, SHA256};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, OnceLock};
use std::time::SystemTime;

/// The identification of the call behind a result, in your own records and in those of the device.
///
/// `Debug` hides the caller's reference.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Provenance {
    /// The operation, as the contract names it, such as `diagnosis_support`.
    pub operation: String,
    /// The caller's own reference ([`reference`](crate::calls::PendingCall::reference)). It is never sent.
    pub reference: Option<String>,
    /// The id that the server gave to the request.
    pub request_id: Option<String>,
    /// The version of the device, if [`device_information`](crate::Client::device_information) was called before.
    pub device_version: Option<String>,
    /// How many attempts were made to send the request.
    pub attempts: u32,
    /// When the call began, by the clock of this machine.
    #[serde(with = "rfc_3339")]
    pub started: SystemTime,
    /// When it had ended.
    #[serde(with = "rfc_3339")]
    pub ended: SystemTime,
    /// The digest of the body that was sent, if digests are recorded: the JSON document, with its images in base64.
    pub sent: Option<Sha256Digest>,
    /// The digest of the body that was received, after decompression, if digests are recorded.
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
        // A time before 1970 means that the clock is wrong.
        let time = (*time).max(SystemTime::UNIX_EPOCH);
        serializer.collect_str(&humantime::format_rfc3339_millis(time))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SystemTime, D::Error> {
        let text = String::deserialize(deserializer)?;
        humantime::parse_rfc3339_weak(&text).map_err(de::Error::custom)
    }
}

/// A SHA-256 digest. `Display`, and its stored form, are 64 hexadecimal digits, as `sha256sum` prints them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sha256Digest(pub [u8; 32]);

impl Sha256Digest {
    /// Computes the digest of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self::copied(&digest::digest(&SHA256, bytes))
    }

    fn copied(digest: &Digest) -> Self {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest.as_ref());
        Self(bytes)
    }
}

impl fmt::Display for Sha256Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for Sha256Digest {
    type Err = ParseDigestError;

    fn from_str(text: &str) -> Result<Self, ParseDigestError> {
        let digits = text.as_bytes();
        if digits.len() != 64 || !digits.iter().all(u8::is_ascii_hexdigit) {
            return Err(ParseDigestError);
        }
        let mut digest = [0; 32];
        for (byte, pair) in digest.iter_mut().zip(text.as_bytes().chunks(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| ParseDigestError)?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| ParseDigestError)?;
        }
        Ok(Self(digest))
    }
}

/// The error of a text that is not a SHA-256 digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseDigestError;

impl fmt::Display for ParseDigestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the text is not a SHA-256 digest: write 64 hexadecimal digits")
    }
}

impl std::error::Error for ParseDigestError {}

impl Serialize for Sha256Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Sha256Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// The digest of a request body, once all of it has been sent. Every attempt sends the same bytes.
pub(crate) type SentDigest = Arc<OnceLock<Sha256Digest>>;

/// Computes the digest of a request body while it is sent.
pub(crate) struct BodyHasher {
    hasher: digest::Context,
    digest: SentDigest,
}

impl BodyHasher {
    pub(crate) fn new(digest: SentDigest) -> Self {
        Self { hasher: digest::Context::new(&SHA256), digest }
    }

    pub(crate) fn update(&mut self, chunk: &[u8]) {
        self.hasher.update(chunk);
    }

    pub(crate) fn finish(self) {
        // An earlier attempt has stored the same.
        self.digest.get_or_init(|| Sha256Digest::copied(&self.hasher.finish()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_identifies_the_call_and_hides_the_reference() {
        let moment = SystemTime::UNIX_EPOCH;
        let provenance = Provenance {
            operation: "diagnosis_support".into(),
            reference: Some("Jane Doe".into()),
            request_id: Some("r-17".into()),
            device_version: None,
            attempts: 2,
            started: moment,
            ended: moment,
            sent: None,
            received: None,
        };
        let shown = format!("{provenance:?}");
        assert!(shown.contains("has_reference: true") && !shown.contains("Jane"), "{shown}");
        assert!(shown.contains("r-17") && shown.contains("attempts: 2"), "{shown}");
    }

    #[test]
    fn a_digest_is_written_as_sha256sum_prints_it() {
        let digest = Sha256Digest::of(b"abc");
        let text = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(digest.to_string(), text);
        assert_eq!(text.parse(), Ok(digest));
        let stored = serde_json::to_string(&digest).unwrap();
        assert_eq!(serde_json::from_str::<Sha256Digest>(&stored).unwrap(), digest);
        let (short, odd, long) = (&text[1..], format!("+{}", &text[1..]), format!("{text}00"));
        for wrong in ["", short, &odd, &long, &"ä".repeat(32)] {
            assert_eq!(wrong.parse::<Sha256Digest>(), Err(ParseDigestError), "{wrong}");
        }
        let error = serde_json::from_str::<Sha256Digest>("\"abc\"").unwrap_err().to_string();
        assert!(error.contains("not a SHA-256 digest: write 64 hexadecimal digits"), "{error}");
    }
}
