//! The console: the static page at `/`, and the requests that it shows.

mod exchanges;
mod observed_body;
mod secret;

pub(crate) use exchanges::{ExchangeHandle, Exchanges, Side};
pub(crate) use observed_body::ObservedBody;

/// A file of the page.
pub(crate) struct StaticFile {
    /// Name under `/_sandbox/console/`.
    pub(crate) name: &'static str,
    pub(crate) media_type: &'static str,
    pub(crate) text: &'static str,
}

const HTML: &str = "text/html; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

macro_rules! file {
    ($name:literal, $media_type:expr) => {
        StaticFile { name: $name, media_type: $media_type, text: include_str!(concat!("../console/", $name)) }
    };
}

/// The page itself, which stands at `/`.
pub(crate) const PAGE: StaticFile = file!("index.html", HTML);

/// What the page loads, and nothing else.
pub(crate) const FILES: [StaticFile; 13] = [
    file!("style.css", "text/css; charset=utf-8"),
    file!("icon.svg", "image/svg+xml"),
    file!("main.js", SCRIPT),
    file!("accounts.js", SCRIPT),
    file!("dom.js", SCRIPT),
    file!("faults.js", SCRIPT),
    file!("json_tree.js", SCRIPT),
    file!("report.js", SCRIPT),
    file!("requests.js", SCRIPT),
    file!("server.js", SCRIPT),
    file!("snippets.js", SCRIPT),
    file!("try_form.js", SCRIPT),
    file!("words.js", SCRIPT),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn all() -> impl Iterator<Item = &'static StaticFile> {
        FILES.iter().chain([&PAGE])
    }

    #[test]
    fn the_page_takes_at_most_150_kb() {
        let total: usize = all().map(|file| file.text.len()).sum();
        assert!(total <= 150_000, "{total} bytes");
    }

    #[test]
    fn every_file_of_the_folder_is_served() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/console");
        let found = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        let found: BTreeSet<String> = found.map(|name| name.into_string().unwrap()).collect();
        assert_eq!(found, all().map(|file| file.name.to_owned()).collect());
    }

    /// The policy of the page would block them, and without a network nobody would see why.
    #[test]
    fn nothing_is_loaded_from_elsewhere_and_no_markup_is_made_from_text() {
        for file in all() {
            let addresses = file.text.match_indices("://").map(|(at, _)| {
                let start = file.text[..at].rfind(|c: char| !c.is_ascii_alphabetic()).map_or(0, |it| it + 1);
                file.text[start..].split(['"', '\'', '`', ' ', '\n']).next().unwrap_or_default()
            });
            // Names of a namespace and of a code system, which nothing loads.
            let names = ["http://www.w3.org/", "https://icd.who.int/"];
            let foreign: Vec<_> =
                addresses.filter(|it| !names.iter().any(|name| it.starts_with(name))).collect();
            assert!(foreign.is_empty(), "{}: {foreign:?}", file.name);
            for forbidden in
                ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", " style=\""]
            {
                assert!(!file.text.contains(forbidden), "{} contains {forbidden}", file.name);
            }
        }
    }

    #[test]
    fn every_script_says_what_it_is_for() {
        for file in all().filter(|file| file.media_type == SCRIPT) {
            assert!(file.text.starts_with("// "), "{}", file.name);
            assert!(file.text.lines().count() <= 500, "{} has more than 500 lines", file.name);
        }
    }
}
