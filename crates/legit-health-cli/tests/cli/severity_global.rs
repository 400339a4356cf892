//! `severity global`: a folder of views, whole or in part.

use super::{document, failure, program, samples, stderr, stdout};
use std::fs;
use std::path::Path;
use std::process::Output;

#[rustfmt::skip]
const VIEWS: [&str; 17] = [
    "armLeftBottom", "armLeftTop", "armRightBottom", "armRightTop", "faceFront", "faceLeft", "faceRight", "footLeft",
    "footRight", "handLeft", "handRight", "legsBack", "legsFront", "trunkBack", "trunkFront", "trunkLeft", "trunkRight",
];

/// A folder with a sample image for each of these views.
fn body(views: &[&str]) -> tempfile::TempDir {
    let (painted, body) = (samples(), tempfile::tempdir().unwrap());
    for view in views {
        fs::copy(painted.path().join("vitiligo-severe.jpg"), body.path().join(format!("{view}.jpg")))
            .unwrap();
    }
    body
}

fn avasi(body: &Path, options: &[&str]) -> Output {
    program()
        .current_dir(body)
        .args(["--sandbox", "severity", "global", "avasi", ".", "--condition", "vitiligo"])
        .args(options)
        .output()
        .unwrap()
}

#[test]
fn a_whole_body_reads_well() {
    let body = body(&VIEWS);
    let output = avasi(body.path(), &[]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let text = stdout(&output);
    assert!(text.lines().all(|line| line.chars().count() <= 80), "a line is wider than 80 columns:\n{text}");
    insta::assert_snapshot!("global", text);
}

#[test]
fn a_part_of_a_body_is_scored_on_purpose_only() {
    let body = body(&["faceFront", "handLeft"]);
    let refused = avasi(body.path(), &["--json"]);
    assert_eq!(refused.status.code(), Some(4));
    let sentence = failure(&refused)["message"].as_str().unwrap().to_owned();
    assert!(sentence.contains("legsFront") && !sentence.contains("handLeft"), "{sentence}");
    assert!(sentence.ends_with("; or add `--partial`"), "{sentence}");

    let text = stdout(&avasi(body.path(), &["--partial"]));
    assert!(text.contains("\n  covers        2 of 17 views: NOT A WHOLE BODY\n"), "{text}");
    let document = document(&avasi(body.path(), &["--partial", "--json"]));
    let views = document["patientEvolution"]["avasi"]["item"].as_object().unwrap().keys();
    assert_eq!(views.collect::<Vec<_>>(), ["faceFront", "handLeft"]);
}

/// A partial set does not show which view was left out.
#[test]
fn no_image_is_left_out_silently() {
    let body = body(&["faceFront", "handleft"]);
    let sample = body.path().join("faceFront.jpg");
    for name in ["faceRight.jpe", "trunkFront.jfif", "TRUNKBACK.JPG"] {
        fs::copy(&sample, body.path().join(name)).unwrap();
    }
    for side_file in ["._faceLeft.jpg", "Thumbs.db", "desktop.ini"] {
        fs::write(body.path().join(side_file), "\0\x05\x16\x07").unwrap();
    }
    fs::write(body.path().join("notes.txt"), "no image").unwrap();
    let output = avasi(body.path(), &["--partial"]);
    let note = "not used, because it is not an image: notes.txt";
    assert!(stderr(&output).lines().any(|line| line == note), "{}", stderr(&output));
    let scored = document(&avasi(body.path(), &["--partial", "--json"]));
    let views = scored["patientEvolution"]["avasi"]["item"].as_object().unwrap().keys();
    assert_eq!(views.collect::<Vec<_>>(), ["faceFront", "faceRight", "handLeft", "trunkBack", "trunkFront"]);

    fs::write(body.path().join("faceLeft.heic"), b"\0\0\0\x18ftypheic\0\0\0\0mif1heic").unwrap();
    fs::copy(&sample, body.path().join("hand_right.jpg")).unwrap();
    for options in [&["--partial", "--json"][..], &["--json"]] {
        let output = avasi(body.path(), options);
        assert_eq!(output.status.code(), Some(4));
        let sentence = failure(&output)["message"].as_str().unwrap().to_owned();
        for part in [
            "1 image not named after a view",
            "faceLeft: unsupported image format: HEIC/HEIF",
            "; see hand_right.jpg, faceLeft.heic",
        ] {
            assert!(sentence.contains(part), "{sentence}");
        }
    }
}

#[test]
fn two_photos_of_a_view_and_none_at_all() {
    let body = body(&["faceFront"]);
    fs::copy(body.path().join("faceFront.jpg"), body.path().join("faceFront.jpeg")).unwrap();
    let twice = failure(&avasi(body.path(), &["--partial", "--json"]));
    assert_eq!(
        twice["message"],
        ".: more than one image of faceFront (keep one each); see faceFront.jpeg, faceFront.jpg"
    );

    let empty = tempfile::tempdir().unwrap();
    let output = avasi(empty.path(), &["--partial", "--json"]);
    assert_eq!(output.status.code(), Some(4));
    assert_eq!(
        failure(&output)["message"],
        ".: no image of a view in the directory (name images after their views, such as faceFront.jpg)"
    );
}
