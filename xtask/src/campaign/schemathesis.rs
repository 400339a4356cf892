//! `cargo xtask campaign schemathesis`: the contract, tried on the sandbox with generated requests.

use std::path::Path;
use std::process::{Command, Stdio};

use super::write_page;
use crate::Outcome;
use crate::cargo::build;

const PAGE: &str = "docs/maintainers/schemathesis.md";
const SCRIPT: &str = ".ci/schemathesis/run";
const VERSION: &str = ".ci/schemathesis/requirements.txt";
/// Its first text lists the differences that are known, with their reasons.
const HOOKS: &str = ".ci/schemathesis/hooks.py";

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// How long it runs
    #[arg(long, default_value_t = 900)]
    seconds: u32,
}

pub(super) fn run(root: &Path, options: &Options) -> Outcome {
    // As the tests build it: with the features of the workspace.
    let programs = build(root, &["build", "--workspace", "--bins"])?;
    let program = programs.iter().find(|program| program.file_stem() == Some("legit-health".as_ref()));
    let program = program.ok_or("cargo has not built the program")?;
    let mut command = Command::new(root.join(SCRIPT));
    // Other requests than in CI, which repeats its own.
    let seed = std::process::id().to_string();
    command.arg(options.seconds.to_string()).arg(program).arg("sandbox").env("SCHEMATHESIS_SEED", &seed);
    let output = command.stderr(Stdio::inherit()).output()?;
    let said = String::from_utf8_lossy(&output.stdout);
    print!("{said}");
    if !output.status.success() {
        return Err(format!("{SCRIPT} failed with the seed {seed}; {PAGE} stays as it is").into());
    }
    let read = |file: &str| std::fs::read_to_string(root.join(file));
    let page = render(&said, options.seconds, &seed, &read(VERSION)?, &read(HOOKS)?)
        .ok_or("schemathesis has not said how many requests there were")?;
    write_page(root, PAGE, &page)?;
    Ok(crate::exit_code(true))
}

fn render(said: &str, seconds: u32, seed: &str, versions: &str, hooks: &str) -> Option<String> {
    let version = versions.lines().find(|line| line.starts_with("schemathesis=="))?;
    let mut counts = said.lines().map(str::trim).filter(|line| line.contains(" generated, "));
    let (device, catalog) = (counts.next()?, counts.next()?);
    let differences = hooks.split("\"\"\"").nth(1)?.trim();
    Some(format!(
        "# Generated requests to the sandbox\n\n\
         Written by `cargo xtask campaign schemathesis --seconds {seconds}` with {version}, seed {seed}. All checks are on, with \
         data that keep the\ncontract and data that do not; CI does the same for a minute.\n\n\
         *Requests* are counted by schemathesis: those that it made, those whose response passed all checks, and those that it left \
         out.\n\n\
         | document | requests |\n|---|---|\n| `device.yaml` | {device} |\n| `catalog.yaml` | {catalog} |\n\n\
         ## What is known not to agree\n\n{differences}\n"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_the_counts_of_both_documents_and_the_reasons() {
        let said =
            "Test cases:\n  20 generated, 20 passed\n\nTest cases:\n  7 generated, 7 passed, 1 skipped\n";
        let hooks = "\"\"\"Known.\n\n- It differs.\n\"\"\"\n\nimport os\n";
        let page = render(said, 60, "1", "# All.\nhypothesis==2\nschemathesis==1\n", hooks).unwrap();
        assert!(page.contains("| `device.yaml` | 20 generated, 20 passed |"), "{page}");
        assert!(page.contains("| `catalog.yaml` | 7 generated, 7 passed, 1 skipped |"), "{page}");
        assert!(page.contains("with schemathesis==1, seed 1"), "{page}");
        assert!(page.ends_with("Known.\n\n- It differs.\n"), "{page}");
        assert_eq!(render("nothing", 60, "1", "", hooks), None);
    }
}
