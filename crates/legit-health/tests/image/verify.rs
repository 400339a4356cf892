//! The full check: whole images pass with the same bytes, picture data that end early do not, and nothing is hidden behind it.

use crate::build::{Rng, cases, mutate};
use crate::formats::{jpeg, png, webp};
use crate::images::{
    Fixture, JPEGS, PNGS, WEBPS, all_fixtures, decode, fixture, random_jpeg, random_png, random_webp,
};
use legit_health::Image;
use legit_health::images::{ImageError, ImageErrorKind};
use std::fs;
use tempfile::TempDir;

const PLANTED: &[u8] = b"Jane Doe, 1 April 1970";

/// What is sent after the full check.
fn verified(bytes: &[u8]) -> Result<Vec<u8>, ImageError> {
    Image::from_bytes(bytes)?.verify().map(|image| image.read().expect("in memory"))
}

fn rejection(bytes: &[u8]) -> ImageErrorKind {
    verified(bytes).expect_err("rejected").kind()
}

/// What is sent without it.
fn sent(bytes: &[u8]) -> Vec<u8> {
    Image::from_bytes(bytes).and_then(|image| image.read()).expect("a whole image")
}

/// Planted text is not sent, and the pixels are those of the image without it.
fn assert_removed(planted: &[u8], original: &[u8], name: &str) {
    assert!(contains_planted(planted), "{name}");
    let sent = verified(planted).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert!(!contains_planted(&sent), "{name}");
    assert!(decode(&sent).pixels == decode(original).pixels, "{name}");
}

fn contains_planted(bytes: &[u8]) -> bool {
    bytes.windows(PLANTED.len()).any(|window| window == PLANTED)
}

fn decodable(fixtures: &'static [Fixture]) -> impl Iterator<Item = (&'static str, Vec<u8>)> {
    let fixtures = fixtures.iter().filter(|fixture| fixture.can_be_decoded);
    fixtures.map(|Fixture { name, bytes, .. }| (*name, sent(bytes)))
}

#[test]
fn whole_images_stay_the_same() {
    let rng = &mut Rng::new(1);
    let generated = (0..cases(600)).map(|number| match number % 3 {
        0 => random_jpeg(rng, 90),
        1 => random_png(rng, 90),
        _ => random_webp(rng, 90),
    });
    let fixtures =
        all_fixtures().filter(|fixture| fixture.can_be_decoded).map(|fixture| fixture.bytes.to_vec());
    for (number, bytes) in fixtures.chain(generated).enumerate() {
        let sent = Image::from_bytes(&bytes[..]).unwrap().read().unwrap();
        let verified = verified(&bytes).unwrap_or_else(|error| panic!("image {number}: {error}"));
        assert!(verified == sent, "image {number}");
    }
}

/// The ranges of entropy-coded data of a JPEG.
fn scans(jpeg: &[u8]) -> Vec<std::ops::Range<usize>> {
    let gaps = jpeg::gaps(jpeg);
    let scan = |pair: &[usize]| {
        let header = usize::from(u16::from_be_bytes([jpeg[pair[0] + 2], jpeg[pair[0] + 3]]));
        (jpeg[pair[0] + 1] == 0xDA).then_some(pair[0] + 2 + header..pair[1])
    };
    gaps.windows(2).filter_map(scan).collect()
}

#[test]
fn a_jpeg_scan_that_ends_early_is_refused() {
    for (name, bytes) in decodable(JPEGS) {
        for scan in scans(&bytes) {
            let ends = (scan.start + 1..scan.end).filter(|end| bytes[end - 1] != 0xFF);
            // A scan that still has its first byte is left to the full check, and so is one without its last.
            for end in ends.step_by(7).chain([scan.end - 1]).filter(|end| bytes[end - 1] != 0xFF) {
                let cut = [&bytes[..end], &bytes[scan.end..]].concat();
                assert_eq!(rejection(&cut), ImageErrorKind::Truncated, "{name} from {scan:?} to {end}");
            }
        }
    }
}

