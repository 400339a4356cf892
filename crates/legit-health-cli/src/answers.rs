//! Answers to the items of a scale: parsed from the command line, or asked for in a terminal. No error repeats an answer.

mod value;

use crate::failure::Failure;
use crate::scales::Answers;
use crate::suggest;
use crate::terminal::plain;
use legit_health::scale::{AnyScale, Item, ScaleInfo};
use std::io::{self, BufRead, IsTerminal, Write};

/// All answers of the scale. A terminal is asked for the missing ones; without one, the error names them all.
pub(crate) async fn complete(scale: &ScaleInfo, typed: &[String]) -> Result<AnyScale, Failure> {
    let mut answers = given(scale, typed)?;
    let missing: Vec<&'static Item> =
        scale.items.iter().filter(|item| !answers.contains_key(item.code)).collect();
    if !missing.is_empty() {
        let in_terminal = io::stdin().is_terminal() && io::stderr().is_terminal();
        if !in_terminal {
            return Err(incomplete(scale, &missing));
        }
        answers.extend(ask_in_terminal(scale, missing).await?);
    }
    AnyScale::new(scale.code, answers).map_err(|error| Failure::usage(error.to_string()))
}

/// The answers of the command line, of which some may be missing.
fn given(scale: &ScaleInfo, typed: &[String]) -> Result<Answers, Failure> {
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

fn no_such_item(scale: &ScaleInfo, code: &str) -> Failure {
    if scale.items.is_empty() {
        return Failure::usage(format!("`{}` asks nothing: leave the answers out", scale.code));
    }
    let hint = suggest::hint(code, scale.items.iter().map(|item| item.code));
    Failure::usage(format!(
        "`{0}` has no item `{1}`{hint} (`legit-health scales {0}` lists them)",
        scale.code,
        plain(code)
    ))
}

fn incomplete(scale: &ScaleInfo, missing: &[&Item]) -> Failure {
    let missing: Vec<String> =
        missing.iter().map(|item| format!("`{}` ({})", item.code, item.kind)).collect();
    Failure::usage(format!("`{}` lacks answers: add {}", scale.code, missing.join(", ")))
}

/// Asks on another thread, so that Ctrl-C works meanwhile. Questions go to stderr, because stdout is for the result.
async fn ask_in_terminal(scale: &ScaleInfo, items: Vec<&'static Item>) -> Result<Answers, Failure> {
    let questions = items.clone();
    let asked =
        tokio::task::spawn_blocking(move || ask(&questions, &mut io::stdin().lock(), &mut io::stderr()));
    let answers = asked
        .await
        .map_err(|_| Failure::Interrupted)?
        .map_err(|error| Failure::system("cannot ask for the answers", &error))?;
    let missing: Vec<&Item> = items.into_iter().filter(|item| !answers.contains_key(item.code)).collect();
    if missing.is_empty() { Ok(answers) } else { Err(incomplete(scale, &missing)) }
}

/// Asks for each item until the answer is valid. The end of the input ends the questions.
fn ask(items: &[&Item], input: &mut impl BufRead, terminal: &mut impl Write) -> io::Result<Answers> {
    let mut answers = Answers::new();
    for item in items {
        loop {
            write!(terminal, "{} ({}): ", item.label, item.kind)?;
            terminal.flush()?;
            let mut line = Vec::new();
            if input.read_until(b'\n', &mut line)? == 0 {
                writeln!(terminal)?;
                return Ok(answers);
            }
            match value::parse(item, String::from_utf8_lossy(&line).trim()) {
                Ok(answer) => {
                    answers.insert(item.code.to_owned(), answer);
                    break;
                }
                Err(sentence) => writeln!(terminal, "{sentence}")?,
            }
        }
    }
    Ok(answers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scales;
    use legit_health::scale::{Answer, AnswerError, Scale, each_scale};
    use std::collections::BTreeMap;

    fn refused(scale: &str, typed: &[&str]) -> String {
        let typed: Vec<String> = typed.iter().map(|answer| (*answer).to_owned()).collect();
        let scale = scales::named(scale).ok().unwrap();
        given(scale, &typed).err().map(|failure| failure.to_string()).unwrap()
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

    fn sheet_takes(scale: &ScaleInfo, answers: &Answers) -> bool {
        macro_rules! sheets {
            ($($sheet:path: [$($mode:ident),+]),+) => {
                $(if <$sheet as Scale>::CODE == scale.code {
                    return <$sheet as Scale>::build(|item| {
                        answers.get(item.code).copied().ok_or(AnswerError::Missing(item.code))
                    })
                    .is_ok();
                })+
            };
        }
        each_scale!(sheets);
        unreachable!("each scale has a sheet")
    }

    /// The sheet of the library is the judge; what passes here must fit it, and what it takes must pass.
    #[test]
    fn our_bounds_are_those_of_the_sheets() {
        for scale in legit_health::scale::all() {
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
                        sheet_takes(scale, &wanted),
                        "{} {} {number}",
                        scale.code,
                        item.code
                    );
                    assert!(passed.is_none_or(|answers| sheet_takes(scale, &answers)));
                }
            }
        }
    }

    fn conversation(typed: &[u8]) -> (Answers, String) {
        let scale = scales::named("uas").ok().unwrap();
        let items: Vec<&Item> = scale.items.iter().collect();
        let mut terminal = Vec::new();
        let answers = ask(&items, &mut &*typed, &mut terminal).unwrap();
        (answers, String::from_utf8(terminal).unwrap())
    }

    #[test]
    fn a_bad_answer_is_asked_again() {
        let (answers, said) = conversation(b"3.5\n\xff\r\n 2 \r\n1\n");
        assert_eq!(
            said,
            "Itch (a whole number from 0 to 3): `pruritus` is not a whole number: it takes a whole number from 0 to 3\n\
             Itch (a whole number from 0 to 3): `pruritus` is not a number: it takes a whole number from 0 to 3\n\
             Itch (a whole number from 0 to 3): Wheals (a whole number from 0 to 3): "
        );
        let answers: Vec<_> = answers.into_iter().collect();
        assert!(answers[0] == ("pruritus".to_owned(), Answer::Whole(2)));
        assert!(answers[1] == ("wheals".to_owned(), Answer::Whole(1)));
    }

    #[test]
    fn the_end_of_the_input_leaves_the_rest_unanswered() {
        let (answers, _) = conversation(b"2\n");
        assert_eq!(answers.into_keys().collect::<Vec<_>>(), ["pruritus"]);
    }
}
