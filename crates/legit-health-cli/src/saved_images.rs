//! Writes masks, overlays and heat maps to files, under names that this program chooses. They may show the patient.

use crate::failure::Failure;
use crate::private_file;
use crate::terminal::shown;
use legit_health::report::OutputImage;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// An image of a result, with a file name made of codes.
pub(crate) struct NamedImage {
    name: String,
    image: OutputImage,
}

impl NamedImage {
    /// Only letters and digits of a code are used in the name.
    pub(crate) fn new(codes: &[&str], image: &OutputImage) -> Self {
        let codes: Vec<String> =
            codes.iter().map(|code| safe(code)).filter(|code| !code.is_empty()).collect();
        Self { name: codes.join("-"), image: image.clone() }
    }
}

/// What was written, and what came in the way of the rest.
#[derive(Default)]
pub(crate) struct SavedImages {
    pub(crate) paths: Vec<PathBuf>,
    pub(crate) failure: Option<String>,
}

/// The directory that images are written to. No existing file is overwritten and no link is followed.
pub(crate) struct Folder {
    path: PathBuf,
    next: u32,
}

impl Folder {
    /// Creates the directory if missing and writes a probe file, so that a call is not billed whose images cannot be saved.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        let prepared = || {
            fs::create_dir_all(path)?;
            try_out(path)?;
            highest_number(path)
        };
        match prepared() {
            Ok(highest) => Ok(Self { path: path.to_owned(), next: highest.saturating_add(1) }),
            Err(error) => Err(cannot_write(path, &error)),
        }
    }

    /// Numbers the files after those that exist, so that the images of one result sort together. Ends at the first that
    /// cannot be written.
    pub(crate) fn save(mut self, images: &[NamedImage]) -> SavedImages {
        let images: Vec<_> = images.iter().filter(|named| !named.image.data.is_empty()).collect();
        let mut saved = SavedImages::default();
        for named in &images {
            match self.write(named) {
                Ok(path) => saved.paths.push(path),
                Err(error) => {
                    saved.failure = Some(format!(
                        "the device has answered, but {} of {} images cannot be written to {}: {error}",
                        images.len() - saved.paths.len(),
                        images.len(),
                        shown(&self.path)
                    ));
                    break;
                }
            }
        }
        saved
    }

    fn write(&mut self, NamedImage { name, image }: &NamedImage) -> io::Result<PathBuf> {
        let ending = ending(&image.data);
        loop {
            let path = self.path.join(format!("{:03}-{name}.{ending}", self.next));
            self.next = self.next.checked_add(1).ok_or(io::ErrorKind::AlreadyExists)?;
            match private_file::create(&path) {
                // Another process took this number.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
                Ok(mut file) => {
                    let written = file.write_all(&image.data);
                    if written.is_err() {
                        // An incomplete image could be mistaken for a complete one; the first error is the one to report.
                        let _ = fs::remove_file(&path);
                    }
                    return written.map(|()| path);
                }
            }
        }
    }
}

fn cannot_write(path: &Path, error: &io::Error) -> Failure {
    Failure::system(&format!("cannot write images to {}", shown(path)), error)
}

fn try_out(folder: &Path) -> io::Result<()> {
    let probe = folder.join(format!(".legit-health-{}", std::process::id()));
    private_file::create(&probe)?;
    fs::remove_file(probe)
}

/// The highest number of an image that was written before, or 0. A larger one, such as a date, is the name of something else.
fn highest_number(folder: &Path) -> io::Result<u32> {
    let mut highest = 0;
    for entry in folder.read_dir()? {
        let name = entry?.file_name();
        let name = name.to_string_lossy();
        let number = name.split_once('-').and_then(|(number, _)| number.parse().ok());
        let number = number.filter(|number| *number < 1_000_000);
        highest = highest.max(number.unwrap_or(0));
    }
    Ok(highest)
}

/// The file extension, by the bytes.
fn ending(data: &[u8]) -> &'static str {
    match data {
        [0xFF, 0xD8, 0xFF, ..] => "jpg",
        [0x89, b'P', b'N', b'G', ..] => "png",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => "webp",
        _ => "bin",
    }
}