#[test]
fn the_error_names_the_line() {
    let bytes = fixture("grey-restart.jpg");
    let scan = scans(bytes).remove(0);
    let marker = memchr(bytes, &[0xFF, 0xD0]);
    let cut = [&bytes[..marker - 2], &bytes[marker..]].concat();
    assert!(scan.contains(&marker));
    let error = verified(&cut).expect_err("rejected").to_string();
    assert!(error.contains("its picture data ends at line") && error.contains("of 28"), "{error}");
}

fn memchr(bytes: &[u8], needle: &[u8]) -> usize {
    bytes.windows(needle.len()).position(|window| window == needle).expect("it is there")
}

#[test]
fn restart_markers_out_of_order_are_damage() {
    let mut bytes = fixture("grey-restart.jpg").to_vec();
    let marker = memchr(&bytes, &[0xFF, 0xD1]);
    bytes[marker + 1] = 0xD3;
    assert_eq!(rejection(&bytes), ImageErrorKind::Damaged);
}

#[test]
fn codes_that_no_table_has_are_damage() {
    for (name, bytes) in decodable(JPEGS) {
        let scan = scans(&bytes).remove(0);
        let mut damaged = bytes.clone();
        for pair in damaged[scan].chunks_exact_mut(2) {
            pair.copy_from_slice(&[0xFF, 0x00]);
        }
        let kind = rejection(&damaged);
        assert!(matches!(kind, ImageErrorKind::Damaged | ImageErrorKind::Truncated), "{name}: {kind:?}");
    }
}

#[test]
fn text_behind_the_codes_of_a_jpeg_is_cut() {
    for (name, bytes) in decodable(JPEGS) {
        for scan in scans(&bytes) {
            let restarts =
                (scan.clone()).filter(|at| bytes[*at] == 0xFF && matches!(bytes[at + 1], 0xD0..=0xD7));
            for at in restarts.chain([scan.end]) {
                // Behind `FF 00`, which is a byte of the codes, too.
                for planted in [PLANTED, &[b"\xFF\0", PLANTED].concat()] {
                    assert_removed(&jpeg::insert(&bytes, at, planted), &bytes, &format!("{name} at {at}"));
                }
            }
        }
    }
}

#[test]
fn a_jpeg_whose_coding_cannot_be_checked_is_unsupported() {
    let error = verified(fixture("arithmetic.jpg")).expect_err("rejected");
    assert_eq!(error.kind(), ImageErrorKind::Unsupported);
    assert!(error.to_string().contains("arithmetic-coded"), "{error}");
}

/// A grey PNG of three columns and two rows with this zlib stream.
fn grey_png(stream: &[u8]) -> Vec<u8> {
    let header = [0, 0, 0, 3, 0, 0, 0, 2, 8, 0, 0, 0, 0];
    let chunks = [png::chunk(b"IHDR", &header), png::chunk(b"IDAT", stream), png::chunk(b"IEND", b"")];
    [png::SIGNATURE, &chunks.concat()].concat()
}

const TWO_ROWS: &[u8] = &[0, 1, 2, 3, 4, 5, 6, 7];

#[test]
fn a_png_has_as_many_rows_as_its_height() {
    assert!(verified(&grey_png(&png::zlib(TWO_ROWS))).is_ok());
    for length in 1..TWO_ROWS.len() {
        let error = verified(&grey_png(&png::zlib(&TWO_ROWS[..length]))).expect_err("rejected");
        assert_eq!(error.kind(), ImageErrorKind::Truncated, "{length}");
        let place = format!("row {} of 2;", length / 4 + 1);
        assert!(error.to_string().contains(&place), "{error}");
    }
    let more = grey_png(&png::zlib(&[TWO_ROWS, b"Jane"].concat()));
    assert_eq!(rejection(&more), ImageErrorKind::Damaged);
}

#[test]
fn the_filters_of_a_png_are_those_that_exist() {
    let mut rows = TWO_ROWS.to_vec();
    rows[4] = 5;
    assert_eq!(rejection(&grey_png(&png::zlib(&rows))), ImageErrorKind::Damaged);
}

