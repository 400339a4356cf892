//! docs/follow-up.md is generated, and has every scale of the contract.
#![allow(clippy::unwrap_used)] // In a test, that is the assertion.

use legit_health_follow_up::Scale;
use serde_json::Value;
use std::collections::BTreeSet;

#[path = "../examples/table.rs"]
mod table;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../");

#[test]
fn the_page_is_what_the_example_prints() {
    let page = std::fs::read_to_string(format!("{ROOT}docs/follow-up.md")).unwrap();
    assert!(
        page == table::page(),
        "stale: cargo run -q -p legit-health-follow-up --example table > docs/follow-up.md"
    );
}

#[test]
fn every_scale_of_the_contract_has_a_row() {
    let path = format!("{ROOT}crates/legit-health-sandbox/contract/device.json");
    let contract: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let schemas = contract["components"]["schemas"].as_object().unwrap();
    let scales: BTreeSet<&str> =
        schemas.values().filter_map(|schema| schema["x-scale"]["code"].as_str()).collect();
    assert!(scales.len() >= 23, "{scales:?}");
    let ours: BTreeSet<&str> =
        Scale::all().iter().map(|scale| scale.code).filter(|code| *code != "uas7").collect();
    assert_eq!(ours, scales);
    let page = table::page();
    for scale in scales {
        assert!(page.contains(&format!("| `{scale}` (")), "{scale}");
    }
}
