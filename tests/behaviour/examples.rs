//! Programs of the guide: each Rust block of README.md and docs/ is a part of an example, word for word, and each example runs.

use legit_health::scale::Dlqi;
use legit_health_sandbox::{Config, Sandbox, samples};
use schemars::schema_for;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Once;
use tempfile::TempDir;

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// A block of a page, and the example that the last link before it leads to.
struct Block {
    page: String,
    package: String,
    example: String,
    content: Content,
}

enum Content {
    /// A part of the example.
    Rust(String),
    /// What the example prints, as the line before the block says.
    Output(String),
}

/// README.md and the pages of docs/, by their paths. `regenerating.rs` runs those of its page in a crate that they make.
fn pages() -> Vec<String> {
    let docs = root().join("docs");
    let name = |page: &PathBuf| page.strip_prefix(root()).unwrap().to_str().unwrap().replace('\\', "/");
    let mut pages: Vec<String> = crate::pages::pages(&docs).iter().map(name).collect();
    pages.push("README.md".to_owned());
    pages.retain(|page| page != "docs/regenerating.md");
    pages.sort();
    pages
}

/// Returns package and name of the example that a line links to.
fn linked_example(line: &str) -> Option<(String, String)> {
    let targets = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let examples = targets.filter_map(|target| {
        let (package, file) = target.split_once("crates/")?.1.split_once("/examples/")?;
        Some((package.to_owned(), file.strip_suffix(".rs")?.to_owned()))
    });
    examples.last()
}

fn blocks() -> Vec<Block> {
    let mut blocks = Vec::new();
    for page in pages() {
        let text = fs::read_to_string(root().join(&page)).unwrap();
        let (mut example, mut before) = (None, "");
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            example = linked_example(line).or(example);
            if let Some(language) = line.strip_prefix("```") {
                let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
                let content = match language {
                    "rust" => Content::Rust(block.join("\n")),
                    "text" if before.ends_with("prints:") => Content::Output(block.join("\n")),
                    _ => continue,
                };
                let Some((package, example)) = example.clone() else {
                    panic!("{page}: no link to an example precedes the block\n{}", block.join("\n"))
                };
                blocks.push(Block { page: page.clone(), package, example, content });
            } else if !line.is_empty() {
                before = line;
            }
        }
    }
    blocks
}

/// These end when they are interrupted; `upload_handler.rs` runs them.
const SERVERS: [&str; 1] = ["upload_handler"];

#[tokio::test(flavor = "multi_thread")]
async fn every_program_of_the_guide_runs_and_prints_what_its_page_says() {
    let sandbox = Config { seed: Some(7), scenario: "psoriasis/moderate".parse().ok(), ..Config::default() };
    let sandbox = sandbox.start().await.unwrap();
    let folder = folder();
    let mut printed: BTreeMap<String, String> = BTreeMap::new();
    for Block { page, package, example, content } in blocks() {
        if !printed.contains_key(&example) && !SERVERS.contains(&&*example) {
            printed.insert(example.clone(), run(&example, &sandbox, &folder));
        }
        match content {
            Content::Rust(text) => {
                let file = format!("crates/{package}/examples/{example}.rs");
                let source = fs::read_to_string(root().join(&file)).unwrap();
                assert!(source.contains(&text), "{page} and {file} differ:\n{text}");
            }
            Content::Output(text) => {
                let printed = &printed[&example];
                assert!(printed.contains(&text), "{page} says\n{text}\nand {example} prints\n{printed}");
            }
        }
    }
    assert!(printed.len() >= 9, "the guide has few programs: {:?}", printed.keys());
}

/// `…` in a manifest is the folder of a clone.
#[test]
fn the_manifests_of_the_guide_name_crates_that_exist() {
    let texts = pages().into_iter().map(|page| fs::read_to_string(root().join(page)).unwrap());
    let all: String = texts.collect();
    let paths: Vec<&str> =
        all.split("path = \"…/").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert!(paths.len() >= 3, "{paths:?}");
    for path in paths {
        assert!(root().join(path).join("Cargo.toml").is_file(), "there is no crate {path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_worklist_begins_with_urgent_cases() {
    let sandbox = Config { scenario: "melanoma".parse().ok(), ..Config::default() }.start().await.unwrap();
    let printed = run("worklist", &sandbox, &folder());
    let cases =
        printed.lines().filter(|line| !line.starts_with(' ')).map(|line| line.split(',').next().unwrap());
    assert_eq!(cases.collect::<Vec<_>>(), ["P-0007: Urgent", "P-0011: Urgent", "P-0023: Undetermined"]);
}

/// A folder with what the examples read. It is their home directory, too.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let samples = samples::all();
    let write = |name: &str, sample: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let sample = samples.iter().find(|it| it.file_name == sample).unwrap();
        fs::write(path, &sample.bytes).unwrap();
    };
    for (name, sample) in [
        ("photo.jpg", "psoriasis-moderate.jpg"),
        ("front.jpg", "psoriasis-moderate.jpg"),
        ("close-up.jpg", "acne-moderate.jpg"),
        ("arm.jpg", "eczema-mild.jpg"),
        ("photos/1.jpg", "psoriasis-moderate.jpg"),
        ("photos/2.jpg", "acne-moderate.jpg"),
        ("photos/3.jpg", "eczema-mild.jpg"),
        ("cases/P-0007/1.jpg", "psoriasis-moderate.jpg"),
        ("cases/P-0007/2.jpg", "eczema-mild.jpg"),
        ("cases/P-0011/1.jpg", "melanoma-dermoscopic.jpg"),
        ("cases/P-0011/2.jpg", "unusable-scribble.jpg"),
        ("cases/P-0023/1.jpg", "unusable-scribble.jpg"),
    ] {
        write(name, sample);
    }
    fs::copy(root().join("docs/course/visits.ndjson"), folder.path().join("visits.ndjson")).unwrap();
    folder
}

