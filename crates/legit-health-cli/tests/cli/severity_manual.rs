//! `severity manual`: what is refused here, before anything is sent, and what comes back.

use super::{document, failure, run, stderr, stdout};
use std::process::Output;

const PASI: [&str; 4] = ["surface=2", "erythema=3", "induration=2", "desquamation=1"];

/// Of psoriasis at the left arm, in a sandbox.
fn manual(options: &[&str], scale: &str, answers: &[&str]) -> Output {
    let mut arguments = vec!["--sandbox"];
    arguments.extend(options);
    arguments.extend(["severity", "manual", scale, "--at", "armLeft", "--condition", "psoriasis"]);
    arguments.extend(answers);
    run(&arguments)
}

#[test]
fn a_score_reads_well() {
    let output = manual(&[], "pasi", &PASI);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let text = stdout(&output);
    assert!(text.lines().all(|line| line.chars().count() <= 80), "a line is wider than 80 columns:\n{text}");
    insta::assert_snapshot!("score", text);
}

#[test]
fn every_answer_arrives_as_it_was_given() {
    let document = document(&manual(&["--json"], "pasi", &PASI));
    let items = &document["patientEvolution"]["pasi"]["item"];
    for answer in PASI {
        let (item, value) = answer.split_once('=').unwrap();
        assert_eq!(items[item]["value"].as_f64(), value.parse().ok(), "{item}");
    }
    assert!(document["sandbox"]["notice"].as_str().unwrap().contains("not intended for any medical purpose"));
}

#[test]
fn yes_and_no_are_understood() {
    let answers = ["question1=yes", "question2=no", "question3=1", "question4=0"];
    let document = document(&manual(&["--json"], "pure4", &answers));
    assert_eq!(document["patientEvolution"]["pure4"]["score"]["value"].as_f64(), Some(2.0));
}

#[test]
fn missing_answers_are_one_error_that_lists_them_all() {
    let output = manual(&["--json"], "pasi", &["erythema=3"]);
    assert_eq!(output.status.code(), Some(2));
    let error = failure(&output);
    assert_eq!((error["kind"].as_str(), error["delivery"].as_str()), (Some("usage"), Some("notSent")));
    assert_eq!(
        error["message"],
        "`pasi` lacks answers: add `surface` (a whole number from 0 to 6), \
         `induration` (a whole number from 0 to 4), `desquamation` (a whole number from 0 to 4)"
    );
}

#[test]
fn what_cannot_be_an_answer_is_refused_before_anything_is_sent() {
    let mut sentences = String::new();
    for answer in
        ["erythema=3.9", "erythema=5", "erythema=-1", "erythema=", "erytema=1", "surface=1", "erythema"]
    {
        let output = manual(&[], "pasi", &["surface=2", answer]);
        assert_eq!((output.status.code(), stdout(&output).as_str()), (Some(2), ""), "{answer}");
        sentences += &stderr(&output);
    }
    assert!(!sentences.contains("3.9"), "an answer is about a patient");
    insta::assert_snapshot!("refused_answers", sentences);
}

#[test]
fn a_wrong_subject_is_refused_with_the_way_out() {
    let mut sentences = String::new();
    for (scale, site, condition) in [
        ("apasi", "armLeft", "psoriasis"),
        ("avasi", "armLeft", "vitiligo"),
        ("psai", "armLeft", "psoriasis"),
        ("pasi", "leftArm", "psoriasis"),
        ("pasi", "armleft", "psoriasis"),
        ("pasi", "faceFront", "psoriasis"),
        ("pasi", "armLeft", "  "),
    ] {
        let output = run(&[
            "--sandbox",
            "severity",
            "manual",
            scale,
            "--at",
            site,
            "--condition",
            condition,
            "surface=1",
        ]);
        assert_eq!((output.status.code(), stdout(&output).as_str()), (Some(2), ""));
        sentences += &stderr(&output);
    }
    insta::assert_snapshot!("refused_subjects", sentences);
}

#[test]
fn the_condition_is_never_guessed() {
    let output = run(&["--sandbox", "--json", "severity", "manual", "pure4", "--at", "armLeft"]);
    assert_eq!((output.status.code(), failure(&output)["kind"].as_str()), (Some(2), Some("usage")));
}
