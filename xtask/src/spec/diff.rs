//! `cargo xtask spec diff OLD NEW`.

use std::path::Path;
use std::process::ExitCode;

use legit_health_codegen::{Verdict, diff};

use super::arguments::{Form, Wanted};
use super::side;

pub(crate) fn run(root: &Path, wanted: &Wanted) -> Result<ExitCode, String> {
    let (old, new) = side::read(root, &wanted.old, &wanted.new)?;
    let diff = diff(&old, &new);
    let text = match wanted.form {
        Form::Terminal => diff.to_terminal(),
        Form::Json => diff.to_json(),
        Form::Markdown => diff.to_markdown(),
        Form::Changelog => diff.to_changelog(),
    };
    print!("{text}");
    let fails = wanted.fail_on.is_some_and(|level| diff.verdict >= level && diff.verdict > Verdict::None);
    Ok(if fails { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
