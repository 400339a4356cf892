//! What a person sees who runs `cargo xtask`.

use std::process::{Command, Output};

fn xtask(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xtask")).args(words).output().expect("the program was just built")
}

#[test]
fn without_arguments_it_says_what_there_is() {
    let output = xtask(&[]);
    assert!(output.status.success());
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        text.starts_with("Usage: cargo xtask <command>\n") && text.contains("generate --check"),
        "{text}"
    );
}

#[test]
fn what_it_does_not_know_is_one_sentence_and_exit_code_2() {
    for words in [&["generat"][..], &["generate", "--chek"], &["generate", "--check", "now"]] {
        let output = xtask(words);
        assert_eq!(output.status.code(), Some(2), "{words:?}");
        assert_eq!(String::from_utf8_lossy(&output.stderr).lines().count(), 1, "{words:?}");
        assert!(output.stdout.is_empty(), "{words:?}");
    }
}
