//! An image of the user, left in its file until it is sent.

use crate::args::Connection;
use crate::failure::Failure;
use legit_health::Image;
use std::path::Path;

pub(crate) fn open(connection: &Connection, path: &Path) -> Result<Image, Failure> {
    let image = Image::stream(path).map_err(|error| Failure::image(path, &error))?;
    Ok(prepared(connection, image))
}

/// The scenario of a painted image stands in its comment, which is metadata. For the sandbox it is kept, since nothing
/// leaves this process.
pub(crate) fn prepared(connection: &Connection, image: Image) -> Image {
    if connection.sandbox { image.keep_metadata() } else { image }
}
