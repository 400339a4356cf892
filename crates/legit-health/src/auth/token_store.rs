//! A place for the token outside of the client, so that several clients of an account log in once.

use crate::BoxFuture;
use legit_health_api::scalar::{Secret, Username};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::time::{Duration, SystemTime};

/// Where clients of one account keep their token, such as a file that all runs of a program share.
///
/// A client asks its store before it logs in, and stores each token that it gets. A token that the device refuses is not taken
/// from the store again: the client logs in and stores the new one. A failure of the store is none of the client's calls,
/// which then log in by themselves; report it in the store. Each method has the time limit of a login.
///
/// A store belongs to one account at one address: keep one for each. It holds the token, with which anyone can use the account
/// until it expires, so only its owner may read it.
///
/// ```
/// use legit_health::BoxFuture;
/// use legit_health::credentials::{StoredToken, TokenStore};
/// use std::path::PathBuf;
///
/// /// A file that only its owner can read.
/// struct TokenFile(PathBuf);
///
/// impl TokenStore for TokenFile {
///     fn load(&self) -> BoxFuture<'_, Option<StoredToken>> {
///         Box::pin(async {
///             let stored = tokio::fs::read_to_string(&self.0).await.ok()?;
///             StoredToken::from_json(&stored)
///         })
///     }
///
///     fn save(&self, token: StoredToken) -> BoxFuture<'_, ()> {
///         Box::pin(async move {
///             if let Err(error) = write_private(&self.0, token.to_json()).await {
///                 eprintln!("the token is not kept: {error}");
///             }
///         })
///     }
/// }
/// # async fn write_private(_: &std::path::Path, _: String) -> std::io::Result<()> { Ok(()) }
/// ```
pub trait TokenStore: Send + Sync + 'static {
    /// Returns the token that was saved last, if there is one.
    fn load(&self) -> BoxFuture<'_, Option<StoredToken>>;

    /// Replaces the token.
    fn save(&self, token: StoredToken) -> BoxFuture<'_, ()>;

    /// Waits until no other client of the store logs in. The client then loads the token once more, logs in if there is still
    /// none, saves the token, and drops what was returned. A client that waits for as long as a login may take logs in all the
    /// same.
    ///
    /// Without an implementation of its own, clients that start at the same time log in one by one.
    fn lock(&self) -> BoxFuture<'_, LoginLock> {
        Box::pin(async { Box::new(()) as LoginLock })
    }
}

/// Keeps other clients of a [`TokenStore`] from logging in until it is dropped.
pub type LoginLock = Box<dyn Send>;

/// The versions of the stored form that this version reads.
const FORM: u32 = 1;

/// A token, and for which account at which address it was issued until when. `Debug` hides all of it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StoredToken {
    form: u32,
    base_url: String,
    username: Username,
    token: Secret,
    /// In seconds since 1970, by the clock of this machine.
    issued_at: u64,
    expires_at: u64,
}

impl StoredToken {
    /// Creates a token that was issued now.
    pub(super) fn new(base_url: &str, username: Username, token: Secret, lifetime: Duration) -> Self {
        let issued_at = seconds_since_1970();
        let expires_at = issued_at.saturating_add(lifetime.as_secs());
        Self { form: FORM, base_url: base_url.to_owned(), username, token, issued_at, expires_at }
    }

    /// Reads the text that [`to_json`](Self::to_json) has written; `None` if it is damaged, or from a later version.
    pub fn from_json(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok().filter(|stored: &Self| stored.form == FORM)
    }

    /// Returns the token as text for a store. It holds the token itself: only its owner may read it.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("texts and numbers can always be written")
    }

    /// Returns the address of the device that has issued it. It is never sent to another.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Returns the user name of the account.
    pub fn username(&self) -> &Username {
        &self.username
    }

    /// Returns when it was issued, by the clock of the machine that got it.
    pub fn issued_at(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(self.issued_at)
    }

    /// Returns when it expires, by the same clock.
    pub fn expires_at(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(self.expires_at)
    }

    pub(super) fn token(&self) -> &Secret {
        &self.token
    }

    /// Returns how long it was valid when it was issued, and how long it still is. `None` if it has expired, or if the clock
    /// has been set back since.
    pub(super) fn remaining(&self) -> Option<(Duration, Duration)> {
        let lifetime = self.expires_at.checked_sub(self.issued_at)?;
        let age = seconds_since_1970().checked_sub(self.issued_at)?;
        Some((Duration::from_secs(lifetime), Duration::from_secs(lifetime.checked_sub(age)?)))
    }
}

fn seconds_since_1970() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs()
}

impl fmt::Debug for StoredToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoredToken(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored() -> StoredToken {
        let (username, token) = ("clinic@example.org".into(), "NEEDLE".into());
        StoredToken::new("https://device.example/v2.0", username, token, Duration::from_secs(3600))
    }

    #[test]
    fn what_was_written_is_read_again() {
        let stored = stored();
        assert!(StoredToken::from_json(&stored.to_json()) == Some(stored.clone()));
        assert_eq!(
            stored.expires_at().duration_since(stored.issued_at()).unwrap(),
            Duration::from_secs(3600)
        );
        assert_eq!(format!("{stored:?}"), "StoredToken(..)");
    }

    #[test]
    fn a_damaged_text_and_one_of_a_later_version_hold_no_token() {
        let whole = stored().to_json();
        for end in 0..whole.len() {
            assert!(StoredToken::from_json(&whole[..end]).is_none());
        }
        assert!(StoredToken::from_json(&whole.replace("\"form\":1", "\"form\":2")).is_none());
        assert!(StoredToken::from_json("[]").is_none());
    }

    #[test]
    fn a_clock_that_was_set_back_makes_a_token_doubtful() {
        let now = stored();
        let (lifetime, remaining) = now.remaining().unwrap();
        assert_eq!(lifetime, Duration::from_secs(3600));
        assert!(remaining <= lifetime && remaining >= Duration::from_secs(3590));
        let aged = |by: i64| StoredToken {
            issued_at: now.issued_at.saturating_add_signed(-by),
            expires_at: now.expires_at.saturating_add_signed(-by),
            ..now.clone()
        };
        assert!(aged(-60).remaining().is_none(), "issued in the future");
        assert!(aged(3660).remaining().is_none(), "expired");
        let (_, remaining) = aged(1800).remaining().unwrap();
        assert!((1790..=1800).contains(&remaining.as_secs()), "{remaining:?}");
        let backwards = StoredToken { expires_at: now.issued_at - 1, ..now.clone() };
        assert!(backwards.remaining().is_none());
    }
}
