//! Runs a script of this folder in Node with Chromium. Each test of a page in a browser includes this file.
//!
//! It needs Node, what `npm ci` installs here, and Chromium. Without one of them the test says what it skipped, unless
//! `LEGIT_HEALTH_BROWSER_TESTS` is `required`.

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/browser");

/// Runs the script and fails if it does; its last line must be `done`. Blocks meanwhile.
pub(crate) fn walk(script: &str, arguments: &[impl AsRef<OsStr>], done: &str) {
    let (node, browser) = match programs() {
        Ok(programs) => programs,
        Err(missing) => return skip(script, &missing),
    };
    let mut walk = Command::new(node);
    walk.current_dir(FOLDER).env("LEGIT_HEALTH_TEST_BROWSER", browser).arg(script).args(arguments);
    let output = walk.output().expect("node starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}\n{}", text(&output.stdout), text(&output.stderr));
    assert!(text(&output.stdout).ends_with(&format!("{done}\n")));
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
fn skip(script: &str, missing: &str) {
    let is_required = std::env::var_os("LEGIT_HEALTH_BROWSER_TESTS").is_some_and(|value| value == "required");
    assert!(!is_required, "the browser test {script} cannot run: {missing}");
    let message = format!("\nSKIPPED: the browser test {script}, because {missing}\n");
    std::io::stderr().write_all(message.as_bytes()).expect("stderr takes a line");
}
