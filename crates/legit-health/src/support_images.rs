//! One, two or three images of the same case.

use crate::image::Image;
use std::fmt;

/// One to three images of the same case, in the order in which they are sent and answered.
#[derive(Clone, Debug)]
pub struct SupportImages(Vec<Image>);

/// The most that the API takes in one request.
const MOST: usize = 3;

impl SupportImages {
    /// How many there are: 1, 2 or 3.
    #[expect(clippy::len_without_is_empty, reason = "there is always one")]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn into_iter(self) -> impl Iterator<Item = Image> {
        self.0.into_iter()
    }
}

/// What can be given to [`Client::diagnosis_support`](crate::Client::diagnosis_support).
#[diagnostic::on_unimplemented(
    message = "diagnosis support takes one, two or three images",
    label = "not one, two or three images",
    note = "for a count only known at run time use `SupportImages::try_from(vec)?`"
)]
pub trait IntoSupportImages {
    /// The images, in the same order.
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
    type Error = ImageCount;

    fn try_from(images: Vec<Image>) -> Result<Self, ImageCount> {
        match images.len() {
            1..=MOST => Ok(Self(images)),
            given => Err(ImageCount { given }),
        }
    }
}

/// Diagnosis support was given no image, or more than three.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageCount {
    given: usize,
}

impl ImageCount {
    /// How many images were given.
    pub fn given(self) -> usize {
        self.given
    }
}

impl fmt::Display for ImageCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let given = self.given;
        write!(f, "diagnosis support takes one to three images of the same case, and was given {given}: ")?;
        f.write_str(if given == 0 { "add an image" } else { "send the rest in a call of their own" })
    }
}

impl std::error::Error for ImageCount {}
