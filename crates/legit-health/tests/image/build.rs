//! Building blocks of test images: random numbers, damage, needles, colour profiles and Exif blocks.

/// Number of cases of a kind to try: the usual number, or the value of `LEGIT_HEALTH_CASES`.
pub(crate) fn cases(usual: u64) -> u64 {
    std::env::var("LEGIT_HEALTH_CASES").map_or(usual, |cases| cases.parse().expect("a number of cases"))
}

/// Text that must not be sent. Each place gets its own, so that a failure names it.
pub(crate) fn needle(name: &str) -> Vec<u8> {
    format!("<NEEDLE {name}>").into_bytes()
}

/// Returns the first needle that is still there.
pub(crate) fn survivor(bytes: &[u8]) -> Option<String> {
    let at = memchr::memmem::find(bytes, b"<NEEDLE ")?;
    Some(String::from_utf8_lossy(&bytes[at..bytes.len().min(at + 60)]).into_owned())
}

/// A colour profile with the parts that are read here: its length, its signature, and some bytes.
pub(crate) fn colour_profile(length: usize) -> Vec<u8> {
    let mut profile = vec![0x5A; length.max(128)];
    let length = profile.len() as u32;
    profile[..4].copy_from_slice(&length.to_be_bytes());
    profile[36..40].copy_from_slice(b"acsp");
    profile
}

/// Random numbers that are the same in every run: SplitMix64.
pub(crate) struct Rng(u64);

impl Rng {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Returns a number in `0..bound`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    pub(crate) fn byte(&mut self) -> u8 {
        self.next() as u8
    }

    pub(crate) fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub(crate) fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len())]
    }

    pub(crate) fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.byte()).collect()
    }
}

/// Changes, removes, inserts and repeats bytes at one to six places.
pub(crate) fn mutate(rng: &mut Rng, bytes: &mut Vec<u8>) {
    const MARKERS: [u8; 8] = [0x00, 0xFF, 0xD9, 0xDA, 0xC4, 0x7F, 0x80, 0x01];
    for _ in 0..=rng.below(5) {
        let at = rng.below(bytes.len());
        match rng.below(5) {
            0 => bytes[at] = rng.byte(),
            1 => bytes[at] = *rng.pick(&MARKERS),
            2 => drop(bytes.drain(at..(at + rng.below(20)).min(bytes.len() - 1).max(at))),
            3 => {
                let length = rng.below(20);
                bytes.splice(at..at, rng.bytes(length));
            }
            _ => {
                let from = rng.below(bytes.len());
                let copied = bytes[from..(from + 60).min(bytes.len())].to_vec();
                bytes.splice(at..at, copied);
            }
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum ByteOrder {
    Little,
    Big,
}

struct Block {
    order: ByteOrder,
    bytes: Vec<u8>,
}

/// An Exif block as a camera writes it, a TIFF structure: a first directory with maker, orientation and a pointer to GPS data, and a second one, for a
/// thumbnail, with its own orientation that must not be taken for that of the image.
pub(crate) fn exif(order: ByteOrder, orientation: Option<u16>) -> Vec<u8> {
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
