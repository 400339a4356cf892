//! Exif blocks as a camera writes them: maker, GPS position, a thumbnail, and an orientation.

use super::needle;

#[derive(Clone, Copy, Debug)]
pub(crate) enum ByteOrder {
    Little,
    Big,
}

struct Block {
    order: ByteOrder,
    bytes: Vec<u8>,
}

/// A TIFF structure: a first directory with maker, orientation and a pointer to GPS data, and a second one, for a
/// thumbnail, with an orientation of its own that must not be taken for the picture's.
pub(crate) fn block(order: ByteOrder, orientation: Option<u16>) -> Vec<u8> {
    let entries = 2 + usize::from(orientation.is_some());
    let gps_at = 8 + 2 + 12 * entries + 4;
    let thumbnail_at = gps_at + 2 + 12 + 4;
    let texts_at = thumbnail_at + 2 + 12 + 4;
    let (maker, position) = (needle("Exif maker"), needle("Exif GPS"));

    let mut block = Block { order, bytes: Vec::new() };
    block.bytes.extend(match order {
        ByteOrder::Little => b"II\x2A\0",
        ByteOrder::Big => b"MM\0\x2A",
    });
    block.long(8);
    block.short(entries);
    block.entry(0x010F, 2, maker.len(), texts_at);
    if let Some(orientation) = orientation {
        block.short_entry(0x0112, orientation.into());
    }
    block.entry(0x8825, 4, 1, gps_at);
    block.long(thumbnail_at);
    block.short(1);
    block.entry(0x001D, 2, position.len(), texts_at + maker.len());
    block.long(0);
    block.short(1);
    block.short_entry(0x0112, 5);
    block.long(0);
    block.bytes.extend([maker, position, needle("Exif thumbnail")].concat());
    block.bytes
}

impl Block {
    fn short(&mut self, value: usize) {
        let value = value as u16;
        self.bytes.extend(match self.order {
            ByteOrder::Little => value.to_le_bytes(),
            ByteOrder::Big => value.to_be_bytes(),
        });
    }

    fn long(&mut self, value: usize) {
        let value = value as u32;
        self.bytes.extend(match self.order {
            ByteOrder::Little => value.to_le_bytes(),
            ByteOrder::Big => value.to_be_bytes(),
        });
    }

    fn entry(&mut self, tag: usize, kind: usize, count: usize, value: usize) {
        self.short(tag);
        self.short(kind);
        self.long(count);
        self.long(value);
    }

    fn short_entry(&mut self, tag: usize, value: usize) {
        self.short(tag);
        self.short(3);
        self.long(1);
        self.short(value);
        self.short(0);
    }
}
