//! Files that are JPEGs to everybody who does not decode the pixels, of any length.

/// Pseudo-random bytes, the same ones on every machine (xorshift64*).
#[derive(Debug)]
pub struct Noise(u64);

impl Noise {
    /// A sequence of its own for each seed.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// Adds bytes until there are `length`.
    pub fn extend(&mut self, bytes: &mut Vec<u8>, length: usize) {
        while bytes.len() < length {
            bytes.extend(self.next().to_le_bytes());
        }
        bytes.truncate(length);
    }
}

/// A photograph, and what of it may be sent.
#[derive(Debug)]
pub struct Photograph {
    /// As a camera writes it, with Exif.
    pub file: Vec<u8>,
    /// Without Exif.
    pub clean: Vec<u8>,
}

impl Photograph {
    /// Of `length` bytes before the Exif block, with a picture of its own for each seed.
    pub fn new(length: usize, seed: u64) -> Self {
        let before = [b"\xFF\xD8".to_vec(), segment(0xE0, b"JFIF\0\x01\x02\x01\0\x48\0\x48\0\0")].concat();
        let exif = segment(0xE1, &exif());
        let picture = picture(length.saturating_sub(before.len()), seed);
        Self { file: [&before[..], &exif, &picture].concat(), clean: [before, picture].concat() }
    }
}

/// Camera and place, and no orientation: nothing of it is sent.
fn exif() -> Vec<u8> {
    let mut block = b"Exif\0\0II\x2A\0\x08\0\0\0".to_vec();
    block.extend(1_u16.to_le_bytes());
    // Make, as text, further on in the block.
    block.extend(0x010F_u16.to_le_bytes());
    block.extend(2_u16.to_le_bytes());
    block.extend(4000_u32.to_le_bytes());
    block.extend(26_u32.to_le_bytes());
    block.extend(0_u32.to_le_bytes());
    block.resize(block.len() + 4000, b'x');
    block
}

/// Tables, frame, scan and end marker; 4000 × 3000 pixels if anybody believed it.
fn picture(length: usize, seed: u64) -> Vec<u8> {
    let mut picture = [
        segment(0xDB, &[&[0][..], &[1; 64]].concat()),
        segment(0xC0, &[8, 0x0B, 0xB8, 0x0F, 0xA0, 1, 1, 0x11, 0]),
        segment(0xC4, &[&[0x00][..], &[0, 2], &[0; 14], &[0, 1]].concat()),
        segment(0xC4, &[&[0x10][..], &[0, 2], &[0; 14], &[0, 1]].concat()),
        segment(0xDA, &[1, 1, 0, 0, 63, 0]),
    ]
    .concat();
    let mut noise = Noise::new(seed);
    let data_ends = length.saturating_sub(2).max(picture.len() + 2);
    while picture.len() < data_ends {
        for byte in noise.next().to_le_bytes() {
            picture.push(byte);
            if byte == 0xFF {
                picture.push(0);
            }
        }
    }
    picture.truncate(data_ends);
    // The cut may have left an escape without its second byte.
    if let Some(last) = picture.last_mut() {
        *last = 0;
    }
    picture.extend(b"\xFF\xD9");
    picture
}

fn segment(marker: u8, payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(payload.len() + 2).expect("the segments written here have at most 4 kB");
    [&[0xFF, marker], &length.to_be_bytes()[..], payload].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use legit_health::Image;
    use legit_health::images::ImageFormat;

    #[test]
    fn the_client_takes_them_and_sends_what_is_said() {
        for length in [3_000, 100_000, 100_001, 100_002] {
            for seed in 0..5 {
                let Photograph { file, clean } = Photograph::new(length, seed);
                assert_eq!((clean.len(), file.len() > length + 4000), (length, true));
                let image = Image::from_bytes(file).unwrap();
                assert_eq!((image.format(), image.width(), image.height()), (ImageFormat::Jpeg, 4000, 3000));
                assert_eq!(image.read().unwrap(), clean);
            }
        }
    }

    #[test]
    fn they_differ_by_seed_and_by_nothing_else() {
        assert_eq!(Photograph::new(5_000, 1).file, Photograph::new(5_000, 1).file);
        assert_ne!(Photograph::new(5_000, 1).file, Photograph::new(5_000, 2).file);
    }
}
