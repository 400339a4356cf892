//! The program as a script and a person see it: what it prints where, and how it ends.
#![allow(clippy::unwrap_used)]

#[cfg(target_os = "linux")]
mod account;
#[cfg(target_os = "linux")]
mod batch;
#[cfg(target_os = "linux")]
#[path = "../../../legit-health-batch/tests/batch/cluster.rs"]
#[allow(dead_code)]
mod cluster;
mod course;
#[cfg(target_os = "linux")]
mod doctor;
mod each;
mod follow_up;
#[cfg(target_os = "linux")]
mod home;
mod inspect;
mod lists;
#[cfg(target_os = "linux")]
mod not_stored;
mod report;
mod sandbox;
mod server_text;
mod severity_global;
mod severity_local;
mod severity_manual;
#[cfg(target_os = "linux")]
mod shared_batch;
mod surroundings;
mod transcripts;

use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_legit-health"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("LEGIT_HEALTH_")) {
        command.env_remove(name);
    }
    for name in ["XDG_CONFIG_HOME", "XDG_CACHE_HOME", "APPDATA", "LOCALAPPDATA"] {
        command.env_remove(name);
    }
    // Neither a profile nor a token of whoever runs the tests is read, and none is written.
    command.env("HOME", concat!(env!("CARGO_TARGET_TMPDIR"), "/no-home"));
    command.env("LEGIT_HEALTH_NO_TOKEN_CACHE", "1");
    command
}

fn run(arguments: &[&str]) -> Output {
    program().args(arguments).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn document(output: &Output) -> Value {
    assert_eq!(output.status.code(), Some(0), "{}", stderr(output));
    assert_eq!(stderr(output), "", "a script is told nothing but the document");
    serde_json::from_str(&stdout(output)).unwrap()
}

/// What a script reads when a command fails.
fn failure(output: &Output) -> Value {
    assert_eq!(stdout(output), "");
    let text = stderr(output);
    assert_eq!(text.lines().count(), 1, "{text}");
    serde_json::from_str::<Value>(&text).unwrap()["error"].take()
}

/// Painted images in a folder of their own.
fn samples() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let output = program().arg("samples").arg(folder.path()).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    folder
}

fn path(folder: &Path, name: &str) -> String {
    folder.join(name).to_str().unwrap().to_owned()
}

