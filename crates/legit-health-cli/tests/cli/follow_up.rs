//! `follow-up`, and the member `request` that stored documents have.

use super::{document, failure, path, program, run, samples, stderr, stdout};
use legit_health::calls::Sha256Digest;
use serde_json::{Value, json};
use std::fmt::Write;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// A document as the device answers, with the member `request` of this program.
fn visit(date: &str, scale: &str, value: f64) -> Value {
    json!({
        "resourceType": "DiagnosticReport", "status": "preliminary", "issued": "2020-01-01T00:00:00",
        "analysisDuration": 1.5, "mediaValidity": {"isValid": true},
        "patientEvolution": {scale: {
            "score": {"value": value, "interpretation": {"category": "Moderate", "intensity": 2}},
            "item": {"erythema": {"value": (value / 4.0).round()}},
        }},
        "request": {
            "operation": "severity_local", "scale": scale, "bodySite": "legLeft", "condition": "psoriasis",
            "sentAt": format!("{date}T09:30:00.125Z"), "reference": "P-0042", "images": [{"sha256": "00"}],
            "device": {"version": "2.0.0", "udi": null},
        },
    })
}

/// A year of a patient, and what a clinic's file holds beside it.
fn year() -> Vec<String> {
    let mut unusable = visit("2026-03-30", "apasi", 9.0);
    unusable["mediaValidity"]["isValid"] = false.into();
    let mut other_patient = visit("2026-02-09", "apasi", 3.0);
    other_patient["request"]["reference"] = "P-0007".into();
    let mut other_site = visit("2026-02-02", "apasi", 2.0);
    other_site["request"]["bodySite"] = "armLeft".into();
    let mut dlqi = visit("2026-06-23", "dlqi", 4.0);
    dlqi["request"]["operation"] = "severity_manual".into();
    let documents = [
        visit("2026-06-22", "apasi", 6.4),
        visit("2026-01-05", "apasi", 14.4),
        other_patient,
        visit("2026-03-02", "apasi", 10.8),
        unusable,
        visit("2026-04-27", "apasi", 7.2),
        other_site,
        visit("2026-05-25", "pasi", 6.0),
        dlqi,
    ];
    let mut lines: Vec<String> = documents.iter().map(Value::to_string).collect();
    lines.insert(3, String::new());
    lines.push("not a document".to_owned());
    lines.push(json!({"index": 4, "file": "a.jpg", "error": {"kind": "image"}}).to_string());
    lines
}

fn folder(lines: &[String]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("visits.ndjson"), lines.join("\n")).unwrap();
    folder
}

/// What a person sees of `follow-up` with these words.
fn transcript(folder: &Path, lines: &[&str]) -> String {
    let mut text = String::new();
    for line in lines {
        let output = program().current_dir(folder).arg("follow-up").args(line.split(' ')).output().unwrap();
        writeln!(text, "$ legit-health follow-up {line}\n{}{}", stdout(&output), stderr(&output)).unwrap();
        if let Some(status @ 1..) = output.status.code() {
            writeln!(text, "-- exit status {status}\n").unwrap();
        }
    }
    text
}

#[test]
fn a_course_reads_well() {
    let folder = folder(&year());
    let text = transcript(
        folder.path(),
        &[
            "visits.ndjson --scale apasi",
            "visits.ndjson --scale apasi --baseline 2026-03-02 --criterion pasi50 --criterion pasi<=3",
        ],
    );
    assert!(text.lines().all(|line| line.chars().count() <= 80 || line.starts_with('$')), "{text}");
    insta::assert_snapshot!("course", text);
}

