//! A result that arrived is printed first, and is never reported as not sent when it cannot be stored.

use super::{program, samples, stderr, stdout};
use serde_json::Value;
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Output, Stdio};

const CALL: [&str; 5] = ["dx", "psoriasis-moderate.jpg", "--sandbox", "--save-images", "maps"];

/// What a script reads: the call was answered, and is not to be repeated as if it had not been sent.
fn assert_answered(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(9), "{}", stderr(output));
    let text = stderr(output);
    assert_eq!(text.lines().count(), 1, "{text}");
    let error = serde_json::from_str::<Value>(&text).unwrap()["error"].take();
    assert_eq!((error["kind"].as_str(), error["delivery"].as_str()), (Some("output"), Some("responded")));
    error["message"].as_str().unwrap().to_owned()
}

fn files(folder: &Path) -> usize {
    folder.join("maps").read_dir().unwrap().count()
}

/// Runs where no file may have more than 4 KiB, as on a disk that is full.
fn on_a_full_disk(folder: &Path, arguments: &[&str]) -> Output {
    Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 8; exec \"$@\"", "sh"])
        .arg(env!("CARGO_BIN_EXE_legit-health"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

#[test]
fn a_full_disk_does_not_lose_the_result() {
    let folder = samples();
    let output = on_a_full_disk(folder.path(), &[&CALL[..], &["--json"]].concat());
    let sentence = assert_answered(&output);
    assert!(sentence.starts_with("the device has answered, but "), "{sentence}");
    assert!(sentence.contains(" images cannot be written to maps: "), "{sentence}");
    let document: Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert!(document["conclusion"][0]["probability"].is_number());
    assert_eq!(files(folder.path()), 0, "no incomplete image");

    let output = on_a_full_disk(folder.path(), &CALL);
    assert_eq!(output.status.code(), Some(9));
    assert!(stdout(&output).contains("Ranked conditions"), "{}", stdout(&output));
    assert!(stderr(&output).contains("error: the device has answered, but "), "{}", stderr(&output));
}

#[test]
fn an_output_that_cannot_be_written_is_no_call_that_was_not_made() {
    let folder = samples();
    let full = File::options().write(true).open("/dev/full").unwrap();
    let output = program().args(CALL).arg("--json").current_dir(folder.path()).stdout(full).output().unwrap();
    let sentence = assert_answered(&output);
    assert!(sentence.contains("standard output cannot be written"), "{sentence}");
    assert_eq!(files(folder.path()), 5, "the images are saved all the same");
}

#[test]
fn a_reader_that_is_gone_has_not_got_the_result() {
    let folder = samples();
    let mut child = program()
        .args(CALL)
        .arg("--json")
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert_answered(&child.wait_with_output().unwrap());
}

#[test]
fn a_list_that_nobody_called_for_is_no_answer() {
    let full = File::options().write(true).open("/dev/full").unwrap();
    let output = program().args(["--json", "scales"]).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let error = serde_json::from_str::<Value>(&stderr(&output)).unwrap()["error"].take();
    assert_eq!(error["delivery"], "notSent");
}

#[test]
fn a_folder_that_cannot_be_written_is_found_before_the_call() {
    let folder = samples();
    fs::write(folder.path().join("maps"), "a file").unwrap();
    let output = program().args(CALL).arg("--json").current_dir(folder.path()).output().unwrap();
    assert_eq!((output.status.code(), stdout(&output).as_str()), (Some(1), ""));
    let error = serde_json::from_str::<Value>(&stderr(&output)).unwrap()["error"].take();
    assert_eq!(error["delivery"], "notSent");
}
