//! `--each`: one case for each image.

#[cfg(target_os = "linux")]
use super::home::Served;
use super::{document, failure, path, program, run, samples, stderr, stdout};
use serde_json::Value;
use std::fs;

/// The lines of NDJSON, in the order of their index.
fn lines(text: &str) -> Vec<Value> {
    let mut lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    lines.sort_by_key(|line| line["index"].as_u64());
    lines
}

fn three_and_a_broken_one() -> tempfile::TempDir {
    let (all, folder) = (samples(), tempfile::tempdir().unwrap());
    for name in ["acne-moderate.jpg", "eczema-mild.jpg", "psoriasis-moderate.jpg"] {
        fs::copy(all.path().join(name), folder.path().join(name)).unwrap();
    }
    fs::write(folder.path().join("cut.jpg"), &fs::read(all.path().join("eczema-mild.jpg")).unwrap()[..2000])
        .unwrap();
    fs::write(folder.path().join("notes.txt"), "notes").unwrap();
    folder
}

#[test]
fn every_image_of_a_directory_is_a_case_and_the_summary_adds_up() {
    let folder = three_and_a_broken_one();
    let output =
        program().current_dir(folder.path()).args(["--sandbox", "dx", "--each", "."]).output().unwrap();
    assert_eq!(output.status.code(), Some(7), "{}", stderr(&output));
    let lines = lines(&stdout(&output));
    let files: Vec<_> = lines.iter().map(|line| line["file"].as_str().unwrap()).collect();
    assert_eq!(files, ["./acne-moderate.jpg", "./cut.jpg", "./eczema-mild.jpg", "./psoriasis-moderate.jpg"]);
    let first = |line: &Value| line["result"]["conclusion"][0]["code"]["text"].as_str().map(str::to_owned);
    let conditions: Vec<_> = lines.iter().map(first).collect();
    assert_eq!(conditions[0].as_deref(), Some("Acne"));
    assert!(conditions[3].as_deref().unwrap().contains("soriasis"), "each file has its own result");
    assert_eq!((conditions[1].as_deref(), lines[1]["error"]["kind"].as_str()), (None, Some("image")));
    assert_eq!(lines[1]["error"]["delivery"], "notSent");
    insta::assert_snapshot!("each", stderr(&output));
}

