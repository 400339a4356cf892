//! The programs and commands of `docs/sandbox.md` do what it says, in the languages that are installed.

use std::io::Write;
use std::process::{Command, Output};

use legit_health_sandbox::{Config, Sandbox, samples};

const PAGE: &str = include_str!("../../docs/sandbox.md");

/// A language of the page: the word behind its fences, the program that runs it, and what comes before the file.
const LANGUAGES: [(&str, &str, &[&str]); 4] =
    [("sh", "sh", &["-eu"]), ("python", "python3", &[]), ("javascript", "node", &[]), ("php", "php", &[])];

/// Returns the code between fences of a language.
fn code_of(language: &str) -> Vec<&'static str> {
    let fence = format!("\n```{language}\n");
    let blocks = PAGE.split(fence.as_str()).skip(1);
    blocks.map(|rest| rest.split("\n```").next().unwrap()).collect()
}

/// Runs code with the sandbox's address and account in its environment; none if the language is not installed.
fn run(language: &str, code: &str, sandbox: &Sandbox) -> Option<Output> {
    let (_, program, arguments) = LANGUAGES.into_iter().find(|it| it.0 == language).unwrap();
    if !is_installed(program) || language == "sh" && !is_installed("curl") {
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let photo = samples::all().into_iter().find(|it| it.file_name == "psoriasis-moderate.jpg").unwrap();
    std::fs::write(folder.path().join("photo.jpg"), photo.bytes).unwrap();
    // Node takes a module by its name.
    let file = folder.path().join(if language == "javascript" { "code.mjs" } else { "code" });
    std::fs::write(&file, format!("{code}\n")).unwrap();
    let account = sandbox.account();
    let mut command = Command::new(program);
    command.args(arguments).arg(&file).current_dir(folder.path());
    command.env("LEGIT_HEALTH_URL", sandbox.base_url());
    command.env("LEGIT_HEALTH_USERNAME", &account.username).env("LEGIT_HEALTH_PASSWORD", &account.password);
    // A proxy of this machine does not know the sandbox.
    for name in ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
        command.env_remove(name);
    }
    Some(command.output().unwrap())
}

fn is_installed(program: &str) -> bool {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&folders).any(|folder| folder.join(program).is_file())
}

/// Written directly, because the test runner shows what a passing test prints to nobody. CI has every language.
fn skip(language: &str) {
    let is_required = std::env::var_os("LEGIT_HEALTH_BROWSER_TESTS").is_some_and(|value| value == "required");
    assert!(!is_required, "the snippets in {language} cannot run: it is not installed");
    let message =
        format!("\nSKIPPED: the snippets of docs/sandbox.md in {language}, which is not installed\n");
    std::io::stderr().write_all(message.as_bytes()).unwrap();
}

#[track_caller]
fn assert_succeeds(output: &Output, what: &str) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{what}:\n{}\n{}", text(&output.stdout), text(&output.stderr));
    text(&output.stdout)
}

async fn started() -> Sandbox {
    Config { seed: Some(1), ..Config::default() }.start().await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_language_prints_the_first_condition() {
    for (language, ..) in LANGUAGES {
        let code = code_of(language).into_iter().find(|code| code.contains("psoriasis/severe")).unwrap();
        let sandbox = started().await;
        let running = tokio::task::spawn_blocking(move || (run(language, code, &sandbox), sandbox));
        let (output, sandbox) = running.await.unwrap();
        let Some(output) = output else {
            skip(language);
            continue;
        };
        let printed = assert_succeeds(&output, language);
        let probability = printed.trim().strip_prefix("Psoriasis ").and_then(|rest| rest.strip_suffix(" %"));
        let probability: f64 = probability.expect(&printed).parse().expect(&printed);
        assert!((80.0..=84.0).contains(&probability), "{language}: {printed}");
        assert_eq!(sandbox.ledger().total().responses("diagnosis_support", 200), 1, "{language}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_other_command_of_the_page_succeeds() {
    for code in code_of("sh").into_iter().filter(|code| !code.contains("psoriasis/severe")) {
        let sandbox = started().await;
        match tokio::task::spawn_blocking(move || run("sh", code, &sandbox)).await.unwrap() {
            Some(output) => drop(assert_succeeds(&output, code)),
            None => skip("sh"),
        }
    }
}

/// The first program prints the first condition, as those of the other languages do.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_other_program_in_python_prints_what_the_page_shows() {
    for code in code_of("python").into_iter().skip(1) {
        let sandbox = started().await;
        match tokio::task::spawn_blocking(move || run("python", code, &sandbox)).await.unwrap() {
            Some(output) => {
                let printed = assert_succeeds(&output, code);
                assert!(code_of("text").contains(&printed.trim_end()), "the page does not show:\n{printed}");
            }
            None => skip("python"),
        }
    }
}

/// The sandbox lists an example of each kind of fault; the page has the same ones, or without members that may be left out.
#[tokio::test]
async fn every_kind_of_fault_is_on_the_page_and_is_taken() {
    let sandbox = Sandbox::start().await.unwrap();
    let address = format!("{}_sandbox/", sandbox.console_url());
    let listed: serde_json::Value = reqwest::get(&address).await.unwrap().json().await.unwrap();
    let kinds = listed["faults"].as_array().unwrap().iter().map(|fault| fault["kind"].as_str().unwrap());
    let rows = PAGE.lines().filter(|line| line.starts_with("| `{\"kind\""));
    let written: Vec<&str> =
        rows.flat_map(|row| row.split('`')).filter(|cell| cell.starts_with("{\"kind\"")).collect();
    for kind in kinds {
        let start = format!("{{\"kind\": \"{kind}\"");
        assert!(written.iter().any(|fault| fault.starts_with(&start)), "no fault of the kind {kind}");
    }
    for fault in written {
        let body = format!("{{\"fault\": {fault}}}");
        let response =
            reqwest::Client::new().post(format!("{address}faults")).body(body).send().await.unwrap();
        assert!(response.status().is_success(), "{fault}: {}", response.text().await.unwrap());
    }
}

/// The sandbox lists its controls itself: `PUT /_sandbox/accounts/{username}/scenario`.
#[tokio::test]
async fn every_control_is_named_by_a_command() {
    let sandbox = Sandbox::start().await.unwrap();
    let address = format!("{}_sandbox/", sandbox.console_url());
    let listed: serde_json::Value = reqwest::get(address).await.unwrap().json().await.unwrap();
    let page: Vec<&str> = PAGE.lines().filter(|line| line.contains("curl ")).collect();
    for control in listed["controls"].as_object().unwrap().keys() {
        let (method, path) = control.split_once(' ').unwrap();
        let path = path.replace("/_sandbox/accounts/{username}", "$account").replace("{id}", "$id");
        let path = path.replace("/_sandbox/samples/{file}", "/_sandbox/samples/acne-moderate.jpg");
        let path =
            path.strip_prefix("/_sandbox").map_or(path.clone(), |rest| format!("$root/_sandbox{rest}"));
        let is_meant = |line: &str| {
            let sends = if line.contains(" -d ") { "POST" } else { "GET" };
            let sent = line.split(" -X ").nth(1).map_or(sends, |rest| rest.split([' ', ')']).next().unwrap());
            line.contains(&format!("\"{path}\"")) && sent == method
        };
        assert!(page.iter().any(|line| is_meant(line)), "no command for {control}: {path}");
    }
}

#[test]
fn the_page_has_code_in_every_language() {
    assert!(LANGUAGES.iter().all(|(language, ..)| !code_of(language).is_empty()));
}
