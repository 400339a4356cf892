//! Which crate may depend on which, and which module of `legit-health` may import which.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// The crates of the workspace, by name.
pub fn packages() -> Vec<Value> {
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
        ("legit-health-batch", &["legit-health"]),
        (
            "legit-health-cli",
            &[
                "legit-health",
                "legit-health-batch",
                "legit-health-follow-up",
                "legit-health-report",
                "legit-health-sandbox",
            ],
        ),
        ("xtask", &["legit-health-codegen"]),
        ("legit-health-scoring", &[]),
        ("legit-health-follow-up", &[]),
        ("legit-health-report", &["legit-health", "legit-health-follow-up"]),
        ("legit-health-tests", &[]),
        ("legit-health-bench", &["legit-health", "legit-health-api"]),
        ("legit-health-compile-tests", &[]),
        ("other-version", &["legit-health", "legit-health-api"]),
    ] {
        let used: BTreeSet<&str> =
            dependencies[krate].iter().map(String::as_str).filter(|name| ours.contains(name)).collect();
        assert_eq!(used, allowed.iter().copied().collect(), "{krate}");
    }
    assert_eq!(ours.len(), 15, "a new crate needs a line here: {ours:?}");
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
            let default = package["features"].get("default").and_then(|features| features.as_array());
            assert!(default.is_none_or(|features| *features == ["aws-lc-rs"]), "{}", package["name"]);
            package["name"].as_str().unwrap()
        })
        .collect();
    assert_eq!(asking, ["legit-health", "legit-health-api"]);
}

/// Parquet brings many crates, for exports only.
#[test]
fn parquet_is_there_on_request_only() {
    let packages = packages();
    let uses = packages.iter().flat_map(|package| {
        let dependencies = package["dependencies"].as_array().unwrap().iter();
        let parquet =
            dependencies.filter(|dependency| dependency["name"] == "parquet" && dependency["kind"] != "dev");
        parquet.map(|dependency| (package["name"].as_str().unwrap(), dependency["optional"] == true))
    });
    assert_eq!(uses.collect::<Vec<_>>(), [("legit-health-batch", true)]);
    for package in packages.iter().filter(|package| package["features"].get("parquet").is_some()) {
        assert_eq!(package["features"].get("default"), None, "{}", package["name"]);
    }
    let naming = crate::tidy::sources("crates/legit-health-batch/src").into_iter();
    let naming = naming.filter(|source| source.text.contains("use parquet::")).map(|source| source.path);
    assert_eq!(naming.collect::<Vec<_>>(), ["crates/legit-health-batch/src/export/parquet.rs"]);
}

