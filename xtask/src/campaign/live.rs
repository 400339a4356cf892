//! `cargo xtask campaign live`: the conformance cases, sent to the device of the account in the environment.

use std::path::Path;

use super::measured::Measured;
use crate::Outcome;

const VARIABLES: [&str; 3] = ["LEGIT_HEALTH_URL", "LEGIT_HEALTH_USERNAME", "LEGIT_HEALTH_PASSWORD"];
const FOLDER: &str = "target/live";

pub(super) fn run(root: &Path) -> Outcome {
    let is_set = |name: &&str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if let Some(missing) = VARIABLES.iter().find(|name| !is_set(name)) {
        let sentence = format!("{missing} is not set: set {} to ask a device", VARIABLES.join(", "));
        return Err(sentence.into());
    }
    let folder = root.join(FOLDER);
    let folder = folder.to_str().ok_or("the path of the workspace is not UTF-8")?;
    let asked = Measured {
        package: "legit-health-tests",
        target: "behaviour",
        test: "live::the_configured_device",
        settings: &[("LEGIT_HEALTH_LIVE_FOLDER", folder)],
    };
    let figures = asked.figures(root)?;
    println!(
        "{} requests, {} cases, {} of them differ",
        figures["requests"], figures["cases"], figures["different"]
    );
    println!(
        "wrote {FOLDER}/report.md, and {FOLDER}/recording.json without the account, its tokens and the images"
    );
    Ok(crate::exit_code(figures["different"] == 0))
}
