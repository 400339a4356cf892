//! `report`: a page of what the other commands print, written once, for its owner only.

use super::{path, program, run, samples, stderr, stdout};
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Output;

/// Two stored documents of the sandbox, one of them about an image.
fn stored() -> tempfile::TempDir {
    let folder = samples();
    let image = path(folder.path(), "psoriasis-moderate.jpg");
    let support =
        ["--sandbox", "--json", "dx", &image, "--reference", "P-0042", "--thresholds", "50", "20", "50"];
    let about = ["--at", "armLeft", "--condition", "psoriasis", "--reference", "P-0042"];
    let answers = ["surface=2", "erythema=3", "induration=2", "desquamation=1"];
    let manual = [&["--sandbox", "--json", "severity", "manual", "pasi"], &about[..], &answers].concat();
    let lines = [stdout(&run(&support)), stdout(&run(&manual))].concat();
    assert_eq!(lines.lines().count(), 2, "{lines}");
    fs::write(folder.path().join("visits.ndjson"), lines).unwrap();
    folder
}

fn report(folder: &Path, line: &str) -> Output {
    program().current_dir(folder).arg("report").args(line.split(' ')).output().unwrap()
}

#[test]
fn a_page_shows_what_was_stored() {
    let folder = stored();
    let output =
        report(folder.path(), "visits.ndjson --image psoriasis-moderate.jpg acne-moderate.jpg -o page.html");
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(stdout(&output), "page.html: 2 documents, 1 photograph\n");
    assert_eq!(
        stderr(&output),
        "note: acne-moderate.jpg is not on the page: no document has its digest, so it is not what was sent\n"
    );
    let page = fs::read_to_string(folder.path().join("page.html")).unwrap();
    for wanted in [
        "SANDBOX: made up",
        "EA90",
        "P-0042",
        "Priority by the thresholds",
        "data:image/jpeg;base64,/9j/",
        "<strong>2.4</strong>",
        "Request id",
    ] {
        assert!(page.contains(wanted), "{wanted}");
    }
    assert!(!page.contains("No photograph given"));
    #[cfg(unix)]
    {
        let metadata = fs::metadata(folder.path().join("page.html")).unwrap();
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o777, 0o600);
    }
    let again = report(folder.path(), "visits.ndjson -o page.html");
    assert_eq!((again.status.code(), stdout(&again).as_str()), (Some(4), ""));
    let again = report(folder.path(), "-q visits.ndjson -o page.html --force");
    assert_eq!((again.status.code(), stderr(&again).as_str()), (Some(0), ""));
    assert!(fs::read_to_string(folder.path().join("page.html")).unwrap().contains("No photograph given"));
}

#[test]
fn a_file_without_a_document_is_named_and_what_is_read_is_not_written_over() {
    let folder = stored();
    fs::write(folder.path().join("empty.ndjson"), "\n").unwrap();
    let output = report(folder.path(), "visits.ndjson empty.ndjson -o page.html");
    assert_eq!(
        (output.status.code(), stderr(&output).as_str()),
        (Some(0), "note: left out: empty.ndjson holds no document\n")
    );
    let before = fs::read(folder.path().join("visits.ndjson")).unwrap();
    let output = report(folder.path(), "visits.ndjson -o visits.ndjson --force");
    assert_eq!(output.status.code(), Some(4));
    assert!(stderr(&output).contains("visits.ndjson is read"), "{}", stderr(&output));
    assert_eq!(fs::read(folder.path().join("visits.ndjson")).unwrap(), before);
}

/// What a person sees. The likeliest mistakes are explained, and none of them leaves a page.
#[test]
fn mistakes_are_explained() {
    let folder = stored();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    let stored = fs::read_to_string(folder.path().join("visits.ndjson")).unwrap();
    write("mixed.ndjson", &format!("{stored}\n{{\"manufacturer\": {{\"name\": \"x\"}}}}\n"));
    write("cut.ndjson", &stored[..stored.len() - 40]);
    write("failed.ndjson", "{\"index\":0,\"file\":\"a.jpg\",\"error\":{\"kind\":\"image\"}}\n");
    write("empty.ndjson", "\n");
    let mut text = String::new();
    for line in [
        "visits.ndjson",
        "psoriasis-moderate.jpg -o new.html",
        "mixed.ndjson -o new.html",
        "cut.ndjson -o new.html",
        "failed.ndjson -o new.html",
        "empty.ndjson -o new.html",
        "missing.ndjson -o new.html",
        "visits.ndjson --image visits.ndjson -o new.html",
        "visits.ndjson --image whole-body -o new.html",
        "visits.ndjson --sandbox -o new.html",
        "visits.ndjson --json -o new.html",
    ] {
        let output = report(folder.path(), line);
        writeln!(text, "$ legit-health report {line}\n{}{}", stdout(&output), stderr(&output)).unwrap();
        writeln!(text, "-- exit status {}\n", output.status.code().unwrap()).unwrap();
    }
    assert!(!folder.path().join("new.html").exists());
    let output = report(folder.path(), "visits.ndjson -o missing/new.html");
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).starts_with("error: cannot write missing/new.html: "), "{}", stderr(&output));
    insta::assert_snapshot!("mistakes", text);
}

/// A document may be printed on several lines, and a batch writes what was asked beside its result.
#[test]
fn documents_are_read_as_they_are_stored() {
    let folder = stored();
    let stored = fs::read_to_string(folder.path().join("visits.ndjson")).unwrap();
    let mut lines = stored.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let (support, mut score) = (lines.next().unwrap(), lines.next().unwrap());
    let request = score["request"].take();
    let line = serde_json::json!({"key": "00", "reference": "P-0042", "images": [], "request": request, "result": score});
    let failed = "{\"index\":0,\"file\":\"a.jpg\",\"error\":{\"kind\":\"image\"}}";
    fs::write(folder.path().join("other.json"), format!("{support:#}\n\n{line}\n{failed}")).unwrap();
    let output = report(folder.path(), "other.json visits.ndjson -o page.html");
    assert_eq!(stdout(&output), "page.html: 4 documents, 0 photographs\n", "{}", stderr(&output));
    let lines = 1 + format!("{support:#}").lines().count() + 2;
    assert_eq!(
        stderr(&output),
        format!("note: left out: other.json, line {lines}: the error of a case that has no result\n")
    );
}
