//! What a caller knows about one score: its number, and what it is a number of.

use crate::moment::Moment;
use crate::scale::Scale;
use crate::whole_body::{WholeBodyError, whole_body};
use std::collections::BTreeMap;
use std::fmt;

/// One score with its context. What is not known stays unknown: criteria that need it are then not applicable.
///
/// `Debug` shows neither numbers nor the reference.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct DatedScore {
    /// The scale's code at the API, such as `pasi`.
    pub scale: String,
    /// When the patient was scored. A score without a date is left out.
    pub at: Option<Moment>,
    /// The score, in points of its scale.
    pub value: f64,
    /// The part of the body that was scored.
    pub place: Place,
    /// The patient or case.
    pub reference: Option<String>,
    /// The items of the score by code, such as `nodule`, which some criteria count.
    pub items: BTreeMap<String, f64>,
    /// Who scored.
    pub origin: Origin,
    /// The version of the device that scored.
    pub device_version: Option<String>,
    /// Whether the image could be used.
    pub image: ImageUse,
    /// The device's grade; 0 to 3 are known.
    pub intensity: Option<u8>,
    /// Whether the score is a sum of other scores ([`DatedScore::whole_body`]).
    pub is_derived: bool,
}

/// The part of the body that was scored.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// All of it.
    WholeBody,
    /// One body site, by its code at the API, such as `armLeft`.
    Zone(String),
    /// Not known.
    Unknown,
}

/// Who scored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// The device.
    Device,
    /// A sandbox: the score is about nobody.
    Sandbox,
}

/// Whether the image of a score could be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ImageUse {
    /// The device says that it can.
    Usable,
    /// The device says that it cannot. The score is left out.
    Unusable,
    /// There was no image, or nothing was said about it.
    NotSaid,
}

impl DatedScore {
    /// Builds a score of which nothing else is known.
    pub fn new(scale: impl Into<String>, at: Option<Moment>, value: f64) -> Self {
        Self {
            scale: scale.into(),
            at,
            value,
            place: Place::Unknown,
            reference: None,
            items: BTreeMap::new(),
            origin: Origin::Device,
            device_version: None,
            image: ImageUse::NotSaid,
            intensity: None,
            is_derived: false,
        }
    }

    /// Adds the scores of all parts of the body to the score of the whole body, by the published sum of the scale.
    ///
    /// # Errors
    ///
    /// A [`WholeBodyError`] if the scale has no such sum, or if a part is missing, repeated, unknown or not a score.
    pub fn whole_body(scale: &Scale, at: Moment, parts: &[(&str, f64)]) -> Result<Self, WholeBodyError> {
        let value = whole_body(scale, parts)?;
        Ok(Self { place: Place::WholeBody, is_derived: true, ..Self::new(scale.code, Some(at), value) })
    }

    /// Says which part of the body was scored.
    pub fn with_place(self, place: Place) -> Self {
        Self { place, ..self }
    }

    /// Names the patient or case.
    pub fn with_reference(self, reference: impl Into<String>) -> Self {
        Self { reference: Some(reference.into()), ..self }
    }

    /// Adds an item.
    pub fn with_item(mut self, code: impl Into<String>, value: f64) -> Self {
        self.items.insert(code.into(), value);
        self
    }

    /// Says who scored.
    pub fn with_origin(self, origin: Origin) -> Self {
        Self { origin, ..self }
    }

    /// Names the version of the device that scored.
    pub fn with_device_version(self, version: impl Into<String>) -> Self {
        Self { device_version: Some(version.into()), ..self }
    }

    /// Says whether the image could be used.
    pub fn with_image(self, image: ImageUse) -> Self {
        Self { image, ..self }
    }

    /// Adds the device's grade.
    pub fn with_intensity(self, intensity: u8) -> Self {
        Self { intensity: Some(intensity), ..self }
    }
}

impl fmt::Debug for DatedScore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatedScore")
            .field("scale", &self.scale)
            .field("at", &self.at)
            .field("place", &self.place)
            .field("origin", &self.origin)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WholeBody => f.write_str("the whole body"),
            Self::Zone(site) => write!(f, "`{site}`"),
            Self::Unknown => f.write_str("an unknown body site"),
        }
    }
}
