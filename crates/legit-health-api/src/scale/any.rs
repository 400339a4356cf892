//! A scale that this version does not model.

use super::{Answer, Scale, json::SheetJson};
use crate::scalar::hidden;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;

/// Any scale, as item codes and answers. Nothing about it is checked before it is sent.
#[derive(Clone, PartialEq, Default)]
pub struct AnyScale(pub BTreeMap<String, Answer>);

hidden!(AnyScale);

impl AnyScale {
    /// The answers of a sheet, without its type.
    pub fn of<S: Scale>(sheet: &S) -> Self {
        Self(
            S::ITEMS
                .iter()
                .enumerate()
                .map(|(index, item)| (item.code.to_owned(), sheet.answer(index)))
                .collect(),
        )
    }
}

impl Serialize for AnyScale {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        SheetJson::new(self.0.iter().map(|(code, answer)| (code.as_str(), *answer))).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for AnyScale {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Sheet {
            #[serde(default)]
            questionnaire_response: Option<Response>,
        }
        #[derive(Deserialize)]
        struct Response {
            item: BTreeMap<String, Answer>,
        }
        let sheet = Sheet::deserialize(deserializer)?;
        Ok(Self(sheet.questionnaire_response.map(|response| response.item).unwrap_or_default()))
    }
}
