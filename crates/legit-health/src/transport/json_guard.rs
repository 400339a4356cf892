//! Checks a whole JSON document before it is parsed: rejects repeated members, and collects unknown ones.
//!
//! Of a repeated member, most parsers use the last value: a `malignancy` of 1 would silently replace one of 99. Such a
//! document is rejected, at every depth. The same pass collects the members that no type has.
//!
//! Every response is checked, so the check is cheap: images are skipped, and a known member takes no memory.
//!
//! It also bounds the memory of parsing. A few bytes of JSON can become hundreds in memory (`{},{},{}`), and compression
//! makes the few bytes fewer still, so a cap on the text alone bounds nothing.

use super::{AttemptError, UnknownFields};
use legit_health_api::shape::Shape;
use memchr::{memchr, memchr2};
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;
use std::iter::successors;

/// The length from which a string is skipped if it is base64.
const LONGEST_STRING: usize = 1024;

/// The longest document without its images, in bytes. A report of three images has some 0.2 MB.
const MAX_WITHOUT_IMAGES: usize = 8 * 1024 * 1024;
/// The memory that the values of a document may take when it is parsed, images apart. Reports of 5,000 conclusions fit.
const MAX_MEMORY: usize = 16 * 1024 * 1024;
/// Upper bounds for the memory of one value with its place in a list: in the generated type, and again in the report.
mod memory {
    /// An object that becomes a struct.
    pub(super) const STRUCT: usize = 512;
    /// An object that becomes a map: the first entry allocates room for eleven.
    pub(super) const MAP: usize = 4096;
    /// An unknown object: buffered, then a map of JSON values.
    pub(super) const UNKNOWN_OBJECT: usize = 1024;
    /// An unknown list, which allocates room for four values, twice.
    pub(super) const UNKNOWN_LIST: usize = 512;
    /// Any other value, without its text.
    pub(super) const VALUE: usize = 192;
}

const TOO_MANY_VALUES: AttemptError = AttemptError::TooLarge(
    "the response has more values than any report: more than 16 MiB of memory without its images",
);

/// Returns the members that `expected` does not have, or the defect of the document, in a text that quotes none of it.
pub(super) fn check(document: &[u8], expected: &'static Shape) -> Result<UnknownFields, AttemptError> {
    let elided = elide(LONGEST_STRING, MAX_WITHOUT_IMAGES, document).ok_or(TOO_MANY_VALUES)?;
    match read(&elided, expected) {
        // An error names the line and column in the original document.
        Err(AttemptError::InvalidResponse(_)) => read(document, expected),
        checked => checked,
    }
}

/// Returns the body of an error without its long strings, which repeat what was sent; `None` if it is not JSON, or takes
/// much memory when it is parsed.
pub(crate) fn without_long_strings(body: &[u8]) -> Option<Cow<'_, [u8]>> {
    let elided = elide(LONGEST_STRING, MAX_WITHOUT_IMAGES, body)?;
    read(&elided, &Shape::Any).is_ok().then_some(elided)
}

fn read(document: &[u8], expected: &'static Shape) -> Result<UnknownFields, AttemptError> {
    let mut json = serde_json::Deserializer::from_slice(document);
    let mut found = Found::default();
    let whole = Place { parent: None, step: "" };
    let element = Element { shape: expected, place: &whole, found: &mut found };
    let Err(error) = element.deserialize(&mut json).and_then(|()| json.end()) else {
        return Ok(found.unknown_fields);
    };
    let what = match error.classify() {
        _ if found.memory > MAX_MEMORY => return Err(TOO_MANY_VALUES),
        _ if found.repeated => "names the same member twice",
        serde_json::error::Category::Eof => "ends too early",
        _ => "is not well-formed",
    };
    let (line, column) = (error.line(), error.column());
    let sentence = format!("the response {what} (line {line}, column {column} of its JSON)");
    Err(AttemptError::InvalidResponse(sentence.into()))
}

#[derive(Default)]
struct Found {
    repeated: bool,
    unknown_fields: UnknownFields,
    /// An upper bound for the memory of the values so far.
    memory: usize,
}

impl Found {
    fn hold<E: serde::de::Error>(&mut self, bytes: usize) -> Result<(), E> {
        self.memory += bytes;
        if self.memory > MAX_MEMORY { Err(E::custom("too many values")) } else { Ok(()) }
    }
}

/// A path into the document: names from the contract, and `*` for one element of many.
struct Place<'a> {
    parent: Option<&'a Place<'a>>,
    step: &'static str,
}

const EACH: &str = "*";

