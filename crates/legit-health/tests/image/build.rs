//! Builds the files that the tests hand over, byte by byte where it matters.

pub(crate) mod dice;
pub(crate) mod exif;
pub(crate) mod jpeg;
pub(crate) mod mutate;
pub(crate) mod picture;
pub(crate) mod png;
pub(crate) mod webp;

/// How many cases of a kind to try: the usual number, or what `LEGIT_HEALTH_CASES` says.
pub(crate) fn cases(usual: u64) -> u64 {
    std::env::var("LEGIT_HEALTH_CASES").map_or(usual, |cases| cases.parse().expect("a number of cases"))
}

/// What is planted where nothing may survive. Each plant gets its own, so that a failure names it.
pub(crate) fn needle(name: &str) -> Vec<u8> {
    format!("<NEEDLE {name}>").into_bytes()
}

/// The first planted thing that is still there.
pub(crate) fn survivor(bytes: &[u8]) -> Option<String> {
    let at = memchr::memmem::find(bytes, b"<NEEDLE ")?;
    Some(String::from_utf8_lossy(&bytes[at..bytes.len().min(at + 60)]).into_owned())
}

/// A colour profile as far as anybody here looks: its length, its signature, and some bytes.
pub(crate) fn colour_profile(length: usize) -> Vec<u8> {
    let mut profile = vec![0x5A; length.max(128)];
    let length = profile.len() as u32;
    profile[..4].copy_from_slice(&length.to_be_bytes());
    profile[36..40].copy_from_slice(b"acsp");
    profile
}
