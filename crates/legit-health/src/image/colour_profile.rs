//! Reads the length of a colour profile (ICC) from its header, so that nothing is kept of what follows it.

/// The header of a profile, which has a fixed length.
pub(super) const HEADER: usize = 128;

/// Returns the length that a profile gives itself; `None` if the bytes do not begin with the header of a profile.
pub(super) fn length(start: &[u8]) -> Option<u64> {
    const SIGNATURE: std::ops::Range<usize> = 36..40;
    let header = start.first_chunk::<HEADER>()?;
    let length = u32::from_be_bytes(*header.first_chunk()?);
    (&header[SIGNATURE] == b"acsp" && length as usize >= HEADER).then_some(length.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_is_read_from_a_header_with_the_signature() {
        let mut profile = [0; HEADER + 1];
        profile[36..40].copy_from_slice(b"acsp");
        profile[2..4].copy_from_slice(&[2, 1]);
        assert_eq!(length(&profile), Some(0x201));
        assert_eq!(length(&profile[..HEADER - 1]), None);
        profile[2..4].copy_from_slice(&[0, 127]);
        assert_eq!(length(&profile), None);
        profile[2] = 2;
        profile[36] = b'A';
        assert_eq!(length(&profile), None);
    }
}
