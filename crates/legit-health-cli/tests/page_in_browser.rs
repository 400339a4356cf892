//! Pages of `report` in a browser: without a script, a message or a request, with axe, on screens and on paper. Not in the package,
//! which lacks the walk: `tests/browser` of the workspace.
#![allow(clippy::unwrap_used)] // In a test, that is the assertion.

#[path = "../../../tests/browser/walk.rs"]
mod browser;

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::Command;

fn run(folder: &Path, line: &str) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_legit-health"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("LEGIT_HEALTH_")) {
        command.env_remove(name);
    }
    command.env("HOME", folder).env("LEGIT_HEALTH_NO_TOKEN_CACHE", "1");
    let output = command.current_dir(folder).args(line.split_whitespace()).output().unwrap();
    assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Every text that is free becomes markup.
fn hostile(document: &str) -> String {
    const MARKUP: &str =
        r#"\"'><script>alert(1)</script><img src=x onerror=alert(1)><style>*{display:none}</style>&amp;"#;
    [
        "Psoriasis",
        "psoriasis",
        "P-0042",
        "legLeft",
        "Excellent",
        "Heat map",
        "preliminary",
        "Moderate",
        "Lesion mask raw",
    ]
    .iter()
    .fold(document.to_owned(), |document, word| {
        document.replace(&format!("\"{word}\""), &format!("\"{MARKUP}\""))
    })
}

#[test]
fn pages_are_read_in_any_light_and_on_paper() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    run(folder, "samples .");
    let mut lines: String = [
        "--sandbox --json dx melanoma-dermoscopic.jpg unusable-scribble.jpg psoriasis-moderate.jpg --thresholds 50 20 50 --reference P-0042",
        "--sandbox --json severity local apasi psoriasis-moderate.jpg surface=2 --at legLeft --condition psoriasis --reference P-0042",
        "--sandbox --json severity global avasi whole-body --condition vitiligo --reference P-0043",
    ]
    .map(|line| run(folder, line))
    .concat();
    lines +=
        &fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/course/visits.ndjson")).unwrap();
    fs::write(folder.join("visits.ndjson"), &lines).unwrap();
    fs::write(folder.join("hostile.ndjson"), hostile(&lines)).unwrap();
    let images = "--image melanoma-dermoscopic.jpg psoriasis-moderate.jpg whole-body/faceFront.jpg";
    for name in ["visits", "hostile"] {
        run(folder, &format!("report {name}.ndjson -o {name}.html {images}"));
    }
    run(folder, "report visits.ndjson -o without.html");
    // Where to write pictures of every page, for a person to look at.
    let screenshots = std::env::var_os("LEGIT_HEALTH_SCREENSHOTS").unwrap_or_default();
    let pages =
        ["visits.html", "hostile.html", "without.html"].map(|name| folder.join(name).into_os_string());
    let arguments: Vec<OsString> = [screenshots].into_iter().chain(pages).collect();
    browser::walk("page.mjs", &arguments, "the pages work");
}
