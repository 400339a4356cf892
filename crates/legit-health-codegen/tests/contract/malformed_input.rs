//! Malformed documents: generating from them, updating to them and comparing with them ends in a result or a finding, never
//! in a panic or an endless loop.

use std::time::{Duration, Instant};

use legit_health_codegen::{CATALOG, Contract, DEVICE, Error, SpecKind, Verdict, diff, generate, update};

use super::{root, text};

/// The error of an update to these bytes. The time limit is generous, for machines that do other work too.
fn refused(bytes: &[u8], what: &str) -> String {
    let started = Instant::now();
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let name =
        if text.starts_with(b"{") { "openapi/upstream/device.json" } else { "openapi/upstream/device.yaml" };
    let result = std::panic::catch_unwind(|| {
        update(root(), SpecKind::Device, (name, bytes), "2026-11-22", &super::TOOLS)
    });
    let error = result.unwrap_or_else(|_| panic!("{what}: panicked")).err();
    assert!(started.elapsed() < Duration::from_secs(60), "{what}: {:?}", started.elapsed());
    let said = error.unwrap_or_else(|| panic!("{what}: accepted")).to_string();
    assert!(said.lines().all(|line| line.starts_with("openapi/")), "{what}: {said:.300}");
    said
}

#[test]
fn a_truncated_update_is_refused_as_yaml_and_as_json() {
    let yaml = text(DEVICE);
    let json = Contract::read(root()).unwrap().device.to_json();
    for (text, stride) in [(&yaml, 14_983), (&json, 12_007)] {
        for at in (0..text.len() - 2).step_by(stride) {
            refused(&text.as_bytes()[..at], &format!("cut after {at} bytes"));
        }
    }
}

#[test]
fn bytes_that_are_no_document_are_refused_in_one_line() {
    for (bytes, said) in [
        (&b""[..], "openapi/upstream/device.yaml: the file is empty"),
        (b"[1]", "openapi/upstream/device.yaml: the document is a list, not a map"),
        (b"{", "openapi/upstream/device.json: line 1: neither JSON nor YAML: EOF while parsing an object"),
        (
            b"{\"a\":1,\"a\":2}",
            "openapi/upstream/device.json: line 1: neither JSON nor YAML: duplicate entry",
        ),
        (b"\xff\xfe", "openapi/upstream/device.yaml: invalid UTF-8 after 0 bytes"),
        (b"\xef\xbb\xbf{}", "openapi/upstream/device.json: /openapi: OpenAPI without a version"),
        (b"{\"openapi\": \"2.0\"}", "openapi/upstream/device.json: /openapi: OpenAPI 2.0"),
        (b"{\"openapi\": 3.1}", "openapi/upstream/device.json: /openapi: OpenAPI without a version"),
        (
            b"{\"openapi\": \"3.1.0\"}",
            "openapi/upstream/device.json: /paths: it shares no path with the device or the catalog document",
        ),
        (b"<html><body>502</body></html>", "openapi/upstream/device.yaml: "),
    ] {
        let found = refused(bytes, said);
        assert!(found.starts_with(said), "wanted: {said}\nfound: {found:.300}");
    }
}

#[test]
fn a_large_document_is_refused_by_its_size() {
    let started = Instant::now();
    let found = refused(&vec![b' '; 50 << 20], "50 MiB");
    assert!(found.starts_with("openapi/upstream/device.yaml: larger than 6 MiB"), "{found}");
    let ours = Contract::parse(&" ".repeat(50 << 20), &text(CATALOG)).unwrap_err().to_string();
    assert!(ours.starts_with("openapi/device.yaml: larger than 6 MiB"), "{ours}");
    assert!(started.elapsed() < Duration::from_secs(5), "the size was checked too late");
}

