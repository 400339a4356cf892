//! Rejected images: other formats, truncated and damaged files, and animations, with their error messages.

use crate::build::Rng;
use crate::formats::{jpeg, png, webp};
use crate::images::{WEBPS, fixture, random_jpeg, random_png};
use legit_health::Image;
use legit_health::images::ImageErrorKind;

fn rejection(bytes: &[u8]) -> (ImageErrorKind, String) {
    let error = Image::from_bytes(bytes).expect_err("an error");
    assert_eq!(error.path(), None);
    (error.kind(), error.to_string())
}

pub(crate) fn assert_rejected(cases: &[(&[u8], ImageErrorKind, &str)]) {
    for (bytes, kind, message) in cases {
        assert_eq!(rejection(bytes), (*kind, (*message).to_owned()));
    }
}

#[test]
fn other_formats_are_named_in_the_error() {
    use ImageErrorKind::{Damaged, Empty, NotAnImage, NotBase64, Unsupported};
    let mut dicom = vec![0; 128];
    dicom.extend(b"DICM");
    assert_rejected(&[
        (b"", Empty, "empty image: it has 0 bytes; copy or export the image again"),
        (
            b"GIF89a\x01\0\x01\0",
            Unsupported,
            "unsupported image format: GIF; export the image as JPEG or PNG",
        ),
        (
            b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
            Unsupported,
            "unsupported image format: HEIC/HEIF; export the image as JPEG or PNG",
        ),
        (
            b"\0\0\0\x18ftypmif2\0\0\0\0mif1heic",
            Unsupported,
            "unsupported image format: HEIC/HEIF; export the image as JPEG or PNG",
        ),
        (
            b"\0\0\0\x18ftypmiaf\0\0\0\0mif1avif",
            Unsupported,
            "unsupported image format: AVIF; export the image as JPEG or PNG",
        ),
        (
            b"\x08\0\x05\0CS\x0A\0ISO_IR 100\x08\0\x08\0CS\x08\0ORIGINAL",
            Unsupported,
            "unsupported image format: DICOM; export the image as JPEG or PNG",
        ),
        (
            b"II\x2A\0\x10\0\0\0CR\x02\0",
            Unsupported,
            "unsupported image format: camera raw (Canon CR2); export the image as JPEG or PNG",
        ),
        (
            b"\0\x05\x16\x07\0\x02\0\0Mac OS X        ",
            NotAnImage,
            "not an image: macOS side file (AppleDouble); pass the file of the same name without the leading ._",
        ),
        (b"\"/9j/4AAQ\"", NotBase64, "invalid base64: the text is in quotes; remove them"),
        (b"/\09\0j\0/\0", NotBase64, "invalid base64: the text is UTF-16; save it as UTF-8"),
        (
            b"-----BEGIN CERTIFICATE-----\r\n/9j/4AAQ\r\n",
            NotBase64,
            "invalid base64: the text is between BEGIN and END lines, as certutil writes it; remove these lines",
        ),
        (
            b"_9j_4AAQSkZJRgAB",
            NotBase64,
            "invalid base64: byte 0 belongs to the URL-safe alphabet; encode the image with the standard alphabet",
        ),
        (&dicom, Unsupported, "unsupported image format: DICOM; export the image as JPEG or PNG"),
        (b"%PDF-1.7", NotAnImage, "not an image: PDF document; export the image itself as JPEG or PNG"),
        (
            b"\0\0\0\x18ftypisom\0\0\0\0isommp41",
            NotAnImage,
            "not an image: MP4 video; export one frame as JPEG or PNG",
        ),
        (
            b"PK\x03\x04\x14\0",
            NotAnImage,
            "not an image: ZIP archive or Office document; unpack it and pass the image inside",
        ),
        (b"{\"data\":\"/9j/\"}", NotAnImage, "not an image: JSON text; pass the image itself"),
        (
            b"<!DOCTYPE html><title>502 Bad Gateway</title>",
            NotAnImage,
            "not an image: web page (HTML), perhaps a saved error page; \
             export the image itself as JPEG or PNG",
        ),
        (b"images/front.jpg", NotAnImage, "not an image: plain text; pass the image itself"),
        (b"\x12\x34\x56\x78\x9A", NotAnImage, "not an image: unknown format; pass a JPEG or PNG file"),
        (
            &[0; 64],
            Damaged,
            "damaged image: it begins with zeros only, as after an interrupted copy; \
             copy the original image again as binary data",
        ),
        (
            "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\0\x10JFIF".as_bytes(),
            Damaged,
            "damaged image: a program has read it as text and replaced its bytes; \
             copy the original image again as binary data",
        ),
        (
            b"\x89PNG\n\x1A\n\0\0",
            Damaged,
            "damaged image: the line ends of the PNG were converted; \
             copy the original image again as binary data",
        ),
    ]);
}

