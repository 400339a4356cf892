//! `legit-health inspect`: what is removed is named, what is written is what would be sent, and nothing is overwritten.

use super::{document, failure, path, program, run, samples, stderr, stdout};
use legit_health::Image;
use std::fs;
use std::path::Path;

/// A sample with an Exif block that names a place, a time and a serial number, and with a second picture behind its end.
fn photograph(folder: &Path) -> Vec<u8> {
    let whole = fs::read(folder.join("psoriasis-moderate.jpg")).unwrap();
    let entry =
        |tag: u16, value: u32| [&tag.to_be_bytes()[..], &[0, 4, 0, 0, 0, 1], &value.to_be_bytes()].concat();
    let directory = |entries: &[Vec<u8>]| {
        [&(entries.len() as u16).to_be_bytes()[..], &entries.concat(), &[0; 4]].concat()
    };
    let block = [
        &b"Exif\0\0MM\0\x2A\0\0\0\x08"[..],
        &directory(&[entry(0x0132, 0), entry(0x8769, 50), entry(0x8825, 68)]),
        &directory(&[entry(0xA431, 0)]),
        &directory(&[entry(2, 0)]),
    ]
    .concat();
    let length = (block.len() + 2) as u16;
    [&whole[..2], &[0xFF, 0xE1], &length.to_be_bytes(), &block, &whole[2..], &whole].concat()
}

#[test]
fn what_is_removed_is_named_and_what_is_written_is_what_would_be_sent() {
    let folder = samples();
    let whole = photograph(folder.path());
    fs::write(folder.path().join("photo.jpg"), &whole).unwrap();
    let output = program()
        .current_dir(folder.path())
        .args(["inspect", "photo.jpg", "--output", "clean.jpg"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    insta::assert_snapshot!("inspect", format!("{}---\n{}", stdout(&output), stderr(&output)));
    let sent = Image::open(folder.path().join("photo.jpg")).unwrap().verify().unwrap().read().unwrap();
    assert!(fs::read(folder.path().join("clean.jpg")).unwrap() == sent);
    assert!(fs::read(folder.path().join("photo.jpg")).unwrap() == whole, "the image itself stays as it is");
}

#[test]
fn the_document_adds_up() {
    let folder = samples();
    fs::write(folder.path().join("photo.jpg"), photograph(folder.path())).unwrap();
    let document = document(&run(&["--json", "inspect", &path(folder.path(), "photo.jpg")]));
    let image = &document["images"][0]["image"];
    let number = |member: &str| image[member].as_u64().unwrap();
    assert_eq!(number("sentBytes") + number("removedBytes"), number("imageBytes"));
    let removed = image["removed"].as_array().unwrap();
    let kinds: Vec<_> = removed.iter().map(|removed| removed["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["exif", "text", "secondPicture"]);
    assert_eq!(removed[0]["exif"], serde_json::json!(["place", "time", "serialNumber"]));
    let sum: u64 = removed.iter().map(|removed| removed["bytes"].as_u64().unwrap()).sum();
    assert_eq!(sum, number("removedBytes"));
    assert_eq!(document["images"][0]["isComplete"], true);
}

#[test]
fn one_bad_file_does_not_stop_the_rest() {
    let folder = samples();
    let good = path(folder.path(), "psoriasis-moderate.jpg");
    let whole = fs::read(&good).unwrap();
    let bad = path(folder.path(), "cut.jpg");
    fs::write(&bad, &whole[..whole.len() / 2]).unwrap();
    let output = run(&["inspect", &bad, &good]);
    assert_eq!(output.status.code(), Some(7));
    assert!(
        stdout(&output).contains("truncated JPEG") && stdout(&output).contains("complete"),
        "{}",
        stdout(&output)
    );
    assert!(stderr(&output).ends_with("error: 1 of 2 images failed: see above\n"), "{}", stderr(&output));

    let output = run(&["inspect", &bad]);
    assert_eq!(output.status.code(), Some(4));
    let output = run(&["--json", "inspect", &bad, &bad]);
    assert_eq!(output.status.code(), Some(4));
    let document: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(document["images"][1]["error"]["kind"], "image");
    assert!(stderr(&output).contains("\"2 of 2 images failed: see above\""), "{}", stderr(&output));
}

#[test]
fn picture_data_that_end_early_are_said_with_the_facts() {
    let folder = samples();
    let whole = fs::read(folder.path().join("psoriasis-moderate.jpg")).unwrap();
    let part = path(folder.path(), "part.jpg");
    fs::write(&part, [&whole[..whole.len() * 3 / 4], &[0xFF, 0xD9]].concat()).unwrap();
    let output = run(&["inspect", &part, "-o", &path(folder.path(), "never.jpg")]);
    assert_eq!(output.status.code(), Some(4));
    assert!(
        stdout(&output).contains("NOT COMPLETE") && stdout(&output).contains("640 × 480"),
        "{}",
        stdout(&output)
    );
    assert!(!folder.path().join("never.jpg").exists());
    let output = run(&["inspect", "--no-verify", &part]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
}

#[test]
fn directories_are_read_and_written() {
    let folder = samples();
    let clean = folder.path().join("clean");
    let output = program()
        .arg("inspect")
        .arg(folder.path().join("whole-body"))
        .arg("-o")
        .arg(&clean)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(clean.read_dir().unwrap().count(), 17);
    let view = clean.join("faceFront.jpg");
    let sent = Image::open(folder.path().join("whole-body/faceFront.jpg")).unwrap().read().unwrap();
    assert!(fs::read(view).unwrap() == sent);
}

#[test]
fn nothing_is_overwritten_unless_it_is_forced_and_never_the_image_itself() {
    let folder = samples();
    let (image, other) = (path(folder.path(), "psoriasis-moderate.jpg"), path(folder.path(), "other.jpg"));
    let whole = fs::read(&image).unwrap();
    fs::write(&other, b"mine").unwrap();
    let output = run(&["--json", "inspect", &image, "-o", &other]);
    assert_eq!(output.status.code(), Some(4));
    assert!(stderr(&output).contains("exists: name another file, or add `--force`"), "{}", stderr(&output));
    assert_eq!(fs::read(&other).unwrap(), b"mine");
    assert_eq!(run(&["inspect", &image, "-o", &other, "--force"]).status.code(), Some(0));
    assert!(fs::read(&other).unwrap() != b"mine");

    let beside = path(folder.path(), "./psoriasis-moderate.jpg");
    let directory = folder.path().to_str().unwrap().to_owned();
    #[cfg(unix)]
    let link = {
        let link = path(folder.path(), "link.jpg");
        std::os::unix::fs::symlink(&image, &link).unwrap();
        link
    };
    #[cfg(not(unix))]
    let link = beside.clone();
    for target in [&image, &beside, &directory, &link] {
        let output = run(&["inspect", &image, "-o", target, "--force"]);
        assert_eq!(output.status.code(), Some(4), "{target}");
        assert!(stderr(&output).contains("is the image itself"), "{}", stderr(&output));
        assert!(fs::read(&image).unwrap() == whole);
    }
}

#[test]
fn it_has_no_options_about_a_device() {
    let output = run(&["--json", "--sandbox", "inspect", "a.jpg"]);
    assert_eq!(failure(&output)["message"], "`inspect` has no `--sandbox`: leave it out");
    assert_eq!(output.status.code(), Some(2));
    let help = stdout(&run(&["inspect", "--help"]));
    assert!(!help.contains("--sandbox") && help.contains("--no-verify"), "{help}");
}
