//! `cargo xtask campaign linters`: what linters of OpenAPI and generators of other languages make of our documents.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use super::write_page;
use crate::{Outcome, exit_code};

const PAGE: &str = "docs/maintainers/linters.md";
const DOCUMENTS: [&str; 2] = ["openapi/device.yaml", "openapi/catalog.yaml"];

const NPM: [(&str, &str); 4] = [
    ("@redocly/cli", "2.77.0"),
    ("@stoplight/spectral-cli", "6.16.3"),
    ("openapi-typescript", "7.13.0"),
    ("typescript", "5.9.3"),
];
const PYTHON: (&str, &str) = ("openapi-python-client", "0.29.1");

/// The warnings that remain, and why.
const REASONS: [(&str, &str); 4] = [
    ("info-license", "the documents describe an API of others; its licence is not ours to name"),
    ("info-contact", "the same holds for its contact"),
    ("operation-description", "these operations are described by their summary; nothing more is known"),
    ("no-unused-components", "the keys of a map, which `x-key` refers to: 3.0 has no other way to name them"),
];

/// How often each rule of a linter was broken, by severity and rule.
type Findings = BTreeMap<(&'static str, String), usize>;

pub(super) fn run(root: &Path) -> Outcome {
    let tools = Tools::install(&root.join("target/linters"))?;
    let mut page = head();
    let mut is_good = true;
    for document in DOCUMENTS {
        let file = root.join(document);
        for (name, findings) in [("redocly", tools.redocly(&file)?), ("spectral", tools.spectral(&file)?)] {
            is_good &= findings.keys().all(|(severity, rule)| *severity != "error" && reason(rule).is_some());
            page.push_str(&row(document, name, &findings));
        }
        for (name, made) in [
            ("openapi-typescript, then tsc --strict", tools.typescript(&file)),
            ("openapi-python-client, then compileall", tools.python(&file)),
        ] {
            is_good &= made.is_ok();
            // What the tool says is for the terminal.
            let said = made.map_or_else(
                |why| {
                    eprintln!("{document}, {name}: {why}");
                    "**not taken**"
                },
                |()| "taken",
            );
            let _ = writeln!(page, "| `{document}` | {name} | {said} |");
        }
    }
    page.push_str("\n## The warnings that remain\n\n| rule | why |\n|---|---|\n");
    for (rule, why) in REASONS {
        let _ = writeln!(page, "| `{rule}` | {why} |");
    }
    write_page(root, PAGE, &page)?;
    Ok(exit_code(is_good))
}

fn head() -> String {
    let versions = NPM.iter().chain([&PYTHON]).map(|(name, version)| format!("{name} {version}"));
    format!(
        "# Linters and other generators\n\nWritten by `cargo xtask campaign linters`, which installs {} into `target/`.\nIt fails if a \
         linter reports an error, or a warning without a reason below, or if a generator does not take a document.\n\n\
         A *result* of a linter is how many errors and warnings it reports, with their rules. A generator has *taken* a document if \
         it makes\ncode of it, and that code compiles.\n\n\
         | document | tool | result |\n|---|---|---|\n",
        versions.collect::<Vec<_>>().join(", ")
    )
}

fn row(document: &str, tool: &str, findings: &Findings) -> String {
    let count = |severity: &str| -> usize {
        findings.iter().filter(|((of, _), _)| *of == severity).map(|(_, count)| count).sum()
    };
    let rules = findings.iter().map(|((_, rule), count)| format!("{count} × `{rule}`"));
    let rules = rules.collect::<Vec<_>>().join(", ");
    let (errors, warnings) = (count("error"), count("warning"));
    let listed = if rules.is_empty() { String::new() } else { format!(": {rules}") };
    format!("| `{document}` | {tool} | {errors} errors, {warnings} warnings{listed} |\n")
}

fn reason(rule: &str) -> Option<&'static str> {
    REASONS.iter().find(|(of, _)| *of == rule).map(|(_, why)| *why)
}

/// The programs, installed.
struct Tools {
    folder: PathBuf,
}

