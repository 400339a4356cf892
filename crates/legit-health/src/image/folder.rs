//! A directory of images: which files are images, or should be, and which are not.

use super::may_be_image;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// The files of a directory, by whether they are images. Subdirectories are not read.
///
/// What is an image in any format counts as one, whatever its name; so does a file that is named like an image or cannot be
/// read, because it may be one that was not copied whole: opening it tells. What systems write beside images is not even
/// listed: hidden files such as `._photo.jpg`, `Thumbs.db`, `desktop.ini`.
///
/// Finding blocks while it reads the beginning of each file; in async code, do it in `tokio::task::spawn_blocking`.
///
/// ```no_run
/// use legit_health::Image;
/// use legit_health::images::ImageFiles;
///
/// let files = ImageFiles::find("photos")?;
/// eprintln!("not used: {:?}", files.ignored);
/// for path in files.images {
///     println!("{}: {:?}", path.display(), Image::stream(&path));
/// }
/// # Ok::<(), std::io::Error>(())
/// ```
#[non_exhaustive]
pub struct ImageFiles {
    /// Images, and what is named like one, in the order of their names.
    pub images: Vec<PathBuf>,
    /// Other files and directories.
    pub ignored: Vec<PathBuf>,
}

impl ImageFiles {
    /// Reads a directory.
    ///
    /// # Errors
    ///
    /// If the directory cannot be read. Whatever is wrong with a file is an error when it is opened.
    pub fn find(directory: impl AsRef<Path>) -> io::Result<Self> {
        let entries = directory.as_ref().read_dir()?.map(|entry| entry.map(|entry| entry.path()));
        let mut paths = entries.collect::<io::Result<Vec<_>>>()?;
        paths.retain(|path| !is_side_file(&file_name(path)));
        paths.sort();
        let (images, ignored) = paths
            .into_iter()
            .partition(|path| !path.is_dir() && (is_named_like_an_image(path) || may_be_image(path)));
        Ok(Self { images, ignored })
    }
}

/// Writes numbers of files, never a name, which may identify a patient.
impl fmt::Debug for ImageFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ImageFiles({} images, {} ignored)", self.images.len(), self.ignored.len())
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Whether systems write files of this name beside images. A file that is in iCloud and not on this machine is none of them,
/// although it is hidden: `.photo.jpg.icloud`.
fn is_side_file(name: &str) -> bool {
    const NAMES: [&str; 6] = ["Thumbs.db", "ehthumbs.db", "desktop.ini", "Icon\r", "__MACOSX", "@eaDir"];
    (name.starts_with('.') && !name.ends_with(".icloud"))
        || NAMES.iter().any(|side_file| side_file.eq_ignore_ascii_case(name))
}

fn is_named_like_an_image(path: &Path) -> bool {
    const EXTENSIONS: [&str; 16] = [
        "jpg", "jpeg", "jpe", "jfif", "png", "webp", "heic", "heif", "avif", "tif", "tiff", "bmp", "gif",
        "dng", "dcm", "icloud",
    ];
    let extension = path.extension().unwrap_or_default().to_string_lossy();
    EXTENSIONS.iter().any(|known| known.eq_ignore_ascii_case(&extension))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn what_systems_write_beside_images_is_known() {
        for name in ["._faceLeft.jpg", ".DS_Store", "Thumbs.db", "THUMBS.DB", "desktop.ini", "__MACOSX"] {
            assert!(is_side_file(name), "{name}");
        }
        assert!(!is_side_file("faceLeft.jpg") && !is_side_file(".IMG_0001.jpg.icloud"));
    }

    #[test]
    fn nothing_that_may_be_a_photo_is_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let heic = *b"\0\0\0\x18ftypheic\0\0\0\0heicmif1";
        for (name, content) in [
            ("b.JPG", &b""[..]),
            ("c", b"\x89PNG\r\n\x1a\n"),
            ("a.heic", &heic),
            (".d.jpg.icloud", b"bplist00"),
            ("notes.txt", b"a"),
            ("._b.JPG", b"\x00\x05\x16\x07"),
            ("Thumbs.db", b"a"),
            (".DS_Store", b"a"),
        ] {
            fs::write(folder.path().join(name), content).unwrap();
        }
        fs::create_dir(folder.path().join("more.jpg")).unwrap();
        let found = ImageFiles::find(folder.path()).unwrap();
        let names = |paths: &[PathBuf]| paths.iter().map(|path| file_name(path)).collect::<Vec<_>>();
        assert_eq!(names(&found.images), [".d.jpg.icloud", "a.heic", "b.JPG", "c"]);
        assert_eq!(names(&found.ignored), ["more.jpg", "notes.txt"]);
        assert_eq!(format!("{found:?}"), "ImageFiles(4 images, 2 ignored)");
        assert!(ImageFiles::find(folder.path().join("absent")).is_err());
    }
}
