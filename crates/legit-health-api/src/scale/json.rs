//! The shape of an answer sheet in JSON: `{}` without items, else `{"questionnaireResponse": {"item": {…}}}`.

use super::{Answer, AnswerError, AnyScale, Scale};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// An answer sheet on its way to JSON; keys stand in the order of the instrument.
pub struct SheetJson<'a>(Vec<(&'a str, Answer)>);

impl<'a> SheetJson<'a> {
    pub(crate) fn new(answers: impl IntoIterator<Item = (&'a str, Answer)>) -> Self {
        Self(answers.into_iter().collect())
    }

    /// The answers of a sheet.
    pub fn of<S: Scale>(sheet: &S) -> SheetJson<'static> {
        SheetJson::new(S::ITEMS.iter().enumerate().map(|(index, item)| (item.code, sheet.answer(index))))
    }
}

impl Serialize for SheetJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(usize::from(!self.0.is_empty())))?;
        if !self.0.is_empty() {
            map.serialize_entry("questionnaireResponse", &Response(&self.0))?;
        }
        map.end()
    }
}

struct Response<'a>(&'a [(&'a str, Answer)]);

impl Serialize for Response<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry("item", &Items(self.0))?;
        map.end()
    }
}

struct Items<'a>(&'a [(&'a str, Answer)]);

impl Serialize for Items<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(code, answer)| (code, answer)))
    }
}

/// Builds a sheet of a known scale; an item that it does not have is refused, not dropped.
pub fn read<S: Scale>(any: &AnyScale) -> Result<S, AnswerError> {
    let known = |code: &str| S::ITEMS.iter().any(|item| item.code == code);
    if let Some(code) = any.0.keys().find(|code| !known(code)) {
        return Err(AnswerError::Unknown(code.clone()));
    }
    S::build(|item| any.0.get(item.code).copied().ok_or(AnswerError::Missing(item.code)))
}
