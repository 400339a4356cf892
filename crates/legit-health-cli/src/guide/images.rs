//! docs/images.md: the bounds of images, what is removed from them, and why they are refused.

use super::source_text::{between, documented, source};
use super::{code, table};
use crate::render::inspect::grouped;
use legit_health::Image;
use legit_health::views::View;

#[test]
fn the_page_is_what_the_code_says() {
    let blocks = [("bounds", bounds()), ("removed", removed()), ("exif", exif()), ("refused", refused())];
    super::check("images.md", &blocks);
}

fn bounds() -> String {
    const MIB: u64 = 1024 * 1024;
    assert_eq!(Image::MAX_BYTES % MIB, 0);
    let side =
        between(&source("legit-health/src/image/jpeg/frame.rs"), "const MOST_PIXELS_A_SIDE: u16 = ", ";");
    let images = between(&source("legit-health/src/support_images.rs"), "const MAX_IMAGES: usize = ", ";");
    let rows = [
        ("size of an image", format!("1 byte to {} MiB", Image::MAX_BYTES / MIB)),
        ("pixels, width times height", format!("at most {}", grouped(Image::MAX_PIXELS))),
        ("side of a JPEG", format!("at most {} pixels", side.replace('_', ","))),
        ("images of a call of diagnosis support", format!("1 to {images}")),
        ("views of the whole body", View::ALL.len().to_string()),
    ];
    table(&["what", "bounds"], rows.map(|(what, bounds)| vec![what.to_owned(), bounds]))
}

fn removed() -> String {
    named("legit-health/src/image/removed.rs", "pub enum RemovedKind {", "what")
}

fn exif() -> String {
    named("legit-health/src/image/exif/content.rs", "pub enum ExifContent {", "tags about")
}

/// The variants of an enum with their names for programs.
fn named(file: &str, head: &str, what: &str) -> String {
    let source = source(file);
    let variants = documented(&source, head);
    let rows = variants.iter().map(|variant| {
        let name = between(&source, &format!("Self::{} => \"", variant.name), "\"");
        vec![code(name), variant.text.clone()]
    });
    table(&["name", what], rows)
}

fn refused() -> String {
    let kinds = documented(&source("legit-health/src/image/error.rs"), "pub enum ImageErrorKind {");
    table(&["`ImageErrorKind`", "why"], kinds.iter().map(|kind| vec![code(&kind.name), kind.text.clone()]))
}
