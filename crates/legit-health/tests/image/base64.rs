//! Images given as base64 text or `data:` URLs, as in the API's own documents.

use crate::images::{JPEGS, all_fixtures};
use base64::{Engine, engine::general_purpose::STANDARD};
use legit_health::Image;
use legit_health::images::ImageErrorKind;

/// The same text in the variants in use: bare, unpadded, in lines, indented, in a `data:` URL.
fn variants(text: &str) -> Vec<String> {
    let lines: Vec<&str> =
        text.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).expect("base64 is ASCII")).collect();
    vec![
        text.to_owned(),
        text.trim_end_matches('=').to_owned(),
        format!("{}\r\n", lines.join("\r\n")),
        format!("\n  {}", lines.join("\n  ")),
        format!("data:image/jpeg;base64,{text}"),
        format!("DATA:;BASE64,{}", lines.join("\n")),
        format!(" data:application/octet-stream;charset=utf-8;base64,{text}\n"),
    ]
}

#[test]
fn base64_text_is_decoded_by_both_constructors() {
    for fixture in all_fixtures() {
        let expected = Image::from_bytes(fixture.bytes).expect(fixture.name);
        for text in variants(&STANDARD.encode(fixture.bytes)) {
            for image in [Image::from_base64(&text), Image::from_bytes(text.as_str())] {
                let image = image.expect(fixture.name);
                assert_eq!(
                    image.read().expect("in memory"),
                    expected.read().expect("in memory"),
                    "{}",
                    fixture.name
                );
                assert_eq!(
                    image.keep_metadata().read().expect("in memory"),
                    fixture.bytes,
                    "{}",
                    fixture.name
                );
            }
        }
    }
}

#[test]
fn base64_text_truncated_anywhere_is_rejected() {
    let text = STANDARD.encode(JPEGS[0].bytes);
    for length in 0..text.len() - 3 {
        assert!(Image::from_base64(&text[..length]).is_err(), "{length}");
        assert!(Image::from_bytes(&text[..length]).is_err(), "{length}");
    }
}

#[test]
fn the_error_names_what_the_text_contains() {
    let rejection = |bytes: &[u8]| {
        let error = Image::from_base64(&STANDARD.encode(bytes)).expect_err("not an image");
        (error.kind(), error.to_string())
    };
    let gif = "unsupported image format: GIF; export the image as JPEG or PNG";
    assert_eq!(rejection(b"GIF89a......"), (ImageErrorKind::Unsupported, gif.to_owned()));
    let empty = "empty image: it has 0 bytes; copy or export the image again";
    assert_eq!(rejection(b""), (ImageErrorKind::Empty, empty.to_owned()));
    // Text within text is not decoded.
    let text = STANDARD.encode(JPEGS[0].bytes);
    let plain = "not an image: plain text; pass the image itself";
    assert_eq!(rejection(text.as_bytes()), (ImageErrorKind::NotAnImage, plain.to_owned()));
}
