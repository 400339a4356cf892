//! The images of diagnosis support: one to three of the same case.

use crate::error::{Error, ErrorKind};
use crate::image::Image;
use std::fmt;

/// One to three images of the same case, in the order in which they are sent and reported.
#[derive(Clone, Debug)]
pub struct SupportImages(Vec<Image>);

/// The API's maximum for one request.
const MAX_IMAGES: usize = 3;

impl SupportImages {
    /// Returns the number of images: 1, 2 or 3.
    #[expect(clippy::len_without_is_empty, reason = "there is always at least one")]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn into_iter(self) -> impl Iterator<Item = Image> {
        self.0.into_iter()
    }
}

/// The images that [`Client::diagnosis_support`](crate::Client::diagnosis_support) accepts.
#[diagnostic::on_unimplemented(
    message = "diagnosis support takes one, two or three images",
    label = "not one, two or three images",
    note = "for a number that is only known at run time, use `SupportImages::try_from(vec)?`"
)]
pub trait IntoSupportImages {
    /// Returns the images in the same order.
    fn into_support_images(self) -> SupportImages;
}

impl IntoSupportImages for SupportImages {
    fn into_support_images(self) -> SupportImages {
        self
    }
}

impl IntoSupportImages for Image {
    fn into_support_images(self) -> SupportImages {
        SupportImages(vec![self])
    }
}

macro_rules! arrays {
    ($($count:literal),*) => {$(
        impl IntoSupportImages for [Image; $count] {
            fn into_support_images(self) -> SupportImages {
                SupportImages(self.into())
            }
        }
    )*};
}

arrays!(1, 2, 3);

impl TryFrom<Vec<Image>> for SupportImages {
    type Error = ImageCountError;

    fn try_from(images: Vec<Image>) -> Result<Self, ImageCountError> {
        match images.len() {
            1..=MAX_IMAGES => Ok(Self(images)),
            given => Err(ImageCountError { given }),
        }
    }
}

/// The error of no image, or of more than three.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageCountError {
    given: usize,
}

impl ImageCountError {
    /// Returns the number of images given.
    pub fn given(self) -> usize {
        self.given
    }
}

impl fmt::Display for ImageCountError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let advice = if self.given == 0 { "add an image" } else { "send the others in another call" };
        write!(f, "wrong number of images: diagnosis support takes 1 to 3, not {}; {advice}", self.given)
    }
}

impl std::error::Error for ImageCountError {}

impl From<ImageCountError> for Error {
    fn from(error: ImageCountError) -> Self {
        Self::local(ErrorKind::InvalidImage, error)
    }
}
