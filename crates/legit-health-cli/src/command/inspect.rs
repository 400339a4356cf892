//! `legit-health inspect IMAGE…`: what a file is, what of it would be sent, and what not. Nothing is sent, and no address is
//! looked up.

use super::each;
use crate::args::Inspect;
use crate::connect::beside_the_runtime;
use crate::failure::{Failure, SOME_FAILED};
use crate::output::Output;
use crate::output_file;
use crate::render;
use crate::terminal::shown;
use legit_health::Image;
use legit_health::images::ImageError;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

/// What was found about a file.
pub(crate) struct Inspection {
    pub(crate) path: PathBuf,
    /// Bytes of the file, which may be base64 text.
    pub(crate) file_bytes: Option<u64>,
    /// The image as it would be sent, unless it is rejected as a whole.
    pub(crate) image: Option<Image>,
    pub(crate) check: Check,
    /// Where it was written.
    pub(crate) written: Option<PathBuf>,
    /// Why it would not be sent, or was not written.
    pub(crate) failure: Option<Failure>,
}

/// The full check of the picture data.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Check {
    Complete,
    Failed,
    /// `--no-verify`, or there is no image.
    LeftOut,
}

pub(crate) async fn run(arguments: &Inspect, no_verify: bool, output: &mut Output) -> Result<(), Failure> {
    let files = each::files(&arguments.images, output)?;
    let target =
        arguments.output.as_deref().map(|path| Target::new(path, arguments, files.len())).transpose()?;
    let count = files.len();
    let (mut documents, mut failures, mut has_image) = (Vec::new(), Vec::new(), false);
    for (index, path) in files.into_iter().enumerate() {
        let target = target.clone();
        let inspection = beside_the_runtime(move || inspect(path, !no_verify, target.as_ref()));
        let text = || format!("reading image {} of {count}", index + 1);
        let inspection = output.progress().during(text, inspection).await;
        if output.is_json() {
            documents.push(document(&inspection));
        } else if count > 1 || inspection.image.is_some() {
            let separator = if index > 0 { "\n" } else { "" };
            output.data(&format!("{separator}{}", render::inspection(&inspection, output.width())))?;
        }
        has_image |= inspection.image.is_some();
        failures.extend(inspection.failure);
    }
    if output.is_json() {
        output.data(&json!({"images": documents}).to_string())?;
    }
    if has_image {
        output.note("");
        output.note("What the picture itself shows is not removed, nor is text within its color profile.");
    }
    outcome(failures, count)
}

/// One file fails for its own reason; of several, the reasons stand beside their names.
fn outcome(mut failures: Vec<Failure>, count: usize) -> Result<(), Failure> {
    let first = failures.first().map(Failure::exit_status);
    match (first, count) {
        (None, _) => Ok(()),
        (Some(_), 1) => Err(failures.remove(0)),
        (Some(first), _) => {
            let is_reason_of_all =
                failures.len() == count && failures.iter().all(|failure| failure.exit_status() == first);
            Err(Failure::Local {
                kind: "images",
                status: if is_reason_of_all { first } else { SOME_FAILED },
                sentence: format!("{} of {count} images failed: see above", failures.len()),
            })
        }
    }
}

fn inspect(path: PathBuf, is_checked: bool, target: Option<&Target>) -> Inspection {
    let file_bytes = fs::metadata(&path).ok().map(|metadata| metadata.len());
    let mut inspection =
        Inspection { path, file_bytes, image: None, check: Check::LeftOut, written: None, failure: None };
    let path = &inspection.path;
    let rejected = |error: &ImageError| Some(Failure::image(path, error));
    match Image::stream(path) {
        Err(error) => inspection.failure = rejected(&error),
        Ok(image) if !is_checked => inspection.image = Some(image),
        Ok(image) => {
            inspection.image = Some(image.clone());
            match image.verify() {
                Ok(verified) => (inspection.image, inspection.check) = (Some(verified), Check::Complete),
                Err(error) => (inspection.failure, inspection.check) = (rejected(&error), Check::Failed),
            }
        }
    }
    if let (Some(target), Some(image), None) = (target, &inspection.image, &inspection.failure) {
        match target.write(path, image) {
            Ok(written) => inspection.written = Some(written),
            Err(failure) => inspection.failure = Some(failure),
        }
    }
    inspection
}

fn document(inspection: &Inspection) -> Value {
    let facts = inspection.image.as_ref().map(|image| {
        let removed = image.removed().iter().map(|removed| {
            let exif: Vec<_> = removed.exif.iter().map(|content| content.name()).collect();
            json!({"kind": removed.kind.name(), "places": removed.places, "bytes": removed.bytes, "exif": exif})
        });
        json!({
            "format": image.format().media_type(),
            "width": image.width(),
            "height": image.height(),
            "orientation": image.orientation(),
            "hasColorProfile": image.has_color_profile(),
            "imageBytes": image.original_len(),
            "sentBytes": image.len(),
            "removedBytes": removed_bytes(image),
            "removed": removed.collect::<Vec<_>>(),
        })
    });
    let is_complete = match inspection.check {
        Check::Complete => Some(true),
        Check::Failed => Some(false),
        Check::LeftOut => None,
    };
    json!({
        "file": inspection.path.display().to_string(),
        "fileBytes": inspection.file_bytes,
        "image": facts,
        "isComplete": is_complete,
        "written": inspection.written.as_ref().map(|path| path.display().to_string()),
        "error": inspection.failure.as_ref().map(|failure| failure.json()["error"].take()),
    })
}

pub(crate) fn removed_bytes(image: &Image) -> u64 {
    image.removed().iter().map(|removed| removed.bytes).sum()
}

/// Where the cleaned images are written.
#[derive(Clone)]
struct Target {
    path: PathBuf,
    is_directory: bool,
    replaces: bool,
}

impl Target {
    /// A file for one image that is named, unless it is a directory or ends like one; a directory for several.
    fn new(path: &Path, arguments: &Inspect, count: usize) -> Result<Self, Failure> {
        let ends_like_a_directory = path.as_os_str().to_string_lossy().ends_with(std::path::is_separator);
        let names_one_file = count == 1 && arguments.images.iter().all(|image| !image.is_dir());
        let is_directory = path.is_dir() || ends_like_a_directory || !names_one_file;
        if is_directory {
            fs::create_dir_all(path)
                .map_err(|error| Failure::system(&format!("cannot write to {}", shown(path)), &error))?;
        }
        Ok(Self { path: path.to_owned(), is_directory, replaces: arguments.force })
    }

    /// Writes the image exactly as it would be sent, under its own name. Never over the file that it comes from.
    fn write(&self, source: &Path, image: &Image) -> Result<PathBuf, Failure> {
        let path = match (self.is_directory, source.file_name()) {
            (true, Some(name)) => self.path.join(name),
            _ => self.path.clone(),
        };
        let bytes = image.read().map_err(|error| Failure::image(source, &error))?;
        if output_file::is_same_file(source, &path) {
            let sentence = format!("{} is the image itself: name another file for `--output`", shown(&path));
            return Err(output_file::refused(sentence));
        }
        output_file::write(&path, &bytes, self.replaces)?;
        Ok(path)
    }
}
