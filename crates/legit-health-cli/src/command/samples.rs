//! `legit-health samples DIRECTORY`

use crate::failure::Failure;
use crate::output::Output;
use legit_health_sandbox::samples;
use serde_json::json;
use std::path::Path;

pub(crate) fn run(directory: &Path, output: &mut Output) -> Result<(), Failure> {
    let paths =
        samples::write_to(directory).map_err(|error| Failure::system("cannot write the samples", &error))?;
    let samples: Vec<_> = samples::all().into_iter().chain(samples::whole_body()).collect();
    let lines = paths.iter().zip(&samples);
    if output.is_json() {
        let entries: Vec<_> = lines
            .map(|(path, sample)| {
                let scenario = sample.scenario.map(|scenario| scenario.to_string());
                json!({"file": path.display().to_string(), "title": sample.title, "scenario": scenario})
            })
            .collect();
        output.data(&json!({"samples": entries}).to_string())?;
    } else {
        let text: Vec<String> =
            lines.map(|(path, sample)| format!("{}  {}", path.display(), sample.title)).collect();
        output.data(&text.join("\n"))?;
        output.note("");
        output.note("Painted, and not of anybody. Each names its scenario to the sandbox in its comment:");
        output.note(&format!("  legit-health --sandbox diagnosis-support {}", paths[0].display()));
        let views = directory.join("whole-body");
        output.note(&format!(
            "  legit-health --sandbox severity global avasi {} --condition vitiligo",
            views.display()
        ));
    }
    Ok(())
}
