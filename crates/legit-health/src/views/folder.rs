//! A folder with a photo for each view.

use super::{BodyViews, View};
use crate::image::{Image, ImageError};
use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

const ENDINGS: [&str; 4] = ["jpg", "jpeg", "png", "webp"];

impl BodyViews<Image> {
    /// Opens the photos of a folder: `faceFront.jpg` for [`View::FaceFront`], and so on; `.jpeg`, `.png` and `.webp` do as
    /// well. Other files are left alone. All of them are held in memory, as by [`Image::open`].
    ///
    /// # Errors
    ///
    /// The folder cannot be read, or views are missing, twice there or no usable photo: the error names all of them.
    pub fn from_dir(folder: impl AsRef<Path>) -> Result<Self, ViewsError> {
        open_all(folder.as_ref(), |photo| Image::open(photo))
    }

    /// Like [`from_dir`](Self::from_dir), but the photos are left in their files, as by [`Image::stream`], and must stay
    /// as they are until the call has ended.
    ///
    /// # Errors
    ///
    /// Those of [`from_dir`](Self::from_dir).
    pub fn stream_dir(folder: impl AsRef<Path>) -> Result<Self, ViewsError> {
        open_all(folder.as_ref(), |photo| Image::stream(photo))
    }
}

fn open_all(
    folder: &Path,
    open: impl Fn(&Path) -> Result<Image, ImageError>,
) -> Result<BodyViews<Image>, ViewsError> {
    let mut photos =
        photos(folder).map_err(|error| Wrong { unreadable: Some(error.kind()), ..Wrong::default() })?;
    let mut wrong = Wrong::default();
    let images = BodyViews::try_from_fn(|view| {
        Ok::<_, std::convert::Infallible>(match photos.remove(&view).unwrap_or_default().as_slice() {
            [] => {
                wrong.missing.push(view);
                None
            }
            [photo] => open(photo).map_err(|error| wrong.refused.push((view, error))).ok(),
            _ => {
                wrong.ambiguous.push(view);
                None
            }
        })
    });
    let Ok(images) = images;
    BodyViews::try_from_fn(|view| images[view].clone().ok_or(())).map_err(|()| wrong.into())
}

/// All photos by their view.
fn photos(folder: &Path) -> io::Result<BTreeMap<View, Vec<PathBuf>>> {
    let mut photos: BTreeMap<View, Vec<PathBuf>> = BTreeMap::new();
    for entry in folder.read_dir()? {
        let path = entry?.path();
        if let Some(view) = view_of(&path) {
            photos.entry(view).or_default().push(path);
        }
    }
    Ok(photos)
}

fn view_of(photo: &Path) -> Option<View> {
    let ending = photo.extension()?.to_str()?;
    ENDINGS.iter().find(|known| known.eq_ignore_ascii_case(ending))?;
    View::from_code(photo.file_stem()?.to_str()?)
}

/// Why a folder is not a whole body. `Display` is one sentence that names every view that is wrong.
#[derive(Debug)]
pub struct ViewsError(Box<Wrong>);

#[derive(Debug, Default)]
struct Wrong {
    unreadable: Option<io::ErrorKind>,
    missing: Vec<View>,
    ambiguous: Vec<View>,
    refused: Vec<(View, ImageError)>,
}

impl ViewsError {
    /// Views without a photo.
    pub fn missing(&self) -> &[View] {
        &self.0.missing
    }

    /// Views with more than one photo.
    pub fn ambiguous(&self) -> &[View] {
        &self.0.ambiguous
    }

    /// Views whose photo cannot be used, and why.
    pub fn refused(&self) -> &[(View, ImageError)] {
        &self.0.refused
    }
}

impl From<Wrong> for ViewsError {
    fn from(wrong: Wrong) -> Self {
        Self(Box::new(wrong))
    }
}

impl fmt::Display for ViewsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        if let Some(kind) = self.unreadable {
            parts.push(format!("the folder cannot be read: {kind}"));
        }
        if let [first, ..] = self.missing.as_slice() {
            parts.push(format!("add a photo, such as {first}.jpg, for {}", list(&self.missing)));
        }
        if !self.ambiguous.is_empty() {
            parts.push(format!("keep one photo of several for {}", list(&self.ambiguous)));
        }
        parts.extend(self.refused.iter().map(|(view, error)| format!("{view}: {error}")));
        write!(
            f,
            "the folder does not hold one photo for each of {} views: {}",
            View::ALL.len(),
            parts.join("; ")
        )
    }
}

fn list(views: &[View]) -> String {
    views.iter().map(|view| view.code()).collect::<Vec<_>>().join(", ")
}

impl std::error::Error for ViewsError {}