#[test]
fn mistakes_are_explained() {
    let folder = folder(&year());
    fs::write(folder.path().join("one.ndjson"), visit("2026-01-05", "dlqi", 9.0).to_string()).unwrap();
    fs::write(folder.path().join("empty.ndjson"), "\n\n").unwrap();
    fs::write(folder.path().join("scribble.ndjson"), "<html>\n".repeat(9)).unwrap();
    fs::write(folder.path().join("new.ndjson"), visit("2026-01-05", "newScale", 9.0).to_string()).unwrap();
    insta::assert_snapshot!(
        "mistakes",
        transcript(
            folder.path(),
            &[
                "visits.ndjson",
                "visits.ndjson --scale pazi",
                "visits.ndjson --scale apasi --criterion PASI95",
                "visits.ndjson --scale apasi --baseline 2025-12-24",
                "visits.ndjson --scale apasi --baseline Christmas",
                "visits.ndjson --scale apasi --reference P-0099",
                "one.ndjson",
                "empty.ndjson",
                "scribble.ndjson",
                "new.ndjson",
                "missing.ndjson",
                "visits.ndjson --sandbox",
            ],
        )
    );
}

#[test]
fn a_script_gets_the_course_as_a_document() {
    let folder = folder(&year());
    let file = path(folder.path(), "visits.ndjson");
    let document = document(&run(&["--json", "follow-up", &file, "--scale", "apasi"]));
    insta::assert_snapshot!("document", format!("{document:#}"));

    // Nothing is lost: each line with text is a visit or left out.
    let lines = year().iter().filter(|line| !line.is_empty()).count();
    let count = |list: &str| document[list].as_array().unwrap().len();
    assert_eq!(count("visits") + count("leftOut"), lines);

    let output = run(&["--json", "follow-up", &file, "--scale", "apasi", "--reference", "P-0099"]);
    let error = failure(&output);
    assert_eq!((output.status.code(), error["kind"].as_str()), (Some(4), Some("visits")), "{error}");
    assert_eq!(error["delivery"], "notSent");
}

#[test]
fn a_course_may_come_from_a_pipe() {
    let folder = folder(&year());
    let file = fs::File::open(folder.path().join("visits.ndjson")).unwrap();
    let output =
        program().args(["--json", "follow-up", "-", "--scale", "apasi"]).stdin(file).output().unwrap();
    assert_eq!(document(&output)["visits"].as_array().unwrap().len(), 4);
}

#[test]
fn the_documents_are_not_written_over_and_may_begin_with_a_mark_of_their_encoding() {
    let mut lines = year();
    lines[0].insert(0, '\u{FEFF}');
    let folder = folder(&lines);
    let file = folder.path().join("visits.ndjson");
    let before = fs::read(&file).unwrap();
    let follow_up = |options: &[&str]| {
        let mut command = program();
        command.current_dir(folder.path()).args(["--json", "follow-up", "visits.ndjson", "--scale", "apasi"]);
        command.args(options).output().unwrap()
    };
    assert_eq!(document(&follow_up(&[]))["visits"].as_array().unwrap().len(), 4);
    let output = follow_up(&["--svg", "visits.ndjson", "--force"]);
    assert_eq!(output.status.code(), Some(4), "{}", stderr(&output));
    assert!(fs::read(&file).unwrap() == before);
}

#[test]
fn a_chart_is_written_once_unless_told_otherwise() {
    let folder = folder(&year());
    let chart = folder.path().join("course.svg");
    let draw = |options: &[&str]| {
        let mut command = program();
        command.current_dir(folder.path()).args(["follow-up", "visits.ndjson", "--scale", "apasi"]);
        command.args(["--svg", "course.svg"]).args(options).output().unwrap()
    };
    assert_eq!(draw(&[]).status.code(), Some(0));
    let svg = fs::read_to_string(&chart).unwrap();
    assert!(svg.starts_with("<svg ") && svg.contains("PASI75 (3.6)") && svg.contains("P-0042"), "{svg}");
    #[cfg(unix)]
    assert_eq!(
        std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&chart).unwrap().permissions()) & 0o777,
        0o600
    );

    let again = draw(&[]);
    assert_eq!((again.status.code(), stdout(&again).as_str()), (Some(4), ""));
    assert_eq!(stderr(&again), "error: course.svg exists: name another file, or add `--force`\n");
    assert_eq!(draw(&["--force", "--criterion", "PASI50"]).status.code(), Some(0));
    assert!(!fs::read_to_string(&chart).unwrap().contains("PASI75 (3.6)"));

    assert_eq!(draw(&["--force", "--png", "course.png"]).status.code(), Some(0));
    let picture = fs::read(folder.path().join("course.png")).unwrap();
    assert!(picture.starts_with(b"\x89PNG\r\n"));
    assert_eq!(draw(&["--force", "--png", "course.png"]).status.code(), Some(0));
}