impl Tools {
    fn install(folder: &Path) -> Result<Self, String> {
        std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let packages = NPM.map(|(name, version)| format!("{name}@{version}"));
        let mut npm = Command::new("npm");
        npm.args(["install", "--loglevel=error", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"])
            .arg(folder);
        done(npm.args(packages), "npm")?;
        done(Command::new("python3").args(["-m", "venv"]).arg(folder.join("venv")), "python3")?;
        let mut pip = Command::new(folder.join("venv/bin/pip"));
        done(pip.args(["install", "--quiet", &format!("{}=={}", PYTHON.0, PYTHON.1)]), "pip")?;
        std::fs::write(folder.join("spectral.yaml"), "extends: [\"spectral:oas\"]\n")
            .map_err(|error| format!("spectral.yaml: {error}"))?;
        Ok(Self { folder: folder.to_owned() })
    }

    fn npm(&self, program: &str) -> Command {
        Command::new(self.folder.join("node_modules/.bin").join(program))
    }

    fn redocly(&self, document: &Path) -> Result<Findings, String> {
        let mut command = self.npm("redocly");
        command.arg("lint").arg(document).args(["--extends=recommended", "--format=json"]);
        let report = report(&mut command, "redocly")?;
        Ok(counted(report["problems"].as_array(), "ruleId", |problem| match problem["severity"].as_str() {
            Some("error") => "error",
            _ => "warning",
        }))
    }

    fn spectral(&self, document: &Path) -> Result<Findings, String> {
        let mut command = self.npm("spectral");
        command.arg("lint").arg(document).args(["-f", "json", "-r"]).arg(self.folder.join("spectral.yaml"));
        let report = report(&mut command, "spectral")?;
        Ok(counted(report.as_array(), "code", |problem| match problem["severity"].as_u64() {
            Some(0) => "error",
            _ => "warning",
        }))
    }

    fn typescript(&self, document: &Path) -> Result<(), String> {
        let module = self.folder.join(stem(document)).with_extension("ts");
        done(self.npm("openapi-typescript").arg(document).arg("-o").arg(&module), "openapi-typescript")?;
        done(self.npm("tsc").args(["--noEmit", "--strict"]).arg(&module), "tsc")
    }

    fn python(&self, document: &Path) -> Result<(), String> {
        let made = self.folder.join("python").join(stem(document));
        let program = |name: &str| Command::new(self.folder.join("venv/bin").join(name));
        let mut generator = program(PYTHON.0);
        generator.arg("generate").arg("--path").arg(document).arg("--output-path").arg(&made);
        done(generator.args(["--overwrite", "--meta", "none"]), PYTHON.0)?;
        done(program("python").args(["-m", "compileall", "-q"]).arg(&made), "compileall")
    }
}

fn stem(document: &Path) -> &std::ffi::OsStr {
    document.file_stem().unwrap_or_default()
}

fn counted(problems: Option<&Vec<Value>>, rule: &str, severity: fn(&Value) -> &'static str) -> Findings {
    let mut findings = Findings::new();
    for problem in problems.into_iter().flatten() {
        let rule = problem[rule].as_str().unwrap_or_default().to_owned();
        *findings.entry((severity(problem), rule)).or_default() += 1;
    }
    findings
}

fn output(command: &mut Command, name: &str) -> Result<Output, String> {
    command.output().map_err(|error| format!("{name} does not start: {error}"))
}

/// What a linter found. Its status says whether it found errors, so it is not looked at.
fn report(command: &mut Command, name: &str) -> Result<Value, String> {
    let output = output(command, name)?;
    serde_json::from_slice(&output.stdout)
        .map_err(|_| format!("{name} prints no JSON: {}", String::from_utf8_lossy(&output.stderr)))
}

fn done(command: &mut Command, name: &str) -> Result<(), String> {
    let output = output(command, name)?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(format!("{name} fails: {}", said.lines().last().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_are_counted_by_severity_and_rule() {
        let problems: Value = serde_json::json!([
            {"code": "a", "severity": 0}, {"code": "b", "severity": 1}, {"code": "b", "severity": 1},
        ]);
        let findings =
            counted(
                problems.as_array(),
                "code",
                |problem| {
                    if problem["severity"] == 0 { "error" } else { "warning" }
                },
            );
        assert_eq!(
            row("openapi/device.yaml", "spectral", &findings),
            "| `openapi/device.yaml` | spectral | 1 errors, 2 warnings: 1 × `a`, 2 × `b` |\n"
        );
        assert_eq!(row("d", "t", &Findings::new()), "| `d` | t | 0 errors, 0 warnings |\n");
    }
}