/// `faceFront` becomes `face-front`. Nothing but a–z, 0–9 and single hyphens is left, and not too much of it.
fn safe(code: &str) -> String {
    const LONGEST: usize = 40;
    let mut name = String::new();
    let mut after_lower = false;
    for c in code.chars() {
        let fits = c.is_ascii_alphanumeric();
        if (!fits || after_lower && c.is_ascii_uppercase()) && !name.is_empty() && !name.ends_with('-') {
            name.push('-');
        }
        if fits {
            name.push(c.to_ascii_lowercase());
        }
        after_lower = c.is_ascii_lowercase();
        if name.len() >= LONGEST {
            break;
        }
    }
    name.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_code_becomes_a_path() {
        for (code, name) in [
            ("segmentation", "segmentation"),
            ("faceFront", "face-front"),
            ("sevenPc", "seven-pc"),
            ("../../etc/passwd", "etc-passwd"),
            ("C:\\Windows\\x", "c-windows-x"),
            ("a\0b\u{202E}c d", "a-b-c-d"),
            ("HEAT_MAP", "heat-map"),
            ("..", ""),
            ("é", ""),
        ] {
            assert_eq!(safe(code), name, "{code}");
        }
        assert!(safe(&"aB".repeat(500)).len() <= 41);
    }

    fn image(data: &'static [u8]) -> OutputImage {
        let mut image = OutputImage::new("text/html", data);
        image.title = "../title".to_owned();
        image
    }

    fn saved(folder: &Path, images: &[NamedImage]) -> Vec<String> {
        let paths = Folder::open(folder).ok().unwrap().save(images).paths;
        let name = |path: &PathBuf| path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
        paths.iter().map(name).collect()
    }

    #[test]
    fn a_second_result_stands_beside_the_first() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("new/images");
        let images = [
            NamedImage::new(&["apasi", "../mask"], &image(b"\xFF\xD8\xFF one")),
            NamedImage::new(&["apasi", "overlay"], &image(b"\x89PNG two")),
            NamedImage::new(&["apasi", "nothing"], &image(b"")),
        ];
        assert_eq!(saved(&folder, &images), ["001-apasi-mask.jpg", "002-apasi-overlay.png"]);
        assert_eq!(saved(&folder, &images), ["003-apasi-mask.jpg", "004-apasi-overlay.png"]);
        assert_eq!(fs::read(folder.join("001-apasi-mask.jpg")).unwrap(), b"\xFF\xD8\xFF one");
        assert_eq!(folder.read_dir().unwrap().count(), 4, "nothing is left of the trial");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_not_followed_and_others_cannot_read() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let open = Folder::open(folder.path()).ok().unwrap();
        let outside = folder.path().join("outside");
        symlink(&outside, folder.path().join("001-mask.bin")).unwrap();
        let paths = open.save(&[NamedImage::new(&["mask"], &image(b"x"))]).paths;
        assert_eq!(paths, [folder.path().join("002-mask.bin")]);
        assert!(!outside.exists());
        assert_eq!(fs::metadata(&paths[0]).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_file_is_no_folder() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let sentence = Folder::open(file.path()).err().map(|failure| failure.to_string()).unwrap();
        assert!(sentence.starts_with("cannot write images to "), "{sentence}");
    }

    #[test]
    fn large_numbers_in_the_folder_leave_room() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["4294967295-x", "20261126-x", "007-mask.bin"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        let images = [NamedImage::new(&["mask"], &image(b"x"))];
        assert_eq!(saved(folder.path(), &images), ["008-mask.bin"]);
    }

    #[test]
    fn what_could_not_be_written_is_counted_beside_what_was() {
        let folder = tempfile::tempdir().unwrap();
        let open = Folder::open(folder.path()).ok().unwrap();
        fs::remove_dir(folder.path()).unwrap();
        let saved = open.save(&["a", "b"].map(|name| NamedImage::new(&[name], &image(b"x"))));
        let sentence = saved.failure.unwrap();
        assert!(saved.paths.is_empty());
        assert!(
            sentence.starts_with("the device has answered, but 2 of 2 images cannot be written to "),
            "{sentence}"
        );
    }
}
