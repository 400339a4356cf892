//! The token of an account in a file that all runs of this program share, so that a loop over many images logs in once.

use super::profile::{ProfileName, directories};
use super::rows::place;
use crate::failure::Failure;
use crate::output::{Output, Verbosity};
use crate::private_file;
use etcetera::BaseStrategy;
use legit_health::BoxFuture;
use legit_health::calls::Sha256Digest;
use legit_health::credentials::{LoginLock, StoredToken, TokenStore};
use legit_health::http_client::BaseUrl;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The token of one account at one address in one profile.
#[derive(Clone)]
pub(crate) struct TokenCache {
    place: Arc<Place>,
}

struct Place {
    username: String,
    token: PathBuf,
    /// What is kept for as long as the token.
    beside: PathBuf,
    /// Another file, because that of the token is replaced.
    lock: PathBuf,
    /// Whether notes are left out.
    is_silent: bool,
    has_noted: AtomicBool,
}

impl TokenCache {
    /// Nothing is read or written yet. `profile` is `None` for the account of the environment.
    pub(crate) fn new(
        base_url: &BaseUrl,
        username: &str,
        profile: Option<&ProfileName>,
        is_silent: bool,
    ) -> Result<Self, Failure> {
        let profile = profile.map(ToString::to_string);
        let key = serde_json::json!([base_url.as_str(), username, profile]).to_string();
        let name = &Sha256Digest::of(key.as_bytes()).to_string()[..32];
        let folder = directories()?.cache_dir().join("legit-health").join("tokens");
        Ok(Self {
            place: Arc::new(Place {
                username: username.to_owned(),
                token: folder.join(format!("{name}.json")),
                beside: folder.join(format!("{name}.device")),
                lock: folder.join(format!("{name}.lock")),
                is_silent,
                has_noted: AtomicBool::new(false),
            }),
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.place.token
    }

    /// The token, if it is there and has not expired.
    pub(crate) fn valid_token(&self) -> Option<StoredToken> {
        self.place.read().filter(|token| token.expires_at() > std::time::SystemTime::now())
    }

    /// What tells the kept token from an earlier one, and does not tell the token.
    pub(crate) fn token_id(&self) -> Option<String> {
        let issued = self.valid_token()?.issued_at();
        Some(humantime::format_rfc3339_nanos(issued).to_string())
    }

    /// What is kept beside the token.
    pub(crate) fn read_beside(&self) -> Option<String> {
        private_file::read(&self.place.beside).ok()
    }

    /// Keeps something beside the token.
    pub(crate) fn write_beside(&self, text: &str) {
        if let Err(why) = private_file::write(&self.place.beside, text) {
            self.place.note(&why);
        }
    }

    /// Removes the token, and returns true if there was one. It waits while another run logs in.
    pub(crate) fn remove(&self) -> Result<bool, Failure> {
        if !self.place.token.exists() {
            return Ok(false);
        }
        // It says nothing without the token, and is asked for again.
        let _ = fs::remove_file(&self.place.beside);
        // Without the lock, a login that has begun could write the token again; better removed all the same.
        let _lock = self.place.lock();
        match fs::remove_file(&self.place.token) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => {
                Err(Failure::system(&format!("cannot remove {}", place(&self.place.token)), &error))
            }
        }
    }

    /// Does file work beside the runtime, which has other things to do.
    fn beside<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Place) -> T + Send + 'static,
    ) -> BoxFuture<'static, Option<T>> {
        let place = self.place.clone();
        Box::pin(async move { tokio::task::spawn_blocking(move || work(&place)).await.ok() })
    }
}

impl Place {
    /// A file that cannot be used is replaced at the next login, so it is no error.
    fn read(&self) -> Option<StoredToken> {
        let text = private_file::read(&self.token).ok()?;
        StoredToken::from_json(&text).filter(|token| token.username().expose() == self.username)
    }

    fn lock(&self) -> Result<File, String> {
        private_file::prepare_folder(self.lock.parent().unwrap_or(Path::new(".")))?;
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        // The system releases it when this process ends, however it ends.
        let locked = options.open(&self.lock).and_then(|file| file.lock().map(|()| file));
        locked.map_err(|error| format!("{} cannot be locked: {error}", place(&self.lock)))
    }

    /// Notes once that there is no cache, which is not an error.
    fn note(&self, why: &str) {
        if !self.is_silent && !self.has_noted.swap(true, Ordering::Relaxed) {
            Output::new(false, Verbosity::Usual).note(&format!(
                "note: the next run has to log in again: {why} (`--no-token-cache` leaves this out)"
            ));
        }
    }
}

impl TokenStore for TokenCache {
    fn load(&self) -> BoxFuture<'_, Option<StoredToken>> {
        let read = self.beside(Place::read);
        Box::pin(async { read.await.flatten() })
    }

    fn save(&self, token: StoredToken) -> BoxFuture<'_, ()> {
        let write = self.beside(move |place| {
            if let Err(why) = private_file::write(&place.token, &token.to_json()) {
                place.note(&why);
            }
        });
        Box::pin(async { write.await.unwrap_or_default() })
    }

    fn lock(&self) -> BoxFuture<'_, LoginLock> {
        let lock = self.beside(|place| place.lock().inspect_err(|why| place.note(why)).ok());
        Box::pin(async { Box::new(lock.await.flatten()) as LoginLock })
    }
}
