//! A directory of body views: which file is the image of which view, and what is wrong with the others.

use super::{BodyViews, PartialBodyViews, View};
use crate::error::{Error, ErrorKind};
use crate::image::{Image, ImageError, ImageFiles};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fmt, io};

/// The files of a directory, by the view that their names state: `faceFront.jpg` for [`View::FaceFront`], and so on.
///
/// - Upper and lower case and the extension do not matter: the format is read from the bytes.
/// - Nothing that could be an image is left out. These are errors: an image that is not named after a view, two images of
///   one view, and a file that is named after a view and cannot be used.
/// - Other files are [ignored](Self::ignored), also one that is named like an image beside it (`faceFront.xmp`).
/// - What systems write beside images is not even listed: hidden files such as `._faceFront.jpg`, `Thumbs.db`,
///   `desktop.ini`.
///
/// Finding and opening block while they read; in async code, do it in `tokio::task::spawn_blocking`.
///
/// ```no_run
/// use legit_health::Image;
/// use legit_health::views::ViewFiles;
///
/// let files = ViewFiles::find("images")?;
/// println!("not used: {:?}", files.ignored());
/// let some_views = files.part(|path| Image::stream(path))?;
/// # Ok::<(), legit_health::views::ViewsError>(())
/// ```
pub struct ViewFiles {
    files: BTreeMap<View, PathBuf>,
    ignored: Vec<PathBuf>,
    problems: Problems,
}

impl ViewFiles {
    /// Reads a directory.
    ///
    /// # Errors
    ///
    /// If the directory cannot be read. Whatever is wrong with its files is an error when they are opened.
    pub fn find(directory: impl AsRef<Path>) -> Result<Self, ViewsError> {
        Self::read(directory.as_ref()).map_err(|error| {
            ViewsError(Box::new(Problems { unreadable: Some(error.kind()), ..Problems::default() }))
        })
    }

    fn read(directory: &Path) -> io::Result<Self> {
        let ImageFiles { images, ignored } = ImageFiles::find(directory)?;
        let mut found = Self { files: BTreeMap::new(), ignored: Vec::new(), problems: Problems::default() };
        let mut by_view: BTreeMap<View, Vec<PathBuf>> = BTreeMap::new();
        let mut sort = |paths: Vec<PathBuf>, rest: &mut Vec<PathBuf>| {
            for path in paths {
                match view_named(&path.file_name().unwrap_or_default().to_string_lossy()) {
                    Some(view) => by_view.entry(view).or_default().push(path),
                    None => rest.push(path),
                }
            }
        };
        sort(images.clone(), &mut found.problems.unnamed);
        sort(ignored, &mut found.ignored);
        found.problems.missing = View::ALL.into_iter().filter(|view| !by_view.contains_key(view)).collect();
        for (view, mut paths) in by_view {
            if paths.len() > 1 && paths.iter().any(|path| images.contains(path)) {
                found.ignored.extend(paths.extract_if(.., |path| !images.contains(path)));
            }
            match paths.as_mut_slice() {
                [path] => drop(found.files.insert(view, std::mem::take(path))),
                _ => found.problems.ambiguous.push((view, paths)),
            }
        }
        Ok(found)
    }

    /// Returns the files that are not used, because they are not images.
    pub fn ignored(&self) -> &[PathBuf] {
        &self.ignored
    }

    /// Opens the image of each of the 17 views with `open`, such as `Image::open`.
    ///
    /// # Errors
    ///
    /// If a view has no image, more than one, or one that is rejected, or if an image is not named after a view. The error
    /// names all of these.
    pub fn whole(
        self,
        open: impl FnMut(&Path) -> Result<Image, ImageError>,
    ) -> Result<BodyViews<Image>, ViewsError> {
        let mut images = self.open(open)?;
        let images = BodyViews::try_from_fn(|view| images.remove(&view).ok_or(view));
        Ok(images.expect("a view without an image is a problem"))
    }

    /// Opens the image of each view that has one with `open`, such as `Image::open`.
    ///
    /// # Errors
    ///
    /// If no view has an image, if one has more than one or one that is rejected, or if an image is not named after a view.
    /// The error names all of these.
    pub fn part(
        mut self,
        open: impl FnMut(&Path) -> Result<Image, ImageError>,
    ) -> Result<PartialBodyViews, ViewsError> {
        if self.problems.missing.len() < View::ALL.len() {
            self.problems.missing.clear();
        }
        self.open(open).map(PartialBodyViews)
    }

    fn open(
        mut self,
        mut open: impl FnMut(&Path) -> Result<Image, ImageError>,
    ) -> Result<BTreeMap<View, Image>, ViewsError> {
        let mut images = BTreeMap::new();
        for (view, path) in self.files {
            match open(&path) {
                Ok(image) => drop(images.insert(view, image)),
                Err(error) => self.problems.rejected.push((view, error)),
            }
        }
        if self.problems.is_empty() { Ok(images) } else { Err(ViewsError(Box::new(self.problems))) }
    }
}