impl Place<'_> {
    /// Returns the names from the top, without the document itself.
    fn steps(&self) -> impl Iterator<Item = &'static str> {
        let mut steps: Vec<_> = successors(Some(self), |place| place.parent)
            .filter(|place| place.parent.is_some())
            .map(|place| place.step)
            .collect();
        steps.reverse();
        steps.into_iter()
    }
}

struct Element<'a> {
    shape: &'static Shape,
    place: &'a Place<'a>,
    found: &'a mut Found,
}

impl Element<'_> {
    fn inside<'b>(&'b mut self, shape: &'static Shape, place: &'b Place<'b>) -> Element<'b> {
        Element { shape, place, found: self.found }
    }
}

impl<'de> DeserializeSeed<'de> for Element<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Element<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut object: A) -> Result<(), A::Error> {
        let (members, others) = match self.shape {
            Shape::Object { members, others } => (*members, *others),
            // The deserializer reports mismatches.
            Shape::Any | Shape::List(_) => (&[][..], Some(&Shape::Any)),
        };
        let mut names = Names::default();
        self.found.hold(match self.shape {
            Shape::Object { others: None, .. } => memory::STRUCT,
            Shape::Object { others: Some(_), .. } => memory::MAP,
            Shape::Any | Shape::List(_) => memory::UNKNOWN_OBJECT,
        })?;
        while let Some(Name(name)) = object.next_key()? {
            self.found.hold(name.len())?;
            let index = members.iter().position(|(known, _)| *known == name);
            let (shape, step) = match (index.map(|index| members[index]), others) {
                (Some((known, shape)), _) => (shape, known),
                (None, Some(shape)) => (shape, EACH),
                (None, None) => {
                    self.found.unknown_fields.note(self.place.steps(), &name);
                    (&Shape::Any, EACH)
                }
            };
            if !names.insert(index, name) {
                self.found.repeated = true;
                return Err(A::Error::custom("repeated"));
            }
            let place = Place { parent: Some(self.place), step };
            object.next_value_seed(self.inside(shape, &place))?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<(), A::Error> {
        let (shape, bytes) = match self.shape {
            Shape::List(each) => (*each, memory::VALUE),
            Shape::Any | Shape::Object { .. } => (&Shape::Any, memory::UNKNOWN_LIST),
        };
        self.found.hold(bytes)?;
        let place = Place { parent: Some(self.place), step: EACH };
        while list.next_element_seed(self.inside(shape, &place))?.is_some() {}
        Ok(())
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        self.found.hold(memory::VALUE)
    }

    fn visit_bool<E: serde::de::Error>(self, _: bool) -> Result<(), E> {
        self.found.hold(memory::VALUE)
    }

    fn visit_i64<E: serde::de::Error>(self, _: i64) -> Result<(), E> {
        self.found.hold(memory::VALUE)
    }

    fn visit_u64<E: serde::de::Error>(self, _: u64) -> Result<(), E> {
        self.found.hold(memory::VALUE)
    }

    fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<(), E> {
        self.found.hold(memory::VALUE)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        self.found.hold(memory::VALUE + text.len())
    }
}

/// The names that have been seen in an object.
#[derive(Default)]
struct Names<'de> {
    /// A bit for each of the first 64 known members.
    known: u64,
    /// All other names.
    others: HashSet<Cow<'de, str>>,
}

impl<'de> Names<'de> {
    /// Adds a name. Returns false if it was there already. The index is that of a known member.
    fn insert(&mut self, index: Option<usize>, name: Cow<'de, str>) -> bool {
        let bit = index.and_then(|index| 1_u64.checked_shl(u32::try_from(index).ok()?));
        match bit {
            Some(bit) => {
                let is_new = self.known & bit == 0;
                self.known |= bit;
                is_new
            }
            None => self.others.insert(name),
        }
    }
}

/// A member's name, borrowed where it has no escapes.
struct Name<'de>(Cow<'de, str>);

impl<'de> serde::Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        struct Text;

        impl<'de> Visitor<'de> for Text {
            type Value = Name<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }

            fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Borrowed(name)))
            }

            fn visit_str<E>(self, name: &str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(name.to_owned())))
            }
        }

        json.deserialize_str(Text)
    }
}

