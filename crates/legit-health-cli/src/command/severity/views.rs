//! The photos of a folder, one for each view.

use crate::args::Connection;
use crate::failure::Failure;
use crate::output::plain;
use crate::photo;
use legit_health::Image;
use legit_health::views::{BodyViews, IntoViews, PartialBodyViews, View};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// How much of a body is to be scored.
#[derive(Clone, Copy)]
pub(super) enum Extent {
    /// All views; a missing one is an error.
    Whole,
    /// The views that are there.
    Part,
}

pub(super) fn open(
    connection: &Connection,
    directory: &Path,
    extent: Extent,
) -> Result<PartialBodyViews, Failure> {
    match extent {
        Extent::Whole => {
            let views = BodyViews::<Image>::stream_dir(directory).map_err(|error| {
                let hint = if error.missing().is_empty() { "" } else { "; or add `--partial`" };
                refused(directory, &format!("{error}{hint}"))
            })?;
            Ok(views.map(|_, image| photo::prepared(connection, image)).into_views())
        }
        Extent::Part => {
            let photos = photos(directory)?;
            let images = photos.into_iter().map(|(view, path)| Ok((view, photo::open(connection, &path)?)));
            let images: BTreeMap<View, Image> = images.collect::<Result<_, Failure>>()?;
            let names = "name photos after their views, such as faceFront.jpg";
            PartialBodyViews::try_from(images)
                .map_err(|_| refused(directory, &format!("the folder holds no photo of a view: {names}")))
        }
    }
}

/// Of a part nobody can tell what is missing, so a photo whose name is not that of a view is not left out silently.
fn photos(directory: &Path) -> Result<BTreeMap<View, PathBuf>, Failure> {
    let unreadable =
        |error: std::io::Error| refused(directory, &format!("the folder cannot be read: {}", error.kind()));
    let mut photos = BTreeMap::new();
    let mut entries: Vec<PathBuf> = Vec::new();
    for entry in directory.read_dir().map_err(unreadable)? {
        entries.push(entry.map_err(unreadable)?.path());
    }
    entries.sort();
    for path in entries.into_iter().filter(|path| is_photo(path)) {
        let view = path.file_stem().and_then(|stem| View::from_code(stem.to_str()?));
        let view = view.ok_or_else(|| {
            refused(
                &path,
                "the name is not that of a view, such as faceFront.jpg: rename the file or move it away",
            )
        })?;
        if photos.insert(view, path).is_some() {
            return Err(refused(directory, &format!("keep one photo of several for {view}")));
        }
    }
    Ok(photos)
}

fn is_photo(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    ["jpg", "jpeg", "png", "webp"].iter().any(|known| known.eq_ignore_ascii_case(ending))
}

fn refused(path: &Path, sentence: &str) -> Failure {
    let sentence = format!("{}: {sentence}", plain(&path.display().to_string()));
    Failure::Local { kind: "image", status: crate::failure::REJECTED, sentence }
}
