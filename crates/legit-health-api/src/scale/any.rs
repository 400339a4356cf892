//! Untyped answers: a scale found at run time, and the forms of a sheet in JSON.

use super::{Answer, AnswerError, Scale, ScaleInfo, find};
use crate::codes::ScoringSystemCode;
use serde::de::{self, DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;
use std::fmt;

/// The code and the answers of any scale, known at run time.
///
/// The answers are checked when it is created: against the items and bounds of the scale, if this version
/// [knows the scale](crate::scale::find). Otherwise they are sent as they are, and [`is_checked`](Self::is_checked)
/// returns `false`; the device then decides.
///
/// It can be stored with serde, as `{"code": "uas", "answers": {"pruritus": 2, "wheals": 1}}`, and is checked again when
/// it is read.
///
/// ```
/// use legit_health_api::scale::{AnswerError, AnyScale};
///
/// let sheet = AnyScale::new("uas", [("pruritus", 2), ("wheals", 1)])?;
/// assert!(sheet.is_checked());
///
/// let error = AnyScale::new("uas", [("pruritus", 2)]).unwrap_err();
/// assert_eq!(error.to_string(), "`wheals` is not answered");
/// assert!(!AnyScale::new("brandNew", [("itch", 3)])?.is_checked());
/// # Ok::<(), AnswerError>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct AnyScale {
    code: ScoringSystemCode,
    answers: BTreeMap<String, Answer>,
    checked: bool,
}

impl AnyScale {
    /// Creates a sheet from the answers by the code of their item.
    ///
    /// # Errors
    ///
    /// An item that is answered twice, an answer that is infinite or not a number, and for a known scale a missing
    /// answer, an unknown item and an answer outside its bounds. The error names the item.
    pub fn new<I, A>(
        code: impl Into<ScoringSystemCode>,
        answers: impl IntoIterator<Item = (I, A)>,
    ) -> Result<Self, AnswerError>
    where
        I: Into<String>,
        A: Into<Answer>,
    {
        let mut given = BTreeMap::new();
        for (item, answer) in answers {
            let (item, answer) = (item.into(), answer.into());
            if !answer.is_finite() {
                return Err(AnswerError::NotANumber(item));
            }
            if given.contains_key(&item) {
                return Err(AnswerError::Repeated(item));
            }
            given.insert(item, answer);
        }
        let code = code.into();
        let info = find(code.as_str());
        if let Some(info) = info {
            info.check(&given)?;
        }
        Ok(Self { code, answers: given, checked: info.is_some() })
    }

    /// Creates a sheet without answers, of a scale without items.
    ///
    /// # Errors
    ///
    /// A known scale that has items.
    pub fn empty(code: impl Into<ScoringSystemCode>) -> Result<Self, AnswerError> {
        Self::new(code, BTreeMap::<String, Answer>::new())
    }

    /// Reads the answers from JSON: a flat map such as `{"pruritus": 2, "wheals": 1}`, or the form of a request,
    /// `{"questionnaireResponse": {"item": {"pruritus": 2, "wheals": 1}}}`.
    ///
    /// An answer is a number, text that holds one, or a boolean where the answer is yes or no. `null` is no answer.
    ///
    /// # Errors
    ///
    /// As for [`new`](Self::new), and JSON of another form.
    pub fn from_json(
        code: impl Into<ScoringSystemCode>,
        json: &serde_json::Value,
    ) -> Result<Self, AnswerError> {
        // The error of the parser names the item; it quotes no answer.
        let answers =
            Answers::deserialize(json).map_err(|error| AnswerError::Malformed(error.to_string()))?;
        Self::new(code, answers.0)
    }

    /// Creates a sheet from a typed one, whose answers are within their bounds.
    pub fn of<S: Scale>(sheet: &S) -> Self {
        let answer = |(index, item): (usize, &super::Item)| (item.code.to_owned(), sheet.answer(index));
        Self {
            code: S::CODE.into(),
            answers: S::ITEMS.iter().enumerate().map(answer).collect(),
            checked: true,
        }
    }

    /// Returns the code of the scale.
    pub fn code(&self) -> &ScoringSystemCode {
        &self.code
    }

    /// Returns the answers by the code of their item.
    pub fn answers(&self) -> &BTreeMap<String, Answer> {
        &self.answers
    }

    /// Returns what this version knows about the scale; `None` if it does not know it.
    pub fn info(&self) -> Option<&'static ScaleInfo> {
        find(self.code.as_str())
    }

    /// Returns whether the answers were checked against the items and bounds of the scale. `false` for a scale that this
    /// version does not know.
    pub fn is_checked(&self) -> bool {
        self.checked
    }

    /// Converts it to a typed sheet.
    ///
    /// # Errors
    ///
    /// Another scale than `S`, and answers that are not those of `S`.
    pub fn to_sheet<S: Scale>(&self) -> Result<S, AnswerError> {
        if self.code.as_str() != S::CODE {
            return Err(AnswerError::OtherScale { expected: S::CODE, found: self.code.as_str().to_owned() });
        }
        build(&self.answers)
    }
}

