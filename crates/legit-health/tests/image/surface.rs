//! What an image says about itself, and what it never says.

use crate::build::{jpeg, needle};
use crate::drawings;
use legit_health::{Image, ImageError, ImageFormat};

#[test]
fn format_and_dimensions_are_those_of_the_bytes() {
    for (name, format, media_type, width, height) in [
        ("progressive.jpg", ImageFormat::Jpeg, "image/jpeg", 40, 28),
        ("interlaced.png", ImageFormat::Png, "image/png", 40, 28),
        ("lossy.webp", ImageFormat::WebP, "image/webp", 40, 28),
        ("lossless-alpha.webp", ImageFormat::WebP, "image/webp", 40, 28),
        ("narrow-lossy.webp", ImageFormat::WebP, "image/webp", 17, 1),
    ] {
        let drawing = drawings::all().find(|drawing| drawing.name == name).expect("is there");
        let image = Image::from_bytes(drawing.bytes).expect(name);
        assert_eq!((image.format(), image.width(), image.height()), (format, width, height), "{name}");
        assert_eq!(image.format().media_type(), media_type);
        assert_eq!(image.len(), image.read().expect("in memory").len() as u64, "{name}");
    }
}

#[test]
fn metadata_is_kept_only_when_asked() {
    let dirty = jpeg::insert(drawings::JPEGS[0].bytes, 2, &jpeg::segment(jpeg::COM, &needle("comment")));
    let image = Image::from_bytes(&dirty[..]).expect("a JPEG");
    assert_eq!(image.clone().keep_metadata().read().expect("in memory"), dirty);
    assert_ne!(image.read().expect("in memory"), dirty);
    assert_eq!(image.clone().keep_metadata().len(), dirty.len() as u64);
    // Also what stands behind the picture.
    let trailed = [&dirty, &b"trailer"[..]].concat();
    assert_eq!(
        Image::from_bytes(&trailed[..]).expect("a JPEG").keep_metadata().read().expect("in memory"),
        trailed
    );
}

#[test]
fn debug_shows_format_dimensions_and_size() {
    let image = Image::from_bytes(drawings::WEBPS[0].bytes).expect("a WebP");
    assert_eq!(format!("{image:?}"), "Image(WebP, 40×28, 268 bytes)");
    assert_eq!(format!("{:?}", image.keep_metadata()), "Image(WebP, 40×28, 268 bytes, metadata kept)");
}

#[test]
fn a_refusal_shows_its_kind_and_its_sentence() {
    let refusal = Image::from_bytes(b"").expect_err("nothing");
    let shown =
        "ImageError { kind: Empty, sentence: \"the image is empty (0 bytes); copy or export it again\", .. }";
    assert_eq!(format!("{refusal:?}"), shown);
}

#[test]
fn clones_are_the_same_image() {
    let image = Image::from_bytes(drawings::JPEGS[0].bytes).expect("a JPEG");
    assert_eq!(image.clone().read().expect("in memory"), image.read().expect("in memory"));
}

#[test]
fn images_and_errors_cross_threads() {
    fn crosses_threads<T: Send + Sync + 'static>() {}
    crosses_threads::<Image>();
    crosses_threads::<ImageError>();
    crosses_threads::<Box<dyn std::error::Error + Send + Sync>>();
}
