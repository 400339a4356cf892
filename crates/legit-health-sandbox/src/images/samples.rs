//! Synthetic skin images for trying things out: single images, and the views of a whole body.
//!
//! Take them from [`all`] and [`whole_body`], or write them to files with [`write_to`].
//!
//! They show no person. Each names its scenario in the comment of the JPEG, so that the sandbox responds accordingly,
//! and says there and in the image that it is synthetic. They are JPEG files in this package, painted by
//! `tests/samples`.

use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::container::{comments, with_jpeg_comment};
use crate::scenarios::{Scenario, marker, read_marker};

/// A synthetic image: a JPEG of 640 by 480 pixels.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sample {
    /// Name for the file, such as `psoriasis-moderate.jpg`.
    pub file_name: &'static str,
    /// What the image shows.
    pub title: &'static str,
    /// Scenario in its comment; none for the unusable image.
    pub scenario: Option<Scenario>,
    /// The file.
    pub bytes: Vec<u8>,
}

/// Returns the single images: eight of skin in tones from very light to very dark, and a scribble that the sandbox
/// reports as unusable.
#[must_use]
pub fn all() -> Vec<Sample> {
    let sample =
        |&(file_name, title, scenario, bytes): &(&'static str, &'static str, Option<&str>, &[u8])| {
            let scenario = scenario.map(parse_scenario);
            Sample { file_name, title, scenario, bytes: bytes.to_vec() }
        };
    SINGLE.iter().map(sample).collect()
}

/// Returns an image for each of the 17 views of a whole body, of a person with vitiligo. The file names are those of
/// the views, such as `faceFront.jpg`, so that a directory of them can be read as a whole body.
#[must_use]
pub fn whole_body() -> Vec<Sample> {
    let sample = |&(file_name, title, severity): &(&'static str, &'static str, &str)| {
        let scenario = parse_scenario(&format!("vitiligo/{severity}"));
        let image = if severity == "none" { HEALTHY } else { VITILIGO };
        let comment = format!("{}\nView: {title}\n{STATEMENT}", marker(scenario));
        let bytes = with_jpeg_comment(image, &comment).expect("the image is a JPEG and the comment short");
        Sample { file_name, title, scenario: Some(scenario), bytes }
    };
    VIEWS.iter().map(sample).collect()
}

/// Returns true if the comment of an image names a scenario, as that of a sample does. A client that removes the metadata of
/// images removes it.
#[must_use]
pub fn names_scenario(image: &[u8]) -> bool {
    comments(image).iter().any(|comment| read_marker(comment).is_some())
}

/// Writes the samples into a directory, which is created if necessary: [`all`] into the directory itself and
/// [`whole_body`] into its subdirectory `whole-body`. Returns the paths in this order.
///
/// A file that already holds the sample is kept.
///
/// # Errors
///
/// When a file of that name has other content: nothing is then written, and nothing is ever overwritten. Otherwise when
/// the file system fails.
pub fn write_to(directory: impl AsRef<Path>) -> io::Result<Vec<PathBuf>> {
    let directory = directory.as_ref();
    let whole_body_directory = directory.join("whole-body");
    let single = all().into_iter().map(|sample| (directory.join(sample.file_name), sample.bytes));
    let views = whole_body().into_iter();
    let views = views.map(|sample| (whole_body_directory.join(sample.file_name), sample.bytes));
    let files: Vec<_> = single.chain(views).collect();
    fs::create_dir_all(&whole_body_directory)?;
    write(&files)?;
    Ok(files.into_iter().map(|(path, _)| path).collect())
}

fn write(files: &[(PathBuf, Vec<u8>)]) -> io::Result<()> {
    let mut missing = Vec::new();
    for (path, bytes) in files {
        match fs::read(path) {
            Ok(found) if found == *bytes => {}
            Ok(_) => {
                let message = format!(
                    "{} exists and is not this sample; move it away or choose another directory",
                    path.display()
                );
                return Err(io::Error::new(io::ErrorKind::AlreadyExists, message));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => missing.push((path, bytes)),
            Err(error) => return Err(error),
        }
    }
    for (path, bytes) in missing {
        OpenOptions::new().write(true).create_new(true).open(path)?.write_all(bytes)?;
    }
    Ok(())
}

fn parse_scenario(name: &str) -> Scenario {
    name.parse().expect("a test reads the scenario of every sample")
}

impl fmt::Debug for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sample({}, {} bytes)", self.file_name, self.bytes.len())
    }
}

const STATEMENT: &str =
    "Synthetic image painted by code for software tests. It shows no person and has no medical use.";

const HEALTHY: &[u8] = include_bytes!("../../samples/healthy.jpg");
const VITILIGO: &[u8] = include_bytes!("../../samples/vitiligo-severe.jpg");

