//! docs/it-and-privacy.md: what is logged; and the place of the security contact.

use super::source_text::{between, shipped, source};
use super::{ROOT, code, table};
use std::fs;
use std::path::PathBuf;

/// All crates that run in a program.
const SHIPPED: [&str; 8] = [
    "legit-health",
    "legit-health-api",
    "legit-health-batch",
    "legit-health-cli",
    "legit-health-follow-up",
    "legit-health-report",
    "legit-health-sandbox",
    "legit-health-scoring",
];

#[test]
fn the_page_is_what_the_code_says() {
    super::check("it-and-privacy.md", &[("log", log())]);
}

/// The only two records of `tracing`, with their fields.
fn log() -> String {
    let observe = source("legit-health/src/observe.rs");
    let fields = |start: &str| {
        let (_, rest) = observe.split_once(start).unwrap();
        let lines = rest.lines().map(str::trim).skip(1).take_while(|line| !line.starts_with(')'));
        let fields = lines.filter(|line| !line.starts_with('"'));
        let names = fields.map(|line| code(line.split([' ', ',']).next().unwrap()));
        names.collect::<Vec<_>>().join(", ")
    };
    let rows = [
        ("each call, a login included: a span `legit_health_call`", fields("tracing::debug_span!(")),
        ("each attempt of a call: an event `attempt ended`", fields("tracing::debug!(")),
    ];
    let rows = rows.map(|(what, fields)| vec![code("DEBUG"), what.to_owned(), fields]);
    table(&["level", "record", "fields"], rows)
}

#[test]
fn nothing_else_is_logged() {
    let macros = ["trace", "debug", "info", "warn", "error", "event", "span"];
    let macros = macros.map(|name| [format!("{name}!("), format!("{name}_span!(")]).concat();
    let found: Vec<String> = shipped(&SHIPPED)
        .iter()
        .flat_map(|text| text.lines())
        .filter(|line| line.contains("tracing::") || line.contains("log::"))
        .filter(|line| macros.iter().any(|name| line.contains(name.as_str())))
        .map(|line| line.trim().to_owned())
        .collect();
    assert_eq!(found, ["tracing::debug!(", "tracing::debug_span!("], "docs/it-and-privacy.md lists two");
    let imports = |text: &&String| text.contains("use tracing::{") || text.contains("use log::");
    assert_eq!(shipped(&SHIPPED).iter().filter(imports).count(), 0, "a macro could be used without its path");
}

/// Whoever publishes a copy fills it in.
#[test]
fn the_security_contact_stands_in_one_place() {
    const CONTACT: &str = "Security contact: ";
    let mut folders = vec![PathBuf::from(format!("{ROOT}docs")), PathBuf::from(format!("{ROOT}crates"))];
    let mut pages: Vec<PathBuf> = markdown(&PathBuf::from(ROOT)).collect();
    while let Some(folder) = folders.pop() {
        pages.extend(markdown(&folder));
        let inside = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
        folders.extend(inside.filter(|path| path.is_dir()));
    }
    assert!(pages.len() > 20, "{pages:?}");
    let texts = pages.iter().map(|page| (page, fs::read_to_string(page).unwrap()));
    let places: Vec<_> = texts.filter(|(_, text)| text.contains(CONTACT)).collect();
    let [(page, text)] = &places[..] else { panic!("not in one place: {places:?}") };
    assert!(page.ends_with("SECURITY.md"), "{page:?}");
    assert_eq!(text.matches(CONTACT).count(), 1);
    let contact = between(text, CONTACT, "\n");
    assert!(!contact.trim().is_empty());
}

fn markdown(folder: &PathBuf) -> impl Iterator<Item = PathBuf> + use<> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths.filter(|path| path.extension() == Some("md".as_ref()))
}
