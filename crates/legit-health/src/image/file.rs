//! An image's file: read once into memory, or known well enough to be read again for every attempt.

mod at_hand;
#[cfg(test)]
mod changes;
mod identity;
mod open;
mod window;

use super::ImageError;
use identity::Identity;
use std::path::Path;
use std::sync::Arc;

pub(crate) use open::OpenFile;
pub(super) use window::Window;

/// A file that was walked, and how to know it again. It is not kept open: ten thousand images are ten thousand of
/// these, not ten thousand descriptors.
#[derive(Clone)]
pub(crate) struct ImageFile {
    path: Arc<Path>,
    identity: Identity,
    /// What was in it, where its identity alone could not tell a change. See [`Identity::may_miss_a_change`].
    content: Option<Content>,
    /// Whether its file system says what of it is in memory. Those of a network do not, and opening a file there may wait.
    tells_what_is_at_hand: bool,
}

/// SHA-256. A checksum would not do: two PNGs of the same chunks' lengths can have the same CRC, whatever they show.
type Content = [u8; 32];

impl ImageFile {
    pub(super) fn length(&self) -> u64 {
        self.identity.length
    }

    /// Opens the file for one attempt, if it is still the one that was walked.
    ///
    /// # Errors
    ///
    /// `Changed` if something else is there now, `Unreadable` if nothing is.
    pub(crate) fn reopen(&self) -> Result<OpenFile, ImageError> {
        OpenFile::again(self).map_err(|error| error.at(&self.path))
    }

    #[cfg(test)]
    pub(crate) fn tells_what_is_at_hand(&self) -> bool {
        self.tells_what_is_at_hand
    }

    /// As it would be known if it had not been written a moment ago.
    #[cfg(test)]
    pub(crate) fn of_old(&self) -> Self {
        Self { content: None, ..self.clone() }
    }

    /// The same, if that waits for no disk; `None` if it would.
    ///
    /// # Errors
    ///
    /// `Changed` if something else is there now.
    pub(crate) fn reopen_at_hand(&self) -> Result<Option<OpenFile>, ImageError> {
        OpenFile::again_at_hand(self)
    }
}
