//! The images that are sent: the structure of a JPEG around noise, of any length.

use crate::Failure;
use legit_health::views::View;
use std::collections::BTreeMap;
use std::path::PathBuf;
use tempfile::TempDir;

/// What one request carries.
#[derive(Debug, Clone, Copy)]
pub(super) struct Payload {
    pub(super) title: &'static str,
    images: usize,
    /// Bytes of each image, without its metadata.
    length: usize,
}

/// For cold starts.
pub(super) const TINY: Payload = Payload { title: "3 kB", images: 1, length: 3_000 };
pub(super) const ONE: Payload = Payload { title: "1 MB", images: 1, length: 1_000_000 };
pub(super) const FIVE: Payload = Payload { title: "5 MB", images: 1, length: 5_000_000 };
pub(super) const TWENTY: Payload = Payload { title: "20 MB", images: 1, length: 20_000_000 };
/// All views of a body.
pub(super) const VIEWS: Payload = Payload { title: "17 × 3 MB", images: 17, length: 3_000_000 };

impl Payload {
    pub(super) fn mb(self) -> f64 {
        (self.images * self.length) as f64 / 1e6
    }

    /// Returns the views of several images; a single one is sent for diagnosis support.
    pub(super) fn views(self) -> Vec<String> {
        let views = View::ALL.iter().take(self.images).map(|view| view.code().to_owned());
        if self.images > 1 { views.collect() } else { Vec::new() }
    }
}

/// The files of all payloads, in a folder that is removed with this value.
pub(super) struct Images {
    pub(super) folder: TempDir,
    /// By the title of the payload.
    files: BTreeMap<&'static str, Vec<ImageFile>>,
}

struct ImageFile {
    path: PathBuf,
    /// Length and CRC-32.
    whole: String,
    /// The same without metadata.
    clean: String,
}

impl Images {
    pub(super) fn write() -> Result<Self, Failure> {
        let folder = tempfile::tempdir()?;
        let mut files = BTreeMap::new();
        for payload in [TINY, ONE, FIVE, TWENTY, VIEWS] {
            let write = |number| -> Result<ImageFile, Failure> {
                let Generated { file, clean } = Generated::new(payload.length, number as u64);
                let path = folder.path().join(format!("{}-{number:02}.jpg", payload.length));
                std::fs::write(&path, &file)?;
                Ok(ImageFile { path, whole: digest(&file), clean: digest(&clean) })
            };
            files.insert(payload.title, (0..payload.images).map(write).collect::<Result<_, _>>()?);
        }
        Ok(Self { folder, files })
    }

    pub(super) fn paths(&self, payload: Payload) -> Vec<PathBuf> {
        self.files[payload.title].iter().map(|file| file.path.clone()).collect()
    }

    pub(super) fn digests(&self, payload: Payload, without_metadata: bool) -> Vec<String> {
        let files = self.files[payload.title].iter();
        files.map(|file| if without_metadata { &file.clean } else { &file.whole }).cloned().collect()
    }
}

/// Returns length and CRC-32.
pub(super) fn digest(bytes: &[u8]) -> String {
    format!("{}:{:08x}", bytes.len(), crc32fast::hash(bytes))
}

/// Pseudo-random bytes, the same on every machine (xorshift64*).
pub(super) struct Noise(u64);

impl Noise {
    /// A different sequence for each seed.
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(super) fn next(&mut self) -> [u8; 8] {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D).to_le_bytes()
    }
}

/// A JPEG as a camera writes it, and without its metadata.
#[derive(Debug)]
pub(crate) struct Generated {
    pub(crate) file: Vec<u8>,
    pub(crate) clean: Vec<u8>,
}

impl Generated {
    /// Generates `length` bytes and an Exif block, with other image data for each seed.
    pub(crate) fn new(length: usize, seed: u64) -> Self {
        let before = [b"\xFF\xD8".to_vec(), segment(0xE0, b"JFIF\0\x01\x02\x01\0\x48\0\x48\0\0")].concat();
        let after = frame_and_scan(length.saturating_sub(before.len()), seed);
        Self {
            file: [&before[..], &segment(0xE1, &exif()), &after].concat(),
            clean: [before, after].concat(),
        }
    }
}

/// An Exif block with one entry, the make of the camera, and no orientation: nothing of it is sent.
fn exif() -> Vec<u8> {
    let mut block = b"Exif\0\0II\x2A\0\x08\0\0\0\x01\0".to_vec();
    // Tag 0x010F, text of 4000 bytes at offset 26; no further directory.
    block.extend(b"\x0F\x01\x02\0\xA0\x0F\0\0\x1A\0\0\0\0\0\0\0");
    block.resize(block.len() + 4000, b'x');
    block
}

/// Tables, a frame of 64 × 48 pixels, which few bytes can fill, a scan of noise, and the end marker.
fn frame_and_scan(length: usize, seed: u64) -> Vec<u8> {
    let mut bytes = [
        segment(0xDB, &[&[0][..], &[1; 64]].concat()),
        segment(0xC0, &[8, 0, 48, 0, 64, 1, 1, 0x11, 0]),
        segment(0xC4, &[&[0x00][..], &[0, 2], &[0; 14], &[0, 1]].concat()),
        segment(0xC4, &[&[0x10][..], &[0, 2], &[0; 14], &[0, 1]].concat()),
        segment(0xDA, &[1, 1, 0, 0, 63, 0]),
    ]
    .concat();
    let mut noise = Noise::new(seed);
    let end = length.saturating_sub(2).max(bytes.len() + 2);
    while bytes.len() < end {
        for byte in noise.next() {
            bytes.push(byte);
            if byte == 0xFF {
                bytes.push(0);
            }
        }
    }
    bytes.truncate(end);
    // The end may have cut an escape in two.
    if let Some(last) = bytes.last_mut() {
        *last = 0;
    }
    bytes.extend(b"\xFF\xD9");
    bytes
}

fn segment(marker: u8, payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(payload.len() + 2).expect("these segments have at most 4 kB");
    [&[0xFF, marker], &length.to_be_bytes()[..], payload].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use legit_health::Image;
    use legit_health::images::ImageFormat;

    #[test]
    fn the_client_accepts_them_and_removes_the_metadata() {
        for length in [3_000, 100_000, 100_001, 100_002] {
            for seed in 0..5 {
                let Generated { file, clean } = Generated::new(length, seed);
                assert_eq!((clean.len(), file.len() > length + 4000), (length, true));
                let image = Image::from_bytes(file).unwrap();
                assert_eq!((image.format(), image.width(), image.height()), (ImageFormat::Jpeg, 64, 48));
                assert_eq!(image.read().unwrap(), clean);
            }
        }
    }

    #[test]
    fn they_differ_by_their_seed_only() {
        assert_eq!(Generated::new(5_000, 1).file, Generated::new(5_000, 1).file);
        assert_ne!(Generated::new(5_000, 1).file, Generated::new(5_000, 2).file);
    }
}
