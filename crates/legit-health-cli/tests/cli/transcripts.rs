//! Transcripts: the help of each command, what it prints when it works, and the likeliest mistakes; and the commands of the
//! pages and of the help, run as they are printed.

use super::{program, samples, stderr, stdout};
use std::fmt::Write;
use std::path::Path;
use std::process::Output;

/// Nothing of the terminal, the language or the user's settings changes what is printed.
fn say(folder: &Path, line: &str) -> (String, Output) {
    let arguments = words(line);
    let output = program()
        .current_dir(folder)
        .args(&arguments)
        .env("HOME", folder)
        .env("XDG_CONFIG_HOME", folder.join("config"))
        .env("XDG_CACHE_HOME", folder.join("cache"))
        .env("COLUMNS", "80")
        .env("TERM", "xterm-256color")
        .env("LANG", "de_DE.UTF-8")
        .env_remove("NO_COLOR")
        .env_remove("CLICOLOR_FORCE")
        .output()
        .unwrap();
    let mut text = format!("$ legit-health {line}\n{}", stdout(&output));
    if !output.stderr.is_empty() {
        write!(text, "-- stderr\n{}", stderr(&output)).unwrap();
    }
    if let Some(status @ 1..) = output.status.code() {
        writeln!(text, "-- exit status {status}").unwrap();
    }
    (text.replace(folder.to_str().unwrap(), "~"), output)
}

/// Words of a shell's line, without quoting.
fn words(line: &str) -> Vec<&str> {
    line.split_whitespace().collect()
}

fn transcript(lines: &[&str]) -> String {
    let folder = samples();
    std::fs::write(folder.path().join("notes.txt"), "notes").unwrap();
    lines.iter().map(|line| say(folder.path(), line).0).collect::<Vec<_>>().join("\n")
}

const COMMANDS: [&str; 23] = [
    "demo",
    "diagnosis-support",
    "batch",
    "batch plan",
    "batch run",
    "batch status",
    "batch retry",
    "batch export",
    "inspect",
    "follow-up",
    "report",
    "severity",
    "severity manual",
    "severity local",
    "severity global",
    "device",
    "scenarios",
    "sandbox",
    "sites",
    "scales",
    "completions",
    "man",
    "samples",
];

#[test]
fn the_help_of_every_command() {
    let lines: Vec<String> = COMMANDS.iter().map(|command| format!("{command} --help")).collect();
    let text = transcript(&lines.iter().map(String::as_str).collect::<Vec<_>>());
    insta::assert_snapshot!("help_of_commands", text);
}

#[test]
fn diagnosis_support() {
    insta::assert_snapshot!(transcript(&[
        "--sandbox dx melanoma-dermoscopic.jpg nevus-dermoscopic.jpg --thresholds 50 20 50",
        "--sandbox -q dx --each eczema-mild.jpg notes.txt --csv --max-in-flight 1",
        "dx psoriasis-moderate.jpg",
        "dx",
        "dx missing.jpg",
        "--sandbox dx notes.txt",
        "--sandbox dx whole-body",
        "--sandbox dx eczema-mild.jpg --csv",
        "--sandbox --scenario psoriasys dx eczema-mild.jpg",
        "--scenario acne dx eczema-mild.jpg",
        "--sandbox dx eczema-mild.jpg --thresholds 50 120 50",
    ]));
}

#[test]
fn inspect() {
    insta::assert_snapshot!(transcript(&[
        "inspect eczema-mild.jpg -o cleaned.jpg",
        "inspect eczema-mild.jpg -o cleaned.jpg",
        "inspect eczema-mild.jpg -o eczema-mild.jpg --force",
        "inspect missing.jpg notes.txt eczema-mild.jpg",
        "inspect",
        "inspect eczema-mild.jpg --force",
        "inspect eczema-mild.jpg --sandbox",
    ]));
}

#[test]
fn severity() {
    insta::assert_snapshot!(transcript(&[
        "--sandbox severity manual pasi --at armLeft --condition psoriasis surface=2 erythema=3 induration=2 desquamation=1",
        "--sandbox severity manual pasi --at armLeft --condition psoriasis surface=2 erythema=9",
        "--sandbox severity manual pasi --at armLeft --condition psoriasis surface=2",
        "--sandbox severity manual pasi --at leftArm --condition psoriasis",
        "--sandbox severity manual pasi --at elbow --condition psoriasis",
        "--sandbox severity manual pazi --at armLeft --condition psoriasis",
        "--sandbox severity manual apasi --at armLeft --condition psoriasis",
        "--sandbox severity manual pasi --condition psoriasis",
        "--sandbox severity local apasi missing.jpg --at armLeft --condition psoriasis surface=2",
        "--sandbox severity global avasi missing --condition vitiligo",
        "--sandbox severity global avasi . --condition vitiligo",
    ]));
}

