//! Which passwords open an account: the current one, the one before for a while, or none.

use std::fmt;
use std::time::{Duration, SystemTime};

use crate::secrets::Secrets;

/// The passwords of one account.
pub(crate) struct Passwords {
    current: String,
    /// Still opens before this time.
    previous: Option<(String, SystemTime)>,
    revoked: bool,
    rolled: u32,
}

impl Passwords {
    pub(super) fn new(secrets: &Secrets, username: &str) -> Self {
        Self { current: secrets.password(username, 0), previous: None, revoked: false, rolled: 0 }
    }

    pub(super) fn current(&self) -> &str {
        &self.current
    }

    /// A new password. The one so far opens for the grace; a revoked one does not open again.
    pub(super) fn roll(&mut self, secrets: &Secrets, username: &str, now: SystemTime, grace: Duration) {
        self.rolled += 1;
        let current = std::mem::replace(&mut self.current, secrets.password(username, self.rolled));
        // A grace beyond all time does not end.
        let until = now.checked_add(grace);
        self.previous = (!self.revoked).then_some(until.map(|until| (current, until))).flatten();
        self.revoked = false;
    }

    /// Nothing opens until the password is rolled.
    pub(super) fn revoke(&mut self) {
        self.revoked = true;
        self.previous = None;
    }

    pub(super) fn open(&self, secrets: &Secrets, password: &str, now: SystemTime) -> bool {
        let previous = self.previous.as_ref().filter(|(_, until)| now < *until);
        !self.revoked
            && (secrets.same(password, &self.current)
                || previous.is_some_and(|(previous, _)| secrets.same(password, previous)))
    }
}

impl fmt::Debug for Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passwords { .. }")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: SystemTime = SystemTime::UNIX_EPOCH;
    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn the_one_before_opens_until_its_grace_ends() {
        let secrets = Secrets::seeded(1);
        let mut passwords = Passwords::new(&secrets, "a");
        let first = passwords.current().to_owned();
        passwords.roll(&secrets, "a", NOW, MINUTE);
        let second = passwords.current().to_owned();
        assert_ne!(first, second);
        assert!(passwords.open(&secrets, &first, NOW) && passwords.open(&secrets, &second, NOW));
        assert!(!passwords.open(&secrets, &first, NOW + MINUTE));
        assert!(passwords.open(&secrets, &second, NOW + MINUTE));
        passwords.roll(&secrets, "a", NOW, Duration::ZERO);
        assert!(!passwords.open(&secrets, &second, NOW) && !passwords.open(&secrets, &first, NOW));
    }

    #[test]
    fn a_revoked_one_opens_neither_now_nor_as_the_one_before() {
        let secrets = Secrets::seeded(1);
        let mut passwords = Passwords::new(&secrets, "a");
        let first = passwords.current().to_owned();
        passwords.revoke();
        assert!(!passwords.open(&secrets, &first, NOW));
        passwords.roll(&secrets, "a", NOW, MINUTE);
        assert!(!passwords.open(&secrets, &first, NOW));
        assert!(passwords.open(&secrets, passwords.current(), NOW));
    }
}
