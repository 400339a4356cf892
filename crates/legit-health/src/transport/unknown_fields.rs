//! The members of a response that this version does not know.

use super::json_guard;
use crate::error::server_text::is_steering;
use legit_health_api::operations::device as operations;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// The members of a response that this version does not know: their paths, never their values.
///
/// A device that is newer than this program sends more members. The result stays valid, so this is not an error. Use it
/// in a regular test against the device, in a log, or as a metric
/// ([`CallEnd::unknown_fields`](crate::observe::CallEnd::unknown_fields)), to notice new members. Their values are in the
/// JSON of the response ([`keep_json`](crate::calls::PendingCall::keep_json)), and those of a report also in its
/// `unknown_fields`.
///
/// ```no_run
/// # async fn example(client: legit_health::Client, image: legit_health::Image) -> Result<(), legit_health::Error> {
/// let reply = client.diagnosis_support(image).reply().await?;
/// if !reply.unknown_fields.is_empty() {
///     println!("{} members are new to this program", reply.unknown_fields.len());
/// }
/// # Ok(())
/// # }
/// ```
///
/// The sandbox marks every response with a member `sandbox`, and every entry of a catalog list, so that none can be mistaken
/// for the device's: with it, `/sandbox` or `/*/sandbox` is among these.
///
/// The last name of each path is as the server sent it, so treat it as data. `Debug` shows how many paths there are.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct UnknownFields {
    paths: BTreeSet<Box<str>>,
    has_more: bool,
}

impl UnknownFields {
    /// The largest number of paths that are kept.
    pub const MAX_PATHS: usize = 100;
    /// A longer name is cut off after this number of characters, and ends in `…`.
    const LONGEST_NAME: usize = 100;

    /// Finds the unknown members of a stored response of this operation, such as `severity_local`. What a program has added
    /// beside the members of the response is among them.
    ///
    /// Returns `None` for an operation without a report, and for a response that a client refuses: one that is not JSON, names
    /// a member twice, or has more values than any report.
    ///
    /// ```
    /// use legit_health::calls::UnknownFields;
    ///
    /// let stored = r#"{"patientEvolution": {"dlqi": {"score": {"value": 14, "trend": 1}}}}"#;
    /// let unknown = UnknownFields::of_stored("severity_manual", stored).unwrap();
    /// assert_eq!(unknown.paths().collect::<Vec<_>>(), ["/patientEvolution/*/score/trend"]);
    ///
    /// let repeated = r#"{"status": "a", "status": "b"}"#;
    /// assert_eq!(UnknownFields::of_stored("severity_manual", repeated), None);
    /// ```
    pub fn of_stored(operation: &str, response: &str) -> Option<Self> {
        let with_a_report = [
            &operations::DIAGNOSIS_SUPPORT,
            &operations::SEVERITY_MANUAL,
            &operations::SEVERITY_LOCAL,
            &operations::SEVERITY_GLOBAL,
        ];
        let operation = with_a_report.into_iter().find(|known| known.id == operation)?;
        json_guard::check(response.as_bytes(), operation.response).ok()
    }

    /// Returns the paths, sorted. They are JSON pointers (RFC 6901) in which `*` stands for every element of a list, and
    /// for every name that is a code, such as that of a scale: `/imagingAnalysis/*/newMember` is listed once, however
    /// many images there are. A control character in a name, or one that is invisible or changes the direction of text, is
    /// replaced by U+FFFD.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.paths.iter().map(|place| &**place)
    }

    /// Returns how many paths there are, up to [`MAX_PATHS`](Self::MAX_PATHS).
    pub fn len(&self) -> usize {
        self.paths.len()
    }

    /// Returns true if this version knows every member of the response.
    pub fn is_empty(&self) -> bool {
        self.paths.is_empty()
    }

    /// Returns true if there were more than are kept.
    pub fn has_more(&self) -> bool {
        self.has_more
    }

    /// Adds a member of the object at these steps, which are names of the contract or `*`.
    pub(crate) fn note<'a>(&mut self, object: impl Iterator<Item = &'a str>, member: &str) {
        if self.has_more {
            return;
        }
        let mut place = String::new();
        object.for_each(|step| push(&mut place, step.chars()));
        push(&mut place, member.chars().take(Self::LONGEST_NAME));
        if member.chars().nth(Self::LONGEST_NAME).is_some() {
            place.push('…');
        }
        if self.paths.len() < Self::MAX_PATHS {
            self.paths.insert(place.into());
        } else {
            self.has_more |= !self.paths.contains(&*place);
        }
    }
}

fn push(place: &mut String, step: impl Iterator<Item = char>) {
    place.push('/');
    for letter in step {
        match letter {
            '~' => place.push_str("~0"),
            '/' => place.push_str("~1"),
            letter if is_steering(letter) => place.push(char::REPLACEMENT_CHARACTER),
            letter => place.push(letter),
        }
    }
}

impl fmt::Debug for UnknownFields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnknownFields")
            .field("len", &self.len())
            .field("has_more", &self.has_more)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noted<'a>(members: impl IntoIterator<Item = &'a str>) -> UnknownFields {
        let mut unknown_fields = UnknownFields::default();
        members.into_iter().for_each(|member| unknown_fields.note(["list", "*"].into_iter(), member));
        unknown_fields
    }

    #[test]
    fn a_path_is_a_json_pointer_that_is_safe_to_print() {
        let long = "é".repeat(101);
        let names = ["plain", "plain", "", "a/b~c", "red\u{1b}[31m\n", "*", &long[..200], &long];
        let found = noted(names);
        let cut = format!("/list/*/{}…", "é".repeat(100));
        let whole = format!("/list/*/{}", "é".repeat(100));
        assert_eq!(
            found.paths().collect::<Vec<_>>(),
            [
                "/list/*/",
                "/list/*/*",
                "/list/*/a~1b~0c",
                "/list/*/plain",
                "/list/*/red\u{fffd}[31m\u{fffd}",
                &whole,
                &cut
            ]
        );
        assert!(!found.has_more() && !found.is_empty() && noted([]).is_empty());
    }

    #[test]
    fn a_hundred_paths_are_kept_and_more_are_reported() {
        let names: Vec<String> = (0..UnknownFields::MAX_PATHS).map(|number| number.to_string()).collect();
        let all = || names.iter().map(String::as_str);
        let found = noted(all().chain(["7"]));
        assert!(found.len() == 100 && !found.has_more());
        let found = noted(all().chain(["one more", "7"]));
        assert!(found.len() == 100 && found.has_more());
    }

    #[test]
    fn debug_shows_no_names() {
        let text = format!("{:?}", noted(["NEEDLE"]));
        assert_eq!(text, "UnknownFields { len: 1, has_more: false, .. }");
    }
}