/// Prints the code of the scale and none of the answers.
impl fmt::Debug for AnyScale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnyScale").field("code", &self.code.as_str()).finish_non_exhaustive()
    }
}

impl Serialize for AnyScale {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("code", &self.code)?;
        map.serialize_entry("answers", &self.answers)?;
        map.end()
    }
}

impl<'de> Deserialize<'de> for AnyScale {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Stored {
            code: ScoringSystemCode,
            answers: Answers,
        }
        let Stored { code, answers } = Stored::deserialize(deserializer)?;
        Self::new(code, answers.0).map_err(de::Error::custom)
    }
}

/// Builds a typed sheet. An item that the scale does not have is an error.
fn build<S: Scale>(answers: &BTreeMap<String, Answer>) -> Result<S, AnswerError> {
    if let Some(code) = answers.keys().find(|code| S::ITEMS.iter().all(|item| item.code != *code)) {
        return Err(AnswerError::Unknown(code.clone()));
    }
    S::build(|item| answers.get(item.code).copied().ok_or(AnswerError::Missing(item.code)))
}

/// Reads a typed sheet from either form in JSON; for generated code.
pub fn read<'de, S: Scale, D: Deserializer<'de>>(deserializer: D) -> Result<S, D::Error> {
    Answers::deserialize(deserializer)?.sheet().map_err(de::Error::custom)
}

/// Writes a typed sheet in the form of a request, items in the order of the instrument; for generated code.
pub fn write<S: Scale, W: Serializer>(sheet: &S, serializer: W) -> Result<W::Ok, W::Error> {
    let answers = S::ITEMS.iter().enumerate().map(|(index, item)| (item.code, sheet.answer(index)));
    write_items(&answers.collect::<Vec<_>>(), serializer)
}

/// Writes an untyped sheet in the form of a request; for generated code.
pub fn write_any<W: Serializer>(sheet: &AnyScale, serializer: W) -> Result<W::Ok, W::Error> {
    let answers = sheet.answers.iter().map(|(item, answer)| (item.as_str(), *answer));
    write_items(&answers.collect::<Vec<_>>(), serializer)
}

/// Writes `{}` without items, else `{"questionnaireResponse": {"item": {…}}}`.
fn write_items<W: Serializer>(items: &[(&str, Answer)], serializer: W) -> Result<W::Ok, W::Error> {
    #[derive(Serialize)]
    struct Response<'a> {
        item: Items<'a>,
    }
    struct Items<'a>(&'a [(&'a str, Answer)]);
    impl Serialize for Items<'_> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_map(self.0.iter().map(|(item, answer)| (item, answer)))
        }
    }

    let mut map = serializer.serialize_map(Some(usize::from(!items.is_empty())))?;
    if !items.is_empty() {
        map.serialize_entry(NESTED, &Response { item: Items(items) })?;
    }
    map.end()
}

/// The member that holds the answers in a request; no item has this code.
const NESTED: &str = "questionnaireResponse";

/// Answers by item, before they are checked; read from a flat map or from the form of a request.
#[derive(Default)]
pub struct Answers(pub BTreeMap<String, Answer>);

impl Answers {
    /// Builds a typed sheet of them.
    pub fn sheet<S: Scale>(&self) -> Result<S, AnswerError> {
        build(&self.0)
    }
}

impl<'de> Deserialize<'de> for Answers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        AnswersReader::Sheet.deserialize(deserializer).map(Self)
    }
}

/// Reads answers by item. Its errors are written here: those of serde quote what they found, which may be an answer.
#[derive(Clone, Copy)]
enum AnswersReader {
    /// A flat map, or the form of a request.
    Sheet,
    /// What stands under `questionnaireResponse`.
    Response,
    /// A flat map.
    Items,
}

impl<'de> DeserializeSeed<'de> for AnswersReader {
    type Value = BTreeMap<String, Answer>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for AnswersReader {
    type Value = BTreeMap<String, Answer>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("answers by item, such as {\"erythema\": 3}")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
        let mut answers = BTreeMap::new();
        let mut nested = None;
        while let Some(key) = map.next_key::<String>()? {
            match self {
                Self::Sheet if key == NESTED && answers.is_empty() && nested.is_none() => {
                    nested = Some(map.next_value_seed(Self::Response)?);
                }
                Self::Sheet if nested.is_some() || key == NESTED => {
                    return Err(de::Error::custom(format_args!(
                        "`{key}` stands beside the answers of the sheet"
                    )));
                }
                Self::Response if key == "item" && nested.is_some() => {
                    return Err(de::Error::custom("`questionnaireResponse` has two `item`; keep one"));
                }
                Self::Response if key == "item" => nested = Some(map.next_value_seed(Self::Items)?),
                Self::Response => {
                    map.next_value::<de::IgnoredAny>()?;
                }
                Self::Sheet | Self::Items => answer(&mut map, key, &mut answers)?,
            }
        }
        match (self, nested) {
            (Self::Response, None) => Err(de::Error::custom("`questionnaireResponse` has no `item`")),
            (_, nested) => Ok(nested.unwrap_or(answers)),
        }
    }

