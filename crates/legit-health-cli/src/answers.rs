//! Answers to the items of a scale: those of the command line, and those that a person is asked for.
//!
//! No sentence repeats an answer.

mod ask;
mod value;

use crate::failure::Failure;
use crate::nearest;
use crate::output::plain;
use crate::scales::Scale;
use legit_health::scale::{Answer, Item};
use std::collections::BTreeMap;
use std::io::{self, IsTerminal};

/// Answers by the code of their item, each within the bounds of its item.
pub(crate) type Answers = BTreeMap<String, Answer>;

/// All answers of the scale. Whoever sits at a terminal is asked for the missing ones; a script is told them all.
pub(crate) async fn complete(scale: &Scale, typed: &[String]) -> Result<Answers, Failure> {
    let mut answers = given(scale, typed)?;
    let missing: Vec<&'static Item> =
        scale.items.iter().filter(|item| !answers.contains_key(item.code)).collect();
    if !missing.is_empty() {
        let somebody_is_there = io::stdin().is_terminal() && io::stderr().is_terminal();
        if !somebody_is_there {
            return Err(incomplete(scale, &missing));
        }
        answers.extend(ask::in_terminal(scale, missing).await?);
    }
    (scale.check)(&answers).map_err(|error| Failure::usage(error.to_string()))?;
    Ok(answers)
}

/// The answers of the command line, of which some may be missing.
fn given(scale: &Scale, typed: &[String]) -> Result<Answers, Failure> {
    let mut answers = Answers::new();
    for (place, typed) in typed.iter().enumerate() {
        let Some((code, value)) = typed.split_once('=') else {
            return Err(Failure::usage(format!(
                "answer {} is not written as ITEM=VALUE, such as erythema=3",
                place + 1
            )));
        };
        let item =
            scale.items.iter().find(|item| item.code == code).ok_or_else(|| no_such_item(scale, code))?;
        let answer = value::parse(item, value).map_err(Failure::usage)?;
        if answers.insert(item.code.to_owned(), answer).is_some() {
            return Err(Failure::usage(format!("`{}` is answered twice: keep one answer", item.code)));
        }
    }
    Ok(answers)
}

fn no_such_item(scale: &Scale, code: &str) -> Failure {
    if scale.items.is_empty() {
        return Failure::usage(format!("`{}` asks nothing: leave the answers out", scale.code));
    }
    let hint = nearest::hint(code, scale.items.iter().map(|item| item.code));
    Failure::usage(format!(
        "`{0}` has no item `{1}`{hint} (`legit-health scales {0}` lists them)",
        scale.code,
        plain(code)
    ))
}

fn incomplete(scale: &Scale, missing: &[&Item]) -> Failure {
    let missing: Vec<String> =
        missing.iter().map(|item| format!("`{}` ({})", item.code, value::expected(item.kind))).collect();
    Failure::usage(format!("`{}` lacks answers: add {}", scale.code, missing.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scales;

    fn refused(scale: &str, typed: &[&str]) -> String {
        let typed: Vec<String> = typed.iter().map(|answer| (*answer).to_owned()).collect();
        let scale = scales::named(scale).ok().unwrap();
        given(&scale, &typed).err().map(|failure| failure.to_string()).unwrap()
    }

    #[test]
    fn what_is_typed_wrong_is_named_and_never_repeated() {
        assert_eq!(
            refused("pasi", &["erytema=3"]),
            "`pasi` has no item `erytema`; did you mean `erythema`? (`legit-health scales pasi` lists them)"
        );
        assert_eq!(
            refused("pasi", &["erythema=3", "surface=1", "erythema=3"]),
            "`erythema` is answered twice: keep one answer"
        );
        assert_eq!(
            refused("pasi", &["surface=1", "3"]),
            "answer 2 is not written as ITEM=VALUE, such as erythema=3"
        );
        assert_eq!(refused("aladin", &["erythema=3"]), "`aladin` asks nothing: leave the answers out");
    }

    /// The sheet of the library is the judge; what passes here must fit it, and what it takes must pass.
    #[test]
    fn our_bounds_are_those_of_the_sheets() {
        for scale in scales::all() {
            let one_each = |probe: &'static Item, typed: &str| -> Option<Answers> {
                let lowest = |item: &Item| (item.code.to_owned(), value::parse(item, "0").ok());
                let mut answers: BTreeMap<_, _> = scale.items.iter().map(lowest).collect();
                answers.insert(probe.code.to_owned(), value::parse(probe, typed).ok());
                answers.into_iter().map(|(code, answer)| Some((code, answer?))).collect()
            };
            for item in scale.items {
                for number in 0..=151_u32 {
                    let passed = one_each(item, &number.to_string());
                    let mut wanted: Answers = one_each(item, "0").unwrap();
                    wanted.insert(item.code.to_owned(), number.into());
                    assert_eq!(
                        passed.is_some(),
                        (scale.check)(&wanted).is_ok(),
                        "{} {} {number}",
                        scale.code,
                        item.code
                    );
                    assert!(passed.is_none_or(|answers| (scale.check)(&answers).is_ok()));
                }
            }
        }
    }
}