#[test]
fn the_demonstration_reads_well() {
    let output = run(&["demo"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let text = stdout(&output);
    assert!(text.lines().all(|line| line.chars().count() <= 80), "a line is wider than 80 columns:\n{text}");
    insta::assert_snapshot!("demo", text);
}

#[test]
fn help_names_every_command() {
    let output = run(&["--help"]);
    assert_eq!(output.status.code(), Some(0));
    insta::assert_snapshot!("help", stdout(&output));
}

#[test]
fn diagnosis_support_reads_well() {
    let folder = samples();
    let output = program()
        .current_dir(folder.path())
        .args(["--sandbox", "dx", "psoriasis-moderate.jpg", "unusable-scribble.jpg"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let text = stdout(&output);
    assert!(text.lines().all(|line| line.chars().count() <= 80), "a line is wider than 80 columns:\n{text}");
    insta::assert_snapshot!("diagnosis_support", text);
}

#[test]
fn diagnosis_support_as_json_is_the_document() {
    let folder = samples();
    let image = |name| path(folder.path(), name);
    let images = [image("eczema-mild.jpg"), image("unusable-scribble.jpg"), image("psoriasis-moderate.jpg")];
    let [first, second, third] = images.each_ref().map(String::as_str);
    let document = document(&run(&["--sandbox", "--json", "diagnosis-support", first, second, third]));

    assert!(document["conclusion"][0]["probability"].as_f64().unwrap() > 1.0, "percent");
    let analyses = document["imagingAnalysis"].as_array().unwrap();
    let valid: Vec<_> =
        analyses.iter().map(|analysis| analysis["mediaValidity"]["isValid"].as_bool().unwrap()).collect();
    assert_eq!(valid, [true, false, true]);
    let code = |analysis: &Value| {
        analysis["conclusion"][0]["code"]["coding"][0]["code"].as_str().unwrap().to_owned()
    };
    assert_eq!((code(&analyses[0]), code(&analyses[2])), ("EA89".to_owned(), "EA90".to_owned()));
    let heat_map = &analyses[0]["conclusion"][0]["explainability"]["heatMap"];
    assert!(heat_map["data"].as_str().unwrap().starts_with("/9j/"));
    assert!(document["sandbox"]["notice"].as_str().unwrap().contains("not intended for any medical purpose"));
}

/// A JPEG without its comment segments.
fn without_comments(jpeg: &[u8]) -> Vec<u8> {
    const SCAN: u8 = 0xDA;
    const COMMENT: u8 = 0xFE;
    let mut kept = jpeg[..2].to_vec();
    let mut at = 2;
    while jpeg[at + 1] != SCAN {
        let end = at + 2 + usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
        if jpeg[at + 1] != COMMENT {
            kept.extend_from_slice(&jpeg[at..end]);
        }
        at = end;
    }
    kept.extend_from_slice(&jpeg[at..]);
    kept
}

#[test]
fn a_scenario_can_be_named() {
    let folder = samples();
    let image = path(folder.path(), "psoriasis-moderate.jpg");
    let first = |document: &Value| document["conclusion"][0]["code"]["text"].as_str().unwrap().to_owned();
    let output = run(&["--sandbox", "--json", "--scenario", "nonsense", "dx", &image]);
    let error = failure(&output);
    assert_eq!((output.status.code(), error["kind"].as_str()), (Some(2), Some("usage")), "{error}");
    assert!(first(&document(&run(&["--sandbox", "--json", "dx", &image]))).contains("soriasis"));

    // A JPEG without its comment says nothing itself, so what is named counts.
    let whole = fs::read(&image).unwrap();
    let silent = path(folder.path(), "silent.jpg");
    fs::write(&silent, without_comments(&whole)).unwrap();
    assert!(first(&document(&run(&["--sandbox", "--json", "dx", &silent]))).starts_with("Sandbox condition"));
    let named = document(&run(&["--sandbox", "--json", "--scenario", "acne/mild", "dx", &silent]));
    assert_eq!(first(&named), "Acne");
}

#[test]
fn the_label_says_that_it_is_the_sandbox() {
    let document = document(&run(&["--sandbox", "--json", "device"]));
    assert!(document["manufacturer"]["name"].as_str().unwrap().contains("sandbox"));
    assert!(stdout(&run(&["--sandbox", "device"])).contains("this is not the device"));
}

#[test]
fn without_an_account_it_stops_and_says_what_to_set() {
    let folder = samples();
    let image = path(folder.path(), "psoriasis-moderate.jpg");
    let output = run(&["diagnosis-support", &image]);
    assert_eq!((output.status.code(), stdout(&output).as_str()), (Some(2), ""));
    insta::assert_snapshot!("no_account", stderr(&output));

    let output = run(&["--json", "device"]);
    let error = failure(&output);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        (error["kind"].as_str(), error["delivery"].as_str()),
        (Some("configuration"), Some("notSent"))
    );
}

/// Arguments replace the environment, and what the files hold is checked before anything is sent.
#[test]
fn a_wrong_file_of_certificates_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = path(folder.path(), "notes.txt");
    fs::write(&file, "s3cret").unwrap();
    for (arguments, beginning) in [
        (vec!["device"], "LEGIT_HEALTH_CA_FILE (\"absent.pem\") cannot be read"),
        (vec!["sites"], "LEGIT_HEALTH_CA_FILE (\"absent.pem\") cannot be read"),
        (vec!["device", "--ca-certificate", &file], "--ca-certificate (\""),
        (vec!["--ca-certificate", &file, "sites"], "--ca-certificate (\""),
    ] {
        let output = program()
            .arg("--json")
            .args(arguments)
            .env("LEGIT_HEALTH_CA_FILE", "absent.pem")
            .env("LEGIT_HEALTH_URL", "https://device.invalid/v2.0")
            .env("LEGIT_HEALTH_USERNAME", "clinic@example.org")
            .env("LEGIT_HEALTH_PASSWORD", "s3cret")
            .output()
            .unwrap();
        let error = failure(&output);
        assert_eq!(
            (output.status.code(), error["kind"].as_str()),
            (Some(2), Some("configuration")),
            "{error}"
        );
        let message = error["message"].as_str().unwrap();
        assert!(message.starts_with(beginning) && !message.contains("s3cret"), "{message}");
    }
    for (option, problem) in [
        ("--client-certificate", "it is not PEM text"),
        ("--client-key", "there is no client certificate for this key"),
    ] {
        let output = program()
            .args(["device", option, &file])
            .env("LEGIT_HEALTH_URL", "https://device.invalid/v2.0")
            .env("LEGIT_HEALTH_USERNAME", "clinic@example.org")
            .env("LEGIT_HEALTH_PASSWORD", "s3cret")
            .output()
            .unwrap();
        let text = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert!(text.contains(option) && text.contains(problem) && text.lines().count() == 1, "{text}");
    }
}

#[test]
fn an_address_in_the_clear_is_refused() {
    let output = program()
        .args(["--json", "device"])
        .env("LEGIT_HEALTH_URL", "http://device.example/v2.0")
        .env("LEGIT_HEALTH_USERNAME", "clinic@example.org")
        .env("LEGIT_HEALTH_PASSWORD", "s3cret")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let message = failure(&output)["message"].as_str().unwrap().to_owned();
    assert_eq!(
        message,
        "LEGIT_HEALTH_URL: the base URL is not encrypted: use https (http is accepted for loopback addresses only)"
    );
}

#[test]
fn nobody_at_the_address() {
    let unused = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let output = program()
        .args(["--json", "device"])
        .env("LEGIT_HEALTH_URL", format!("http://127.0.0.1:{unused}/v2.0"))
        .env("LEGIT_HEALTH_USERNAME", "clinic@example.org")
        .env("LEGIT_HEALTH_PASSWORD", "s3cret")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(5), "{}", stderr(&output));
    let error = failure(&output);
    assert_eq!((error["kind"].as_str(), error["delivery"].as_str()), (Some("connection"), Some("notSent")));
}

#[test]
fn bad_images_are_refused_by_name_before_anything_is_sent() {
    let folder = samples();
    let whole = fs::read(folder.path().join("psoriasis-moderate.jpg")).unwrap();
    fs::write(folder.path().join("cut.jpg"), &whole[..whole.len() / 2]).unwrap();
    fs::write(folder.path().join("empty.jpg"), b"").unwrap();
    let mut sentences = String::new();
    for name in ["cut.jpg", "empty.jpg", "missing.jpg"] {
        let output = program().current_dir(folder.path()).args(["--sandbox", "dx", name]).output().unwrap();
        assert_eq!((output.status.code(), stdout(&output).as_str()), (Some(4), ""));
        sentences += &stderr(&output);
    }
    insta::assert_snapshot!("bad_images", sentences);
}

#[test]
fn picture_data_that_end_early_are_noticed_unless_told_otherwise() {
    let folder = samples();
    let whole = fs::read(folder.path().join("psoriasis-moderate.jpg")).unwrap();
    let part = [&whole[..whole.len() * 3 / 4], &[0xFF, 0xD9]].concat();
    fs::write(folder.path().join("part.jpg"), part).unwrap();
    let part = path(folder.path(), "part.jpg");
    let output = run(&["--sandbox", "dx", &part]);
    assert_eq!((output.status.code(), stdout(&output).as_str()), (Some(4), ""));
    let sentence = stderr(&output);
    assert!(sentence.contains(&part) && sentence.contains("its picture data ends at line"), "{sentence}");
    let output = run(&["--sandbox", "--no-verify", "dx", &part]);
    assert!(output.status.success(), "{}", stderr(&output));
}

/// The sandbox gets what the device would get: the image without its metadata, and without what is wrong there.
#[test]
fn what_is_wrong_outside_the_image_does_not_reach_the_sandbox() {
    let folder = samples();
    let image = path(folder.path(), "stray.jpg");
    let mut whole = without_comments(&fs::read(folder.path().join("psoriasis-moderate.jpg")).unwrap());
    whole.splice(2..2, *b"\0\0");
    fs::write(&image, whole).unwrap();
    let output = run(&["--sandbox", "dx", &image]);
    assert!(output.status.success(), "{}", stderr(&output));
}

#[test]
fn an_option_for_a_device_is_not_ignored_beside_a_sandbox() {
    for option in ["--ca-certificate", "--client-key", "--profile"] {
        let output = run(&["--sandbox", "--json", "device", option, "ward.pem"]);
        let error = failure(&output);
        assert_eq!((output.status.code(), error["kind"].as_str()), (Some(2), Some("usage")));
        let sentence = format!("`{option}` is for a device, and `--sandbox` calls none: leave one out");
        assert_eq!(error["message"], sentence.as_str());
    }
}

#[test]
fn no_image_and_four_images() {
    let folder = samples();
    let image = path(folder.path(), "psoriasis-moderate.jpg");
    let output = run(&["--sandbox", "--json", "dx"]);
    let error = failure(&output);
    assert_eq!((output.status.code(), error["kind"].as_str()), (Some(2), Some("usage")));
    assert!(error["message"].as_str().unwrap().contains("IMAGE"), "{error}");
    let output = run(&["--sandbox", "--json", "dx", &image, &image, &image, &image]);
    assert_eq!(output.status.code(), Some(4));
    assert_eq!(
        failure(&output)["message"],
        "wrong number of images: diagnosis support takes 1 to 3, not 4; send the others in another call"
    );
}

#[test]
fn samples_are_never_overwritten() {
    let folder = samples();
    let again = program().arg("samples").arg(folder.path()).output().unwrap();
    assert!(again.status.success(), "the same files again are no conflict: {}", stderr(&again));
    fs::write(folder.path().join("psoriasis-moderate.jpg"), b"mine").unwrap();
    let refused = program().arg("samples").arg(folder.path()).output().unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert_eq!(fs::read(folder.path().join("psoriasis-moderate.jpg")).unwrap(), b"mine");
}

#[test]
fn a_script_gets_its_usage_error_as_json() {
    let output = run(&["--json", "no-such-command"]);
    assert_eq!((output.status.code(), failure(&output)["kind"].as_str()), (Some(2), Some("usage")));
    let output = run(&["--json", "demo"]);
    assert_eq!((output.status.code(), failure(&output)["kind"].as_str()), (Some(2), Some("usage")));
}
