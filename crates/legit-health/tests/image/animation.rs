//! Animations: more than one picture is refused, one picture that could have been more is a picture.

use crate::build::png;
use crate::drawings::{ANIMATED_PNG, ANIMATED_WEBP, PNGS};
use legit_health::{Image, ImageErrorKind};

#[test]
fn an_animation_is_refused() {
    for (animation, name) in [(ANIMATED_PNG, "PNG"), (ANIMATED_WEBP, "WebP")] {
        let refusal = Image::from_bytes(animation).expect_err("an animation");
        assert_eq!(refusal.kind(), ImageErrorKind::Animated);
        assert_eq!(
            refusal.to_string(),
            format!(
                "this {name} is an animation, and the API takes still pictures; export one frame as JPEG or PNG"
            )
        );
    }
}

#[test]
fn an_animation_that_hides_its_flag_is_refused() {
    let mut hidden = ANIMATED_WEBP.to_vec();
    assert_eq!(&hidden[12..16], b"VP8X");
    hidden[20] = 0;
    assert_eq!(Image::from_bytes(hidden).expect_err("an animation").kind(), ImageErrorKind::Animated);
}

#[test]
fn a_png_animation_of_one_frame_is_that_frame() {
    let still = PNGS[4].bytes;
    let clean = Image::from_bytes(still).expect("a PNG").read().expect("in memory");
    let control = png::chunk(b"acTL", &[0, 0, 0, 1, 0, 0, 0, 0]);
    let frame = png::chunk(b"fcTL", &[0; 26]);
    let animated = png::after_header(still, &[control, frame].concat());
    assert_eq!(Image::from_bytes(animated).expect("one frame").read().expect("in memory"), clean);
}

#[test]
fn an_animation_that_is_announced_after_the_picture_is_none() {
    let still = Image::from_bytes(PNGS[4].bytes).expect("a PNG").read().expect("in memory");
    let control = png::chunk(b"acTL", &[0, 0, 0, 9, 0, 0, 0, 0]);
    let late = png::insert(&still, still.len() - 12, &control);
    assert_eq!(Image::from_bytes(late).expect("a still picture").read().expect("in memory"), still);
}
