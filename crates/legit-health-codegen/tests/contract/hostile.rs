//! Whatever a vendor's document is, taking it up or comparing with it ends in an answer: no panic, no endless work.

use std::time::{Duration, Instant};

use legit_health_codegen::{CATALOG, Contract, DEVICE, SpecKind, diff, update};

use super::{root, text};

/// What is said against it, with a bound on the time: generous, since the machine is not ours alone.
fn refused(bytes: &[u8], what: &str) -> String {
    let started = Instant::now();
    let answer =
        std::panic::catch_unwind(|| update(root(), SpecKind::Device, bytes, "2026-11-22", &super::tools()));
    let error = answer.unwrap_or_else(|_| panic!("{what}: panicked")).err();
    assert!(started.elapsed() < Duration::from_secs(60), "{what}: {:?}", started.elapsed());
    let said = error.unwrap_or_else(|| panic!("{what}: taken up")).to_string();
    assert!(said.lines().all(|line| line.starts_with("openapi/")), "{what}: {said:.300}");
    said
}

#[test]
fn what_is_cut_off_is_refused_in_both_forms() {
    let yaml = text(DEVICE);
    let json = Contract::read(root()).unwrap().device.to_json();
    for (text, stride) in [(&yaml, 14_983), (&json, 12_007)] {
        for at in (0..text.len() - 2).step_by(stride) {
            refused(&text.as_bytes()[..at], &format!("cut after {at} bytes"));
        }
    }
}

#[test]
fn what_is_no_document_is_refused_in_a_line() {
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
        (b"{\"openapi\": \"3.1.0\"}", "openapi/device.yaml: /info: no title"),
        (b"<html><body>502</body></html>", "openapi/upstream/device.yaml: "),
    ] {
        let found = refused(bytes, said);
        assert!(found.starts_with(said), "wanted: {said}\nfound: {found:.300}");
    }
}

#[test]
fn what_is_large_is_refused_by_its_size() {
    let started = Instant::now();
    let found = refused(&vec![b' '; 50 << 20], "50 MiB");
    assert!(found.starts_with("openapi/upstream/device.yaml: larger than 2 MiB"), "{found}");
    let ours = Contract::parse(&" ".repeat(50 << 20), &text(CATALOG)).unwrap_err().to_string();
    assert!(ours.starts_with("openapi/device.yaml: larger than 2 MiB"), "{ours}");
    assert!(started.elapsed() < Duration::from_secs(5), "it was read before it was refused");
}

#[test]
fn what_is_just_small_enough_ends_too() {
    const SIZE: usize = (2 << 20) - 200;
    // What gets as far as lint is linear in its size: the whole of it has been run too, and takes half a minute.
    const PART: usize = SIZE / 32;
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
        assert!(text.len() <= 2 << 20, "{what}");
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
fn circles_are_named_or_compared_but_never_followed() {
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
}

#[test]
fn a_damaged_contract_can_be_compared() {
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