#[test]
fn unsupported_variants_are_named_in_the_error() {
    let base = random_jpeg(&mut Rng::new(18), 40);
    let frame = jpeg::find(&base, 0xC0);
    let relative = |marker| {
        let mut bytes = base.clone();
        bytes[frame + 1] = marker;
        bytes
    };
    let field = |at: usize, value: u8| {
        let mut bytes = base.clone();
        bytes[frame + at] = value;
        bytes
    };
    let with_height = |height: u16| [&base[..frame + 5], &height.to_be_bytes(), &base[frame + 7..]].concat();
    let without_height = with_height(0);
    let end = base.len() - 2;
    let late_height = jpeg::insert(&without_height, end, &jpeg::segment(0xDC, &base[frame + 5..frame + 7]));
    for (bytes, name) in [
        (relative(0xC5), "hierarchical JPEG"),
        (relative(0xDE), "hierarchical JPEG"),
        (relative(0xF7), "JPEG-LS"),
        (relative(0xF0), "JPEG with extensions"),
        (relative(0xCB), "lossless arithmetic-coded JPEG"),
        (field(4, 12), "JPEG with 12 bits per sample"),
        (field(4, 7), "JPEG with 7 bits per sample"),
        (with_height(0xFFFF), "JPEG of more than 65500 pixels a side"),
        (without_height, "JPEG without a height in its frame header"),
        (late_height, "JPEG without a height in its frame header"),
    ] {
        let message = format!(
            "unsupported image format: {name}; \
             export the image as a baseline or progressive JPEG of 8 bits per sample"
        );
        assert_eq!(rejection(&bytes), (ImageErrorKind::Unsupported, message));
    }
    let png = random_png(&mut Rng::new(19), 8);
    for (bytes, name) in [
        (png::insert(&png, 8, &png::chunk(b"CgBI", &[0; 4])), "Apple's private variant of PNG for iOS"),
        (png::after_header(&png, &png::chunk(b"PrVt", b"")), "PNG with a private extension"),
    ] {
        let message = format!("unsupported image format: {name}; export the image as JPEG or PNG");
        assert_eq!(rejection(&bytes), (ImageErrorKind::Unsupported, message));
    }
}

#[test]
fn a_damaged_jpeg_is_rejected_with_the_position() {
    let base = random_jpeg(&mut Rng::new(17), 40);
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
        (jpeg::insert(&base, frame, &[0xFF, 0xD8]), frame, "unexpected marker"),
        (jpeg::insert(&base, frame, &[0xFF, 0x02]), frame, "unexpected marker"),
        // After a scan, what is no marker could be image data.
        (jpeg::insert(&base, end, b"\xFF\xFE\0\x02Jane"), end + 4, "missing marker"),
        (jpeg::insert(&base, end, b"\xFF\xFE\0\x02\xFF\0"), end + 4, "unexpected marker"),
        (jpeg::insert(&base, end - 1, &[0xFF, 0xD0]), end - 1, "restart marker out of place"),
        (jpeg::insert(&base, end, &[0xFF, 0xD0, 0xFF, 0x00]), end, "restart marker out of place"),
        (with(table + 2, &[0, 1]), table, "segment length below 2"),
        (slack(table), table, "segment length does not match its content"),
        (slack(frame), frame, "segment length does not match its content"),
        (slack(scan), scan, "segment length does not match its content"),
        (with(frame + 7, &[0, 0]), frame, "image width is 0"),
        (with(frame + 11, &[0x50]), frame, "sampling factor not in 1 to 4"),
        (with(frame + 12, &[3]), scan, "scan uses a table that is not defined"),
        (with(scan + 5, &[9]), scan, "scan of a component that is not in the frame"),
        (with(scan + 6, &[0x22]), scan, "scan uses a Huffman table that is not defined"),
        (jpeg::insert(&base, end, &base[scan..end]), end, "scan repeats or skips a part of the image data"),
        (jpeg::insert(&base, scan, segment), scan, "second frame header"),
        (jpeg::insert(&base, frame, &base[scan..]), frame, "scan without a frame header"),
        ([&base[..scan], &[0xFF, 0xD9]].concat(), scan + 2, "no image data"),
    ] {
        let message = format!("damaged JPEG: {what} at byte {at}; copy or export the image again");
        assert_eq!(rejection(&bytes), (ImageErrorKind::Damaged, message));
    }
}

