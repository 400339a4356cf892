//! Colour: marks in the text of this program. They become escape sequences where colour is wanted, and nothing elsewhere.
//!
//! Text is made safe before its marks are replaced (`crate::terminal`), so nothing that comes from elsewhere reaches a
//! terminal as an escape sequence.

/// What a part of a text is. The colours are among the 16 that terminals adapt to their background.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    Heading,
    /// A bar of a chart.
    Bar,
    Good,
    Bad,
    /// What is said beside the point.
    Faint,
}

const STYLES: [(char, Style, &str); 5] = [
    ('\u{F8F0}', Style::Heading, "\x1b[1m"),
    ('\u{F8F1}', Style::Bar, "\x1b[36m"),
    ('\u{F8F2}', Style::Good, "\x1b[32m"),
    ('\u{F8F3}', Style::Bad, "\x1b[1;31m"),
    ('\u{F8F4}', Style::Faint, "\x1b[2m"),
];
const END: char = '\u{F8FE}';

/// Whether it is a mark. They are private characters, without a meaning elsewhere.
pub(crate) fn is_mark(c: char) -> bool {
    c == END || STYLES.iter().any(|(mark, ..)| *mark == c)
}

impl Style {
    /// The text between two marks. No style within another one.
    pub(crate) fn of(self, text: &str) -> String {
        let mark = STYLES.iter().find(|(_, style, _)| *style == self).map_or(END, |(mark, ..)| *mark);
        format!("{mark}{text}{END}")
    }
}

/// The text with escape sequences in place of the marks, or without either.
pub(crate) fn painted(text: &str, in_colour: bool) -> String {
    let mut painted = String::with_capacity(text.len());
    for c in text.chars() {
        let sequence = match STYLES.iter().find(|(mark, ..)| *mark == c) {
            Some((.., sequence)) => sequence,
            None if c == END => "\x1b[0m",
            None => {
                painted.push(c);
                continue;
            }
        };
        if in_colour {
            painted.push_str(sequence);
        }
    }
    painted
}

/// A bar of at most `cells` characters for a percentage. What is not 0 is seen.
pub(crate) fn bar(percent: f64, cells: usize) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let whole = cells * 8;
    let filled = (percent.clamp(0.0, 100.0) / 100.0 * whole as f64).round() as usize;
    let filled = if percent > 0.0 { filled.max(1) } else { 0 };
    Style::Bar.of(&format!("{}{}", "█".repeat(filled / 8), EIGHTHS[filled % 8]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_become_colour_or_nothing() {
        let text = format!("{} {}", Style::Heading.of("Images"), Style::Bad.of("NOT USABLE"));
        assert_eq!(painted(&text, false), "Images NOT USABLE");
        assert_eq!(painted(&text, true), "\x1b[1mImages\x1b[0m \x1b[1;31mNOT USABLE\x1b[0m");
        assert!(text.chars().filter(|c| is_mark(*c)).count() == 4);
    }

    #[test]
    fn a_bar_is_as_long_as_its_percentage() {
        let bars = [0.0, 0.01, 5.0, 50.0, 100.0, 900.0].map(|percent| painted(&bar(percent, 10), false));
        assert_eq!(bars, ["", "▏", "▌", "█████", "██████████", "██████████"]);
    }
}
