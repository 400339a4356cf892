//! Images that come as text: base64 and data URLs, as the API's own documents hold them.

use crate::drawings;
use base64::{Engine, engine::general_purpose::STANDARD};
use legit_health::{Image, ImageErrorKind};

/// The same text as people have it: bare, unpadded, in lines, indented, in a data URL.
fn wrappings(text: &str) -> Vec<String> {
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
fn text_is_unwrapped_by_both_constructors() {
    for drawing in drawings::all() {
        let expected = Image::from_bytes(drawing.bytes).expect(drawing.name);
        for text in wrappings(&STANDARD.encode(drawing.bytes)) {
            for image in [Image::from_base64(&text), Image::from_bytes(text.as_str())] {
                let image = image.expect(drawing.name);
                assert_eq!(
                    image.read().expect("in memory"),
                    expected.read().expect("in memory"),
                    "{}",
                    drawing.name
                );
                assert_eq!(
                    image.keep_metadata().read().expect("in memory"),
                    drawing.bytes,
                    "{}",
                    drawing.name
                );
            }
        }
    }
}

#[test]
fn text_cut_anywhere_is_refused() {
    let text = STANDARD.encode(drawings::JPEGS[0].bytes);
    for length in 0..text.len() - 3 {
        assert!(Image::from_base64(&text[..length]).is_err(), "{length}");
        assert!(Image::from_bytes(&text[..length]).is_err(), "{length}");
    }
}

#[test]
fn what_is_inside_the_text_is_named() {
    let refusal = |bytes: &[u8]| {
        let error = Image::from_base64(&STANDARD.encode(bytes)).expect_err("not a picture");
        (error.kind(), error.to_string())
    };
    let gif = "this is a GIF picture, which the API does not take; export it as JPEG or PNG";
    assert_eq!(refusal(b"GIF89a......"), (ImageErrorKind::Unsupported, gif.to_owned()));
    let empty = "the image is empty (0 bytes); copy or export it again";
    assert_eq!(refusal(b""), (ImageErrorKind::Empty, empty.to_owned()));
    // One wrapping is taken off, not two.
    let text = STANDARD.encode(drawings::JPEGS[0].bytes);
    let plain = "this is plain text, not a photo; give the photo itself";
    assert_eq!(refusal(text.as_bytes()), (ImageErrorKind::NotAnImage, plain.to_owned()));
}
