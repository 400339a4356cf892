//! What somebody has given as an image: a picture, text that holds one, or something that is refused by its first bytes.

use super::file::OpenFile;
use super::format::ImageFormat;
use super::sniff::{self, Content, HEAD};
use super::{Image, ImageError, ImageErrorKind, text};

/// What there is to do with bytes.
pub(super) enum Contents {
    Picture(ImageFormat),
    /// Text that holds an image.
    Text,
}

/// Refuses what is no image by its first bytes.
pub(super) fn look(head: &[u8], length: u64) -> Result<Contents, ImageError> {
    check_size(length)?;
    match text::holds_picture(head)? {
        true => Ok(Contents::Text),
        false => sniff::picture(head).map(Contents::Picture),
    }
}

/// The same, of a file. A picture is known by its first bytes; it takes more of them to say what something else is.
pub(super) fn of_file(file: &OpenFile) -> Result<Contents, ImageError> {
    check_size(file.length())?;
    let mut head = Vec::new();
    for size in [sniff::SIGNATURE, HEAD] {
        file.read_into(0, size.min(file.length() as usize), &mut head)?;
        if let Content::Picture(format) = sniff::sniff(&head) {
            return Ok(Contents::Picture(format));
        }
    }
    look(&head, file.length())
}

pub(super) fn check_size(bytes: u64) -> Result<(), ImageError> {
    match bytes {
        0 => Err(ImageError::new(
            ImageErrorKind::Empty,
            "the image is empty (0 bytes); copy or export it again",
        )),
        1..=Image::MAX_BYTES => Ok(()),
        _ => Err(ImageError::new(
            ImageErrorKind::TooLarge,
            format!(
                "the image has {bytes} bytes, more than the {} MiB that are taken; export it smaller",
                Image::MAX_BYTES >> 20
            ),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_up_to_the_limit_are_taken() {
        assert!(check_size(1).is_ok());
        assert!(check_size(Image::MAX_BYTES).is_ok());
        assert_eq!(check_size(0).map_err(|error| error.kind()), Err(ImageErrorKind::Empty));
        let too_large = check_size(Image::MAX_BYTES + 1).map_err(|error| error.kind());
        assert_eq!(too_large, Err(ImageErrorKind::TooLarge));
    }
}