#[test]
fn a_document_just_below_the_limit_is_handled_in_time() {
    const SIZE: usize = (6 << 20) - 200;
    // Lint takes time linear in the size. The full size passes too, but takes half a minute.
    const PART: usize = SIZE / 96;
    let filled = |head: &str, unit: &dyn Fn(usize) -> String, tail: &str| {
        let mut text = head.to_owned();
        let mut count = 0;
        while text.len() + 100 < PART {
            text.push_str(&unit(count));
            count += 1;
        }
        text + tail
    };
    let head = "{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"T\",\"version\":\"1.0.0\"},\"paths\":{},";
    for (text, what) in [
        ("[".repeat(SIZE), "deep"),
        ("- ".repeat(SIZE / 2), "deep lists"),
        ("? ".repeat(SIZE / 2), "deep keys"),
        (format!("{{\"a\":{}", "{\"a\":".repeat(SIZE / 5)), "deep in JSON"),
        (filled(&format!("{head}\"x-y\":["), &|_| "[],".into(), "[]]}"), "wide"),
        (
            filled(
                &format!("{head}\"components\":{{\"schemas\":{{"),
                &|n| format!("\"A{n}\":{{\"items\":{{\"$ref\":\"#/components/schemas/A{}\"}}}},", n + 1),
                "\"Z\":{}}}}",
            ),
            "a chain of references",
        ),
        (format!("{head}\"x\":\"{}\"}}", " #".repeat(SIZE / 2 - 100)), "marks of comments"),
        (filled("a:\n", &|n| format!("  - &a{n} x # {n}\n"), ""), "anchors"),
    ] {
        assert!(text.len() <= 6 << 20, "{what}");
        refused(text.as_bytes(), what);
    }
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..20 {
        let previous = format!("*a{}, ", level - 1).repeat(10);
        bomb.push_str(&format!("a{level}: &a{level} [{previous}]\n"));
    }
    assert!(refused(bomb.as_bytes(), "aliases").contains("repetition limit exceeded"));
}

#[test]
fn circular_references_are_reported_and_never_followed() {
    let ours = Contract::read(root()).unwrap();
    let circle = text(DEVICE).replace(
        "        heatMap: {$ref: '#/components/schemas/OutputImage'}",
        "        heatMap: {allOf: [{$ref: '#/components/schemas/Explainability'}], x-evidence: {docs: p}}",
    );
    assert!(refused(circle.as_bytes(), "a circle").contains("the schema contains itself"));
    let alias = text(DEVICE).replace(
        "    Username:\n",
        "    Loop: {$ref: '#/components/schemas/Pool'}\n    Pool: {$ref: '#/components/schemas/Loop'}\n    Username:\n",
    );
    let alias = alias.replace(
        "        heatMap: {$ref: '#/components/schemas/OutputImage'}",
        "        heatMap: {$ref: '#/components/schemas/Loop'}",
    );
    let other = Contract::parse(&alias, &text(CATALOG)).unwrap();
    let diff = diff(&ours, &other);
    assert!(diff.not_generated.is_some() && diff.to_terminal().contains("is unknown"));
    assert_eq!(diff.verdict, Verdict::Major);
}

#[test]
fn a_contract_without_a_line_can_be_compared() {
    let (yaml, catalog) = (text(DEVICE), text(CATALOG));
    let ours = Contract::read(root()).unwrap();
    let lines: Vec<&str> = yaml.lines().collect();
    for at in (0..lines.len()).step_by(331) {
        let left = [&lines[..at], &lines[at + 1..]].concat().join("\n");
        let Ok(other) = Contract::parse(&left, &catalog) else { continue };
        let diff =
            std::panic::catch_unwind(|| diff(&ours, &other)).unwrap_or_else(|_| panic!("without line {at}"));
        for text in [diff.to_terminal(), diff.to_markdown(), diff.to_changelog()] {
            assert!(text.lines().all(|line| !line.contains('\t')), "without line {at}");
        }
        assert!(diff.to_json().starts_with("{\n  \"verdict\": \""));
    }
}

/// Every 41st line is tried. All 2,000 lines pass too, but take minutes.
const STRIDE: usize = 41;

fn generates_or_is_refused(device: &str, what: &str) {
    let catalog = super::text(CATALOG);
    let result = std::panic::catch_unwind(|| {
        Contract::parse(device, &catalog).and_then(|contract| generate(&contract)).map(|_| ())
    });
    match result {
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
fn a_document_without_a_line_never_panics() {
    let text = super::text(DEVICE);
    let lines: Vec<&str> = text.lines().collect();
    for at in (0..lines.len()).step_by(STRIDE) {
        let left: Vec<&str> = [&lines[..at], &lines[at + 1..]].concat();
        generates_or_is_refused(&left.join("\n"), &format!("without line {}", at + 1));
    }
}

#[test]
fn a_truncated_document_never_panics() {
    let text = super::text(DEVICE);
    for at in (0..text.len()).step_by(STRIDE * 41).filter(|at| text.is_char_boundary(*at)) {
        generates_or_is_refused(&text[..at], &format!("cut after {at} bytes"));
    }
}

#[test]
fn a_value_of_another_kind_never_panics() {
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
        generates_or_is_refused(&lines.join("\n"), &format!("line {} as {changed}", at + 1));
    }
}
