//! Who may know whom, by the manifests as cargo reads them.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// The crates of the workspace, by name.
fn packages() -> Vec<Value> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--manifest-path"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml"))
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut packages = metadata["packages"].as_array().unwrap().clone();
    packages.sort_by_key(|package| package["name"].as_str().unwrap().to_owned());
    packages
}

/// Crates and what they depend on, tests aside.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let name = |value: &Value| value["name"].as_str().unwrap().to_owned();
    packages()
        .iter()
        .map(|package| {
            let all = package["dependencies"].as_array().unwrap().iter();
            (name(package), all.filter(|dependency| dependency["kind"] != "dev").map(name).collect())
        })
        .collect()
}

#[test]
fn dependencies_point_one_way() {
    let dependencies = dependencies();
    let ours: BTreeSet<&str> = dependencies.keys().map(String::as_str).collect();
    for (krate, allowed) in [
        ("legit-health-api", &[][..]),
        ("legit-health-codegen", &[]),
        ("legit-health-httpmock", &["legit-health-api"]),
        ("legit-health-sandbox", &["legit-health-scoring"]),
        ("legit-health", &["legit-health-api"]),
        ("legit-health-cli", &["legit-health", "legit-health-sandbox"]),
        ("xtask", &["legit-health-codegen"]),
        ("legit-health-scoring", &[]),
        ("legit-health-tests", &[]),
        ("legit-health-bench", &["legit-health", "legit-health-api"]),
        ("legit-health-compile-tests", &[]),
    ] {
        let used: BTreeSet<&str> =
            dependencies[krate].iter().map(String::as_str).filter(|name| ours.contains(name)).collect();
        assert_eq!(used, allowed.iter().copied().collect(), "{krate}");
    }
    assert_eq!(ours.len(), 11, "a new crate needs a line here: {ours:?}");
}

/// A feature adds what it needs and nothing else: without it there is no trace of it.
#[test]
fn schemas_are_there_on_request_only() {
    let packages = packages();
    let asking = packages.iter().filter(|package| package["features"].get("schemars").is_some());
    let asking: Vec<&str> = asking
        .map(|package| {
            let dependencies = package["dependencies"].as_array().unwrap();
            let schemars = dependencies.iter().find(|dependency| dependency["name"] == "schemars").unwrap();
            assert_eq!(schemars["optional"], true, "{}", package["name"]);
            assert!(package["features"].get("default").is_none(), "{}", package["name"]);
            package["name"].as_str().unwrap()
        })
        .collect();
    assert_eq!(asking, ["legit-health", "legit-health-api"]);
}

#[test]
fn progenitor_is_known_to_the_low_level_crate_and_the_generator_only() {
    for (krate, dependencies) in dependencies() {
        let allowed = ["legit-health-api", "legit-health-codegen"].contains(&krate.as_str());
        let knows = dependencies.iter().any(|name| name.starts_with("progenitor"));
        assert!(allowed || !knows, "{krate} depends on progenitor");
    }
}

/// reqwest is a detail of the HTTP client. Its types in a signature would tie users to its versions.
#[test]
fn reqwest_is_named_in_the_http_client_only() {
    let naming: Vec<String> = crate::tidy::sources("crates/legit-health/src")
        .into_iter()
        .filter(|source| {
            source.text.lines().any(|line| line.contains("reqwest::") && !line.trim().starts_with("//"))
        })
        .map(|source| source.path)
        .collect();
    assert_eq!(
        naming,
        [
            "crates/legit-health/src/http_client/options.rs",
            "crates/legit-health/src/http_client/reqwest_client.rs"
        ]
    );
}

#[test]
fn the_sandbox_checks_the_contract_without_our_types() {
    for source in crate::tidy::sources("crates/legit-health-sandbox/src") {
        assert!(
            !source.text.contains("legit_health::") && !source.text.contains("legit_health_api"),
            "{}",
            source.path
        );
    }
}
