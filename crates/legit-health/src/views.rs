//! The images of a whole-body score: all 17 views of the body, or some of them.
//!
//! Read the images of a directory, which are named like the [`View`]s, with [`BodyViews::from_dir`]. If some views are missing,
//! use [`PartialBodyViews`].

mod files;

pub use files::{ViewFiles, ViewsError};

use crate::codes::GlobalView;
use crate::error::{Error, ErrorKind};
use crate::image::Image;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Index;
use std::path::Path;

macro_rules! views {
    ($($field:ident $view:ident $code:literal),* $(,)?) => {
        /// One of the 17 views of a whole body.
        ///
        /// Used in requests. Results are keyed by [`GlobalView`], which also holds views that this version does not know.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum View {
            $(
                #[doc = concat!("`", $code, "`.")]
                $view,
            )*
        }

        impl View {
            /// All 17 views.
            pub const ALL: [Self; 17] = [$(Self::$view),*];

            /// Returns the code used in requests, reports and file names.
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$view => $code,)*
                }
            }
        }

        /// A value, such as an image, for each of the 17 views. Leaving out a view does not compile.
        #[derive(Clone, Copy, PartialEq, Eq)]
        pub struct BodyViews<T> {
            $(
                #[doc = concat!("[`View::", stringify!($view), "`].")]
                pub $field: T,
            )*
        }

        impl<T> BodyViews<T> {
            /// Creates the value of each view by calling `of`.
            ///
            /// # Errors
            ///
            /// The first error that `of` returns.
            pub fn try_from_fn<E>(mut of: impl FnMut(View) -> Result<T, E>) -> Result<Self, E> {
                Ok(Self { $($field: of(View::$view)?),* })
            }

            /// Converts the value of each view.
            pub fn map<U>(self, mut change: impl FnMut(View, T) -> U) -> BodyViews<U> {
                BodyViews { $($field: change(View::$view, self.$field)),* }
            }
        }

        impl<T> Index<View> for BodyViews<T> {
            type Output = T;

            fn index(&self, view: View) -> &T {
                match view {
                    $(View::$view => &self.$field,)*
                }
            }
        }
    };
}

views! {
    arm_left_bottom ArmLeftBottom "armLeftBottom",
    arm_left_top ArmLeftTop "armLeftTop",
    arm_right_bottom ArmRightBottom "armRightBottom",
    arm_right_top ArmRightTop "armRightTop",
    face_front FaceFront "faceFront",
    face_left FaceLeft "faceLeft",
    face_right FaceRight "faceRight",
    foot_left FootLeft "footLeft",
    foot_right FootRight "footRight",
    hand_left HandLeft "handLeft",
    hand_right HandRight "handRight",
    legs_back LegsBack "legsBack",
    legs_front LegsFront "legsFront",
    trunk_back TrunkBack "trunkBack",
    trunk_front TrunkFront "trunkFront",
    trunk_left TrunkLeft "trunkLeft",
    trunk_right TrunkRight "trunkRight",
}

impl View {
    /// Returns the view with this code, such as `faceFront`.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|view| view.code() == code)
    }
}

impl fmt::Display for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl From<View> for GlobalView {
    fn from(view: View) -> Self {
        view.code().into()
    }
}

impl<T> fmt::Debug for BodyViews<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BodyViews").finish_non_exhaustive()
    }
}

/// Images of some views, at least one: for a whole-body score that is incomplete on purpose. The score states which views
/// it covers.
#[derive(Clone)]
pub struct PartialBodyViews(BTreeMap<View, Image>);

impl PartialBodyViews {
    /// Creates a set of a single view. For several, use `PartialBodyViews::try_from(map)`.
    pub fn one(view: View, image: Image) -> Self {
        Self([(view, image)].into())
    }

    /// Returns the views that have an image.
    pub fn views(&self) -> impl Iterator<Item = View> {
        self.0.keys().copied()
    }

    pub(crate) fn into_images(self) -> BTreeMap<View, Image> {
        self.0
    }
}

impl TryFrom<BTreeMap<View, Image>> for PartialBodyViews {
    type Error = NoViewsError;

    fn try_from(images: BTreeMap<View, Image>) -> Result<Self, NoViewsError> {
        if images.is_empty() { Err(NoViewsError) } else { Ok(Self(images)) }
    }
}

/// Writes the number of views, never an image.
impl fmt::Debug for PartialBodyViews {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PartialBodyViews({} of {})", self.0.len(), View::ALL.len())
    }
}

/// The error of a set of views without any image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoViewsError;

impl fmt::Display for NoViewsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no body views: a whole-body score takes at least one image; add an image")
    }
}

impl std::error::Error for NoViewsError {}

impl From<NoViewsError> for Error {
    fn from(error: NoViewsError) -> Self {
        Self::local(ErrorKind::InvalidImage, error)
    }
}

/// The images that [`Severity::global`](crate::severity::Severity::global) accepts.
#[diagnostic::on_unimplemented(
    message = "a whole-body score takes `BodyViews<Image>`, all 17 views, or `PartialBodyViews`, some of them",
    label = "not views of a body"
)]
pub trait IntoViews {
    /// Returns the images by view.
    fn into_views(self) -> PartialBodyViews;
}

impl IntoViews for PartialBodyViews {
    fn into_views(self) -> PartialBodyViews {
        self
    }
}

impl IntoViews for BodyViews<Image> {
    fn into_views(self) -> PartialBodyViews {
        let mut images = BTreeMap::new();
        self.map(|view, image| images.insert(view, image));
        PartialBodyViews(images)
    }
}

impl BodyViews<Image> {
    /// Opens the images of a directory, as [`ViewFiles`] finds them. Blocks while it reads; in async code, call it in
    /// `tokio::task::spawn_blocking`.
    ///
    /// All images are held in memory, as by [`Image::open`].
    ///
    /// # Errors
    ///
    /// If the directory cannot be read, and the errors of [`ViewFiles::whole`].
    pub fn from_dir(directory: impl AsRef<Path>) -> Result<Self, ViewsError> {
        ViewFiles::find(directory)?.whole(|path| Image::open(path))
    }

    /// Checks the images of a directory like [`from_dir`](Self::from_dir), and reads them while they are sent, as by
    /// [`Image::stream`]. The files must not change until the call has ended.
    ///
    /// # Errors
    ///
    /// The errors of [`from_dir`](Self::from_dir).
    pub fn stream_dir(directory: impl AsRef<Path>) -> Result<Self, ViewsError> {
        ViewFiles::find(directory)?.whole(|path| Image::stream(path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_views_are_those_of_the_contract() {
        let ours: Vec<GlobalView> = View::ALL.into_iter().map(GlobalView::from).collect();
        assert_eq!(ours, GlobalView::KNOWN);
        assert_eq!(View::from_code("handLeft"), Some(View::HandLeft));
        assert_eq!(View::from_code("handleft"), None);
    }

    #[test]
    fn each_view_keeps_its_value() {
        let codes = BodyViews::try_from_fn(|view| Ok::<_, ()>(view.code())).unwrap();
        let same = codes.map(|view, code| (view.code() == code).then_some(view));
        assert!(View::ALL.into_iter().all(|view| same[view] == Some(view)));
        assert_eq!(BodyViews::<()>::try_from_fn(Err), Err(View::ArmLeftBottom));
    }
}