#[test]
fn a_script_gets_the_summary_as_json() {
    let folder = three_and_a_broken_one();
    let output = program()
        .current_dir(folder.path())
        .args(["--sandbox", "--json", "dx", "--max-in-flight", "1", "--each", "cut.jpg", "eczema-mild.jpg"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(7));
    let (text, said) = (stdout(&output), stderr(&output));
    assert_eq!(lines(&text)[1]["file"], "eczema-mild.jpg");
    let said: Vec<Value> = said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let summary = serde_json::json!({
        "given": 2, "answered": 1, "refused": 1, "failed": 0, "left": 0, "sent": 1, "underWay": 0,
    });
    assert_eq!((&said[0]["summary"], &said[1]["error"]["kind"]), (&summary, &"cases".into()));
}

#[test]
fn a_result_is_the_document_of_a_single_call() {
    let folder = three_and_a_broken_one();
    let image = path(folder.path(), "acne-moderate.jpg");
    let mut single = document(&run(&["--sandbox", "--json", "dx", &image]));
    let mut line =
        lines(&stdout(&run(&["--sandbox", "--json", "dx", "--each", &image]))).remove(0)["result"].take();
    for document in [&mut single, &mut line] {
        // What differs between any two calls.
        let members = document.as_object_mut().unwrap();
        members.retain(|name, _| !["identifier", "issued", "analysisDuration"].contains(&name.as_str()));
        for name in ["sentAt", "requestId"] {
            assert!(members["request"].as_object_mut().unwrap().remove(name).is_some());
        }
    }
    assert_eq!(single, line);
}

#[test]
fn if_all_have_one_reason_it_is_the_exit_status() {
    let folder = three_and_a_broken_one();
    let cut = path(folder.path(), "cut.jpg");
    let output = run(&["--sandbox", "dx", "--each", &cut, &cut]);
    assert_eq!(output.status.code(), Some(4), "{}", stderr(&output));
    assert_eq!(stdout(&output).lines().count(), 2);
}

#[test]
fn a_table_for_a_spreadsheet() {
    let folder = three_and_a_broken_one();
    fs::rename(folder.path().join("acne-moderate.jpg"), folder.path().join("=HYPERLINK(1),acne.jpg"))
        .unwrap();
    let output = program()
        .current_dir(folder.path())
        .args(["--sandbox", "severity", "local", "apasi", "surface=2", "--at", "headLeft"])
        .args(["--condition", "psoriasis", "--csv", "--max-in-flight", "1"])
        .args(["--each", "=HYPERLINK(1),acne.jpg", "cut.jpg"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(7), "{}", stderr(&output));
    insta::assert_snapshot!("each_csv", stdout(&output));
}

#[test]
fn a_directory_alone_is_not_guessed() {
    let folder = three_and_a_broken_one();
    let directory = folder.path().to_str().unwrap();
    let local = [
        "severity",
        "local",
        "apasi",
        directory,
        "surface=2",
        "--at",
        "headLeft",
        "--condition",
        "psoriasis",
    ];
    for arguments in [&["dx", directory][..], &local] {
        let output = program().args(["--sandbox", "--json"]).args(arguments).output().unwrap();
        let error = failure(&output);
        assert_eq!((output.status.code(), error["kind"].as_str()), (Some(2), Some("usage")));
        assert!(error["message"].as_str().unwrap().contains("is a directory"), "{error}");
        assert!(error["message"].as_str().unwrap().contains("--each"), "{error}");
    }
    let empty = tempfile::tempdir().unwrap();
    let output = run(&["--sandbox", "--json", "dx", "--each", empty.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(failure(&output)["message"].as_str().unwrap().contains("no image"));
    for wrong in [&["dx", "--csv", "a.jpg"][..], &["dx", "a.jpg", "--each", "b.jpg"], &["dx", "--each"]] {
        assert_eq!(run(wrong).status.code(), Some(2), "{wrong:?}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn many_cases_share_one_login_and_keep_to_the_limit_of_calls() {
    let (folder, sandbox) = (samples(), Served::start());
    let mut command = program();
    command.args(["dx", "--max-in-flight", "3", "--no-token-cache", "--each"]);
    command.arg(folder.path().join("whole-body"));
    let output = sandbox.environment(&mut command).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(stdout(&output).lines().count(), 17);
    let total = sandbox.control("GET", "ledger", "")["total"].take();
    assert_eq!(
        (total["loginsAccepted"].as_u64(), total["requests"]["diagnosis_support"]["200"].as_u64()),
        (Some(1), Some(17))
    );
    assert!((1..=3).contains(&total["mostInFlight"].as_u64().unwrap()), "{total}");
    assert_eq!(sandbox.end(), Some(130), "SIGTERM ends it cleanly");
}

#[test]
#[cfg(target_os = "linux")]
fn no_more_bytes_are_sent_at_once_than_the_limit() {
    let (folder, sandbox) = (samples(), Served::start());
    let views = folder.path().join("whole-body");
    for view in fs::read_dir(&views).unwrap() {
        let path = view.unwrap().path();
        // Two of them do not fit into 1 MiB.
        let large = [fs::read(&path).unwrap(), vec![0; 600_000]].concat();
        fs::write(&path, large).unwrap();
    }
    let mut command = program();
    command.args(["dx", "--max-in-flight", "8", "--max-megabytes", "1", "--each"]).arg(&views);
    let output = sandbox.environment(&mut command).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let total = sandbox.control("GET", "ledger", "")["total"].take();
    assert_eq!(total["requests"]["diagnosis_support"]["200"], 17);
    assert_eq!(total["mostInFlight"], 1);
}

#[test]
#[cfg(target_os = "linux")]
fn a_run_that_is_asked_to_end_says_what_was_under_way() {
    use std::io::{BufRead, BufReader, Read};
    use std::process::Stdio;

    let (folder, sandbox) = (three_and_a_broken_one(), Served::start());
    // The first is refused here, the second is never answered.
    let fault = r#"{"operation":"diagnosis_support","times":"always","fault":{"kind":"stall"}}"#;
    sandbox.control("POST", "faults", fault);
    let mut command = program();
    command.current_dir(folder.path()).args(["dx", "--max-in-flight", "1", "--each"]);
    command.args(["cut.jpg", "eczema-mild.jpg", "psoriasis-moderate.jpg"]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = sandbox.environment(&mut command).spawn().unwrap();
    let mut first = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut first).unwrap();
    assert!(first.contains("cut.jpg") && first.contains("\"error\""), "{first}");
    let arrived = || sandbox.control("GET", "ledger", "")["total"]["held"] == 1;
    while !arrived() {
        std::thread::yield_now();
    }
    super::home::terminate(&child);
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{said}");
    let summary =
        "3 given = 0 answered + 1 refused + 0 failed + 2 left; 0 sent; 1 of those left was under way";
    assert!(said.contains(summary), "{said}");
}