#[test]
fn the_checksum_of_a_png_stream_may_be_missing_but_not_wrong() {
    let mut stream = png::zlib(TWO_ROWS);
    let last = stream.len() - 1;
    assert!(verified(&grey_png(&stream[..last])).is_ok());
    stream[last] ^= 1;
    assert_eq!(rejection(&grey_png(&stream)), ImageErrorKind::Damaged);
}

#[test]
fn a_png_stream_that_ends_early_is_refused() {
    for (name, bytes) in decodable(PNGS) {
        for half in 1..4 {
            let chunks = png::chunks(&bytes).into_iter().map(|(kind, chunk)| match &kind {
                b"IDAT" => png::chunk(&kind, &chunk[8..8 + (chunk.len() - 12) * half / 4]),
                _ => chunk.to_vec(),
            });
            let cut = [png::SIGNATURE.to_vec()].into_iter().chain(chunks).collect::<Vec<_>>().concat();
            assert_eq!(rejection(&cut), ImageErrorKind::Truncated, "{name}");
        }
    }
}

#[test]
fn text_behind_the_stream_of_a_png_is_cut() {
    for (name, bytes) in decodable(PNGS) {
        let stream: Vec<u8> = png::chunks(&bytes)
            .iter()
            .filter(|(kind, _)| kind == b"IDAT")
            .flat_map(|(_, chunk)| chunk[8..chunk.len() - 4].to_vec())
            .collect();
        for length in [1, 100, stream.len(), stream.len() + 5, 10_000] {
            let planted = [&stream[..], PLANTED, PLANTED].concat();
            let mut image_data =
                Some(planted.chunks(length).flat_map(|data| png::chunk(b"IDAT", data)).collect());
            let chunks = png::chunks(&bytes).into_iter().map(|(kind, chunk)| match &kind {
                b"IDAT" => image_data.take().unwrap_or_default(),
                _ => chunk.to_vec(),
            });
            let planted = [png::SIGNATURE.to_vec()].into_iter().chain(chunks).collect::<Vec<_>>().concat();
            if length >= PLANTED.len() {
                assert_removed(&planted, &bytes, name);
            }
            let sent = verified(&planted).unwrap();
            let kept: usize = png::chunks(&sent)
                .iter()
                .filter(|(kind, _)| kind == b"IDAT")
                .map(|(_, chunk)| chunk.len() - 12)
                .sum();
            assert_eq!(kept, stream.len(), "{name} in chunks of {length}");
        }
    }
}

/// The same image with the data of its chunks of this kind changed.
fn with_data(bytes: &[u8], kind: [u8; 4], change: impl Fn(&mut Vec<u8>)) -> Option<Vec<u8>> {
    let mut chunks = webp::chunks(bytes);
    let chunk = chunks.iter_mut().find(|(other, _)| *other == kind)?;
    change(&mut chunk.1);
    Some(webp::file(&chunks))
}

#[test]
fn webp_data_that_end_early_are_refused() {
    for (name, bytes) in decodable(WEBPS) {
        for kind in [*b"VP8 ", *b"VP8L", *b"ALPH"] {
            for part in 1..8 {
                let cut = with_data(&bytes, kind, |data| data.truncate(data.len() * part / 8));
                let Some(cut) = cut else { continue };
                let kind = rejection(&cut);
                // Without its header, the structure is damaged.
                assert!(
                    matches!(kind, ImageErrorKind::Truncated | ImageErrorKind::Damaged),
                    "{name}: {kind:?}"
                );
            }
        }
    }
}

#[test]
fn text_behind_the_codes_of_a_webp_is_overwritten() {
    let mut planted = 0;
    for (name, bytes) in decodable(WEBPS) {
        for kind in [*b"VP8 ", *b"VP8L", *b"ALPH"] {
            for text in [PLANTED.to_vec(), PLANTED.repeat(500)] {
                let Some(file) = with_data(&bytes, kind, |data| data.extend(&text)) else { continue };
                planted += 1;
                assert_removed(&file, &bytes, name);
            }
        }
    }
    assert!(planted >= 10);
}