fn pasi(folder: &Path, erythema: &str) -> String {
    let arguments = ["--sandbox", "--json", "severity", "manual", "pasi", "--at", "armLeft"];
    let about = ["--condition", "psoriasis", "--reference", "P-0042"];
    let answers = ["surface=2", erythema, "induration=2", "desquamation=1"];
    let output = program().current_dir(folder).args(arguments).args(about).args(answers).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    stdout(&output)
}

#[test]
fn what_severity_prints_is_read_again() {
    let folder = samples();
    let stored = [pasi(folder.path(), "erythema=4"), pasi(folder.path(), "erythema=1")].concat();
    fs::write(folder.path().join("visits.ndjson"), &stored).unwrap();
    assert_eq!(stored.lines().count(), 2, "one document a line");
    let first: Value = serde_json::from_str(stored.lines().next().unwrap()).unwrap();
    let mut request = first["request"].clone();
    let sent_at = request["sentAt"].take();
    assert!(request["requestId"].take().is_string());
    assert!(sent_at.as_str().unwrap().ends_with('Z') && sent_at.as_str().unwrap().len() == 24, "{sent_at}");
    let expected = json!({
        "operation": "severity_manual", "scale": "pasi", "bodySite": "armLeft", "condition": "psoriasis", "sentAt": null,
        "reference": "P-0042", "images": [], "device": {"version": env!("CARGO_PKG_VERSION"), "udi": null},
        "requestId": null,
    });
    assert_eq!(request, expected);

    let course = document(&run(&["--json", "follow-up", &path(folder.path(), "visits.ndjson")]));
    assert_eq!((course["sandbox"].as_bool(), course["reference"].as_str()), (Some(true), Some("P-0042")));
    assert_eq!(
        (course["visits"][0]["value"].as_f64(), course["visits"][1]["change"].as_f64()),
        (Some(2.8), Some(1.2))
    );
    assert_eq!(course["criteria"][0], json!({"name": "PASI50", "outcome": "notMet", "reason": null}));
}

/// A whole body has targets of its own, and needs to be told from a site where a file holds both.
#[test]
fn a_whole_body_is_followed_as_one() {
    let whole = |date: &str, value: f64| {
        let mut document = visit(date, "avasi", value);
        let images = vec![json!({"sha256": "00"}); 17];
        document["request"] = json!({
            "operation": "severity_global", "scale": "avasi", "bodySite": null, "condition": "vitiligo",
            "sentAt": format!("{date}T09:30:00.125Z"), "reference": "P-0042", "images": images,
            "device": {"version": "2.0.0", "udi": null},
        });
        document["patientEvolution"]["avasi"]["item"] = Value::Null;
        document
    };
    let lines = [visit("2026-01-04", "avasi", 9.0), whole("2026-01-05", 40.0), whole("2026-06-22", 18.0)];
    let folder = folder(&lines.map(|document| document.to_string()));
    let course =
        document(&run(&["--json", "follow-up", &path(folder.path(), "visits.ndjson"), "--at", "wholeBody"]));
    assert_eq!(course["visits"].as_array().unwrap().len(), 2);
    let outcome = |name: &str| {
        let criteria = course["criteria"].as_array().unwrap();
        criteria.iter().find(|criterion| criterion["name"] == name).unwrap()["outcome"].clone()
    };
    assert_eq!(
        (outcome("T-VASI30"), outcome("T-VASI50"), outcome("F-VASI75")),
        ("met".into(), "met".into(), "notApplicable".into())
    );
}

