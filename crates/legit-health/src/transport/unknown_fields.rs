//! What an answer holds and no type of ours has a place for.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// Members of an answer that this version has no place for: their places, never their values.
///
/// A device gains members when it becomes newer than this program. The result is still what it was, so this is no error. It
/// is for a test that runs against the device now and then, for a log, or for a metric (see
/// [`CallEnd::unknown_fields`](crate::CallEnd::unknown_fields)), to be told that there is something new. Their values are in
/// the document, whose text [`keep_json`](crate::PendingCall::keep_json) keeps, and those of a report itself in its `unknown_fields`.
///
/// ```no_run
/// # async fn example(client: legit_health::Client, image: legit_health::Image) -> Result<(), legit_health::Error> {
/// let reply = client.diagnosis_support(image).reply().await?;
/// if !reply.unknown_fields.is_empty() {
///     println!("{} members are new; this program may need an update", reply.unknown_fields.len());
/// }
/// # Ok(())
/// # }
/// ```
///
/// The sandbox marks every answer with a member `sandbox`, and every entry of a list of the catalogue, so that none passes
/// for the device's: against it, `/sandbox` or `/*/sandbox` is among these.
///
/// The last name of each place is as the other side sent it: treat it as data. `Debug` shows how many there are.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct UnknownFields {
    places: BTreeSet<Box<str>>,
    has_more: bool,
}

impl UnknownFields {
    /// So many places are kept at most.
    pub const MOST: usize = 100;
    /// A longer name is cut off after so many letters, and ends in `…`.
    const LONGEST_NAME: usize = 100;

    /// The places, sorted. They are JSON pointers (RFC 6901) in which `*` stands for every element of a list, and for every
    /// name that is a code, such as that of a scale: `/imagingAnalysis/*/newMember` is told once, however many images there
    /// are. A control character in a name is replaced by U+FFFD.
    pub fn places(&self) -> impl Iterator<Item = &str> {
        self.places.iter().map(|place| &**place)
    }

    /// How many places there are, up to [`MOST`](Self::MOST).
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// True if everything in the answer has a place in this version.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// True if there were more than are kept.
    pub fn has_more(&self) -> bool {
        self.has_more
    }

    /// Takes note of a member of the object at these steps, which are names of ours or `*`.
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
        if self.places.len() < Self::MOST {
            self.places.insert(place.into());
        } else {
            self.has_more |= !self.places.contains(&*place);
        }
    }
}

fn push(place: &mut String, step: impl Iterator<Item = char>) {
    place.push('/');
    for letter in step {
        match letter {
            '~' => place.push_str("~0"),
            '/' => place.push_str("~1"),
            letter if letter.is_control() || turns_text(letter) => place.push(char::REPLACEMENT_CHARACTER),
            letter => place.push(letter),
        }
    }
}

/// Marks of direction, with which a name could make the line it is printed on read otherwise.
fn turns_text(letter: char) -> bool {
    matches!(letter, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
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
    fn a_place_is_a_pointer_that_is_safe_to_show() {
        let long = "é".repeat(101);
        let names = ["plain", "plain", "", "a/b~c", "red\u{1b}[31m\n", "*", &long[..200], &long];
        let found = noted(names);
        let cut = format!("/list/*/{}…", "é".repeat(100));
        let whole = format!("/list/*/{}", "é".repeat(100));
        assert_eq!(
            found.places().collect::<Vec<_>>(),
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
    fn a_hundred_are_kept_and_more_are_told() {
        let names: Vec<String> = (0..UnknownFields::MOST).map(|number| number.to_string()).collect();
        let all = || names.iter().map(String::as_str);
        let found = noted(all().chain(["7"]));
        assert!(found.len() == 100 && !found.has_more());
        let found = noted(all().chain(["one more", "7"]));
        assert!(found.len() == 100 && found.has_more());
    }

    #[test]
    fn nothing_of_it_is_printed() {
        let text = format!("{:?}", noted(["NEEDLE"]));
        assert_eq!(text, "UnknownFields { len: 1, has_more: false, .. }");
    }
}