#[test]
fn what_is_sent_with_its_metadata_is_checked_and_stays_whole() {
    let bytes = fixture("grey-restart.jpg");
    let end = scans(bytes)[0].end;
    let planted = jpeg::insert(bytes, end, PLANTED);
    let whole = Image::from_bytes(&planted[..]).unwrap().keep_metadata().verify().unwrap();
    assert!(whole.read().unwrap() == planted);
    let cut = [&bytes[..end - 9], &bytes[end..]].concat();
    let error = Image::from_bytes(cut).and_then(|image| image.keep_metadata().verify()).unwrap_err();
    assert_eq!(error.kind(), ImageErrorKind::Truncated);
}

/// An image that is longer than what is read of a file at once.
fn noise(rng: &mut Rng, format: image::ImageFormat) -> Vec<u8> {
    let pixels = image::RgbImage::from_fn(300, 300, |_, _| image::Rgb([rng.byte(), rng.byte(), rng.byte()]));
    let mut file = std::io::Cursor::new(Vec::new());
    pixels.write_to(&mut file, format).expect("encodes");
    file.into_inner()
}

#[test]
fn a_streamed_image_is_checked_alike() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("image");
    let rng = &mut Rng::new(2);
    let noise = [image::ImageFormat::Jpeg, image::ImageFormat::Png, image::ImageFormat::WebP]
        .map(|format| noise(rng, format));
    assert!(noise.iter().all(|bytes| bytes.len() > 100_000));
    let fixtures = all_fixtures().map(|fixture| fixture.bytes.to_vec());
    for bytes in noise.into_iter().chain(fixtures) {
        for length in [bytes.len(), bytes.len() - 1, bytes.len() / 2] {
            let mut bytes = bytes[..length].to_vec();
            bytes.extend([0xFF, 0xD9]);
            fs::write(&path, &bytes).unwrap();
            let streamed = Image::stream(&path).and_then(Image::verify).map(|image| image.read().unwrap());
            let (streamed, in_memory) = (
                streamed.map_err(|error| error.to_string()),
                verified(&bytes).map_err(|error| error.to_string()),
            );
            assert!(streamed == in_memory, "{:?} {:?}", streamed.err(), in_memory.err());
        }
    }
}

#[test]
fn a_file_that_changed_before_the_check_is_named() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("image.jpg");
    fs::write(&path, fixture("grey-restart.jpg")).unwrap();
    let image = Image::stream(&path).unwrap();
    fs::write(&path, fixture("restart-rows.jpg")).unwrap();
    let error = image.verify().unwrap_err();
    assert_eq!((error.kind(), error.path()), (ImageErrorKind::Changed, Some(&*path)));
}

#[tokio::test]
async fn the_check_can_run_beside_the_runtime() {
    let image = Image::from_bytes(fixture("progressive.jpg")).unwrap();
    let sent = image.read().unwrap();
    assert!(image.verify_async().await.unwrap().read().unwrap() == sent);
}

/// Whatever the damage, the check ends, and what it has passed it passes again as it is.
#[test]
fn damaged_images_are_checked_without_a_panic() {
    let rng = &mut Rng::new(3);
    let bases: Vec<Vec<u8>> = all_fixtures().map(|fixture| fixture.bytes.to_vec()).collect();
    for number in 0..cases(10_000) {
        let mut bytes = rng.pick(&bases).clone();
        // Only the picture data, most of which stand in the last two thirds.
        let mut tail = bytes.split_off(bytes.len() / 3);
        mutate(rng, &mut tail);
        bytes.extend(tail);
        if let Ok(sent) = verified(&bytes) {
            let again = verified(&sent).unwrap_or_else(|error| panic!("case {number}: {error}"));
            assert!(again == sent, "case {number}");
        }
    }
}
