//! Planning: cases put into the store, each once, whatever its name and however often it is given.

use super::PlannedImage;
use crate::call::Call;
use crate::error::{Error, ErrorKind};
use legit_health::calls::Sha256Digest;
use serde_json::Value;
use std::path::Path;

/// Cases that are put into the store as a whole, by [`commit`](Self::commit), or not at all.
pub(crate) trait Planning {
    /// Returns the number of the directory of a source.
    fn root(&mut self, path: &Path) -> Result<i64, Error>;

    /// Adds these cases, in their order. Returns what has become of each.
    fn add(&mut self, given: &[Given<'_>]) -> Result<Vec<Planned>, Error>;

    /// Returns how many references several cases have.
    fn repeated_references(&mut self) -> Result<u64, Error>;

    /// Returns how many cases of the store are sent, and how many images they have.
    fn items_and_images(&mut self) -> Result<(u64, u64), Error>;

    fn commit(self: Box<Self>) -> Result<(), Error>;
}

/// A case after its images were checked.
pub(crate) struct Given<'c> {
    pub(crate) call: &'c Call,
    pub(crate) root: Option<i64>,
    pub(crate) reference: Option<&'c str>,
    pub(crate) images: Vec<PlannedImage>,
    /// What identifies the case in its source: the names of its files, or its line if it cannot be read.
    pub(crate) identity: String,
    pub(crate) bytes: u64,
    /// Why it is refused: the kind and the document of an error.
    pub(crate) refusal: Option<(&'static str, Value)>,
}

/// What became of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Planned {
    New,
    /// New in place of what the store had of the same case: its files have changed, or were corrected.
    InPlaceOfOther,
    /// The same is sent for another case already.
    Duplicate,
    /// The case is in the store already.
    Known,
}

/// A case as every store keeps it.
pub(super) struct Keyed {
    pub(super) call: String,
    pub(super) key: [u8; 32],
    pub(super) source: [u8; 32],
    pub(super) images: String,
}

impl Keyed {
    /// The salt keeps names that were left out from being guessed.
    pub(super) fn new(given: &Given<'_>, salt: &str) -> Self {
        let call = given.call.document();
        let parts = [salt, &call, given.reference.unwrap_or_default(), &given.identity];
        let source = digest("legit-health-batch source 1", parts);
        let key = match given.refusal {
            // Nothing of it is sent, so it is what it is called.
            Some(_) => source,
            None => content_key(&call, &given.images),
        };
        Self { call, key, source, images: serde_json::to_string(&given.images).expect("texts") }
    }
}

/// Returns random text, by which names that were left out cannot be guessed.
pub(super) fn new_salt() -> Result<String, Error> {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt)
        .map_err(|error| Error::new(ErrorKind::Store, format!("there are no random numbers: {error}")))?;
    Ok(salt.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Returns the path of a directory as text.
pub(super) fn text_of(root: &Path) -> Result<&str, Error> {
    root.to_str().ok_or_else(|| {
        Error::new(
            ErrorKind::Source,
            format!("the path {} is not UTF-8: rename the directory", root.display()),
        )
    })
}

/// The digest of what is sent: the call with its parameters, and the images in their order.
fn content_key(call: &str, images: &[PlannedImage]) -> [u8; 32] {
    let images = images.iter().map(|image| image.sha256.as_deref().unwrap_or_default());
    digest("legit-health-batch case 1", std::iter::once(call).chain(images))
}

/// Every part has its length before it, so that no two lists of parts are the same text.
fn digest<'p>(purpose: &'p str, parts: impl IntoIterator<Item = &'p str>) -> [u8; 32] {
    let parts = std::iter::once(purpose).chain(parts);
    let text: String = parts.map(|part| format!("{} {part}\n", part.len())).collect();
    Sha256Digest::of(text.as_bytes()).0
}

/// Returns the key of a case for those who read its result: it holds the versions of the contract and of the device, too.
pub(crate) fn exported_key(content: &[u8], contract: &str, device: &str) -> Sha256Digest {
    let content: String = content.iter().map(|byte| format!("{byte:02x}")).collect();
    Sha256Digest(digest("legit-health-batch key 1", [content.as_str(), contract, device]))
}