/// `batch export --ndjson` writes what was asked beside the result.
#[test]
fn lines_of_a_batch_are_read() {
    let line = |date: &str, value: f64| {
        let mut result = visit(date, "apasi", value);
        let mut request = result.as_object_mut().unwrap().remove("request").unwrap();
        let reference = request.as_object_mut().unwrap().remove("reference").unwrap();
        json!({"key": "00", "reference": reference, "images": [{"file": "a.jpg"}], "state": "recorded", "request": request,
            "result": result}).to_string()
    };
    let left =
        json!({"key": "00", "reference": null, "images": [], "state": "left", "request": {}}).to_string();
    let folder = folder(&[line("2026-01-05", 14.4), left, line("2026-06-22", 3.6)]);
    let course = document(&run(&["--json", "follow-up", &path(folder.path(), "visits.ndjson")]));
    assert_eq!((&course["bodySite"], &course["reference"]), (&"legLeft".into(), &"P-0042".into()));
    assert_eq!(course["criteria"][1], json!({"name": "PASI75", "outcome": "met", "reason": null}));
    assert_eq!(course["leftOut"][0]["line"], 2);
}

/// The digest is that of the image as it is sent. A sandbox in this process gets samples whole, because they name a scenario.
#[test]
fn images_are_named_by_their_digests() {
    let folder = samples();
    let sample = |name: &str| Sha256Digest::of(&fs::read(folder.path().join(name)).unwrap()).to_string();
    let image = path(folder.path(), "psoriasis-moderate.jpg");
    let about = ["--at", "armLeft", "--condition", "psoriasis"];
    let local = ["--sandbox", "--json", "severity", "local", "apasi", &image, "surface=2"];
    let local = document(&run(&[&local[..], &about[..]].concat()));
    assert_eq!(local["request"]["images"], json!([{"sha256": sample("psoriasis-moderate.jpg")}]));
    assert_eq!(local["request"]["operation"], "severity_local");

    let support = document(&run(&["--sandbox", "--json", "dx", &image, "--reference", "P-0042"]));
    assert_eq!(support["request"]["images"], json!([{"sha256": sample("psoriasis-moderate.jpg")}]));
    assert_eq!(
        (&support["request"]["scale"], support["request"]["reference"].as_str()),
        (&Value::Null, Some("P-0042"))
    );

    let views = path(folder.path(), "whole-body");
    let whole = document(&run(&[
        "--sandbox",
        "--json",
        "severity",
        "global",
        "avasi",
        &views,
        "--condition",
        "vitiligo",
    ]));
    let images = whole["request"]["images"].as_array().unwrap();
    assert_eq!(images.len(), 17);
    let face = sample("whole-body/faceFront.jpg");
    assert!(images.contains(&json!({"sha256": face, "view": "faceFront"})), "{images:?}");

    let each = ["--sandbox", "severity", "local", "apasi", "surface=2", "--each", &image];
    let output = run(&[&each[..], &about[..]].concat());
    let line: Value = serde_json::from_str(stdout(&output).trim()).unwrap();
    assert_eq!(line["result"]["request"]["images"], json!([{"sha256": sample("psoriasis-moderate.jpg")}]));
}

#[test]
#[cfg(target_os = "linux")]
fn the_device_is_asked_for_its_version_once_for_each_token() {
    use super::home::{Home, Served};
    let (sandbox, home) = (Served::start(), Home::new());
    let score = || {
        let mut command = home.program();
        let about = ["--at", "armLeft", "--condition", "psoriasis"];
        let output = sandbox
            .environment(&mut command)
            .args(["--json", "severity", "manual", "uas", "pruritus=2", "wheals=1"])
            .args(about)
            .output()
            .unwrap();
        document(&output)["request"]["device"]["version"].as_str().unwrap().to_owned()
    };
    let asked = || {
        let ledger = sandbox.control("GET", "ledger", "");
        ledger["total"]["requests"]["device_information"]["200"].as_u64()
    };
    for _ in 0..3 {
        assert_eq!(score(), env!("CARGO_PKG_VERSION"));
        assert_eq!((asked(), sandbox.logins()), (Some(1), 1));
    }
    let mut logout = home.program();
    assert!(sandbox.environment(&mut logout).arg("logout").output().unwrap().status.success());
    score();
    assert_eq!((asked(), sandbox.logins()), (Some(2), 2), "a new login asks again");
}
