//! Runs the cargo that runs this program.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// Cargo in a folder, without arguments.
pub(crate) fn cargo(folder: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(folder);
    command
}

/// Builds in release with these arguments, and returns the programs that came of it. What cargo says goes to stderr.
pub(crate) fn build_release(root: &Path, arguments: &[&str]) -> Result<Vec<PathBuf>, String> {
    build(root, &[arguments, &["--release"]].concat())
}

/// Builds the integration test of this name as `cargo test --workspace` does, and returns its program.
pub(crate) fn build_test(root: &Path, name: &str) -> Result<PathBuf, String> {
    let programs = build(root, &["test", "--no-run", "--workspace", "--test", name])?;
    programs.into_iter().next_back().ok_or_else(|| format!("cargo has not built the test `{name}`"))
}

/// Builds what these arguments say, and returns the programs that came of it.
pub(crate) fn build(root: &Path, arguments: &[&str]) -> Result<Vec<PathBuf>, String> {
    let mut command = cargo(root);
    command.args(arguments).args(["--locked", "--message-format", "json-render-diagnostics"]);
    let output = command.stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| format!("cargo does not start: {error}"))?;
    if !output.status.success() {
        return Err(format!("`cargo {}` failed", arguments.join(" ")));
    }
    Ok(executables(&String::from_utf8_lossy(&output.stdout)))
}

/// A program of the registry that a command needs.
pub(crate) struct Tool {
    pub(crate) package: &'static str,
    pub(crate) version: &'static str,
    /// The arguments with which it prints its version.
    pub(crate) says_version: &'static [&'static str],
    /// Further arguments of `cargo install`.
    pub(crate) install: &'static [&'static str],
}

impl Tool {
    /// Returns the program, installed unless this version is there. Nothing outside of the folder changes.
    pub(crate) fn in_folder(&self, folder: &Path) -> Result<PathBuf, String> {
        let Self { package, version, .. } = self;
        let program = folder.join("bin").join(format!("{package}{}", std::env::consts::EXE_SUFFIX));
        let is_this = |output: Output| {
            let said = String::from_utf8_lossy(&output.stdout).into_owned();
            said.split_whitespace().any(|word| word.trim_start_matches('v') == *version)
        };
        if Command::new(&program).args(self.says_version).output().is_ok_and(is_this) {
            return Ok(program);
        }
        println!("installing {package} {version}");
        std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        // Without optimisation it builds in a quarter of the time.
        let mut install = cargo(Path::new("."));
        install.args(["install", "--quiet", "--locked", "--debug", "--force"]).args(self.install);
        install.arg(format!("{package}@{version}")).arg("--root").arg(folder);
        if install.env("CARGO_PROFILE_DEV_DEBUG", "0").status().is_ok_and(|status| status.success()) {
            return Ok(program);
        }
        Err(format!("{package} {version} cannot be installed"))
    }
}

fn executables(messages: &str) -> Vec<PathBuf> {
    let messages = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    messages.filter_map(|message| Some(PathBuf::from(message.get("executable")?.as_str()?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_names_the_programs_it_has_built() {
        let messages = "{\"reason\":\"compiler-artifact\",\"executable\":null}\n\
                        {\"reason\":\"compiler-artifact\",\"executable\":\"/t/release/bench\"}\n\
                        {\"reason\":\"build-finished\",\"success\":true}\n";
        assert_eq!(executables(messages), [PathBuf::from("/t/release/bench")]);
    }
}
