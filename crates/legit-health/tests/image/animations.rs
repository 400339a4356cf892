//! Animations: several frames are rejected, a still image in the form of an animation is accepted.

use crate::formats::{png, webp};
use crate::images::{ANIMATED_PNG, ANIMATED_WEBP, PNGS, fixture};
use legit_health::Image;
use legit_health::images::ImageErrorKind;

#[test]
fn an_animation_is_rejected() {
    for (animation, name) in [(ANIMATED_PNG, "PNG"), (ANIMATED_WEBP, "WebP")] {
        let error = Image::from_bytes(animation).expect_err("an animation");
        assert_eq!(error.kind(), ImageErrorKind::Animated);
        assert_eq!(
            error.to_string(),
            format!("animated {name}: the API takes still images only; export one frame as JPEG or PNG")
        );
    }
}

#[test]
fn an_animation_without_the_animation_flag_is_rejected() {
    let mut hidden = ANIMATED_WEBP.to_vec();
    assert_eq!(&hidden[12..16], b"VP8X");
    hidden[20] = 0;
    assert_eq!(Image::from_bytes(hidden).expect_err("an animation").kind(), ImageErrorKind::Animated);
}

#[test]
fn a_png_animation_of_one_frame_is_accepted_as_a_still_image() {
    let still = PNGS[4].bytes;
    let clean = Image::from_bytes(still).expect("a PNG").read().expect("in memory");
    let control = png::chunk(b"acTL", &[0, 0, 0, 1, 0, 0, 0, 0]);
    let frame = png::chunk(b"fcTL", &[0; 26]);
    let animated = png::after_header(still, &[control, frame].concat());
    assert_eq!(Image::from_bytes(animated).expect("one frame").read().expect("in memory"), clean);
}

#[test]
fn a_png_animation_of_one_frame_that_is_not_the_still_image_is_rejected() {
    let control = png::chunk(b"acTL", &[0, 0, 0, 1, 0, 0, 0, 0]);
    let animated = png::after_header(PNGS[4].bytes, &control);
    assert_eq!(Image::from_bytes(animated).expect_err("an animation").kind(), ImageErrorKind::Animated);
}

#[test]
fn a_damaged_animation_chunk_is_ignored() {
    let still = Image::from_bytes(PNGS[4].bytes).expect("a PNG").read().expect("in memory");
    for control in [
        png::with_wrong_checksum(png::chunk(b"acTL", &[0, 0, 0, 9, 0, 0, 0, 0])),
        png::chunk(b"acTL", &[0, 0, 0, 9, 0, 0, 0]),
        png::chunk(b"acTL", &[0, 0, 0, 0, 0, 0, 0, 0]),
    ] {
        let animated = png::after_header(PNGS[4].bytes, &control);
        assert_eq!(Image::from_bytes(animated).expect("a still image").read().expect("in memory"), still);
    }
}

#[test]
fn a_webp_animation_of_one_frame_is_accepted_as_a_still_image_if_it_fills_the_canvas() {
    const ANIMATION: u8 = 0x02;
    for name in ["lossy.webp", "lossy-alpha.webp", "lossless-alpha.webp"] {
        let still = webp::extended(fixture(name), 0, 40, 28);
        let frame = |header: &[u8]| {
            let control = (*b"ANIM", b"NEEDLE".to_vec());
            let picture = webp::file(&[&still[1..], &[(*b"XMP ", b"<NEEDLE>".to_vec())]].concat());
            let frame = (*b"ANMF", [header, &picture[12..]].concat());
            let flags = still[0].1[0] | ANIMATION;
            [webp::extended_header(flags, 40, 28), control, frame]
        };
        let whole = frame(b"\0\0\0\0\0\0\x27\0\0\x1B\0\0\x64\0\0\x03");
        let sent = Image::from_bytes(webp::file(&whole)).expect("one frame").read().expect("in memory");
        assert_eq!(sent, webp::file(&still), "{name}");
        let twice = [&whole[..], &whole[2..]].concat();
        let beside = [&whole[..], &still[1..]].concat();
        let elsewhere = frame(b"\x01\0\0\0\0\0\x27\0\0\x1B\0\0\x64\0\0\x03").to_vec();
        let smaller = frame(b"\0\0\0\0\0\0\x26\0\0\x1B\0\0\x64\0\0\x03").to_vec();
        let short = [&whole[..2], &[(*b"ANMF", vec![0; 12])]].concat();
        for chunks in [twice, beside, elsewhere, smaller, short] {
            let error = Image::from_bytes(webp::file(&chunks)).expect_err("an animation");
            assert_eq!(error.kind(), ImageErrorKind::Animated, "{name}");
        }
    }
}

#[test]
fn an_animation_chunk_after_the_image_data_is_ignored() {
    let still = Image::from_bytes(PNGS[4].bytes).expect("a PNG").read().expect("in memory");
    let control = png::chunk(b"acTL", &[0, 0, 0, 9, 0, 0, 0, 0]);
    let late = png::insert(&still, still.len() - 12, &control);
    assert_eq!(Image::from_bytes(late).expect("a still image").read().expect("in memory"), still);
}
