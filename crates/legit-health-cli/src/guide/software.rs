//! docs/software.md: the crates of others in the library and in the program, from the lock file.

use std::collections::BTreeMap;
use std::process::Command;

/// Which crates there are depends on the system. The page is about one.
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[test]
fn the_page_is_what_the_lock_file_says() {
    let mut crates = BTreeMap::new();
    for (column, package) in ["legit-health", "legit-health-cli"].into_iter().enumerate() {
        // All that is compiled, then what remains without the macros, which run at compile time and end there.
        for (edges, word) in [("normal", "compiling"), ("normal,no-proc-macro", "linked")] {
            for found in tree(package, edges) {
                crates.entry(found).or_insert([""; 2])[column] = word;
            }
        }
    }
    // docs/it-and-privacy.md says so.
    let is_copyleft = |licence: &str| licence.split(" OR ").all(|one| one.contains("PL-"));
    let copyleft: Vec<_> = crates.keys().filter(|(_, _, licence)| is_copyleft(licence)).collect();
    assert!(matches!(&copyleft[..], [(name, _, _)] if name == "progenitor-client"), "{copyleft:?}");
    let count = |column: usize| crates.values().filter(|row| !row[column].is_empty()).count();
    let counts =
        format!("{} crates: {} in the library, {} in the program.", crates.len(), count(0), count(1));
    let rows = crates.iter().map(|((name, version, licence), [library, program])| {
        [name, version, licence, *library, *program].map(str::to_owned).to_vec()
    });
    let table = super::table(&["crate", "version", "licence", "library", "program"], rows);
    super::check("software.md", &[("software", format!("{counts}\n\n{table}"))]);
}

/// Returns name, version and licence of each crate of others that comes with a package.
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
fn tree(package: &str, edges: &str) -> Vec<(String, String, String)> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--prefix", "none", "--format", "{p}|{l}", "-p", package, "-e", edges])
        .args(["--manifest-path", &format!("{}Cargo.toml", super::ROOT)])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let of_others = text.lines().filter(|line| !line.starts_with("legit-health"));
    let parts = of_others.map(|line| {
        let (package, licence) = line.split_once('|').unwrap();
        let mut words = package.split_whitespace();
        let (name, version) = (words.next().unwrap(), words.next().unwrap());
        // A crate that was listed before has a mark behind its licence.
        let licence = licence.trim_end_matches(" (*)");
        assert!(!licence.is_empty(), "{name} has no licence");
        (name.to_owned(), version.trim_start_matches('v').to_owned(), licence.to_owned())
    });
    parts.collect()
}