/// Writes numbers of files, never a name.
impl fmt::Debug for ViewFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ViewFiles({} of {}, {} ignored)", self.files.len(), View::ALL.len(), self.ignored.len())
    }
}

/// Returns the view that a file is named after.
fn view_named(name: &str) -> Option<View> {
    // A file that is in iCloud and not on this machine is called `.faceFront.jpg.icloud`.
    let name = name.strip_prefix('.').and_then(|name| name.strip_suffix(".icloud")).unwrap_or(name);
    let stem = Path::new(name).file_stem()?.to_str()?;
    View::ALL.into_iter().find(|view| view.code().eq_ignore_ascii_case(stem))
}

/// The error of a directory that does not hold exactly one usable image of each view, or that holds other images.
///
/// `Display` names every view concerned, but no file, because a file name may identify a patient: see
/// [`paths`](Self::paths).
#[derive(Debug)]
pub struct ViewsError(Box<Problems>);

#[derive(Default)]
struct Problems {
    unreadable: Option<io::ErrorKind>,
    missing: Vec<View>,
    ambiguous: Vec<(View, Vec<PathBuf>)>,
    unnamed: Vec<PathBuf>,
    rejected: Vec<(View, ImageError)>,
}

impl Problems {
    fn is_empty(&self) -> bool {
        let Self { unreadable, missing, ambiguous, unnamed, rejected } = self;
        unreadable.is_none()
            && missing.is_empty()
            && ambiguous.is_empty()
            && unnamed.is_empty()
            && rejected.is_empty()
    }
}

/// Writes views, never the name of a file.
impl fmt::Debug for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Problems")
            .field("unreadable", &self.unreadable)
            .field("missing", &self.missing)
            .field("ambiguous", &self.ambiguous.iter().map(|(view, _)| view).collect::<Vec<_>>())
            .field("unnamed", &self.unnamed.len())
            .field("rejected", &self.rejected)
            .finish()
    }
}

impl ViewsError {
    /// Returns the views without an image.
    pub fn missing(&self) -> &[View] {
        &self.0.missing
    }

    /// Returns the views with more than one image, and these.
    pub fn ambiguous(&self) -> &[(View, Vec<PathBuf>)] {
        &self.0.ambiguous
    }

    /// Returns the images that are not named after a view.
    pub fn unnamed(&self) -> &[PathBuf] {
        &self.0.unnamed
    }

    /// Returns the views whose image was rejected, and why.
    pub fn rejected(&self) -> &[(View, ImageError)] {
        &self.0.rejected
    }

    /// Returns the files that the error is about, in the order of its sentence.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        let Problems { ambiguous, unnamed, rejected, .. } = &*self.0;
        let ambiguous = ambiguous.iter().flat_map(|(_, paths)| paths).chain(unnamed).map(PathBuf::as_path);
        ambiguous.chain(rejected.iter().filter_map(|(_, error)| error.path()))
    }
}

impl fmt::Display for ViewsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Problems { unreadable, missing, ambiguous, unnamed, rejected } = &*self.0;
        let mut parts = Vec::new();
        if let Some(kind) = unreadable {
            let kind = match kind {
                io::ErrorKind::NotFound => "it does not exist".to_owned(),
                kind => kind.to_string(),
            };
            parts.push(format!("cannot read the directory: {kind} (check its path)"));
        }
        match missing.as_slice() {
            [] => {}
            all if all.len() == View::ALL.len() => parts.push(
                "no image of a view in the directory (name images after their views, such as faceFront.jpg)"
                    .to_owned(),
            ),
            some @ [first, ..] => parts.push(format!(
                "incomplete body views, {} needed: no image of {} (add files such as {first}.jpg)",
                View::ALL.len(),
                list(some)
            )),
        }
        if !ambiguous.is_empty() {
            let views: Vec<View> = ambiguous.iter().map(|(view, _)| *view).collect();
            parts.push(format!("more than one image of {} (keep one each)", list(&views)));
        }
        match unnamed.len() {
            0 => {}
            count => parts.push(format!(
                "{count} {} not named after a view (rename, such as to faceFront.jpg, or move away)",
                if count == 1 { "image" } else { "images" }
            )),
        }
        parts.extend(rejected.iter().map(|(view, error)| format!("{view}: {error}")));
        f.write_str(&parts.join("; "))
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
    fn a_view_is_recognised_by_its_name_in_any_case_and_with_any_extension() {
        for name in
            ["faceLeft.jpg", "FACELEFT.JPG", "faceleft.jfif", "faceLeft.jpe", "faceLeft.heic", "faceLeft"]
        {
            assert_eq!(view_named(name), Some(View::FaceLeft), "{name}");
        }
        assert_eq!(view_named(".faceLeft.jpg.icloud"), Some(View::FaceLeft));
        for name in
            ["faceLeft (1).jpg", "faceLeft copy.jpg", "face_left.jpg", "faceLeft.jpg.part", "._faceLeft.jpg"]
        {
            assert_eq!(view_named(name), None, "{name}");
        }
    }
}