/// Runs an example and returns what it prints.
fn run(example: &str, sandbox: &Sandbox, folder: &TempDir) -> String {
    let output =
        program(example, sandbox).current_dir(folder.path()).env("HOME", folder.path()).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{example}: {}\n{}", text(&output.stdout), text(&output.stderr));
    assert!(!output.stdout.is_empty(), "{example} printed nothing");
    text(&output.stdout)
}

/// An example with the account of a sandbox, and nothing of the user's own settings.
pub fn program(example: &str, sandbox: &Sandbox) -> Command {
    let mut program = Command::new(binary(example));
    let ours = std::env::vars_os().map(|(name, _)| name);
    for name in ours.filter(|name| name.to_string_lossy().starts_with("LEGIT_HEALTH_")) {
        program.env_remove(name);
    }
    for name in ["XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"] {
        program.env_remove(name);
    }
    program
        .env("HOME", "/nonexistent")
        .env("LEGIT_HEALTH_URL", sandbox.base_url())
        .env("LEGIT_HEALTH_USERNAME", &sandbox.account().username)
        .env("LEGIT_HEALTH_PASSWORD", &sandbox.account().password);
    program
}

/// Returns the path of a built example. All are built together with the features of `cargo test --workspace`, so that
/// nothing is built twice.
fn binary(example: &str) -> PathBuf {
    static BUILT: Once = Once::new();
    BUILT.call_once(|| {
        let built = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--workspace", "--examples"])
            .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap())
            .status()
            .unwrap();
        assert!(built.success());
    });
    let test = std::env::current_exe().unwrap();
    let folder = test.parent().unwrap().parent().unwrap().join("examples");
    folder.join(format!("{example}{}", std::env::consts::EXE_SUFFIX))
}

/// The example needs the feature `schemars`.
#[test]
fn answer_schema_prints_the_schema_of_an_answer_sheet() {
    let output = Command::new(binary("answer_schema")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(printed, schema_for!(Dlqi).to_value());
    assert_eq!(
        printed["properties"]["questionnaireResponse"]["properties"]["item"]["properties"]["question1"]["maximum"],
        3
    );
}

/// Ctrl-C while four calls are in flight: they end, and no further one begins.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn many_photos_lets_the_calls_end_that_have_begun_when_it_is_interrupted() {
    use legit_health_sandbox::{Clock, InjectedFault, Injection, Operation, Times};
    use std::io::{BufRead, BufReader};
    use std::process::Stdio;
    use std::time::Duration;

    let sandbox = Config { clock: Clock::fixed(), ..Config::default() }.start().await.unwrap();
    let slow = InjectedFault::Latency { by: Duration::from_secs(60) };
    let slow = Injection {
        operation: Some(Operation::DiagnosisSupport),
        times: Times::Always,
        ..Injection::for_everyone(slow)
    };
    sandbox.inject(slow).unwrap();
    let photos = tempfile::tempdir().unwrap();
    for (number, sample) in samples::all().iter().enumerate() {
        fs::write(photos.path().join(format!("{number}.jpg")), &sample.bytes).unwrap();
    }
    let mut program = program("many_photos", &sandbox);
    program.arg(photos.path()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut program = program.spawn().unwrap();
    sandbox.wait_until(|ledger| ledger.total().held == 4).await;

    let pid = rustix::process::Pid::from_child(&program);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    let mut said = String::new();
    BufReader::new(program.stderr.take().unwrap()).read_line(&mut said).unwrap();
    assert_eq!(said, "waiting for 4 calls; press Ctrl-C again to drop them\n");
    sandbox.clock().advance(Duration::from_secs(60));

    let output = program.wait_with_output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(printed.ends_with("4 done, 0 failed, 0 dropped, 5 not begun\n"), "{printed}");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(sandbox.ledger().total().requests_of("diagnosis_support"), 4);
}
