//! `cargo xtask campaign images`: structural mutants of images, shown to the product and to two decoders each.

mod reasons;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use super::write_page;
use crate::Outcome;
use crate::cargo::build_test;
use reasons::{DIVIDED, OTHER_PIXELS, PLANTED, PLANTED_BY_DEFAULT, REFUSED, SENT, why};

const PAGE: &str = "docs/maintainers/hostile-images.md";
const DECODERS: &str = "xtask/src/campaign/images/decode.py";
/// Programs that must be there, with an argument that makes them say who they are.
const PROGRAMS: [(&str, &[&str]); 4] = [
    ("python3", &["-c", "import PIL; print('Pillow', PIL.__version__)"]),
    ("djpeg", &["-version"]),
    ("pngcheck", &["-h"]),
    ("dwebp", &["-version"]),
];

pub(super) fn run(root: &Path) -> Outcome {
    let used: Vec<String> = PROGRAMS.iter().map(|program| version(*program)).collect::<Result<_, _>>()?;
    let folder = tempfile::tempdir()?;
    let tests = build_test(root, "image")?;
    let mut writer = Command::new(tests);
    writer
        .args(["--exact", "mutants::write_mutants", "--ignored"])
        .env("LEGIT_HEALTH_MUTANTS", folder.path());
    let written = writer.output()?;
    if !written.status.success() {
        return Err(
            format!("the mutants cannot be written: {}", String::from_utf8_lossy(&written.stdout)).into()
        );
    }
    let decoded = Command::new("python3").arg(root.join(DECODERS)).arg(folder.path()).output()?;
    if !decoded.status.success() {
        return Err(format!("{DECODERS} failed: {}", String::from_utf8_lossy(&decoded.stderr)).into());
    }
    let outcomes = std::fs::read_to_string(folder.path().join("outcomes.tsv"))?;
    let decoded = String::from_utf8_lossy(&decoded.stdout);
    let mutants = mutants(&outcomes, &decoded);
    let page = render(&mutants.ok_or("the decoders have left out a mutant")?, &used);
    write_page(root, PAGE, &page)?;
    Ok(crate::exit_code(!page.contains(NOT_EXAMINED)))
}

/// Returns the first line of what a program says of itself.
fn version((program, arguments): (&str, &[&str])) -> Result<String, String> {
    let missing =
        || format!("`{program}` is missing: install djpeg, dwebp, pngcheck, and Python with Pillow");
    let output = Command::new(program).args(arguments).output().map_err(|_| missing())?;
    let said = [output.stdout, output.stderr].concat();
    let line = String::from_utf8_lossy(&said).lines().next().unwrap_or_default().trim().to_owned();
    let line = line.split(" https").next().unwrap_or_default().trim_start_matches("Version: ").to_owned();
    if line.starts_with("Traceback") { Err(missing()) } else { Ok(format!("{program} ({line})")) }
}

/// A mutant, what the product does with it, and what decoders make of it.
struct Mutant<'a> {
    format: &'a str,
    mutation: &'a str,
    by_default: Refusal<'a>,
    verified: Refusal<'a>,
    sends_planted: [bool; 2],
    decoders: [Decoder<'a>; 2],
}

/// The sentence, if it is refused.
type Refusal<'a> = Option<&'a str>;

struct Decoder<'a> {
    verdict: &'a str,
    complaint: &'a str,
    /// Whether it shows the same of what is sent after the full check.
    shows_the_same: Option<bool>,
}

fn mutants<'a>(outcomes: &'a str, decoded: &'a str) -> Option<Vec<Mutant<'a>>> {
    let rows = decoded.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let rows: BTreeMap<(&str, &str), Vec<&str>> =
        rows.filter(|row| row.len() == 8).map(|row| ((row[0], row[1]), row)).collect();
    let mutant = |line: &'a str| {
        let fields: Vec<&str> = line.split('\t').collect();
        let [number, format, mutation, default, default_planted, verified, verified_planted] = fields[..]
        else {
            return None;
        };
        let own = rows.get(&(number, "mutant"))?;
        let sent = rows.get(&(number, "verified"));
        let decoder = |at: usize| Decoder {
            verdict: own[at],
            complaint: own[at + 2],
            shows_the_same: sent.filter(|_| own[at] != "fails").map(|sent| sent[at + 1] == own[at + 1]),
        };
        let refusal = |sentence: &'a str| (!sentence.is_empty()).then_some(sentence);
        Some(Mutant {
            format,
            mutation,
            by_default: refusal(default),
            verified: refusal(verified),
            sends_planted: [default_planted == "true", verified_planted == "true"],
            decoders: [decoder(2), decoder(5)],
        })
    };
    outcomes.lines().map(mutant).collect()
}

