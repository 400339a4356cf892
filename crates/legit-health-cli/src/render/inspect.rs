//! What a file is, and what of it would be sent, as text.

use crate::command::inspect::{Check, Inspection, removed_bytes};
use crate::style::Style;
use crate::terminal::{shown, wrapped};
use legit_health::Image;
use legit_health::images::Removed;
use std::fmt::{self, Write};

pub(crate) fn inspection(inspection: &Inspection, width: usize) -> String {
    let mut text = String::new();
    write(&mut text, inspection, width).expect("writing to a string cannot fail");
    text
}

fn write(text: &mut String, inspection: &Inspection, width: usize) -> fmt::Result {
    writeln!(text, "{}", Style::Heading.of(&shown(&inspection.path)))?;
    if let Some(image) = &inspection.image {
        write_facts(text, image, inspection.check)?;
        write_bytes(text, image, inspection.file_bytes)?;
        for removed in image.removed() {
            write_removed(text, removed, width)?;
        }
    }
    if let Some(path) = &inspection.written {
        writeln!(text, "  written to {}", shown(path))?;
    }
    if let Some(failure) = &inspection.failure {
        let sentence = failure.to_string();
        // Its name stands above.
        let sentence = sentence.strip_prefix(&format!("{}: ", shown(&inspection.path))).unwrap_or(&sentence);
        let sentence = format!("  {} {sentence}", Style::Bad.of("error:"));
        writeln!(text, "{}", wrapped(&sentence, width, "  "))?;
    }
    Ok(())
}

fn write_facts(text: &mut String, image: &Image, check: Check) -> fmt::Result {
    writeln!(
        text,
        "  {}, {} × {} pixels, {}",
        image.format(),
        image.width(),
        image.height(),
        if image.has_color_profile() { "with a color profile" } else { "without a color profile" }
    )?;
    if image.orientation() != 1 {
        writeln!(text, "  orientation {}: {}", image.orientation(), turn(image.orientation()))?;
    }
    writeln!(
        text,
        "  {}",
        match check {
            Check::Complete => Style::Good.of("complete: read to the last code of the picture"),
            Check::Failed => Style::Bad.of("NOT COMPLETE, or damaged"),
            Check::LeftOut => "not read to the last code of the picture (`--no-verify`)".to_owned(),
        }
    )
}

/// What a viewer does.
fn turn(orientation: u8) -> &'static str {
    match orientation {
        2 => "mirrored when it is shown",
        3 => "turned upside down when it is shown",
        4 => "mirrored and turned upside down when it is shown",
        5 => "mirrored and turned to the left when it is shown",
        6 => "turned to the right when it is shown",
        7 => "mirrored and turned to the right when it is shown",
        8 => "turned to the left when it is shown",
        _ => "as stored",
    }
}

const NUMBER: usize = 13;
const NAME: usize = 26;

fn write_bytes(text: &mut String, image: &Image, file_bytes: Option<u64>) -> fmt::Result {
    let (original, removed) = (image.original_len(), removed_bytes(image));
    let mut line = |name: &str, bytes: u64, words: &str| {
        writeln!(text, "{}", format!("  {name:<NAME$}{:>NUMBER$}  {words}", grouped(bytes)).trim_end())
    };
    if let Some(bytes) = file_bytes.filter(|bytes| *bytes != original) {
        line("base64 text in the file", bytes, "bytes")?;
    }
    line("in the file", original, "bytes")?;
    let new = image.len() + removed - original;
    let words = match new {
        0 => "bytes".to_owned(),
        new => format!("bytes, {new} of them new, such as the orientation"),
    };
    line("sent", image.len(), &words)?;
    line("removed", removed, if removed == 0 { "there is nothing to remove" } else { "bytes:" })
}

fn write_removed(text: &mut String, removed: &Removed, width: usize) -> fmt::Result {
    let name = match removed.places {
        1 => removed.kind.to_string(),
        places => format!("{} ({places})", removed.kind),
    };
    let line = format!("    {name:<NAME$}{:>width$}", grouped(removed.bytes), width = NUMBER - 2);
    let contents: Vec<String> = removed.exif.iter().map(ToString::to_string).collect();
    let indent = " ".repeat(line.chars().count() + 2);
    let words = wrapped(&contents.join(", "), width - indent.len(), "");
    let mut lines = words.lines();
    writeln!(text, "{}", format!("{line}  {}", lines.next().unwrap_or_default()).trim_end())?;
    lines.try_for_each(|line| writeln!(text, "{indent}{line}"))
}

/// `1234567` becomes `1,234,567`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().map(|group| std::str::from_utf8(group).expect("digits")).collect();
    groups.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_groups() {
        assert_eq!(
            [0, 1, 999, 1000, 1_234_567, 536_870_912].map(grouped),
            ["0", "1", "999", "1,000", "1,234,567", "536,870,912"]
        );
    }
}