    /// `null` under `questionnaireResponse` holds no answers.
    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        match self {
            Self::Response => Ok(BTreeMap::new()),
            Self::Sheet | Self::Items => not_answers(),
        }
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<Self::Value, E> {
        not_answers()
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<Self::Value, E> {
        not_answers()
    }

    fn visit_u64<E: de::Error>(self, _: u64) -> Result<Self::Value, E> {
        not_answers()
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<Self::Value, E> {
        not_answers()
    }

    fn visit_str<E: de::Error>(self, _: &str) -> Result<Self::Value, E> {
        not_answers()
    }

    fn visit_bytes<E: de::Error>(self, _: &[u8]) -> Result<Self::Value, E> {
        not_answers()
    }

    fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<Self::Value, A::Error> {
        not_answers()
    }
}

fn not_answers<T, E: de::Error>() -> Result<T, E> {
    Err(E::custom("the answers must be a JSON object by item, such as {\"erythema\": 3}"))
}

/// Reads one answer, so that an error names its item. `null` leaves the item without an answer.
fn answer<'de, M: MapAccess<'de>>(
    map: &mut M,
    item: String,
    answers: &mut BTreeMap<String, Answer>,
) -> Result<(), M::Error> {
    let read = map.next_value::<Option<Answer>>();
    let read = read.map_err(|error| de::Error::custom(format_args!("the answer to `{item}` {error}")))?;
    if let Some(answer) = read
        && answers.insert(item.clone(), answer).is_some()
    {
        return Err(de::Error::custom(AnswerError::Repeated(item)));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scales::{Asalt, Avasi, LocalScales, ManualScales, Pure4, Uas};
    use serde_json::{from_value, json, to_value};

    fn uas() -> Uas {
        Uas { pruritus: crate::answer!(2), wheals: crate::answer!(1) }
    }

    #[test]
    fn sheets_are_read_from_a_flat_map_and_from_the_form_of_a_request() {
        let nested = json!({"questionnaireResponse": {"item": {"pruritus": 2, "wheals": 1}}});
        assert_eq!(to_value(uas()).unwrap(), nested);
        let text = json!({"pruritus": "2", "wheals": 1.0});
        for form in [nested, json!({"pruritus": 2, "wheals": 1}), text] {
            assert!(from_value::<Uas>(form.clone()).unwrap() == uas(), "{form}");
            assert!(AnyScale::from_json("uas", &form).unwrap() == AnyScale::of(&uas()), "{form}");
        }
        for empty in [json!({}), json!({"questionnaireResponse": {"item": {}}})] {
            from_value::<Avasi>(empty).unwrap();
        }
    }

    #[test]
    fn errors_name_the_item_and_never_the_answer() {
        let said = |json: serde_json::Value| {
            let (typed, any) = (from_value::<Uas>(json.clone()), AnyScale::from_json("uas", &json));
            let typed = typed.err().unwrap().to_string();
            assert_eq!(typed, any.unwrap_err().to_string());
            typed
        };
        assert_eq!(said(json!({"pruritus": 2})), "`wheals` is not answered");
        assert_eq!(said(json!({"pruritus": null, "wheals": 1})), "`pruritus` is not answered");
        assert_eq!(said(json!({})), "`pruritus` is not answered");
        assert_eq!(said(json!({"pruritus": 2, "wheals": 1, "itch": 1})), "there is no item `itch`");
        let bounds = "the answer to `wheals` must be a whole number from 0 to 3";
        for wrong in [json!(7717), json!(-1), json!(1.5), json!(true)] {
            assert_eq!(said(json!({"pruritus": 2, "wheals": wrong})), bounds, "{wrong}");
        }
        let text = said(json!({"pruritus": 2, "wheals": "N33DLE"}));
        assert_eq!(text, "the answer to `wheals` must be a number, `true` or `false`");
        assert!(
            said(json!({"pruritus": 2, "wheals": ["N33DLE"]})).starts_with("the answer to `wheals` must be ")
        );
        let both = json!({"questionnaireResponse": {"item": {"pruritus": 2, "wheals": 1}}, "wheals": 1});
        assert_eq!(said(both), "`wheals` stands beside the answers of the sheet");
        let twice = serde_json::from_str::<Uas>(r#"{"wheals": 1, "wheals": 2, "pruritus": 1}"#);
        assert!(twice.err().unwrap().to_string().starts_with("`wheals` is answered twice"));
    }

    #[test]
    fn yes_and_no_are_booleans_or_0_and_1() {
        let read = |answer: serde_json::Value| {
            let all = Pure4::ITEMS.iter().map(|item| (item.code.to_owned(), answer.clone()));
            from_value::<Pure4>(all.collect::<serde_json::Map<_, _>>().into()).map(|sheet| sheet.answer(0))
        };
        for yes in [json!(true), json!(1), json!("1"), json!("true")] {
            assert!(read(yes.clone()).unwrap() == Answer::from(true), "{yes}");
        }
        for neither in [json!(2), json!("yes"), json!("on"), json!("")] {
            assert!(read(neither.clone()).is_err(), "{neither}");
        }
        let written = to_value(
            from_value::<Pure4>(
                Pure4::ITEMS
                    .iter()
                    .map(|item| (item.code.to_owned(), true.into()))
                    .collect::<serde_json::Map<_, _>>()
                    .into(),
            )
            .unwrap(),
        )
        .unwrap();
        assert_eq!(written["questionnaireResponse"]["item"][Pure4::ITEMS[0].code], 1);
    }

    #[test]
    fn any_scale_is_checked_when_it_is_made_and_when_it_is_read() {
        let sheet = AnyScale::new("uas", [("pruritus", 2), ("wheals", 1)]).unwrap();
        assert!(sheet.is_checked() && sheet.to_sheet::<Uas>().unwrap() == uas());
        assert!(matches!(sheet.to_sheet::<Asalt>(), Err(AnswerError::OtherScale { expected: "asalt", .. })));
        let new = AnyScale::new("brandNew", [("itch", 3.9), ("age", 4.0)]).unwrap();
        assert!(!new.is_checked() && new.info().is_none());
        for sheet in [sheet, new] {
            let stored = to_value(&sheet).unwrap();
            assert!(from_value::<AnyScale>(stored.clone()).unwrap() == sheet, "{stored}");
        }
        let edited = json!({"code": "uas", "answers": {"pruritus": 2, "wheals": 9}});
        assert!(from_value::<AnyScale>(edited).unwrap_err().to_string().contains("`wheals`"));
        assert_eq!(AnyScale::new("new", [("a", f64::NAN)]), Err(AnswerError::NotANumber("a".into())));
        assert_eq!(AnyScale::new("new", [("a", 1), ("a", 2)]), Err(AnswerError::Repeated("a".into())));
        assert_eq!(format!("{:?}", AnyScale::of(&uas())), "AnyScale { code: \"uas\", .. }");
    }

    #[test]
    fn sets_write_the_form_of_a_request_and_read_it_back() {
        let new = AnyScale::new("brandNew", [("itch", 3)]).unwrap();
        let set = ManualScales::new(uas()).with(new);
        let json = to_value(&set).unwrap();
        assert_eq!(json["brandNew"], json!({"questionnaireResponse": {"item": {"itch": 3}}}));
        assert!(from_value::<ManualScales>(json).unwrap() == set);
        let error = from_value::<LocalScales>(json!({"auas": {"pruritus": 9}})).unwrap_err();
        assert!(error.to_string().contains("`pruritus`"), "{error}");
    }

    /// A form that was encoded twice, or sent under a wrong key, may hold anything about a patient.
    #[test]
    fn no_error_quotes_what_stands_where_answers_should() {
        let text = "Jane Doe";
        for json in [
            json!(text),
            json!([text]),
            json!(-1),
            json!(1),
            json!(1.5),
            json!(true),
            json!({"questionnaireResponse": text}),
            json!({"questionnaireResponse": [text]}),
            json!({"questionnaireResponse": {"item": text}}),
            json!({"questionnaireResponse": {"note": text}}),
            json!({"pruritus": text, "wheals": 1}),
            json!({"pruritus": [text], "wheals": 1}),
            json!({"pruritus": {"value": text}, "wheals": 1}),
        ] {
            let typed = from_value::<Uas>(json.clone()).map(drop).unwrap_err().to_string();
            let any = AnyScale::from_json("uas", &json).map(drop).unwrap_err().to_string();
            let stored = json!({"code": "uas", "answers": json});
            let stored = from_value::<AnyScale>(stored).map(drop).unwrap_err().to_string();
            for sentence in [typed, any, stored] {
                assert!(!sentence.contains("Jane"), "{sentence}");
                assert!(
                    sentence.starts_with("the answer") || sentence.contains("has no `item`"),
                    "{sentence}"
                );
            }
        }
    }
}
