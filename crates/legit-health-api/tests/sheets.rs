//! What holds for the sheet of every scale, typed and untyped: it reads back equal, and takes exactly the answers of the
//! contract.

#![allow(clippy::unwrap_used)] // In a test, that is the assertion.

use legit_health_api::codes::ScoringSystemCode;
use legit_health_api::each_scale;
use legit_health_api::scale::{
    Answer, AnswerError, AnswerKind, AnyScale, Item, LocalAnswers, ManualAnswers, Scale, ScaleInfo, ScaleTag,
    all, find,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, from_str, json, to_string};

/// A typed sheet without its type.
struct Typed {
    info: &'static ScaleInfo,
    /// Reads the sheet, and returns it as an untyped one.
    read: fn(&str) -> Result<AnyScale, String>,
    /// Writes the sheet of these answers in the form of a request.
    write: fn(&AnyScale) -> String,
    of_any: fn(&AnyScale) -> Result<(), AnswerError>,
    has_code: fn(&ScoringSystemCode) -> bool,
    /// Builds the sheet with one answer missing.
    without: fn(&'static Item) -> Result<(), AnswerError>,
}

impl Typed {
    fn of<S: Scale + PartialEq + Serialize + DeserializeOwned>() -> Self {
        Self {
            info: find(S::CODE).unwrap(),
            read: |json| from_str::<S>(json).map(|sheet| AnyScale::of(&sheet)).map_err(|it| it.to_string()),
            write: |any| {
                let sheet = any.to_sheet::<S>().unwrap();
                let written = to_string(&sheet).unwrap();
                assert!(from_str::<S>(&written).unwrap() == sheet, "{}", S::CODE);
                written
            },
            of_any: |any| any.to_sheet::<S>().map(drop),
            has_code: S::has_code,
            without: |left_out| {
                let answer = |item: &'static Item| match item == left_out {
                    true => Err(AnswerError::Missing(item.code)),
                    false => Ok(lowest(item)),
                };
                S::build(answer).map(drop)
            },
        }
    }

