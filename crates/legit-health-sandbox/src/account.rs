//! Accounts: each is a namespace of its own, so that parallel tests do not meet.

use std::collections::BTreeMap;
use std::fmt;

use crate::scenario::Scenario;
use crate::secrets::Secrets;

/// Credentials for a sandbox. They open nothing else.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Account {
    /// What stands in for an e-mail address, such as `sandbox@example.org`.
    pub username: String,
    /// Generated: letters and digits only, safe in a shell and in a form.
    pub password: String,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Account { .. }")
    }
}

/// The accounts of one sandbox.
#[derive(Debug)]
pub(crate) struct Accounts {
    /// What each reports where a request and its images name no scenario.
    scenarios: BTreeMap<String, Option<Scenario>>,
    /// The scenario of a new account.
    usual: Option<Scenario>,
}

impl Accounts {
    pub(crate) fn new(usual: Option<Scenario>) -> Self {
        Self { scenarios: BTreeMap::new(), usual }
    }

    /// Makes the account unless it is there.
    pub(crate) fn named(&mut self, username: &str, secrets: &Secrets) -> Account {
        self.scenarios.entry(username.to_owned()).or_insert(self.usual);
        Account { username: username.to_owned(), password: secrets.password(username) }
    }

    /// Makes an account with a name nobody has.
    pub(crate) fn another(&mut self, secrets: &Secrets) -> Account {
        let names = (1..).map(|number: u32| match number {
            1 => "sandbox@example.org".to_owned(),
            _ => format!("sandbox-{number}@example.org"),
        });
        let free = names.into_iter().find(|name| !self.scenarios.contains_key(name));
        self.named(&free.expect("the numbers do not run out"), secrets)
    }

    pub(crate) fn has(&self, username: &str) -> bool {
        self.scenarios.contains_key(username)
    }

    pub(crate) fn scenario(&self, username: &str) -> Option<Scenario> {
        self.scenarios.get(username).copied().flatten()
    }

    /// Sets or clears the default scenario; false when there is no such account.
    pub(crate) fn assign(&mut self, username: &str, scenario: Option<Scenario>) -> bool {
        match self.scenarios.get_mut(username) {
            Some(assigned) => {
                *assigned = scenario;
                true
            }
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_not_given_twice() {
        let secrets = Secrets::seeded(1);
        let mut accounts = Accounts::new(None);
        accounts.named("sandbox-2@example.org", &secrets);
        let names = [accounts.another(&secrets), accounts.another(&secrets)].map(|account| account.username);
        assert_eq!(names, ["sandbox@example.org", "sandbox-3@example.org"]);
    }

    #[test]
    fn debug_shows_no_credentials() {
        let account = Accounts::new(None).another(&Secrets::seeded(1));
        assert_eq!(format!("{account:?}"), "Account { .. }");
    }
}
