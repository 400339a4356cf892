//! Edge cases: reports that a client meets rarely, and has to take all the same.

/// What is unusual about the reports of a scenario. Written in the place of a severity: `edge-case/not-skin`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EdgeCase {
    /// The images are usable, and the ranking is empty.
    NothingFound,
    /// No image shows skin.
    NotSkin,
    /// No image is good enough.
    PoorQuality,
    /// Of several images the last one is not good enough.
    LastImageUnusable,
    /// Open lists have a code that the contract does not name.
    UnknownCodes,
    /// Every member is null that may be.
    Nulls,
}

impl EdgeCase {
    pub(super) const ALL: [Self; 6] = [
        Self::NothingFound,
        Self::NotSkin,
        Self::PoorQuality,
        Self::LastImageUnusable,
        Self::UnknownCodes,
        Self::Nulls,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::NothingFound => "nothing-found",
            Self::NotSkin => "not-skin",
            Self::PoorQuality => "poor-quality",
            Self::LastImageUnusable => "last-image-unusable",
            Self::UnknownCodes => "unknown-codes",
            Self::Nulls => "nulls",
        }
    }

    pub(super) fn description(self) -> &'static str {
        match self {
            Self::NothingFound => "usable images, an empty ranking",
            Self::NotSkin => "no image shows skin",
            Self::PoorQuality => "no image is good enough",
            Self::LastImageUnusable => "of several images, the last is not good enough",
            Self::UnknownCodes => "a modality and an intensity unknown to clients",
            Self::Nulls => "every member is null that may be",
        }
    }

    /// Whether it decides if an image is usable.
    pub(crate) fn decides_validity(self) -> bool {
        matches!(self, Self::NotSkin | Self::PoorQuality | Self::LastImageUnusable)
    }
}