impl Mutant<'_> {
    fn product(&self) -> &'static str {
        match (self.by_default, self.verified) {
            (Some(_), _) => "refused when it is opened",
            (None, Some(_)) => "refused by the full check",
            (None, None) => "sent",
        }
    }

    fn view(&self) -> View {
        match self.decoders.each_ref().map(|decoder| decoder.verdict) {
            ["ok", "ok"] => View::Both,
            ["fails", "fails"] => View::Neither,
            _ => View::Divided,
        }
    }

    /// What is not as a reader would expect, and what product or decoder say of it.
    fn disagreements(&self) -> Vec<(&'static str, String)> {
        let mut found = Vec::new();
        let complaint =
            self.decoders.iter().map(|decoder| decoder.complaint).find(|complaint| !complaint.is_empty());
        let complaint = without_numbers(complaint.unwrap_or("says nothing"));
        match (self.verified, self.view()) {
            (Some(sentence), View::Both) => found.push((REFUSED, without_numbers(sentence))),
            (None, View::Neither) => found.push((SENT, complaint)),
            (None, View::Divided) => found.push((DIVIDED, complaint)),
            _ => {}
        }
        if self.decoders.iter().any(|decoder| decoder.shows_the_same == Some(false)) {
            found.push((OTHER_PIXELS, self.mutation.to_owned()));
        }
        let [by_default, verified] = self.sends_planted;
        if verified {
            found.push((PLANTED, self.mutation.to_owned()));
        } else if by_default && self.verified.is_none() {
            found.push((PLANTED_BY_DEFAULT, self.mutation.to_owned()));
        }
        found
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum View {
    Both,
    Divided,
    Neither,
}

/// Each number as `n`, so that sentences of one kind are equal; and nothing that a table cell cannot hold.
fn without_numbers(text: &str) -> String {
    let mut plain = String::new();
    let mut is_in_number = false;
    for character in text.chars().filter(|character| !matches!(character, '|' | '`' | '<' | '>')).take(110) {
        if !character.is_ascii_digit() {
            plain.push(character);
        } else if !is_in_number {
            plain.push('n');
        }
        is_in_number = character.is_ascii_digit();
    }
    plain
}

fn render(mutants: &[Mutant<'_>], used: &[String]) -> String {
    let mut text = format!(
        "# Damaged images, and what decoders make of them

**{} mutants** of JPEG, PNG and WebP, each shown to the product and to two decoders.

Written by `cargo xtask campaign images`, with {}.
Every JPEG is read by Pillow and djpeg, every WebP by Pillow and dwebp, every PNG by Pillow and pngcheck, which knows no pixels and
refuses what most decoders forgive. A mutant is a whole image of which one thing was changed: the file or a part of it cut, a segment or chunk removed, repeated or moved, a length, a number, a dimension, a restart marker or a checksum changed,
bytes or text put between the parts or behind the picture data, bits flipped. The mutants are made by
`crates/legit-health/tests/image/mutants.rs`.

## What the product does with what decoders show

A decoder shows a mutant if it neither fails nor warns. The last three columns count mutants.

| format | product | both show it | one warns or fails | neither shows it |
|---|---|---|---|---|
",
        mutants.len(),
        used.join(", "),
    );
    for format in ["jpg", "png", "webp"] {
        for product in ["sent", "refused by the full check", "refused when it is opened"] {
            let of = |view| {
                let is = |mutant: &&Mutant<'_>| {
                    (mutant.format, mutant.product(), mutant.view()) == (format, product, view)
                };
                mutants.iter().filter(is).count()
            };
            let (both, divided, neither) = (of(View::Both), of(View::Divided), of(View::Neither));
            let _ = writeln!(text, "| {format} | {product} | {both} | {divided} | {neither} |");
        }
    }
    text += "
## What does not agree

Each line is one reason, with the number of mutants that it explains. *Shown* and *refused* mean what they mean above; *planted
text* was put into the file to see whether it leaves with it. The campaign fails if there is no reason.

| what | format | mutants | why |
|---|---|---|---|
";
    let mut kinds: BTreeMap<(&str, &str, String), usize> = BTreeMap::new();
    for mutant in mutants {
        for (what, words) in mutant.disagreements() {
            let why = why(what, mutant.format, &words);
            // The words are what the reason has to name.
            let why = why.map_or_else(|| format!("{NOT_EXAMINED} {words}"), str::to_owned);
            *kinds.entry((what, mutant.format, why)).or_default() += 1;
        }
    }
    for ((what, format, why), count) in kinds {
        let _ = writeln!(text, "| {what} | {format} | {count} | {why} |");
    }
    text
}

const NOT_EXAMINED: &str = "**Not examined: add the reason to `xtask/src/campaign/images/reasons.rs`.**";

#[cfg(test)]
mod tests {
    use super::*;

    const OUTCOMES: &str =
        "0\tjpg\tfile cut\t\ttrue\tends at line 9 of 28\tfalse\n1\tpng\ttype changed\t\tfalse\t\ttrue\n";

    #[test]
    fn disagreements_are_named() {
        let decoded = "0\tmutant\tok\ta\t\tok\tb\t\n\
                       1\tmutant\tok\ta\t\tfails\tb\tbad chunk 17\n1\tverified\tok\tc\t\tfails\tb\tx\n";
        let mutants = mutants(OUTCOMES, decoded).unwrap();
        assert_eq!(mutants[0].product(), "refused by the full check");
        let refused = (REFUSED, "ends at line n of n".to_owned());
        assert_eq!(mutants[0].disagreements(), [refused]);
        let expected = [
            (DIVIDED, "bad chunk n".to_owned()),
            (OTHER_PIXELS, "type changed".to_owned()),
            (PLANTED, "type changed".to_owned()),
        ];
        assert_eq!(mutants[1].disagreements(), expected);
        let page = render(&mutants, &["djpeg".to_owned()]);
        assert!(page.contains("| jpg | refused by the full check | 1 | 0 | 0 |"), "{page}");
        assert!(
            page.contains("| sent with other pixels | png | 1 | **Not examined")
                && page.contains(".** type changed |"),
            "{page}"
        );
    }

    #[test]
    fn a_mutant_that_no_decoder_was_shown_is_an_error() {
        assert!(mutants(OUTCOMES, "0\tmutant\tok\ta\t\tok\tb\t\n").is_none());
    }
}
