//! The console in a browser: every job, with axe, and without a message, a foreign request or a secret. Not in the package,
//! which lacks the walk: `tests/browser` of the workspace.
//!
//! It needs Node, what `npm ci` installs there, and Chromium. Without one of them it says what it skipped, unless
//! `LEGIT_HEALTH_BROWSER_TESTS` is `required`.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use legit_health_sandbox::{Config, Sandbox};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/browser");

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_can_do_every_job_of_the_console() {
    let (node, browser) = match programs() {
        Ok(programs) => programs,
        Err(missing) => return skip(&missing),
    };
    let sandbox = Sandbox::start().await.expect("a free port");
    let without_bodies =
        Config { keep_bodies: false, ..Config::default() }.start().await.expect("a free port");
    let account = sandbox.account().clone();
    let addresses = [sandbox.console_url().to_owned(), without_bodies.console_url().to_owned()];
    let walk = tokio::task::spawn_blocking(move || {
        let mut walk = Command::new(node);
        walk.current_dir(FOLDER).env("LEGIT_HEALTH_TEST_BROWSER", browser).arg("console.mjs");
        walk.args([&addresses[0], &account.username, &account.password, &addresses[1]]);
        // Where to write pictures of every screen, for a person to look at.
        walk.args(std::env::var_os("LEGIT_HEALTH_SCREENSHOTS"));
        walk.output().expect("node starts")
    });
    let output = walk.await.expect("the walk does not panic");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}\n{}", text(&output.stdout), text(&output.stderr));
    assert!(text(&output.stdout).ends_with("the console works\n"));
}

/// Returns Node and the browser, or what is missing.
fn programs() -> Result<(PathBuf, PathBuf), String> {
    let node = find("node").ok_or("node is not installed")?;
    let browser = std::env::var_os("LEGIT_HEALTH_TEST_BROWSER").map(PathBuf::from);
    let browser = browser.or_else(|| find("chromium")).ok_or("chromium is not installed")?;
    for package in ["playwright-core", "axe-core"] {
        if !Path::new(FOLDER).join("node_modules").join(package).is_dir() {
            return Err(format!("{package} is not installed: run `npm ci --prefix tests/browser`"));
        }
    }
    Ok((node, browser))
}

fn find(program: &str) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders).map(|folder| folder.join(program)).find(|path| path.is_file())
}

/// Written directly, because the test runner shows what a passing test prints to nobody.
fn skip(missing: &str) {
    let is_required = std::env::var_os("LEGIT_HEALTH_BROWSER_TESTS").is_some_and(|value| value == "required");
    assert!(!is_required, "the browser test of the console cannot run: {missing}");
    let message = format!("\nSKIPPED: the browser test of the sandbox's console, because {missing}\n");
    std::io::stderr().write_all(message.as_bytes()).expect("stderr takes a line");
}
