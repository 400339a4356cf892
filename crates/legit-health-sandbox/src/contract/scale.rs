//! The scales of the document (`x-scale`): which there are, who may ask for them, and with what answers.

/// A scale as the document defines it.
#[derive(Debug)]
pub(crate) struct Scale {
    pub(crate) code: String,
    pub(crate) title: String,
    pub(crate) modes: Vec<Mode>,
    /// ICD-11 codes of the conditions it is made for.
    pub(crate) conditions: Vec<String>,
    /// Body sites that it is known to refuse.
    pub(super) refused_sites: Vec<String>,
    /// Items that a request answers. What else a scale needs is seen in the image.
    pub(crate) answers: Vec<String>,
}

/// What a scale is computed from. Each has an endpoint of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Answers alone.
    Manual,
    /// One image of one body site.
    Local,
    /// A set of views of the whole body.
    Global,
}

impl Mode {
    pub(crate) const ALL: [Self; 3] = [Self::Manual, Self::Local, Self::Global];

    /// As the document writes it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::Local => "local",
            Self::Global => "global",
        }
    }
}
