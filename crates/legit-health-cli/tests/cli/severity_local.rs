//! `severity local`, and the images that a result brings along.

use super::{document, failure, path, program, run, samples, stderr, stdout};
use std::fs;
use std::path::Path;
use std::process::Output;

const PLAQUE: &str = "psoriasis-moderate.jpg";

fn apasi(folder: &Path, options: &[&str], image: &str, answers: &[&str]) -> Output {
    program()
        .current_dir(folder)
        .arg("--sandbox")
        .args(options)
        .args(["severity", "local", "apasi", image, "--at", "armLeft", "--condition", "psoriasis"])
        .args(answers)
        .output()
        .unwrap()
}

fn files(folder: &Path) -> Vec<String> {
    let name = |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name().to_str().unwrap().to_owned();
    let mut names: Vec<String> = folder.read_dir().unwrap().map(name).collect();
    names.sort();
    names
}

#[test]
fn a_score_of_an_image_reads_well() {
    let folder = samples();
    let output = apasi(folder.path(), &[], PLAQUE, &["surface=2"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let text = stdout(&output);
    assert!(text.lines().all(|line| line.chars().count() <= 80), "a line is wider than 80 columns:\n{text}");
    insta::assert_snapshot!("local", text);
}

#[test]
fn an_image_that_cannot_be_used_is_said_to_be_of_no_use() {
    let folder = samples();
    let text = stdout(&apasi(folder.path(), &[], "unusable-scribble.jpg", &["surface=2"]));
    assert!(text.contains("NOT USABLE, take it again"), "{text}");
}

#[test]
fn what_the_scale_asks_beside_the_image_is_not_left_out() {
    let folder = samples();
    let output = apasi(folder.path(), &["--json"], PLAQUE, &[]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        failure(&output)["message"],
        "`apasi` lacks answers: add `surface` (a whole number from 0 to 6)"
    );
    let output = run(&[
        "--sandbox",
        "--json",
        "severity",
        "local",
        "aladin",
        &path(folder.path(), "acne-moderate.jpg"),
        "--at",
        "headFront",
        "--condition",
        "acne",
        "surface=2",
    ]);
    assert_eq!(failure(&output)["message"], "`aladin` asks nothing: leave the answers out");
}

#[test]
fn a_bad_image_is_refused_before_anything_is_sent() {
    let folder = samples();
    fs::write(folder.path().join("empty.jpg"), b"").unwrap();
    let output = apasi(folder.path(), &["--json"], "empty.jpg", &["surface=2"]);
    assert_eq!(output.status.code(), Some(4));
    let error = failure(&output);
    assert_eq!((error["kind"].as_str(), error["delivery"].as_str()), (Some("image"), Some("notSent")));
}

#[test]
fn images_are_written_beside_what_is_there() {
    let folder = samples();
    let images = folder.path().join("images");
    let first = apasi(folder.path(), &[], PLAQUE, &["surface=2", "--save-images", "images"]);
    assert_eq!(first.status.code(), Some(0), "{}", stderr(&first));
    let names = files(&images);
    assert!(!names.is_empty() && names[0].starts_with("001-apasi-"), "{names:?}");
    for name in &names {
        assert!(
            stdout(&first).contains(&format!("\n  {}", Path::new("images").join(name).display())),
            "{name}"
        );
        assert!(fs::read(images.join(name)).unwrap().starts_with(b"\xFF\xD8\xFF"), "{name}");
        let safe = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        assert!(name.strip_suffix(".jpg").unwrap().chars().all(safe), "{name}");
    }

    let before: Vec<_> = names.iter().map(|name| fs::read(images.join(name)).unwrap()).collect();
    let document =
        document(&apasi(folder.path(), &["--json"], PLAQUE, &["surface=2", "--save-images", "images"]));
    let sent = document["patientEvolution"]["apasi"]["media"]["attachment"].as_object().unwrap().len();
    assert_eq!(files(&images).len(), names.len() + sent, "as many again");
    let after: Vec<_> = names.iter().map(|name| fs::read(images.join(name)).unwrap()).collect();
    assert!(before == after, "no file is overwritten");
}

#[test]
fn heat_maps_of_every_image_are_written_by_rank() {
    let folder = samples();
    let output = program()
        .current_dir(folder.path())
        .args(["--sandbox", "dx", PLAQUE, "eczema-mild.jpg", "--save-images", "maps"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let names = files(&folder.path().join("maps"));
    assert_eq!(names.len(), 10);
    assert_eq!(names[0], "001-image-1-condition-1-heat-map.jpg");
    assert_eq!(names[9], "010-image-2-condition-5-heat-map.jpg");
}

#[test]
fn a_place_where_nothing_can_be_written_is_found_before_the_call() {
    let folder = samples();
    let output = apasi(folder.path(), &["--json"], PLAQUE, &["surface=2", "--save-images", PLAQUE]);
    assert_eq!(output.status.code(), Some(1));
    let error = failure(&output);
    assert_eq!((error["kind"].as_str(), error["delivery"].as_str()), (Some("system"), Some("notSent")));
}
