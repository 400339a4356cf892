//! The four intensities of the API.

/// How strong a result is, in the four steps of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Intensity {
    /// 0 on the wire.
    None,
    /// 1 on the wire.
    Low,
    /// 2 on the wire.
    Moderate,
    /// 3 on the wire.
    High,
}

impl Intensity {
    /// The number on the wire, 0 to 3.
    pub const fn level(self) -> u8 {
        match self {
            Self::None => 0,
            Self::Low => 1,
            Self::Moderate => 2,
            Self::High => 3,
        }
    }
}
