//! Questions to a person at a terminal. They go to stderr, since stdout is for the result.

use super::{Answers, incomplete, value};
use crate::failure::Failure;
use crate::scales::Scale;
use legit_health::scale::Item;
use std::io::{self, BufRead, Write};

/// Off the runtime's thread, so that Ctrl-C works while a question stands.
pub(super) async fn in_terminal(scale: &Scale, items: Vec<&'static Item>) -> Result<Answers, Failure> {
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

/// One after the other, each until its answer fits. The end of the input ends the questions.
fn ask(items: &[&Item], input: &mut impl BufRead, terminal: &mut impl Write) -> io::Result<Answers> {
    let mut answers = Answers::new();
    for item in items {
        loop {
            write!(terminal, "{} ({}): ", item.label, value::expected(item.kind))?;
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
    use legit_health::scale::Answer;

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