/// What the scans of a JPEG bring is counted, though not decoded.
#[test]
fn a_jpeg_with_less_image_data_than_it_announces_is_rejected() {
    let assert_incomplete = |bytes: &[u8], what: &str| {
        let message = format!("incomplete JPEG: {what}; copy or export the image again");
        assert_eq!(rejection(bytes), (ImageErrorKind::Truncated, message));
    };

    // Every scan is missing in turn, and all after each of them.
    let progressive = fixture("progressive.jpg");
    let scans: Vec<usize> =
        jpeg::gaps(progressive).into_iter().filter(|at| progressive[at + 1] == 0xDA).collect();
    assert!(scans.len() > 3);
    for scan in &scans[1..] {
        let cut = [&progressive[..*scan], &[0xFF, 0xD9]].concat();
        let at = cut.len();
        assert_incomplete(
            &cut,
            &format!("the scans up to the end marker before byte {at} lack data of component 1"),
        );
    }
    for pair in scans.windows(2) {
        let without = [&progressive[..pair[0]], &progressive[pair[1]..]].concat();
        let (kind, _) = rejection(&without);
        assert!(matches!(kind, ImageErrorKind::Truncated | ImageErrorKind::Damaged), "{kind:?}");
    }

    // The scan of a frame of three components has one of them.
    let base = random_jpeg(&mut Rng::new(17), 40);
    let (scan, end) = (jpeg::find(&base, 0xDA), base.len() - 2);
    let one = jpeg::segment(0xDA, &[1, base[scan + 5], base[scan + 6], 0, 63, 0]);
    let only = [&base[..scan], &one, &base[scan + 14..]].concat();
    let at = only.len();
    assert_incomplete(
        &only,
        &format!("the scans up to the end marker before byte {at} lack data of component {}", base[scan + 7]),
    );

    // 16,384 pixels a side need more data than there are, whatever they show.
    let frame = jpeg::find(&base, 0xC0);
    let mut large = base.clone();
    large[frame + 5..frame + 9].copy_from_slice(&[0x40, 0, 0x40, 0]);
    let (_, message) = rejection(&large);
    let found = format!("incomplete JPEG: the scan at byte {scan} has {} bytes", end - scan - 14);
    assert!(message.starts_with(&found), "{message}");
    let one_byte = [&base[..scan + 14], b"\x55\xFF\xD9"].concat();
    let (_, message) = rejection(&one_byte);
    assert!(
        message.starts_with(&format!("incomplete JPEG: the scan at byte {scan} has 1 bytes")),
        "{message}"
    );
}

#[test]
fn a_jpeg_with_missing_or_misnumbered_restart_intervals_is_rejected() {
    let whole = fixture("grey-restart.jpg");
    let scan = jpeg::find(whole, 0xDA);
    let restarts: Vec<usize> =
        (scan..whole.len() - 2).filter(|at| whole[*at] == 0xFF && whole[at + 1] & 0xF8 == 0xD0).collect();
    assert_eq!(restarts.len(), 19);
    let (eighth, end) = (restarts[7], whole.len() - 2);
    let after_eighth = restarts[8];
    for (bytes, kind, what) in [
        (
            [&whole[..eighth], &whole[after_eighth..]].concat(),
            ImageErrorKind::Damaged,
            format!("damaged JPEG: restart marker out of order at byte {eighth}"),
        ),
        (
            [&whole[..eighth], &whole[end..]].concat(),
            ImageErrorKind::Truncated,
            format!("incomplete JPEG: the scan at byte {scan} has 8 of 20 restart intervals"),
        ),
        (
            [&whole[..eighth + 2], &whole[after_eighth..]].concat(),
            ImageErrorKind::Truncated,
            format!(
                "incomplete JPEG: the scan at byte {scan} has 0 bytes up to byte {}, \
                 and needs at least 1 there",
                eighth + 2
            ),
        ),
        (
            // Without the definition of the interval, the first one should hold all.
            [&whole[..scan - 6], &whole[scan..]].concat(),
            ImageErrorKind::Truncated,
            format!("incomplete JPEG: the scan at byte {} has ", scan - 6),
        ),
    ] {
        let (found, message) = rejection(&bytes);
        assert_eq!(found, kind, "{message}");
        assert!(message.starts_with(&what), "{message}");
    }
}

