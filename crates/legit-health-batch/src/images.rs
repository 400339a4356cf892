//! The images of cases: checked when they are planned, found again and compared when they are sent.

use crate::error::{Error, ErrorKind};
use crate::source::Source;
use crate::store::{Check, Item, Names, PlannedImage, Store};
use crate::{Call, store};
use legit_health::Image;
use legit_health::calls::Sha256Digest;
use legit_health::images::ImageError;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// An image, and the digest of what is sent of it.
pub(crate) struct Checked {
    pub(crate) image: Image,
    pub(crate) sha256: String,
}

/// Reads an image from its file, and again while it is sent. Blocks.
pub(crate) fn check(path: &Path, how: Check) -> Result<Checked, ImageError> {
    let image = Image::stream(path)?;
    let image = match how {
        Check::Full => image.verify()?,
        Check::Structure => image,
    };
    let sha256 = Sha256Digest::of(&image.read()?).to_string();
    Ok(Checked { image, sha256 })
}

/// Where the images of a store are.
pub(crate) struct Finder {
    check: Check,
    places: Places,
}

enum Places {
    /// Below the directory of their source.
    Roots(HashMap<i64, PathBuf>),
    /// Names were left out: by the digest of what is sent.
    Digests(HashMap<String, PathBuf>),
}

/// Why the images of a case are not what was planned.
pub(crate) enum NotFound {
    Image(ImageError),
    Sentence(String),
}

impl Finder {
    /// `root` replaces the directory of the source. Reads all images below it if names were left out; blocks.
    pub(crate) fn new(store: &mut Store, root: Option<&Path>) -> Result<Self, Error> {
        let settings = store.settings();
        let places = match (settings.names, root) {
            (Names::Kept, None) => Places::Roots(store.database.roots()?),
            (Names::Kept, Some(root)) => {
                let known = store.database.roots()?;
                if known.len() > 1 {
                    return Err(Error::new(
                        ErrorKind::Settings,
                        "the store has cases from several directories, so one other directory cannot replace them",
                    ));
                }
                Places::Roots(known.into_keys().map(|id| (id, root.to_owned())).collect())
            }
            (Names::LeftOut, Some(root)) => Places::Digests(digests_below(root, settings.check)?),
            (Names::LeftOut, None) => {
                return Err(Error::new(
                    ErrorKind::Settings,
                    "the store has no names of files: name the directory of the images (`--root DIRECTORY`)",
                ));
            }
        };
        Ok(Self { check: settings.check, places })
    }

    /// Opens the images of a case, if they are still what was planned. Blocks.
    pub(crate) fn open(&self, item: &Item) -> Result<Vec<Image>, NotFound> {
        item.images.iter().map(|image| self.open_one(item.root, image)).collect()
    }

    fn open_one(&self, root: Option<i64>, planned: &PlannedImage) -> Result<Image, NotFound> {
        let path = self.path(root, planned).ok_or_else(|| {
            NotFound::Sentence("no image below the directory has the digest that was planned".to_owned())
        })?;
        let found = check(&path, self.check).map_err(NotFound::Image)?;
        if planned.sha256.as_ref() == Some(&found.sha256) {
            return Ok(found.image);
        }
        let sentence = "the image is not the one that was planned: restore its file, or plan it again";
        Err(NotFound::Sentence(sentence.to_owned()))
    }

    fn path(&self, root: Option<i64>, planned: &PlannedImage) -> Option<PathBuf> {
        match &self.places {
            Places::Roots(roots) => {
                Some(roots.get(&root?).map_or_else(PathBuf::new, PathBuf::clone).join(planned.file.as_ref()?))
            }
            Places::Digests(digests) => digests.get(planned.sha256.as_ref()?).cloned(),
        }
    }
}

/// Files that are no images are nothing that was planned.
fn digests_below(root: &Path, check: store::Check) -> Result<HashMap<String, PathBuf>, Error> {
    let source = Source::detect(root, Call::DiagnosisSupport)?;
    let root = source.root()?;
    let mut digests = HashMap::new();
    for case in source.cases(|_, _| ())? {
        for image in case?.images {
            let path = root.join(image);
            if let Ok(checked) = self::check(&path, check) {
                digests.insert(checked.sha256, path);
            }
        }
    }
    Ok(digests)
}
