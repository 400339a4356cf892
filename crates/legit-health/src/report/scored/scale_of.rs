//! Which scale a score is of.

use crate::ScoringSystemCode;
use legit_health_api::scale::ScaleTag;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;
use std::marker::PhantomData;

/// Which scale a score is of: its code, and its type if it has one. In JSON it is the code.
pub struct ScaleOf<S> {
    code: ScoringSystemCode,
    sheet: PhantomData<fn() -> S>,
}

impl<S> ScaleOf<S> {
    /// The key of the scale in requests and reports.
    pub fn code(&self) -> &ScoringSystemCode {
        &self.code
    }

    pub(super) fn coded(code: ScoringSystemCode) -> Self {
        Self { code, sheet: PhantomData }
    }

    pub(super) fn of<T>(self) -> ScaleOf<T> {
        ScaleOf::coded(self.code)
    }
}

impl<S> Clone for ScaleOf<S> {
    fn clone(&self) -> Self {
        Self::coded(self.code.clone())
    }
}

impl<S> PartialEq for ScaleOf<S> {
    fn eq(&self, other: &Self) -> bool {
        self.code == other.code
    }
}

impl<S> Serialize for ScaleOf<S> {
    fn serialize<T: Serializer>(&self, serializer: T) -> Result<T::Ok, T::Error> {
        self.code.serialize(serializer)
    }
}

impl<'de, S: ScaleTag> Deserialize<'de> for ScaleOf<S> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = ScoringSystemCode::deserialize(deserializer)?;
        if S::has_code(&code) {
            Ok(Self::coded(code))
        } else {
            Err(de::Error::custom("this is a score of another scale"))
        }
    }
}

#[cfg(feature = "schemars")]
impl<S: ScaleTag> schemars::JsonSchema for ScaleOf<S> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ScaleOf".into()
    }

    fn schema_id() -> std::borrow::Cow<'static, str> {
        std::any::type_name::<Self>().into()
    }

    /// The one code that it goes by, or the list of all.
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let mut codes = ScoringSystemCode::KNOWN.iter().filter(|code| S::has_code(code));
        match (codes.next(), codes.next()) {
            (Some(code), None) => schemars::json_schema!({"type": "string", "const": code.as_str()}),
            _ => generator.subschema_for::<ScoringSystemCode>(),
        }
    }
}

impl<S> fmt::Debug for ScaleOf<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.as_str())
    }
}