#[test]
fn progenitor_is_known_to_the_low_level_crates_and_the_generator_only() {
    for (krate, dependencies) in dependencies() {
        let allowed = ["legit-health-api", "legit-health-codegen", "other-version"].contains(&krate.as_str());
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

/// The modules of `legit-health`, from the bottom to the top, and what each may import. A module may import only what stands
/// before it, so there are no circles except between a module and its own submodules.
const MODULES: [(&str, &[&str]); 25] = [
    ("sync", &[]),
    ("in_flight", &[]),
    ("clock", &[]),
    ("config", &[]),
    ("cryptography", &["config"]),
    ("policy", &[]),
    ("provenance", &["cryptography"]),
    ("image", &[]),
    ("scale", &[]),
    ("error", &["config", "image"]),
    ("support_images", &["error", "image"]),
    ("views", &["error", "image"]),
    ("observe", &["error", "provenance"]),
    ("http_client", &["clock", "config", "cryptography", "image", "provenance", "sync"]),
    (
        "transport",
        &["clock", "config", "error", "http_client", "image", "observe", "policy", "provenance", "sync"],
    ),
    ("reply", &["provenance", "transport"]),
    (
        "call",
        &["config", "error", "http_client", "image", "observe", "provenance", "reply", "sync", "transport"],
    ),
    ("auth", &["call", "clock", "config", "error", "reply", "sync", "transport"]),
    ("environment", &["auth", "config"]),
    ("report", &["reply", "scale", "views"]),
    ("triage", &["report"]),
    ("catalog", &["call", "clock", "config", "environment", "http_client", "policy", "report", "transport"]),
    ("severity", &["call", "error", "image", "report", "scale", "views"]),
    (
        "client",
        &[
            "auth",
            "call",
            "catalog",
            "clock",
            "config",
            "environment",
            "error",
            "http_client",
            "observe",
            "policy",
            "reply",
            "report",
            "severity",
            "support_images",
            "transport",
        ],
    ),
    (
        "blocking",
        &[
            "catalog",
            "client",
            "config",
            "error",
            "image",
            "report",
            "scale",
            "severity",
            "support_images",
            "views",
        ],
    ),
];

#[test]
fn modules_of_the_client_import_only_what_stands_below_them() {
    let sources = crate::tidy::sources("crates/legit-health/src");
    let root = sources.iter().find(|source| source.path.ends_with("/src/lib.rs")).unwrap();
    let modules: BTreeSet<&str> = root
        .text
        .lines()
        .filter_map(|line| line.trim_start_matches("pub ").strip_prefix("mod ")?.strip_suffix(';'))
        .collect();
    let names = MODULES.map(|(module, _)| module);
    assert_eq!(modules, names.into(), "the table lists the modules of lib.rs");
    for (place, (module, allowed)) in MODULES.iter().enumerate() {
        assert!(allowed.iter().all(|below| names[..place].contains(below)), "{module} stands too low");
    }

    let reexports = reexports(&root.text);
    for source in
        sources.iter().filter(|source| source.path != root.path && !source.path.ends_with("tests.rs"))
    {
        let inside = source.path.strip_prefix("crates/legit-health/src/").unwrap();
        let module = inside.split('/').next().unwrap().trim_end_matches(".rs");
        let (_, allowed) = MODULES.iter().find(|(name, _)| *name == module).unwrap();
        for path in crate_paths(&source.text) {
            let mut steps = path.split("::");
            let (first, second) = (steps.next().unwrap(), steps.next().unwrap_or_default());
            let imported = match modules.get(first) {
                Some(module) => *module,
                // A name of the root, or of a module that only re-exports.
                None => reexports
                    .get(first)
                    .or_else(|| reexports.get(second))
                    .unwrap_or_else(|| panic!("{inside}: what is `crate::{path}`?")),
            };
            let is_allowed =
                imported == module || imported == "legit_health_api" || allowed.contains(&imported);
            assert!(is_allowed, "{inside}: `{module}` imports `{imported}` (crate::{path})");
        }
    }
}

/// What `lib.rs` exports, and the module or crate that it comes from.
fn reexports(root: &str) -> BTreeMap<String, String> {
    let statements = root.split("pub use ").skip(1).map(|rest| rest.split(';').next().unwrap());
    statements
        .flat_map(|statement| {
            let statement = statement.trim_start_matches("crate::");
            let origin = statement.split("::").next().unwrap().to_owned();
            paths_in(statement)
                .into_iter()
                .map(move |path| (path.rsplit("::").next().unwrap().to_owned(), origin.clone()))
        })
        .collect()
}

/// The paths after `crate::` in code that is neither a comment nor a unit test.
fn crate_paths(text: &str) -> Vec<String> {
    let tests =
        ["\n#[cfg(test)]\nmod ", "\n#[cfg(all(test"].iter().filter_map(|start| text.find(start)).min();
    let code: String = text[..tests.unwrap_or(text.len())]
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| [line, "\n"])
        .collect();
    code.split("crate::").skip(1).flat_map(paths_in).collect()
}

/// `a::b` of `a::b(…)`, and `a::b` and `a::c` of `a::{b, c}`.
fn paths_in(text: &str) -> Vec<String> {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')).unwrap_or(text.len());
    let (path, rest) = text.split_at(end);
    let Some(group) = rest.strip_prefix('{').filter(|_| path.is_empty() || path.ends_with("::")) else {
        return vec![path.trim_end_matches(':').to_owned()];
    };
    let group = group.split('}').next().unwrap();
    group
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(|name| format!("{path}{name}"))
        .collect()
}

/// `docs/maintainers/dependencies.md` says what each crate buys that comes with `legit-health`.
#[test]
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
fn every_crate_that_comes_with_the_client_has_a_reason() {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "-e",
            "normal",
            "--prefix",
            "none",
            "-p",
            "legit-health",
            "--locked",
            "--manifest-path",
        ])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml"))
        .output()
        .unwrap();
    let tree = String::from_utf8(output.stdout).unwrap();
    let names = tree.lines().filter_map(|line| line.split_whitespace().next());
    let crates: BTreeSet<&str> = names.filter(|name| !name.starts_with("legit-health")).collect();

    let page = include_str!("../../docs/maintainers/dependencies.md");
    let named: BTreeSet<&str> = page.split('`').skip(1).step_by(2).collect();
    let unexplained: Vec<_> = crates.difference(&named).collect();
    assert!(
        unexplained.is_empty(),
        "say in docs/maintainers/dependencies.md what these buy: {unexplained:?}"
    );
    let looks_like_a_crate =
        |name: &&&str| name.chars().all(|c| c.is_ascii_lowercase() || "-_0123456789".contains(c));
    let gone: Vec<_> = named.difference(&crates).filter(looks_like_a_crate).collect();
    assert_eq!(gone, [&"legit-health", &"unsafe"], "these no longer come with it");
    assert!(page.contains(&format!("These are {} crates.", crates.len())), "there are {}", crates.len());
}