#[test]
fn lists_and_the_rest() {
    insta::assert_snapshot!(transcript(&[
        "--sandbox device",
        "scenarios",
        "scales dlqi",
        "scales nothing",
        "scales pasi --condition EA90",
        "--sandbox scales --condition EA90",
        "sandbox --sandbox",
        "sandbox --port 99999",
        "demo --json",
        "completions tcsh",
        "man notes.txt",
        "samples notes.txt",
        "--color sometimes device",
        "device --timeout 0",
        "diagnose",
        "-q -v device",
    ]));
}

/// Lines that begin with `legit-health`, and those that a clone runs through cargo.
fn printed(text: &str) -> Vec<String> {
    let text = text.replace("\\\n", " ");
    let commands = text.lines().filter_map(|line| {
        let line = line.trim_start_matches("$ ");
        if line.ends_with("--help") {
            return None;
        }
        let line = line.trim_start();
        let line = line
            .strip_prefix("legit-health ")
            .or_else(|| line.strip_prefix("cargo run -p legit-health-cli -- "))?;
        let line =
            Some(line).filter(|line| !line.starts_with('='))?.split(['#', '|', '>']).next().unwrap().trim();
        Some(line.to_owned())
    });
    commands.collect()
}

/// The ranking at the beginning of README.md is what its command prints.
#[test]
fn the_ranking_in_the_readme_is_printed() {
    let readme = include_str!("../../../../README.md");
    let (_, transcript) = readme.split_once("```text\n$ legit-health ").unwrap();
    let (command, ranking) = transcript.split_once("\n```").unwrap().0.split_once('\n').unwrap();
    let folder = samples();
    let (text, _) = say(folder.path(), command);
    assert!(text.contains(ranking), "{text}");
}

#[test]
fn commands_of_the_pages_and_of_the_help_work_as_printed() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let pages = [
        "README.md",
        "crates/legit-health-cli/README.md",
        "docs/getting-started.md",
        "docs/recipes/course-and-page.md",
        "docs/configuration.md",
        "docs/errors.md",
        "docs/images.md",
        "docs/it-and-privacy.md",
    ]
    .map(|name| std::fs::read_to_string(root.join(name)).unwrap())
    .concat();
    let folder = samples();
    let copy =
        |from: &str, to: &str| std::fs::copy(folder.path().join(from), folder.path().join(to)).unwrap();
    // Files of the reader's own.
    copy("psoriasis-moderate.jpg", "lesion.jpg");
    copy("psoriasis-moderate.jpg", "my-image.jpg");
    std::fs::create_dir_all(folder.path().join("docs/course")).unwrap();
    let visits = "docs/course/visits.ndjson";
    std::fs::copy(root.join(visits), folder.path().join(visits)).unwrap();
    std::fs::create_dir(folder.path().join("photos")).unwrap();
    copy("psoriasis-moderate.jpg", "photos/one.jpg");
    let visit = |date: &str, value: f64| {
        let request = format!(r#"{{"bodySite": "armLeft", "reference": "P-0042", "sentAt": "{date}"}}"#);
        format!(
            r#"{{"patientEvolution": {{"pasi": {{"score": {{"value": {value}}}}}}}, "request": {request}}}"#
        )
    };
    let visits = [visit("2026-01-05", 7.2), visit("2026-03-02", 3.6), visit("2026-04-27", 1.8)];
    std::fs::write(folder.path().join("visits.ndjson"), visits.join("\n")).unwrap();
    let help: String =
        COMMANDS.iter().map(|command| say(folder.path(), &format!("{command} --help")).0).collect();
    let examples = help.lines().filter(|line| line.starts_with("  "));
    for line in examples {
        assert!(line.chars().count() <= 80, "{line}");
    }
    let lines: Vec<String> = printed(&pages).into_iter().chain(printed(&help)).collect();
    assert!(lines.len() > 30, "{lines:?}");
    for line in &lines {
        // These serve until they are interrupted, or need an account; others have tests of their own.
        let is_left_out = line.starts_with("sandbox")
            || ["login", "logout", "whoami", "doctor", "--json device"]
                .iter()
                .any(|name| line.starts_with(name))
            || line.starts_with("severity manual");
        if is_left_out {
            continue;
        }
        let line = line.replace("~/", "home/");
        let (text, output) = say(folder.path(), &line);
        assert!(output.status.success(), "{text}");
    }
}