#[test]
fn a_damaged_png_is_rejected_with_the_position() {
    let palette = fixture("palette-transparent.png");
    let chunks = png::chunks(palette);
    let file = |order: &[usize]| {
        let chunks = order.iter().flat_map(|index| chunks[*index].1);
        png::SIGNATURE.iter().chain(chunks).copied().collect::<Vec<u8>>()
    };
    let assembled = |parts: &[&[u8]]| [png::SIGNATURE, &parts.concat()].concat();
    let [header, colours, _, data, end] = [0, 1, 2, 3, 4].map(|index| chunks[index].1);
    assert_eq!(png::names(palette), ["IHDR", "PLTE", "tRNS", "IDAT", "IEND"]);
    let after = |count: usize| 8 + chunks[..count].iter().map(|(_, chunk)| chunk.len()).sum::<usize>();
    let mut flipped = palette.to_vec();
    flipped[after(3) + 20] ^= 1;
    let mut data_under_another_name = data.to_vec();
    data_under_another_name[4] = b'i';
    let mut huge = palette.to_vec();
    huge[after(3)] = 0x80;
    for (bytes, at, what) in [
        (flipped, after(3), "checksum mismatch"),
        (huge, after(3), "chunk length above 2147483647"),
        (assembled(&[header, &png::chunk(b"TE t", b"")]), after(1), "chunk type is not four letters"),
        (assembled(&[header, &png::with_wrong_checksum(colours.to_vec())]), after(1), "checksum mismatch"),
        (
            assembled(&[header, colours, data, &data_under_another_name, end]),
            after(2) + data.len(),
            "checksum mismatch",
        ),
        (file(&[1, 0, 2, 3, 4]), 8, "first chunk is not IHDR"),
        (file(&[0, 0, 1, 2, 3, 4]), after(1), "second IHDR chunk"),
        (file(&[0, 3, 1, 4]), after(1), "missing PLTE chunk"),
        (file(&[0, 1, 1, 3, 4]), after(2), "second PLTE chunk"),
        (assembled(&[header, &png::chunk(b"PLTE", &[1; 4])]), after(1), "wrong PLTE length"),
        (file(&[0, 1, 2, 4]), after(3), "no image data"),
        (assembled(&[header, colours, &png::chunk(b"IDAT", b""), end]), after(2) + 12, "no image data"),
        (
            assembled(&[header, colours, data, &png::chunk(b"tEXt", b"a\0b"), data, end]),
            after(2) + data.len() + 15,
            "IDAT chunks are not consecutive",
        ),
        (
            assembled(&[header, colours, &png::chunk(b"IDAT", b"x"), end]),
            after(2) + 13,
            "image data are not a zlib stream",
        ),
        (
            assembled(&[header, colours, &png::chunk(b"IDAT", b"\x78\x9D\0\0\0\0"), end]),
            after(2) + 18,
            "image data are not a zlib stream",
        ),
        (assembled(&[&png::chunk(b"IHDR", &[0; 12])]), 8, "wrong IHDR length"),
        (
            assembled(&[&png::chunk(b"IHDR", &[0, 0, 0, 0, 0, 0, 0, 1, 8, 2, 0, 0, 0])]),
            8,
            "width or height not in 1 to 2147483647",
        ),
    ] {
        let message = format!("damaged PNG: {what} at byte {at}; copy or export the image again");
        assert_eq!(rejection(&bytes), (ImageErrorKind::Damaged, message));
    }
}

/// One byte of a zlib stream unpacks to 1032 bytes at most. These have the data of 40 × 28 pixels.
#[test]
fn a_png_with_too_little_data_for_its_dimensions_is_rejected() {
    for name in ["bilevel.png", "interlaced.png", "deep.png"] {
        let file = fixture(name);
        let with_side = |side: u32| {
            let header = [&side.to_be_bytes()[..], &side.to_be_bytes(), &file[24..29]].concat();
            [png::SIGNATURE, &png::chunk(b"IHDR", &header), &file[33..]].concat()
        };
        let data = png::chunks(file).iter().find(|(kind, _)| kind == b"IDAT").expect("data").1.len() - 12;
        let message = format!(
            "incomplete PNG: {data} bytes of image data cannot hold 20000 × 20000 pixels; \
             copy or export the image again"
        );
        assert_eq!(rejection(&with_side(20_000)), (ImageErrorKind::Truncated, message), "{name}");
    }
}

