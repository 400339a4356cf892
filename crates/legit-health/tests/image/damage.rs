//! The sentences for damaged files, each with the place of the damage.

use crate::build::dice::Dice;
use crate::build::{jpeg, picture, png, webp};
use crate::drawings;
use crate::refusals::refusal;
use legit_health::ImageErrorKind;

#[test]
fn a_damaged_jpeg() {
    let base = picture::jpeg(&mut Dice::new(17), 40);
    let (table, frame, scan) = (jpeg::find(&base, 0xDB), jpeg::find(&base, 0xC0), jpeg::find(&base, 0xDA));
    let end = base.len() - 2;
    let with = |at: usize, bytes: &[u8]| [&base[..at], bytes, &base[at + bytes.len()..]].concat();
    let slack = |at: usize| {
        let length = u16::from_be_bytes([base[at + 2], base[at + 3]]) + 1;
        let after = at + 1 + usize::from(length);
        jpeg::insert(&with(at + 2, &length.to_be_bytes()), after, &[0])
    };
    let segment = &base[frame..scan];
    for (bytes, at, what) in [
        (jpeg::insert(&base, frame, b"Jane"), frame, "a marker was expected"),
        (jpeg::insert(&base, frame, &[0xFF, 0xD8]), frame, "a marker stands where none of its kind may be"),
        (jpeg::insert(&base, frame, &[0xFF, 0x00]), frame, "a marker stands where none of its kind may be"),
        (with(table + 2, &[0, 1]), table, "a segment has no length"),
        (slack(table), table, "a segment's length does not match its content"),
        (slack(frame), frame, "a segment's length does not match its content"),
        (slack(scan), scan, "a segment's length does not match its content"),
        (with(frame + 7, &[0, 0]), frame, "the picture's width is 0"),
        (with(frame + 5, &[0, 0]), end + 2, "the picture's height is missing"),
        (jpeg::insert(&base, scan, segment), scan, "a second picture begins within the first"),
        (
            jpeg::insert(&base, frame, &base[scan..]),
            frame,
            "picture data comes before the picture's dimensions",
        ),
        ([&base[..scan], &[0xFF, 0xD9]].concat(), scan + 2, "it ends without any picture data"),
        (
            [&base[..scan + 2 + usize::from(base[scan + 3])], &[0xFF, 0xD9]].concat(),
            scan,
            "a scan holds no picture data",
        ),
        (
            jpeg::insert(&base, end, &jpeg::segment(0xDC, &[0x7F, 0xFF])),
            end,
            "the height is given twice and differs, or comes too early",
        ),
        (
            jpeg::insert(&base, scan, &jpeg::segment(0xDC, &base[frame + 5..frame + 7])),
            scan,
            "the height is given twice and differs, or comes too early",
        ),
        (
            jpeg::insert(&with(frame + 5, &[0, 0]), scan, &jpeg::segment(0xDC, &[0, 8])),
            scan,
            "the height is given twice and differs, or comes too early",
        ),
        (jpeg::insert(&base, end, &jpeg::segment(0xDC, &[0, 0])), end, "the picture's height is 0"),
    ] {
        let sentence = format!("the JPEG is damaged at byte {at}: {what}; copy or export the file again");
        assert_eq!(refusal(&bytes), (ImageErrorKind::Damaged, sentence));
    }
}

