//! For a pull request.

use std::fmt::Write as _;

use super::{capital, sentence};
use crate::diff::{Change, Diff, Verdict};

pub(super) fn render(diff: &Diff) -> String {
    let mut text = format!("**Contract: {}**\n", diff.headline());
    if let Some(unsaid) = diff.unsaid() {
        let _ = write!(text, "\n> {}\n", escaped(&unsaid));
    }
    for verdict in [Verdict::Major, Verdict::Minor, Verdict::Patch] {
        let of_it: Vec<&Change> = diff.changes.iter().filter(|change| change.verdict == verdict).collect();
        if of_it.is_empty() {
            continue;
        }
        let _ = write!(text, "\n### {}\n\n", capital(verdict.word()));
        of_it.into_iter().for_each(|change| entry(&mut text, change));
    }
    text
}

fn entry(text: &mut String, change: &Change) {
    let travels = change.travels(4).map(|travels| format!(" {}", sentence(&travels))).unwrap_or_default();
    let wire = change.on_the_wire().map(|wire| format!(" {wire}")).unwrap_or_default();
    let what = sentence(&change.what);
    let _ = writeln!(
        text,
        "- **{}**: {}{}{wire}",
        escaped(&capital(&change.place)),
        escaped(&what),
        escaped(&travels)
    );
    for (items, effect) in change.effects() {
        let breaks = if effect.breaks { "**breaking:** " } else { "" };
        let what = effect.what.as_deref().unwrap_or("stays as it is");
        let _ = writeln!(text, "  - {breaks}`{}` — {}", items.join("`, `"), escaped(what));
    }
    let _ = writeln!(text, "  - `{}` at `{} {}`", change.id, change.file, change.pointer);
}

/// What a contract says must not become markup, outside of code.
fn escaped(text: &str) -> String {
    let mut in_code = false;
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        in_code ^= c == '`';
        match c {
            '<' | '>' | '*' | '_' | '#' | '[' | ']' | '|' if !in_code => out.extend(['\\', c]),
            '\n' | '\r' => out.push(' '),
            _ => out.push(c),
        }
    }
    out
}
