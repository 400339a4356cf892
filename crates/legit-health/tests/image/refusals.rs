//! The sentences for what is not taken, as a user reads them.

use crate::build::dice::Dice;
use crate::build::{jpeg, picture, png};
use crate::drawings;
use legit_health::{Image, ImageErrorKind};

pub(crate) fn refusal(bytes: &[u8]) -> (ImageErrorKind, String) {
    let error = Image::from_bytes(bytes).expect_err("to be refused");
    assert_eq!(error.path(), None);
    (error.kind(), error.to_string())
}

fn assert_refused(cases: &[(&[u8], ImageErrorKind, &str)]) {
    for (bytes, kind, sentence) in cases {
        assert_eq!(refusal(bytes), (*kind, (*sentence).to_owned()));
    }
}

#[test]
fn what_is_not_taken_is_named() {
    use ImageErrorKind::{Damaged, Empty, NotAnImage, Unsupported};
    let mut dicom = vec![0; 128];
    dicom.extend(b"DICM");
    assert_refused(&[
        (b"", Empty, "the image is empty (0 bytes); copy or export it again"),
        (
            b"GIF89a\x01\0\x01\0",
            Unsupported,
            "this is a GIF picture, which the API does not take; export it as JPEG or PNG",
        ),
        (
            b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
            Unsupported,
            "this is a HEIC/HEIF picture, which the API does not take; export it as JPEG or PNG",
        ),
        (&dicom, Unsupported, "this is a DICOM file, which the API does not take; export it as JPEG or PNG"),
        (
            b"%PDF-1.7",
            NotAnImage,
            "this is a PDF document, not a photo; export the photo itself as JPEG or PNG",
        ),
        (
            b"\0\0\0\x18ftypisom\0\0\0\0isommp41",
            NotAnImage,
            "this is an MP4 video, not a photo; export one frame as JPEG or PNG",
        ),
        (
            b"PK\x03\x04\x14\0",
            NotAnImage,
            "this is a ZIP archive or Office document, not a photo; unpack it and give the photo inside",
        ),
        (b"{\"data\":\"/9j/\"}", NotAnImage, "this is JSON text, not a photo; give the photo itself"),
        (
            b"<!DOCTYPE html><title>502 Bad Gateway</title>",
            NotAnImage,
            "this is a web page (HTML), perhaps an error page saved in the photo's place, not a photo; \
             export the photo itself as JPEG or PNG",
        ),
        (b"photos/front.jpg", NotAnImage, "this is plain text, not a photo; give the photo itself"),
        (
            b"\x12\x34\x56\x78\x9A",
            NotAnImage,
            "the bytes are in no known image format; give a JPEG or PNG file",
        ),
        (
            &[0; 64],
            Damaged,
            "the file begins with nothing but zeros, as an interrupted copy leaves it; copy the photo again, as binary data",
        ),
        (
            "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\0\x10JFIF".as_bytes(),
            Damaged,
            "this was a picture until something on the way read it as text, which destroys it; \
             copy the photo again, as binary data",
        ),
        (
            b"\x89PNG\n\x1A\n\0\0",
            Damaged,
            "the PNG's line ends were converted on the way, which destroys a picture; \
             copy the photo again, as binary data",
        ),
    ]);
}

#[test]
fn missing_parts_are_told_with_the_place() {
    let photo = drawings::JPEGS[0].bytes;
    let sentence = "the JPEG stops at byte 400, before its end: part of the picture is missing; \
                    copy or export the file again";
    assert_refused(&[(&photo[..400], ImageErrorKind::Truncated, sentence)]);
}

#[test]
fn relatives_of_jpeg_and_private_pngs_are_named() {
    let base = picture::jpeg(&mut Dice::new(18), 40);
    let frame = jpeg::find(&base, 0xC0);
    let relative = |marker| {
        let mut bytes = base.clone();
        bytes[frame + 1] = marker;
        bytes
    };
    let png = picture::png(&mut Dice::new(19), 8);
    for (bytes, name) in [
        (relative(0xC5), "a hierarchical JPEG"),
        (relative(0xDE), "a hierarchical JPEG"),
        (relative(0xF7), "a JPEG-LS picture"),
        (relative(0xF0), "a JPEG with extensions"),
        (png::insert(&png, 8, &png::chunk(b"CgBI", &[0; 4])), "a PNG in Apple's private variant for iOS"),
        (png::after_header(&png, &png::chunk(b"PrVt", b"")), "a PNG with a private extension"),
    ] {
        let sentence = format!("this is {name}, which the API does not take; export it as JPEG or PNG");
        assert_eq!(refusal(&bytes), (ImageErrorKind::Unsupported, sentence));
    }
}
