//! The images of a whole-body score: all 17 views of the body, or some of them.

use crate::codes::GlobalView;
use crate::error::{Error, ErrorKind};
use crate::image::{Image, ImageError};
use std::collections::BTreeMap;
use std::ops::Index;
use std::path::{Path, PathBuf};
use std::{fmt, io};

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

const EXTENSIONS: [&str; 4] = ["jpg", "jpeg", "png", "webp"];

impl BodyViews<Image> {
    /// Opens the images of a directory: `faceFront.jpg` for [`View::FaceFront`], and so on. Blocks while it reads; in async
    /// code, call it in `tokio::task::spawn_blocking`.
    ///
    /// The extensions are `.jpg`, `.jpeg`, `.png` and `.webp`; other files are ignored. All images are held in memory, as by
    /// [`Image::open`].
    ///
    /// # Errors
    ///
    /// If the directory cannot be read, or if a view has no image, more than one, or one that is rejected. The error names
    /// all such views.
    pub fn from_dir(directory: impl AsRef<Path>) -> Result<Self, ViewsError> {
        open_all(directory.as_ref(), |path| Image::open(path))
    }

    /// Checks the images of a directory like [`from_dir`](Self::from_dir), and reads them while they are sent, as by
    /// [`Image::stream`]. The files must not change until the call has ended.
    ///
    /// # Errors
    ///
    /// The errors of [`from_dir`](Self::from_dir).
    pub fn stream_dir(directory: impl AsRef<Path>) -> Result<Self, ViewsError> {
        open_all(directory.as_ref(), |path| Image::stream(path))
    }
}

fn open_all(
    directory: &Path,
    open: impl Fn(&Path) -> Result<Image, ImageError>,
) -> Result<BodyViews<Image>, ViewsError> {
    let mut problems = Problems::default();
    let mut paths = paths_by_view(directory).map_err(|error| {
        ViewsError(Box::new(Problems { unreadable: Some(error.kind()), ..Problems::default() }))
    })?;
    let mut images = BTreeMap::new();
    for view in View::ALL {
        match paths.remove(&view).unwrap_or_default().as_slice() {
            [] => problems.missing.push(view),
            [path] => match open(path) {
                Ok(image) => drop(images.insert(view, image)),
                Err(error) => problems.rejected.push((view, error)),
            },
            _ => problems.ambiguous.push(view),
        }
    }
    // Without a problem, every view has an image.
    BodyViews::try_from_fn(|view| images.remove(&view).ok_or(())).map_err(|()| ViewsError(Box::new(problems)))
}

fn paths_by_view(directory: &Path) -> io::Result<BTreeMap<View, Vec<PathBuf>>> {
    let mut paths: BTreeMap<View, Vec<PathBuf>> = BTreeMap::new();
    for entry in directory.read_dir()? {
        let path = entry?.path();
        if let Some(view) = view_of(&path) {
            paths.entry(view).or_default().push(path);
        }
    }
    Ok(paths)
}

fn view_of(path: &Path) -> Option<View> {
    let extension = path.extension()?.to_str()?;
    EXTENSIONS.iter().find(|known| known.eq_ignore_ascii_case(extension))?;
    View::from_code(path.file_stem()?.to_str()?)
}

/// The error of a directory that does not hold exactly one image of each view. `Display` names every view concerned.
#[derive(Debug)]
pub struct ViewsError(Box<Problems>);

#[derive(Debug, Default)]
struct Problems {
    unreadable: Option<io::ErrorKind>,
    missing: Vec<View>,
    ambiguous: Vec<View>,
    rejected: Vec<(View, ImageError)>,
}

impl ViewsError {
    /// Returns the views without an image.
    pub fn missing(&self) -> &[View] {
        &self.0.missing
    }

    /// Returns the views with more than one image.
    pub fn ambiguous(&self) -> &[View] {
        &self.0.ambiguous
    }

    /// Returns the views whose image was rejected, and why.
    pub fn rejected(&self) -> &[(View, ImageError)] {
        &self.0.rejected
    }
}

impl fmt::Display for ViewsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Problems { unreadable, missing, ambiguous, rejected } = &*self.0;
        let mut parts = Vec::new();
        if let Some(kind) = unreadable {
            parts.push(format!("cannot read the directory: {kind} (check its path)"));
        }
        if let [first, ..] = missing.as_slice() {
            parts.push(format!("no image of {} (add files such as {first}.jpg)", list(missing)));
        }
        if !ambiguous.is_empty() {
            parts.push(format!("more than one image of {} (keep one each)", list(ambiguous)));
        }
        parts.extend(rejected.iter().map(|(view, error)| format!("{view}: {error}")));
        write!(f, "incomplete body views, {} needed: {}", View::ALL.len(), parts.join("; "))
    }
}

fn list(views: &[View]) -> String {
    views.iter().map(|view| view.code()).collect::<Vec<_>>().join(", ")
}

impl std::error::Error for ViewsError {}

impl From<ViewsError> for Error {
    fn from(error: ViewsError) -> Self {
        Self::local(ErrorKind::InvalidImage, error)
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