    /// What is said of answers that cannot be read; typed and untyped sheets say the same.
    #[track_caller]
    fn refused(&self, answers: &str) -> String {
        let typed = (self.read)(answers).map(drop).unwrap_err();
        let stored = format!(r#"{{"code": "{}", "answers": {answers}}}"#, self.info.code);
        let stored = from_str::<AnyScale>(&stored).map(drop).unwrap_err().to_string();
        let [typed, stored] = [&typed, &stored].map(|error| error.split(" at line ").next().unwrap());
        assert_eq!(typed, stored, "{answers}");
        typed.to_owned()
    }

    /// Reads the answers as a typed sheet and as an untyped one, which must be the same.
    #[track_caller]
    fn accepted(&self, answers: &Map<String, Value>) -> AnyScale {
        let answers = Value::from(answers.clone());
        let typed = (self.read)(&answers.to_string()).unwrap();
        assert!(typed == AnyScale::from_json(self.info.code, &answers).unwrap(), "{answers}");
        typed
    }
}

fn sheets() -> Vec<Typed> {
    macro_rules! list {
        ($($sheet:path: [$($mode:ident),+]),+) => {
            vec![$(Typed::of::<$sheet>()),+]
        };
    }
    let sheets = each_scale!(list);
    assert_eq!(sheets.len(), all().len());
    sheets
}

fn bounds(item: &Item) -> (u32, u32) {
    match item.kind {
        AnswerKind::YesNo => (0, 1),
        AnswerKind::Count => (0, u32::MAX),
        AnswerKind::Percent => (0, 100),
        AnswerKind::Whole { min, max } => (min.into(), max.into()),
        _ => panic!("the bounds of this kind are not known here"),
    }
}

fn lowest(item: &Item) -> Answer {
    bounds(item).0.into()
}

fn lowest_of(info: &ScaleInfo) -> Map<String, Value> {
    info.items.iter().map(|item| (item.code.to_owned(), json!(bounds(item).0))).collect()
}

/// Every answer in turn is the highest, so no two can change places, and none can be left out because it is 0.
#[test]
fn a_sheet_of_every_scale_is_written_and_read_back_equal() {
    for sheet in sheets() {
        let lowest = lowest_of(sheet.info);
        let raised = sheet.info.items.iter().map(|item| {
            let mut answers = lowest.clone();
            answers.insert(item.code.to_owned(), json!(bounds(item).1));
            answers
        });
        let mut different = vec![];
        for answers in raised.chain([lowest.clone()]) {
            let any = sheet.accepted(&answers);
            assert!(any.is_checked());
            let read = any.answers().iter().map(|(item, answer)| (item.clone(), json!(answer)));
            assert_eq!(read.collect::<Map<_, _>>(), answers, "{}", sheet.info.code);

            let form = json!({"questionnaireResponse": {"item": &answers}});
            let written: Value = from_str(&(sheet.write)(&any)).unwrap();
            assert_eq!(written, if answers.is_empty() { json!({}) } else { form.clone() });
            assert!(answers.is_empty() || (sheet.read)(&form.to_string()).unwrap() == any);

            let stored = to_string(&any).unwrap();
            assert_eq!(
                from_str::<Value>(&stored).unwrap(),
                json!({"code": sheet.info.code, "answers": answers})
            );
            assert!(from_str::<AnyScale>(&stored).unwrap() == any, "{}", sheet.info.code);
            assert!(!different.contains(&any), "{}", sheet.info.code);
            different.push(any);
        }
    }
}

#[test]
fn answers_are_written_in_the_order_of_the_instrument() {
    for sheet in sheets() {
        let any = sheet.accepted(&lowest_of(sheet.info));
        let written = (sheet.write)(&any);
        let places =
            sheet.info.items.iter().map(|item| written.find(&format!("\"{}\":", item.code)).unwrap());
        assert!(places.collect::<Vec<_>>().is_sorted_by(|a, b| a < b), "{written}");
    }
}

#[test]
fn a_missing_answer_is_an_error_in_every_form() {
    for sheet in sheets() {
        for item in sheet.info.items {
            let sentence = format!("`{}` is not answered", item.code);
            let mut answers = lowest_of(sheet.info);
            answers.insert(item.code.to_owned(), Value::Null);
            assert_eq!(sheet.refused(&json!(answers).to_string()), sentence);
            answers.remove(item.code);
            assert_eq!(sheet.refused(&json!(answers).to_string()), sentence);
            let form = json!({"questionnaireResponse": {"item": answers}});
            assert_eq!(sheet.refused(&form.to_string()), sentence);
            let given = sheet.info.items.iter().filter(|other| *other != item);
            let given = given.map(|other| (other.code, lowest(other)));
            assert_eq!(AnyScale::new(sheet.info.code, given), Err(AnswerError::Missing(item.code)));
            assert_eq!((sheet.without)(item), Err(AnswerError::Missing(item.code)));
        }
        if let Some(first) = sheet.info.items.first() {
            let sentence = format!("`{}` is not answered", first.code);
            for nothing in
                ["{}", r#"{"questionnaireResponse": null}"#, r#"{"questionnaireResponse": {"item": {}}}"#]
            {
                assert_eq!(sheet.refused(nothing), sentence, "{nothing}");
            }
            assert_eq!(AnyScale::empty(sheet.info.code), Err(AnswerError::Missing(first.code)));
        } else {
            assert!(AnyScale::empty(sheet.info.code).unwrap().is_checked());
        }
        for no_answers in [format!(r#"{{"code": "{}"}}"#, sheet.info.code), r#"{"answers": {}}"#.to_owned()] {
            assert!(from_str::<AnyScale>(&no_answers).is_err(), "{no_answers}");
        }
    }
}

/// The contract takes whole numbers of 0 and 1 for no and yes; booleans, and text that holds an answer, are read too.
#[test]
fn an_item_takes_the_answers_of_the_contract_and_no_others() {
    for sheet in sheets() {
        for item in sheet.info.items {
            let (min, max) = bounds(item);
            let [low, high] = [f64::from(min), f64::from(max)];
            let mut taken = vec![
                (json!(min), low),
                (json!(max), high),
                (json!(low), low),
                (json!(high), high),
                (json!(-0.0), 0.0),
                (json!(min.to_string()), low),
                (json!(format!(" {max}.0\n")), high),
            ];
            let mut refused = vec![
                json!(low - 1.0),
                json!(-0.5),
                json!(high + 1.0),
                json!((high + 1.0).to_string()),
                json!(high + 0.5),
                json!(u64::from(u32::MAX) + 1 + u64::from(max)),
                json!(u64::MAX),
                json!(-4_294_967_295_i64),
                json!(1e300),
            ];
            if max < 256 {
                refused.push(json!(256 + min));
            }
            let fractions = [json!(low + 0.5), json!("0.5"), json!(high - 0.001)];
            let booleans = [json!(false), json!(true), json!("false"), json!(" true ")];
            match item.kind {
                AnswerKind::Percent => taken.extend([(json!(0.5), 0.5), (json!("99.5"), 99.5)]),
                _ => refused.extend(fractions),
            }
            match item.kind {
                AnswerKind::YesNo => taken.extend(booleans.into_iter().zip([0.0, 1.0, 0.0, 1.0])),
                _ => refused.extend(booleans),
            }
            let mut answers = lowest_of(sheet.info);
            for (answer, number) in taken {
                answers.insert(item.code.to_owned(), answer.clone());
                let read = sheet.accepted(&answers).answers()[item.code];
                assert!(read == Answer::from(number), "{} {answer}", sheet.info.code);
            }
            for answer in refused {
                answers.insert(item.code.to_owned(), answer);
                let sentence = format!("the answer to `{}` must be {}", item.code, item.kind);
                assert_eq!(sheet.refused(&json!(answers).to_string()), sentence, "{answers:?}");
            }
            for neither in ["yes", "no", "on", "TRUE", "", " ", "NaN", "inf", "1e999", "0x1", "1,0"] {
                answers.insert(item.code.to_owned(), json!(neither));
                let sentence = format!("the answer to `{}` must be a number, `true` or `false`", item.code);
                assert_eq!(sheet.refused(&json!(answers).to_string()), sentence, "{neither}");
            }
        }
    }
}

#[test]
fn no_infinite_answer_and_none_that_is_no_number_is_taken() {
    for sheet in sheets() {
        for item in sheet.info.items {
            for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
                assert!(!Answer::from(number).is_within(item.kind));
                let given = sheet
                    .info
                    .items
                    .iter()
                    .map(|other| (other.code, if other == item { number.into() } else { lowest(other) }));
                let error = AnyScale::new(sheet.info.code, given).unwrap_err();
                assert_eq!(error, AnswerError::NotANumber(item.code.to_owned()));
            }
        }
    }
}

#[test]
fn only_the_codes_of_the_items_are_taken_and_each_once() {
    for sheet in sheets() {
        let answers = lowest_of(sheet.info);
        let code = sheet.info.items.first().map_or("erythema", |item| item.code);
        for wrong in [code.to_ascii_uppercase(), format!("{code} "), format!(" {code}"), String::new()] {
            let mut beside = answers.clone();
            beside.insert(wrong.clone(), json!(0));
            let sentence = format!("there is no item `{wrong}`");
            assert_eq!(sheet.refused(&json!(beside).to_string()), sentence);
            assert_eq!(find(sheet.info.code).unwrap().item(&wrong), None);
            beside.remove(code);
            assert_eq!(sheet.refused(&json!(beside).to_string()), sentence);
        }
        for item in sheet.info.items {
            // Equal answers are two answers too.
            let twice = json!(answers).to_string().replacen('{', &format!(r#"{{"{}": 0, "#, item.code), 1);
            assert_eq!(sheet.refused(&twice), format!("`{}` is answered twice", item.code));
            let given = sheet.info.items.iter().chain([item]).map(|item| (item.code, lowest(item)));
            let error = AnyScale::new(sheet.info.code, given).unwrap_err();
            assert_eq!(error, AnswerError::Repeated(item.code.to_owned()));
        }
    }
}

/// One of them would be dropped without a word.
#[test]
fn answers_in_two_places_are_an_error() {
    let sheets = sheets();
    let uas = sheets.iter().find(|sheet| sheet.info.code == "uas").unwrap();
    let one = r#"{"pruritus": 2, "wheals": 1}"#;
    let form = format!(r#""questionnaireResponse": {{"item": {one}}}"#);
    let beside = |item: &str| format!("`{item}` stands beside the answers of the sheet");
    for (twice, sentence) in [
        (format!(r#"{{"pruritus": 0, "wheals": 0, {form}}}"#), beside("questionnaireResponse")),
        (format!(r#"{{{form}, "pruritus": 0, "wheals": 0}}"#), beside("pruritus")),
        (format!("{{{form}, {form}}}"), beside("questionnaireResponse")),
        (
            format!(
                r#"{{"questionnaireResponse": {{"item": {one}, "item": {{"pruritus": 0, "wheals": 0}}}}}}"#
            ),
            "`questionnaireResponse` has two `item`; keep one".to_owned(),
        ),
    ] {
        assert_eq!(uas.refused(&twice), sentence, "{twice}");
    }
    let noted = format!(r#"{{"questionnaireResponse": {{"note": 1, "item": {one}, "status": "x"}}}}"#);
    assert!((uas.read)(&noted).unwrap() == (uas.read)(one).unwrap());
}

#[test]
fn a_scale_takes_no_answers_of_another() {
    for sheet in sheets() {
        for other in all() {
            let any = AnyScale::from_json(other.code, &lowest_of(other).into()).unwrap();
            let expected = match sheet.info.code == other.code {
                true => Ok(()),
                false => {
                    Err(AnswerError::OtherScale { expected: sheet.info.code, found: other.code.to_owned() })
                }
            };
            assert_eq!((sheet.of_any)(&any), expected);
            assert_eq!((sheet.has_code)(any.code()), sheet.info.code == other.code);
        }
    }
    // These two have the same items.
    let mut pasi = lowest_of(find("pasi").unwrap());
    let apasi = AnyScale::from_json("apasi", &pasi.clone().into()).map(drop);
    assert_eq!(apasi.unwrap_err(), AnswerError::Unknown("desquamation".into()));
    pasi.insert("nodule".into(), json!(1));
    assert!(AnyScale::from_json("pasi", &pasi.into()).is_err());
}

/// The device refuses it; here it is only not known, and so not checked.
#[test]
fn the_code_of_a_scale_in_the_wrong_case_is_not_the_scale() {
    for info in all() {
        for wrong in [info.code.to_ascii_uppercase(), format!("{} ", info.code)] {
            assert_eq!(find(&wrong), None);
            let sheet = AnyScale::from_json(wrong.as_str(), &lowest_of(info).into()).unwrap();
            assert!(!sheet.is_checked() && sheet.code().as_str() == wrong);
        }
        assert_eq!(find(info.code).map(|found| found.title), Some(info.title));
    }
}

#[test]
fn a_sheet_of_an_unknown_scale_is_stored_with_every_answer() {
    let answers = [("zero", 0.0), ("half", 0.5), ("less", -3.0), ("large", 9_007_199_254_740_993.0)];
    let sheet = AnyScale::new("brandNew", answers).unwrap();
    let stored = to_string(&sheet).unwrap();
    let read = from_str::<AnyScale>(&stored).unwrap();
    assert!(read == sheet && !read.is_checked());
    for (item, number) in answers {
        assert_eq!(read.answers()[item].as_f64(), number, "{item}");
    }
}

/// Scores come back in this order, and take the types of the sheets from it.
#[test]
fn the_sheets_of_a_tuple_stay_in_their_order() {
    let [a, b, c, d] = ["d", "b", "c", "a"].map(|code| AnyScale::new(code, [("item", 1)]).unwrap());
    macro_rules! in_order {
        ($($sheet:expr),+) => {
            let codes: Vec<_> = [$(&$sheet),+].map(|sheet: &AnyScale| sheet.code().clone()).into();
            let manual = ManualAnswers::into_inputs(($($sheet.clone(),)+));
            assert_eq!(manual.iter().map(|input| input.code()).collect::<Vec<_>>(), codes);
            let local = LocalAnswers::into_inputs(($($sheet.clone(),)+));
            assert_eq!(local.iter().map(|input| input.code()).collect::<Vec<_>>(), codes);
        };
    }
    in_order!(a, b);
    in_order!(a, b, c);
    in_order!(a, b, c, d);
}
