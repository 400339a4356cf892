//! Whatever is done to a document, the pipeline answers: it generates, or it says what is wrong. It never panics.

use legit_health_codegen::{CATALOG, Contract, DEVICE, Error, generate};

/// Every so many lines. One (all 2,000 lines) has been run too; it takes minutes.
const STRIDE: usize = 41;

fn answers(device: &str, what: &str) {
    let catalog = super::text(CATALOG);
    let answer = std::panic::catch_unwind(|| {
        Contract::parse(device, &catalog).and_then(|contract| generate(&contract)).map(|_| ())
    });
    match answer {
        Ok(Ok(())) => {}
        Ok(Err(error)) => check(&error, what),
        Err(_) => panic!("{what}: panicked"),
    }
}

fn check(error: &Error, what: &str) {
    for finding in error.findings() {
        let line = finding.to_string();
        assert!(!line.contains('\n') && line.starts_with("openapi/"), "{what}: {line}");
    }
}

#[test]
fn a_line_is_lost() {
    let text = super::text(DEVICE);
    let lines: Vec<&str> = text.lines().collect();
    for at in (0..lines.len()).step_by(STRIDE) {
        let left: Vec<&str> = [&lines[..at], &lines[at + 1..]].concat();
        answers(&left.join("\n"), &format!("without line {}", at + 1));
    }
}

#[test]
fn the_rest_is_lost() {
    let text = super::text(DEVICE);
    for at in (0..text.len()).step_by(STRIDE * 41).filter(|at| text.is_char_boundary(*at)) {
        answers(&text[..at], &format!("cut after {at} bytes"));
    }
}

#[test]
fn a_value_is_something_else() {
    const OTHER: [&str; 8] =
        ["null", "[]", "{}", "true", "-1", "''", "[{}]", "{$ref: '#/components/schemas/Score'}"];
    let text = super::text(DEVICE);
    let lines: Vec<&str> = text.lines().collect();
    for (at, line) in lines.iter().enumerate().step_by(STRIDE) {
        let Some((key, _)) = line.split_once(':') else {
            continue;
        };
        let changed = format!("{key}: {}", OTHER[at % OTHER.len()]);
        let mut lines = lines.clone();
        lines[at] = &changed;
        answers(&lines.join("\n"), &format!("line {} as {changed}", at + 1));
    }
}
