//! A small JPEG for the unit tests of other modules.

/// Returns a grey JPEG of one pixel, with a segment before its scan, and with this image data.
pub(crate) fn jpeg(segment: &[u8], data: &[u8]) -> Vec<u8> {
    const FRAME: &[u8] = b"\xFF\xD8\xFF\xC0\x00\x0B\x08\x00\x01\x00\x01\x01\x01\x11\x00";
    const SCAN: &[u8] = b"\xFF\xDA\x00\x08\x01\x01\x00\x00\x3F\x00";
    let quantization = [&b"\xFF\xDB\x00\x43\x00"[..], &[1; 64]].concat();
    // One code, of one bit.
    let huffman = |class: u8| [&b"\xFF\xC4\x00\x14"[..], &[class << 4, 1], &[0; 16]].concat();
    [FRAME, &quantization, &huffman(0), &huffman(1), segment, SCAN, data, b"\xFF\xD9"].concat()
}
