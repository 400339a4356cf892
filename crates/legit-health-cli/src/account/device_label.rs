//! The version of the device, asked for once for each token and kept beside it.

use super::token_cache::TokenCache;
use legit_health::report::DeviceInformation;
use serde::{Deserialize, Serialize};

/// Of the device's label, what says by which device a score was computed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DeviceLabel {
    pub(crate) version: Option<String>,
    /// The unique device identification. The contract has no member for it yet; devices may send one.
    pub(crate) udi: Option<String>,
}

/// A label, and the token under which it was asked for. A new login asks again, since the device may have been replaced.
#[derive(Serialize, Deserialize)]
struct Kept {
    token: String,
    #[serde(flatten)]
    label: DeviceLabel,
}

impl DeviceLabel {
    pub(crate) fn of(device: &DeviceInformation) -> Self {
        let udi = device.unknown_fields.get("udi").and_then(|udi| udi.as_str());
        let versions = device.versions.join(", ");
        Self { version: Some(versions).filter(|versions| !versions.is_empty()), udi: udi.map(str::to_owned) }
    }

    /// The label that was asked for under the token that is kept.
    pub(crate) fn kept(cache: &TokenCache) -> Option<Self> {
        let kept: Kept = serde_json::from_str(&cache.read_beside()?).ok()?;
        (kept.token == cache.token_id()?).then_some(kept.label)
    }

    /// Keeps the label for as long as the token. That it cannot be kept costs one call more.
    pub(crate) fn keep(&self, cache: &TokenCache) {
        let Some(token) = cache.token_id() else { return };
        if let Ok(text) = serde_json::to_string(&Kept { token, label: self.clone() }) {
            cache.write_beside(&text);
        }
    }
}
