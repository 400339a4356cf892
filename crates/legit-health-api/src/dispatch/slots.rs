//! Slots: the placeholders of images, at which a serialised body is cut.

use super::DispatchError;
use bytes::Bytes;
use std::sync::Arc;

/// Starts every placeholder. The hyphens are outside the base64 alphabet, so no image can contain it.
const MARKER: &str = "legit-health-slot-";
const QUOTED_MARKER: &[u8] = b"\"legit-health-slot-";
const RANDOM_BYTES: usize = 16;
const LENGTH: usize = MARKER.len() + 2 * RANDOM_BYTES;

/// The text in place of one image while a body is being serialised. It contains the slot's number and cannot be guessed.
#[derive(Clone, PartialEq)]
pub(crate) struct Placeholder(Arc<str>);

impl Placeholder {
    pub(crate) fn random() -> Self {
        let mut random = [0u8; RANDOM_BYTES];
        getrandom::fill(&mut random).expect("every supported system has a source of random bytes");
        let hex: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        Self(format!("{MARKER}{hex}").into())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Part of a request body.
#[derive(Clone, PartialEq, Eq)]
pub enum BodyPart {
    /// Literal bytes.
    Text(Bytes),
    /// The base64 of the image in the slot with this number.
    Slot(usize),
}

/// Cuts a body at its placeholders. Every slot must appear exactly once, in any order: a map of images is serialised
/// in the order of its keys, not in the order in which its slots were issued.
pub(super) fn cut(body: &Bytes, slots: &[Placeholder]) -> Result<Vec<BodyPart>, DispatchError> {
    let mut parts = Vec::with_capacity(2 * slots.len() + 1);
    let mut seen = vec![false; slots.len()];
    let mut end_of_last = 0;

    for start in placeholder_starts(body) {
        let text = body.get(start..start + LENGTH).ok_or(DispatchError::ForeignSlot)?;
        let slot = slots
            .iter()
            .position(|slot| slot.as_str().as_bytes() == text)
            .ok_or(DispatchError::ForeignSlot)?;
        if std::mem::replace(&mut seen[slot], true) {
            return Err(DispatchError::RepeatedSlot);
        }
        parts.push(BodyPart::Text(body.slice(end_of_last..start)));
        parts.push(BodyPart::Slot(slot));
        end_of_last = start + LENGTH;
    }
    if seen.contains(&false) {
        return Err(DispatchError::MissingSlot);
    }
    parts.push(BodyPart::Text(body.slice(end_of_last..)));
    Ok(parts)
}

/// Returns true if a body holds a placeholder.
pub(super) fn has_placeholder(body: &[u8]) -> bool {
    placeholder_starts(body).next().is_some()
}

/// Finds placeholders, which begin a JSON string. A quote inside a string is escaped, so a marker within a user's text is
/// preceded by a backslash and ignored. A text that *begins* with the marker is rejected as an unknown placeholder.
fn placeholder_starts(body: &[u8]) -> impl Iterator<Item = usize> + '_ {
    memchr::memmem::find_iter(body, QUOTED_MARKER)
        .filter(|&quote| quote == 0 || body[quote - 1] != b'\\')
        .map(|quote| quote + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(slots: &[&Placeholder]) -> Bytes {
        let quoted: Vec<String> = slots.iter().map(|slot| format!("\"{}\"", slot.as_str())).collect();
        format!("[{}]", quoted.join(",")).into()
    }

    #[test]
    fn slots_may_be_in_any_order() {
        let slots = [Placeholder::random(), Placeholder::random()];
        let parts = cut(&body(&[&slots[1], &slots[0]]), &slots).unwrap();
        let text = |text: &'static str| BodyPart::Text(text.into());
        assert!(parts == [text("[\""), BodyPart::Slot(1), text("\",\""), BodyPart::Slot(0), text("\"]")]);
    }

    #[test]
    fn a_missing_repeated_or_foreign_slot_is_refused() {
        let slots = [Placeholder::random(), Placeholder::random()];
        let foreign = Placeholder::random();
        let cases = [
            (body(&[&slots[0]]), DispatchError::MissingSlot),
            (body(&[&slots[0], &slots[0], &slots[1]]), DispatchError::RepeatedSlot),
            (body(&[&slots[0], &slots[1], &foreign]), DispatchError::ForeignSlot),
            (Bytes::from(format!("\"{MARKER}")), DispatchError::ForeignSlot),
        ];
        for (body, expected) in cases {
            assert!(cut(&body, &slots).is_err_and(|error| error == expected), "{expected}");
        }
    }

    #[test]
    fn a_marker_inside_a_text_is_text() {
        let quoted = serde_json::to_vec("said \"legit-health-slot-\" aloud").unwrap();
        assert!(!has_placeholder(&quoted));
    }
}
