//! Breaking changes that were looked at, and are released although the version number does not announce them.

use std::path::Path;

use legit_health_codegen::{Document, Node};

/// The list. Without the file, nothing is accepted.
pub(super) const ACCEPTED: &str = "openapi/accepted.yaml";

/// The list of one release.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Accepted {
    /// Each as `release check` prints it.
    changes: Vec<String>,
}

impl Accepted {
    /// Reads what was accepted since a release.
    pub(super) fn read(root: &Path, since: &str) -> Result<Self, String> {
        if !root.join(ACCEPTED).exists() {
            return Ok(Self::default());
        }
        let document = Document::read(root, ACCEPTED).map_err(|error| error.to_string())?;
        Self::of(document.root(), since)
    }

    fn of(root: &Node, since: &str) -> Result<Self, String> {
        match root.text("since") {
            Some(named) if named == since => {}
            Some(named) => {
                return Err(format!(
                    "{ACCEPTED} is about changes since {named}, and the last release is {since}: remove its entries, and \
                     write `since: {since}`"
                ));
            }
            None => return Err(format!("{ACCEPTED} names no release: write `since: {since}`")),
        }
        let entries = root.list("accepted").iter().map(|entry| {
            let text = |key| match entry.text(key).map(str::trim) {
                Some(text) if !text.is_empty() => Ok(text.to_owned()),
                _ => Err(format!("{ACCEPTED}: an entry without `{key}`")),
            };
            text("because").and(text("change"))
        });
        Ok(Self { changes: entries.collect::<Result<_, _>>()? })
    }

    /// Returns the changes that are not accepted.
    ///
    /// Fails if a change is accepted that is not there: its reason would be taken for that of a later change.
    pub(super) fn others(&self, changes: Vec<String>) -> Result<Vec<String>, String> {
        if let Some(gone) = self.changes.iter().find(|change| !changes.contains(change)) {
            return Err(format!("{ACCEPTED}: there is no such change, remove it: {gone}"));
        }
        Ok(changes.into_iter().filter(|change| !self.changes.contains(change)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(text: &str) -> Result<Accepted, String> {
        Accepted::of(Document::parse(ACCEPTED, text).unwrap().root(), "v0.1.0")
    }

    #[test]
    fn a_change_is_accepted_by_its_whole_line_and_with_a_reason() {
        let list = "since: v0.1.0\naccepted:\n- change: 'legit-health: Image::a: removed'\n  because: nobody could call it\n";
        let accepted = accepted(list).unwrap();
        let changes = |lines: &[&str]| lines.iter().map(ToString::to_string).collect::<Vec<_>>();
        let both = changes(&["legit-health: Image::a: removed", "legit-health: Image::ab: removed"]);
        assert_eq!(accepted.others(both).unwrap(), ["legit-health: Image::ab: removed"]);
        let gone = accepted.others(changes(&["legit-health: Image::ab: removed"])).unwrap_err();
        assert_eq!(
            gone,
            "openapi/accepted.yaml: there is no such change, remove it: legit-health: Image::a: removed"
        );
    }

    #[test]
    fn an_entry_without_a_reason_and_a_list_of_another_release_are_refused() {
        for (list, said) in [
            ("since: v0.1.0\naccepted:\n- change: a\n", "openapi/accepted.yaml: an entry without `because`"),
            (
                "since: v0.1.0\naccepted:\n- change: ' '\n  because: b\n",
                "openapi/accepted.yaml: an entry without `change`",
            ),
            ("accepted: []\n", "openapi/accepted.yaml names no release: write `since: v0.1.0`"),
            (
                "since: v0.0.9\naccepted: []\n",
                "openapi/accepted.yaml is about changes since v0.0.9, and the last release is v0.1.0: remove its entries, and \
                 write `since: v0.1.0`",
            ),
        ] {
            assert_eq!(accepted(list).unwrap_err(), said);
        }
    }
}