#[test]
fn more_pixels_than_decoders_take_are_rejected() {
    // A WebP of one colour takes the same few bytes at any size.
    let file = webp::file(&[(*b"VP8L", b"\x2F\xFF\xFF\xFF\x0F\x07\x10\x11\x11\x88\x88\xFE\x07".to_vec())]);
    assert_eq!(Image::from_bytes(file).expect("16384 × 16384").width(), 16_384);
    let header = [&70_000_u32.to_be_bytes()[..], &70_000_u32.to_be_bytes(), &[1, 0, 0, 0, 0]].concat();
    let data = [&[0x78, 0x9C][..], &vec![0; 1_000_000]].concat();
    let chunks = [(b"IHDR", &header), (b"IDAT", &data), (b"IEND", &vec![])];
    let png = chunks.iter().flat_map(|(kind, data)| png::chunk(kind, data));
    let png: Vec<u8> = png::SIGNATURE.iter().copied().chain(png).collect();
    let message = "image too large: it announces 70000 × 70000 pixels, and the limit is 536 million in all; \
                   export a smaller image";
    assert_rejected(&[(&png, ImageErrorKind::TooLarge, message)]);
}

#[test]
fn a_damaged_webp_is_rejected_with_the_position() {
    let lossy = webp::chunks(WEBPS[0].bytes);
    let image = lossy[0].clone();
    let header = |width| webp::extended_header(0, width, 28);
    let alpha = (*b"ALPH", vec![0; 4]);
    let file = |chunks: &[webp::Chunk]| webp::file(chunks);
    let mut beyond = file(&lossy);
    beyond[18] = 9;
    let after = 12 + 18 + 8 + image.1.len();
    for (bytes, at, what) in [
        (b"RIFF\x03\0\0\0WEBP".to_vec(), 4, "RIFF size too small for an image"),
        (b"RIFF\x04\0\0\0WEBP".to_vec(), 4, "RIFF size too small for an image"),
        (beyond, 12, "chunk extends beyond the RIFF container"),
        (file(&[alpha.clone(), image.clone()]), 12, "first chunk is not VP8, VP8L or VP8X"),
        (file(&[(*b"VP8 ", vec![0; 20])]), 12, "invalid image data header"),
        (file(&[(*b"VP8X", vec![0; 9]), image.clone()]), 12, "wrong VP8X length"),
        (file(&[(*b"VP8X", vec![0; 11]), image.clone()]), 12, "wrong VP8X length"),
        (file(&[header(40)]), 30, "no image data"),
        (file(&[header(41), image.clone()]), 30, "dimensions differ from those in VP8X"),
        (file(&[header(40), image.clone(), image.clone()]), after, "second image chunk"),
        (file(&[header(40), image.clone(), alpha.clone()]), after, "misplaced or repeated ALPH chunk"),
        (
            file(&[header(40), alpha.clone(), alpha.clone(), image.clone()]),
            42,
            "misplaced or repeated ALPH chunk",
        ),
    ] {
        let message = format!("damaged WebP: {what} at byte {at}; copy or export the image again");
        assert_eq!(rejection(&bytes), (ImageErrorKind::Damaged, message));
    }
}

#[test]
fn a_webp_with_too_little_data_is_rejected() {
    let image = webp::chunks(WEBPS[0].bytes)[0].1.clone();
    let tag = u32::from_le_bytes([image[0], image[1], image[2], 0]);
    let first_partition = tag >> 5;
    let large = [&image[..6], &[0xD0, 0x07, 0xD0, 0x07], &image[10..]].concat();
    let cut = image[..10 + first_partition as usize].to_vec();
    let with_alpha = |alpha: &[u8]| {
        [webp::extended_header(webp::ALPHA, 40, 28), (*b"ALPH", alpha.to_vec()), (*b"VP8 ", image.clone())]
    };
    for (chunks, what) in [
        (
            vec![(*b"VP8 ", large)],
            format!("{first_partition} bytes of prediction modes cannot hold 2000 × 2000 pixels"),
        ),
        (vec![(*b"VP8 ", cut)], "its partitions are longer than its image data".to_owned()),
        (
            with_alpha(&[0; 40 * 28]).to_vec(),
            "1120 bytes of alpha channel cannot hold 40 × 28 pixels".to_owned(),
        ),
    ] {
        let message = format!("incomplete WebP: {what}; copy or export the image again");
        assert_eq!(rejection(&webp::file(&chunks)), (ImageErrorKind::Truncated, message));
    }
    for alpha in [&b""[..], b"\x01", b"\x02data", b"\x21data", b"\x81data"] {
        let message = "damaged WebP: invalid ALPH header at byte 30; copy or export the image again";
        let rejected = rejection(&webp::file(&with_alpha(alpha)));
        assert_eq!(rejected, (ImageErrorKind::Damaged, message.to_owned()));
    }
}