/// Replaces every string value that is longer than `longest` by an empty one, if it is base64. Such strings are images,
/// which make up nearly all of a response.
///
/// JSON stays JSON with the same members, and other text does not become JSON.
///
/// Returns `None` if the result is longer than `most`.
fn elide(longest: usize, most: usize, document: &[u8]) -> Option<Cow<'_, [u8]>> {
    let mut elided = Vec::new();
    let (mut taken, mut at) = (0, 0);
    // Outside of strings, JSON has neither quotes nor backslashes.
    while let Some(quote) = document.get(at..).and_then(|rest| memchr(b'"', rest)) {
        let begin = at + quote + 1;
        let Some(StringEnd { end, has_escapes }) = string_end(document, begin) else { break };
        at = end + 1;
        let is_left_out = end - begin > longest
            && !has_escapes
            && base64_simd::STANDARD.check(&document[begin..end]).is_ok()
            && !is_name_before(&document[at..]);
        if is_left_out {
            elided.extend_from_slice(&document[taken..begin]);
            taken = end;
        }
        if elided.len() + (at - taken) > most {
            return None;
        }
    }
    let rest = &document[taken..];
    if elided.len() + rest.len() > most {
        return None;
    }
    if taken == 0 {
        return Some(document.into());
    }
    elided.extend_from_slice(rest);
    Some(elided.into())
}

struct StringEnd {
    /// The position of the closing quote.
    end: usize,
    has_escapes: bool,
}

/// Finds the end of the string that begins here; `None` if it does not end.
fn string_end(document: &[u8], begin: usize) -> Option<StringEnd> {
    let (mut at, mut has_escapes) = (begin, false);
    loop {
        let found = at + memchr2(b'"', b'\\', document.get(at..)?)?;
        if document[found] == b'"' {
            return Some(StringEnd { end: found, has_escapes });
        }
        // A character after a backslash does not end the string.
        (at, has_escapes) = (found + 2, true);
    }
}

/// Returns true if the string before this is the name of a member.
fn is_name_before(rest: &[u8]) -> bool {
    rest.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b':')
}

#[cfg(test)]
mod tests {
    use super::*;
    use Shape::{Any, List, Object};

    fn fault(document: &[u8]) -> Option<String> {
        fault_of(document, &Any)
    }

    fn fault_of(document: &[u8], shape: &'static Shape) -> Option<String> {
        check(document, shape).err().map(|error| error.explain().1.into_owned())
    }

    /// A repetition is found behind escapes and at any depth.
    #[test]
    fn a_repeated_member_is_refused() {
        for whole in ["{}", "[{\"a\":1},{\"a\":2}]", "{\"a\":{\"a\":[1.5,null,true,\"\"]},\"b\":-1}", " 7 "] {
            assert_eq!(fault(whole.as_bytes()), None, "{whole}");
        }
        for twice in ["{\"a\":1,\"a\":1}", "{\"a\":1,\"\\u0061\":1}", "[{\"x\":{\"a\":{},\"b\":0,\"a\":[]}}]"]
        {
            // The result does not depend on the shape.
            for shape in [&Any, &REPORT, &SCORES] {
                let said = fault_of(twice.as_bytes(), shape).unwrap();
                assert!(said.starts_with("the response names the same member twice (line 1"), "{twice}");
            }
        }
        for (broken, what) in
            [("{\"a\":", "ends too early"), ("{\"a\":1e400}", "not well-formed"), ("{} {}", "not")]
        {
            assert!(fault(broken.as_bytes()).unwrap().contains(what), "{broken}");
        }
        assert!(fault(&[b'['; 1_000_000]).is_some(), "depth is bounded");
        assert!(fault(b"{\"a\":\"\xE9\"}").is_some(), "JSON is UTF-8");
    }

    /// The position is that in the original document, also after a long name.
    #[test]
    fn members_after_long_strings_are_checked() {
        let image = "Ab+/".repeat(LONGEST_STRING);
        let twice = format!("{{\"data\": \"{image}\", \"data\": 1}}");
        let column = format!("column {} of", image.len() + 19);
        assert!(fault(twice.as_bytes()).unwrap().contains(&column), "{:?}", fault(twice.as_bytes()));
        let name = "n".repeat(2 * LONGEST_STRING);
        assert_eq!(fault(format!("{{\"{name}1\": \"{image}\", \"{name}2\": 1}}").as_bytes()), None);
        assert!(fault(format!("{{\"{name}\": 0, \"{name}\": 1}}").as_bytes()).is_some());
        let mut not_text = format!("[\"{image}\"]").into_bytes();
        not_text[LONGEST_STRING] = 0xE9;
        assert!(fault(&not_text).unwrap().contains("not well-formed"));
    }

    static REPORT: Shape = Object {
        members: &[("a", &Any), ("list", &List(&LOOP)), ("scores", &SCORES), ("x", &LOOP)],
        others: None,
    };
    static LOOP: Shape = Object { members: &[("a", &Any), ("b", &Any), ("again", &LOOP)], others: None };
    static SCORES: Shape = Object { members: &[], others: Some(&LOOP) };

    fn unknown_paths(document: &str, shape: &'static Shape) -> Vec<String> {
        check(document.as_bytes(), shape).unwrap().paths().map(str::to_owned).collect()
    }

