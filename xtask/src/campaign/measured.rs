//! A test that is run in a release build, with larger settings than usual, for the figures that it prints.

use std::path::Path;
use std::process::Stdio;

use crate::cargo::cargo;

/// A test that prints its figures as one line of JSON.
pub(super) struct Measured<'a> {
    pub(super) package: &'a str,
    pub(super) target: &'a str,
    pub(super) test: &'a str,
    pub(super) settings: &'a [(&'a str, &'a str)],
}

impl Measured<'_> {
    /// Runs the test in a release build.
    pub(super) fn figures(&self, root: &Path) -> Result<serde_json::Value, String> {
        let output = cargo(root)
            .args(["test", "--release", "-p", self.package, "--test", self.target, "--"])
            .args(["--exact", self.test, "--nocapture"])
            .envs(self.settings.iter().copied())
            .stderr(Stdio::inherit())
            .output()
            .map_err(|error| format!("cargo cannot be run: {error}"))?;
        let stdout = String::from_utf8_lossy(&output.stdout);
        if !output.status.success() || !stdout.contains("1 passed") {
            return Err(format!("the test `{}` has failed or does not exist:\n{stdout}", self.test));
        }
        let line = stdout.lines().find_map(|line| line.find('{').map(|start| &line[start..]));
        line.and_then(|line| serde_json::from_str(line).ok())
            .ok_or_else(|| format!("the test `{}` prints no figures:\n{stdout}", self.test))
    }
}