#[test]
fn a_damaged_png() {
    let drawing = |name| drawings::PNGS.iter().find(|drawing| drawing.name == name).expect("is there").bytes;
    let palette = drawing("palette-transparent.png");
    let chunks = png::chunks(palette);
    let file = |order: &[usize]| {
        let chunks = order.iter().flat_map(|index| chunks[*index].1);
        png::SIGNATURE.iter().chain(chunks).copied().collect::<Vec<u8>>()
    };
    let assembled = |parts: &[&[u8]]| [png::SIGNATURE, &parts.concat()].concat();
    let [header, colours, transparent, data, end] = [0, 1, 2, 3, 4].map(|index| chunks[index].1);
    assert_eq!(png::names(palette), ["IHDR", "PLTE", "tRNS", "IDAT", "IEND"]);
    let after = |count: usize| 8 + chunks[..count].iter().map(|(_, chunk)| chunk.len()).sum::<usize>();
    let mut flipped = palette.to_vec();
    flipped[after(3) + 20] ^= 1;
    let mut huge = palette.to_vec();
    huge[after(3)] = 0x80;
    for (bytes, at, what) in [
        (flipped, after(3), "a checksum does not match"),
        (huge, after(3), "a chunk has an impossible length"),
        (assembled(&[header, &png::chunk(b"te t", b"")]), after(1), "a chunk's name is not four letters"),
        (file(&[1, 0, 2, 3, 4]), 8, "it does not begin with its header"),
        (file(&[0, 0, 1, 2, 3, 4]), after(1), "a second picture begins within the first"),
        (file(&[0, 3, 1, 4]), after(1), "the picture's palette is missing"),
        (file(&[0, 1, 1, 3, 4]), after(2), "a palette is in the wrong place"),
        (assembled(&[header, &png::chunk(b"PLTE", &[1; 4])]), after(1), "the palette has a wrong length"),
        (file(&[0, 1, 2, 2, 3, 4]), after(3), "transparency is in the wrong place"),
        (file(&[0, 2, 1, 3, 4]), after(1), "transparency has a wrong length"),
        (
            // One more than the palette has colours.
            assembled(&[header, colours, &png::chunk(b"tRNS", &[0; 17]), data, end]),
            after(2),
            "transparency has a wrong length",
        ),
        (file(&[0, 1, 2, 4]), after(3), "it ends without any picture data"),
        (
            assembled(&[header, colours, &png::chunk(b"IDAT", b""), end]),
            after(2) + 12,
            "it ends without any picture data",
        ),
        (
            assembled(&[header, colours, data, &png::chunk(b"tEXt", b"a\0b"), data, end]),
            after(2) + data.len() + 15,
            "the picture data is interrupted by something else",
        ),
        (
            assembled(&[header, colours, transparent, data, &png::chunk(b"IEND", b"Jane")]),
            after(4),
            "the end chunk is not empty",
        ),
        (assembled(&[&png::chunk(b"IHDR", &[0; 12])]), 8, "the header has a wrong length"),
        (
            assembled(&[&png::chunk(b"IHDR", &[0, 0, 0, 0, 0, 0, 0, 1, 8, 2, 0, 0, 0])]),
            8,
            "the picture's width or height is 0 or impossible",
        ),
    ] {
        let sentence = format!("the PNG is damaged at byte {at}: {what}; copy or export the file again");
        assert_eq!(refusal(&bytes), (ImageErrorKind::Damaged, sentence));
    }
}

#[test]
fn a_damaged_webp() {
    let lossy = webp::chunks(drawings::WEBPS[0].bytes);
    let picture = lossy[0].clone();
    let header = |width| webp::extended_header(0, width, 28);
    let alpha = (*b"ALPH", vec![0; 4]);
    let file = |chunks: &[webp::Chunk]| webp::file(chunks);
    let mut beyond = file(&lossy);
    beyond[18] = 9;
    let after = 12 + 18 + 8 + picture.1.len();
    for (bytes, at, what) in [
        (b"RIFF\x03\0\0\0WEBP".to_vec(), 4, "its size is too small for a picture"),
        (b"RIFF\x04\0\0\0WEBP".to_vec(), 4, "its size is too small for a picture"),
        (beyond, 12, "a chunk reaches beyond the end of the container"),
        (file(&[alpha.clone(), picture.clone()]), 12, "it does not begin with a picture"),
        (file(&[(*b"VP8 ", vec![0; 20])]), 12, "the picture data does not begin as it must"),
        (file(&[(*b"VP8X", vec![0; 9]), picture.clone()]), 12, "its extended header has a wrong length"),
        (file(&[(*b"VP8X", vec![0; 11]), picture.clone()]), 12, "its extended header has a wrong length"),
        (file(&[header(40)]), 30, "it ends without any picture data"),
        (file(&[header(41), picture.clone()]), 30, "the picture does not have the size that was announced"),
        (file(&[header(40), picture.clone(), picture.clone()]), after, "a second picture follows the first"),
        (
            file(&[header(40), picture.clone(), alpha.clone()]),
            after,
            "an alpha channel is in the wrong place",
        ),
        (
            file(&[header(40), alpha.clone(), alpha.clone(), picture.clone()]),
            42,
            "an alpha channel is in the wrong place",
        ),
    ] {
        let sentence = format!("the WebP is damaged at byte {at}: {what}; copy or export the file again");
        assert_eq!(refusal(&bytes), (ImageErrorKind::Damaged, sentence));
    }
}