    #[test]
    fn unknown_members_are_noted_at_every_depth() {
        let paths = |document| unknown_paths(document, &REPORT);
        assert_eq!(
            paths(r#"{"a": {"free": 1}, "list": [{"a": 1, "b": 2}], "scores": {"apasi": {}}}"#),
            [""; 0]
        );
        assert_eq!(
            paths(r#"{"b": {"inside": {"b": 1}}, "a\u0061": 1, "*": [{"q": 1}]}"#),
            ["/*", "/aa", "/b"]
        );
        assert_eq!(
            paths(r#"{"list": [{"new": 1}, {"again": {"again": {"new": 1}}}, {"new": 2}]}"#),
            ["/list/*/again/again/new", "/list/*/new"]
        );
        // The keys of a map are codes, so they are not unknown members.
        assert_eq!(paths(r#"{"scores": {"Jane Doe": {"new": 1}, "apasi": {"new": 1}}}"#), ["/scores/*/new"]);
        // Values of another type are rejected by the parser.
        assert_eq!(paths(r#"{"list": {"new": 1}, "x": [{"new": 1}], "scores": null}"#), [""; 0]);
        assert_eq!(paths("7"), [""; 0]);
    }

    /// The first 64 names are bits of one number.
    #[test]
    fn an_object_may_have_any_number_of_members() {
        let names: Vec<&'static str> =
            (0..70).map(|n| &*Box::leak(format!("m{n}").into_boxed_str())).collect();
        let members = names.iter().map(|name| (*name, &Any)).collect::<Vec<_>>().leak();
        let wide: &'static Shape = Box::leak(Box::new(Object { members, others: None }));
        let document = |more: &str| {
            let written: Vec<String> = names.iter().map(|name| format!("{name:?}: 0")).collect();
            format!("{{{}{more}}}", written.join(", "))
        };
        assert_eq!(unknown_paths(&document(""), wide), [""; 0]);
        assert_eq!(unknown_paths(&document(r#", "m70": 0"#), wide), ["/m70"]);
        for again in ["m0", "m63", "m64", "m69"] {
            let twice = document(&format!(", {again:?}: 0"));
            assert!(check(twice.as_bytes(), wide).is_err(), "{again}");
        }
    }

    fn elided(document: &str) -> String {
        String::from_utf8(elide(3, 1024, document.as_bytes()).unwrap().into_owned()).unwrap()
    }

    #[test]
    fn elided_values_become_empty_and_names_stay() {
        assert_eq!(elided(r#"{"a": "long", "long": ["abc", "abcd"]}"#), r#"{"a": "", "long": ["abc", ""]}"#);
        assert_eq!(elided("{\"names\" \r\n\t: \"valuable\"}"), "{\"names\" \r\n\t: \"\"}");
        for as_it_is in [
            "\"ééé\"",
            r#"["a\"b\\", "c\u0022d"] "#,
            "",
            "7",
            r#""abc""#,
            r#"{"aaaa": {}}"#,
            // Not base64.
            r#""abcde""#,
            r#""ab, cd""#,
            "\"open",
            r#""open\"#,
            r#""\""#,
        ] {
            assert_eq!(elided(as_it_is), as_it_is);
        }
    }

    /// Any single changed byte is parsed alike in the document and its elided form.
    #[test]
    fn eliding_does_not_turn_other_text_into_json() {
        let whole = br#" {"names": "abcdefgh", "b": [1.5, "\"\\ x", {"c\n": null}], "long name": "tail"} "#;
        let is_json = |text: &[u8]| serde_json::from_slice::<serde_json::Value>(text).ok();
        assert!(is_json(whole).is_some());
        let mut cases = 0;
        for at in 0..whole.len() {
            for letter in b"\"\\:,{}[]1a \n\0\x80".iter().copied() {
                let mut changed = whole.to_vec();
                changed[at] = letter;
                let elided = elide(5, 1024, &changed).unwrap();
                let read = (is_json(&changed).map(emptied), is_json(&elided).map(emptied));
                assert_eq!(read.0, read.1, "{}", String::from_utf8_lossy(&changed));
                cases += 1;
            }
        }
        assert!(cases > 900, "{cases}");
    }

    fn emptied(mut value: serde_json::Value) -> serde_json::Value {
        fn empty(value: &mut serde_json::Value) {
            match value {
                serde_json::Value::String(text) if text.len() > 3 => text.clear(),
                serde_json::Value::Array(list) => list.iter_mut().for_each(empty),
                serde_json::Value::Object(members) => members.values_mut().for_each(empty),
                _ => {}
            }
        }
        empty(&mut value);
        value
    }
}
