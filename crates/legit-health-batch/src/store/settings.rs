//! `Settings`: what a batch keeps, and how its images are checked.

use crate::error::{Error, ErrorKind};
use serde::{Deserialize, Serialize};

/// What a batch keeps, and how its images are checked. It is set by the first plan, and the same for the whole store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Settings {
    /// Whether the images of the device (heat maps, masks, overlays) are kept with the results.
    pub media: Media,
    /// Whether the names of image files are kept.
    pub names: Names,
    /// How far images are checked.
    pub check: Check,
}

impl Default for Settings {
    fn default() -> Self {
        Self { media: Media::LeftOut, names: Names::Kept, check: Check::Full }
    }
}

impl Settings {
    /// Sets whether the images of the device are kept.
    #[must_use]
    pub fn with_media(self, media: Media) -> Self {
        Self { media, ..self }
    }

    /// Sets whether the names of image files are kept.
    #[must_use]
    pub fn with_names(self, names: Names) -> Self {
        Self { names, ..self }
    }

    /// Sets how far images are checked.
    #[must_use]
    pub fn with_check(self, check: Check) -> Self {
        Self { check, ..self }
    }
}

/// The images of the device: heat maps, masks, overlays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Media {
    /// They are replaced by an empty text; the export says how many were.
    LeftOut,
    /// The result is kept as it came, which takes about forty times the disk.
    Kept,
}

/// The names of image files, which may identify a patient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Names {
    /// Paths are kept, relative to the directory of the source.
    Kept,
    /// Only digests are kept. A run looks for the images again, below a directory that it is given.
    LeftOut,
}

/// How far an image is checked, when it is planned and again when it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Check {
    /// The picture data are decoded to their last code ([`Image::verify`](legit_health::Image::verify)).
    Full,
    /// The structure only.
    Structure,
}

impl Settings {
    /// Returns the settings as a store holds them.
    pub(super) fn document(self) -> String {
        serde_json::to_string(&self).expect("three names")
    }
}

/// Reads what [`Settings::document`] has written.
pub(super) fn read(document: &str) -> Result<Settings, Error> {
    serde_json::from_str(document)
        .map_err(|error| Error::because(ErrorKind::Store, "the settings of the store cannot be read", error))
}
