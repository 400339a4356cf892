//! The markers of ITU-T T.81, table B.1, by what the walk does with them.

/// The byte after 0xFF.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Marker(pub(super) u8);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    EndOfImage,
    /// Without a segment, and without a meaning outside picture data.
    Alone,
    Application,
    Comment,
    Table,
    Frame,
    Scan,
    LineCount,
    /// Belongs to a relative of JPEG, whose pictures consist of more than the walk can follow.
    Variant(&'static str),
    Misplaced,
}

impl Marker {
    pub(super) const DQT: Self = Self(0xDB);
    pub(super) const DHT: Self = Self(0xC4);
    pub(super) const DAC: Self = Self(0xCC);
    /// JFIF.
    pub(super) const APP0: Self = Self(0xE0);
    /// Exif and XMP.
    pub(super) const APP1: Self = Self(0xE1);
    /// Colour profile, and lists of further pictures.
    pub(super) const APP2: Self = Self(0xE2);
    /// Adobe.
    pub(super) const APP14: Self = Self(0xEE);

    pub(super) fn role(self) -> Role {
        match self.0 {
            0x01 | 0xD0..=0xD7 => Role::Alone,
            0xC0..=0xC3 | 0xC9..=0xCB => Role::Frame,
            0xC4 | 0xCC | 0xDB | 0xDD => Role::Table,
            0xC5..=0xC7 | 0xCD..=0xCF | 0xDE | 0xDF => Role::Variant("a hierarchical JPEG"),
            0xF7 | 0xF8 => Role::Variant("a JPEG-LS picture"),
            0xC8 | 0xF0..=0xF6 | 0xF9..=0xFD => Role::Variant("a JPEG with extensions"),
            0xD9 => Role::EndOfImage,
            0xDA => Role::Scan,
            0xDC => Role::LineCount,
            0xE0..=0xEF => Role::Application,
            0xFE => Role::Comment,
            0x00 | 0x02..=0xBF | 0xD8 | 0xFF => Role::Misplaced,
        }
    }
}
