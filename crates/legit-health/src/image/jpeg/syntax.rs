//! The syntax of JPEG: its markers and what they introduce.

/// A marker of ITU-T T.81, table B.1: the byte after 0xFF.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Marker(pub(super) u8);

/// What a marker introduces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    EndOfImage,
    Restart,
    /// Without a segment and without a meaning.
    Standalone,
    /// Not a marker: an escaped 0xFF.
    Escape,
    Application,
    /// Has a segment that decoders skip.
    Ignored,
    Table,
    Frame,
    Scan,
    /// Belongs to a format related to JPEG that is not supported here.
    Variant(&'static str),
    Misplaced,
}

impl Marker {
    pub(super) const DQT: Self = Self(0xDB);
    pub(super) const DHT: Self = Self(0xC4);
    pub(super) const DAC: Self = Self(0xCC);
    pub(super) const DRI: Self = Self(0xDD);
    /// Comment.
    pub(super) const COM: Self = Self(0xFE);
    /// JFIF.
    pub(super) const APP0: Self = Self(0xE0);
    /// Exif and XMP.
    pub(super) const APP1: Self = Self(0xE1);
    /// Colour profile, and lists of further images.
    pub(super) const APP2: Self = Self(0xE2);
    /// JUMBF boxes.
    pub(super) const APP11: Self = Self(0xEB);
    /// Photoshop and IPTC.
    pub(super) const APP13: Self = Self(0xED);
    /// Adobe.
    pub(super) const APP14: Self = Self(0xEE);

    pub(super) fn role(self) -> Role {
        match self {
            Self::DQT | Self::DHT | Self::DAC | Self::DRI => Role::Table,
            Self(code) => match code {
                0x00 => Role::Escape,
                0x01 => Role::Standalone,
                0xC0..=0xC3 | 0xC9 | 0xCA => Role::Frame,
                0xC5..=0xC7 | 0xCD..=0xCF | 0xDE | 0xDF => Role::Variant("hierarchical JPEG"),
                0xCB => Role::Variant("lossless arithmetic-coded JPEG"),
                0xF7 | 0xF8 => Role::Variant("JPEG-LS"),
                0xC8 | 0xF0..=0xF6 | 0xF9..=0xFD => Role::Variant("JPEG with extensions"),
                0xD0..=0xD7 => Role::Restart,
                0xD9 => Role::EndOfImage,
                0xDA => Role::Scan,
                0xE0..=0xEF => Role::Application,
                // A line count (DNL) changes nothing: decoders take the height of the frame.
                0xDC | 0xFE => Role::Ignored,
                _ => Role::Misplaced,
            },
        }
    }
}

pub(super) const WRONG_LENGTH: &str = "segment length does not match its content";
