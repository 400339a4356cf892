//! The accessors of an image, and what its `Debug` shows.

use crate::build::needle;
use crate::formats::jpeg;
use crate::images::{JPEGS, WEBPS, fixture};
use legit_health::Image;
use legit_health::images::{ImageError, ImageFormat};

#[test]
fn format_and_dimensions_are_those_of_the_bytes() {
    for (name, format, media_type, width, height) in [
        ("progressive.jpg", ImageFormat::Jpeg, "image/jpeg", 40, 28),
        ("interlaced.png", ImageFormat::Png, "image/png", 40, 28),
        ("lossy.webp", ImageFormat::WebP, "image/webp", 40, 28),
        ("lossless-alpha.webp", ImageFormat::WebP, "image/webp", 40, 28),
        ("narrow-lossy.webp", ImageFormat::WebP, "image/webp", 17, 1),
    ] {
        let image = Image::from_bytes(fixture(name)).expect(name);
        assert_eq!((image.format(), image.width(), image.height()), (format, width, height), "{name}");
        assert_eq!(image.format().media_type(), media_type);
        assert_eq!(image.len(), image.read().expect("in memory").len() as u64, "{name}");
    }
}

#[test]
fn metadata_is_kept_only_on_request() {
    let dirty = jpeg::insert(JPEGS[0].bytes, 2, &jpeg::segment(jpeg::COM, &needle("comment")));
    let image = Image::from_bytes(&dirty[..]).expect("a JPEG");
    assert_eq!(image.clone().keep_metadata().read().expect("in memory"), dirty);
    assert_ne!(image.read().expect("in memory"), dirty);
    assert_eq!(image.clone().keep_metadata().len(), dirty.len() as u64);
    // Including everything after the image.
    let trailed = [&dirty, &b"trailer"[..]].concat();
    assert_eq!(
        Image::from_bytes(&trailed[..]).expect("a JPEG").keep_metadata().read().expect("in memory"),
        trailed
    );
}

#[test]
fn debug_shows_format_dimensions_and_size() {
    let image = Image::from_bytes(WEBPS[0].bytes).expect("a WebP");
    assert_eq!(format!("{image:?}"), "Image(WebP, 40×28, 268 bytes)");
    assert_eq!(format!("{:?}", image.keep_metadata()), "Image(WebP, 40×28, 268 bytes, metadata kept)");
}

#[test]
fn debug_of_an_error_shows_kind_and_message() {
    let error = Image::from_bytes(b"").expect_err("nothing");
    let shown = "ImageError { kind: Empty, \
                 message: \"empty image: it has 0 bytes; copy or export the image again\", .. }";
    assert_eq!(format!("{error:?}"), shown);
}

#[test]
fn clones_are_equal() {
    let image = Image::from_bytes(JPEGS[0].bytes).expect("a JPEG");
    assert_eq!(image.clone().read().expect("in memory"), image.read().expect("in memory"));
}

#[test]
fn images_and_errors_can_be_sent_between_threads() {
    fn is_send_and_sync<T: Send + Sync + 'static>() {}
    is_send_and_sync::<Image>();
    is_send_and_sync::<ImageError>();
    is_send_and_sync::<Box<dyn std::error::Error + Send + Sync>>();
}