/// File name, title, scenario, file.
#[rustfmt::skip]
const SINGLE: [(&str, &str, Option<&str>, &[u8]); 9] = [
    ("psoriasis-moderate.jpg", "scaly plaque on light skin", Some("psoriasis/moderate"),
        include_bytes!("../../samples/psoriasis-moderate.jpg")),
    ("eczema-mild.jpg", "reddened patch on brown skin", Some("eczema/mild"),
        include_bytes!("../../samples/eczema-mild.jpg")),
    ("acne-moderate.jpg", "papules and pustules on olive skin", Some("acne/moderate"),
        include_bytes!("../../samples/acne-moderate.jpg")),
    ("nevus-dermoscopic.jpg", "even brown spot on light skin, through a dermoscope", Some("nevus/mild"),
        include_bytes!("../../samples/nevus-dermoscopic.jpg")),
    ("melanoma-dermoscopic.jpg", "uneven dark spot on very light skin, through a dermoscope", Some("melanoma/severe"),
        include_bytes!("../../samples/melanoma-dermoscopic.jpg")),
    ("vitiligo-severe.jpg", "pale patches on very dark skin", Some("vitiligo/severe"), VITILIGO),
    ("urticaria-severe.jpg", "wheals on dark brown skin", Some("urticaria/severe"),
        include_bytes!("../../samples/urticaria-severe.jpg")),
    ("healthy.jpg", "dark skin without a finding", Some("healthy/none"), HEALTHY),
    ("unusable-scribble.jpg", "a scribble, no skin", None, include_bytes!("../../samples/unusable-scribble.jpg")),
];

/// File name, title, severity of vitiligo.
#[rustfmt::skip]
const VIEWS: [(&str, &str, &str); 17] = [
    ("armLeftBottom.jpg", "underside of the left arm", "none"),
    ("armLeftTop.jpg", "top of the left arm", "mild"),
    ("armRightBottom.jpg", "underside of the right arm", "none"),
    ("armRightTop.jpg", "top of the right arm", "mild"),
    ("faceFront.jpg", "face from the front", "moderate"),
    ("faceLeft.jpg", "left side of the face", "mild"),
    ("faceRight.jpg", "right side of the face", "mild"),
    ("footLeft.jpg", "left foot", "moderate"),
    ("footRight.jpg", "right foot", "moderate"),
    ("handLeft.jpg", "left hand", "severe"),
    ("handRight.jpg", "right hand", "severe"),
    ("legsBack.jpg", "legs from behind", "none"),
    ("legsFront.jpg", "legs from the front", "mild"),
    ("trunkBack.jpg", "trunk from behind", "none"),
    ("trunkFront.jpg", "trunk from the front", "mild"),
    ("trunkLeft.jpg", "left side of the trunk", "none"),
    ("trunkRight.jpg", "right side of the trunk", "none"),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::images::{Measurements, comments, decode};
    use crate::scenarios::read_marker;

    #[test]
    fn every_sample_names_its_scenario_and_says_that_it_is_synthetic() {
        for sample in all().iter().chain(&whole_body()) {
            let comments = comments(&sample.bytes);
            let [comment] = comments.as_slice() else { panic!("{sample:?}: {comments:?}") };
            assert!(comment.contains("Synthetic image") && comment.contains("no person"), "{sample:?}");
            assert_eq!(read_marker(comment).transpose().unwrap(), sample.scenario, "{sample:?}");
        }
    }

    #[test]
    fn samples_of_skin_are_valid_and_the_scribble_is_not() {
        for sample in all().iter().chain(&whole_body()) {
            let image = decode(&sample.bytes).unwrap();
            assert_eq!((image.width(), image.height()), (640, 480));
            let measurements = Measurements::of(&image);
            assert_eq!(measurements.is_valid(), sample.scenario.is_some(), "{sample:?}: {measurements:?}");
            if measurements.is_valid() {
                let dermoscopic = sample.file_name.contains("dermoscopic");
                let name = measurements.modality.name;
                assert_eq!(name == "Dermoscopic", dermoscopic, "{sample:?}: {measurements:?}");
                assert!(measurements.quality.score > 60.0, "{sample:?}: {measurements:?}");
            }
        }
    }

    #[test]
    fn the_whole_body_has_every_view_once() {
        let instrument = legit_health_scoring::Instrument::find_global("avasi").unwrap();
        let views = instrument.items().iter().map(|view| format!("{}.jpg", view.code()));
        let files = whole_body().into_iter().map(|sample| sample.file_name.to_owned());
        assert_eq!(files.collect::<BTreeSet<_>>(), views.collect());
        let bytes: BTreeSet<_> = whole_body().into_iter().map(|sample| sample.bytes).collect();
        assert_eq!(bytes.len(), 17, "no two views are the same file");
    }

    #[test]
    fn samples_fit_a_command_line() {
        // An argument of a command may have 128 KiB, and base64 adds a third.
        assert!(all().iter().all(|sample| sample.bytes.len() < 90_000));
    }

    #[test]
    fn samples_are_written_once_and_other_files_are_kept() {
        let directory = tempfile::tempdir().unwrap();
        let target = directory.path().join("new");
        let paths = write_to(&target).unwrap();
        assert_eq!(paths.len(), 26);
        assert_eq!(paths[0], target.join("psoriasis-moderate.jpg"));
        assert_eq!(paths[9], target.join("whole-body").join("armLeftBottom.jpg"));
        assert_eq!(fs::read(&paths[1]).unwrap(), all()[1].bytes);
        assert_eq!(write_to(&target).unwrap(), paths, "a second time changes nothing");

        fs::write(&paths[1], b"my own file").unwrap();
        fs::remove_file(&paths[0]).unwrap();
        let error = write_to(&target).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert!(error.to_string().contains("eczema-mild.jpg"));
        assert_eq!(fs::read(&paths[1]).unwrap(), b"my own file");
        assert!(!paths[0].exists(), "nothing is written when a file is in the way");
    }
}
