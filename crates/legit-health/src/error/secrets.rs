//! The secrets of a call, and how the text of a server that repeats one of them is hidden.

use super::html::without_references;
use base64_simd::STANDARD_NO_PAD;
use std::borrow::Cow;
use std::sync::Arc;

/// What is shown in place of a text that repeats a secret.
pub(super) const HIDDEN: &str = "(hidden: it may repeat a secret)";
/// A shorter secret could be in any text, so with one all texts are hidden.
const SHORTEST: usize = 4;
/// A longer text of a server is not searched, which takes a multiple of its memory, but hidden. In bytes.
const LONGEST_TEXT: usize = 16 * 1024;
/// Servers shorten what they quote, so a secret of more than two ends is found by either end.
const END: usize = 16;

/// What was sent as a secret: user name, password, token, the values of added headers. Of each only the needles are kept by
/// which it is found; none of one that is too short.
#[derive(Clone, Default)]
pub(crate) struct Secrets(Vec<Arc<[String]>>);

impl Secrets {
    pub(crate) fn new<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        Self(secrets.into_iter().filter(|secret| !secret.is_empty()).map(needles).collect())
    }

    pub(crate) fn extend(&mut self, others: &Self) {
        for other in &others.0 {
            if !self.0.contains(other) {
                self.0.push(other.clone());
            }
        }
    }

    /// Returns the text of a server, or what is shown in its place.
    pub(crate) fn hide(&self, text: String) -> String {
        if self.are_in(&text) { HIDDEN.to_owned() } else { text }
    }

    /// Returns true if the text repeats a secret, or may: as it is or in part, in other case, escaped as in URLs, forms, JSON,
    /// Python or HTML, or within base64.
    pub(crate) fn are_in(&self, text: &str) -> bool {
        if text.is_empty() || self.0.is_empty() {
            return false;
        }
        if text.len() > LONGEST_TEXT || self.0.iter().any(|needles| needles.is_empty()) {
            return true;
        }
        let texts: Vec<String> = spellings(text).iter().map(|spelling| alike(spelling)).collect();
        let mut needles = self.0.iter().flat_map(|needles| &**needles);
        needles.any(|needle| texts.iter().any(|text| text.contains(needle)))
    }
}

fn needles(secret: &str) -> Arc<[String]> {
    if secret.chars().nth(SHORTEST - 1).is_none() {
        return Arc::default();
    }
    let of_part = |part| std::iter::once(alike(part)).chain(in_base64(part).map(|text| alike(&text)));
    ends(secret).into_iter().flat_map(of_part).collect()
}

/// Returns both ends of a long secret; else the whole.
fn ends(secret: &str) -> Vec<&str> {
    let place = |character: usize| secret.char_indices().nth(character).map(|(at, _)| at);
    let count = secret.chars().count();
    match (place(END), place(count.saturating_sub(END))) {
        (Some(head), Some(tail)) if count > 2 * END => vec![&secret[..head], &secret[tail..]],
        _ => vec![secret],
    }
}

/// Returns the characters of base64 that are the same whatever surrounds `text`, for each of the three places at which it
/// can begin.
fn in_base64(text: &str) -> impl Iterator<Item = String> {
    (0..3).map(move |before: usize| {
        let mut bytes = vec![0; before];
        bytes.extend_from_slice(text.as_bytes());
        let whole = bytes.len() * 8 / 6;
        let encoded = STANDARD_NO_PAD.encode_to_string(bytes);
        encoded[(before * 8).div_ceil(6)..whole].to_owned()
    })
}

/// Makes texts alike that differ in case, or in how forms write a space and URLs write base64.
fn alike(text: &str) -> String {
    let letters = text.chars().map(|letter| match letter {
        '+' | '-' => ' ',
        '_' => '/',
        letter => letter,
    });
    letters.flat_map(char::to_lowercase).collect()
}

/// Returns the text as it is, and what it may be an escaped form of: of up to two escapes, one within the other.
fn spellings(text: &str) -> Vec<Cow<'_, str>> {
    let mut spellings = vec![Cow::Borrowed(text)];
    let mut last_round = 0;
    for _ in 0..2 {
        let round = last_round..spellings.len();
        last_round = round.end;
        for index in round {
            for read in [without_backslashes, without_percents, without_references] {
                let spelling = read(&spellings[index]);
                if !spellings.contains(&Cow::Borrowed(&spelling)) {
                    spellings.push(spelling.into());
                }
            }
        }
    }
    spellings
}

/// Reads `\u0041`, `\x41` and `\"`.
fn without_backslashes(text: &str) -> String {
    let mut units = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        units.extend(before.encode_utf16());
        let digits = match after.as_bytes().first() {
            Some(b'u') => 4,
            Some(b'x') => 2,
            _ => 0,
        };
        let unit = after.get(1..=digits).and_then(|digits| u16::from_str_radix(digits, 16).ok());
        rest = match unit {
            Some(unit) => {
                units.push(unit);
                &after[digits + 1..]
            }
            None => {
                let mut letters = after.chars();
                units.extend(
                    letters.next().into_iter().flat_map(|letter| letter.encode_utf16(&mut [0; 2]).to_vec()),
                );
                letters.as_str()
            }
        };
    }
    units.extend(rest.encode_utf16());
    String::from_utf16_lossy(&units)
}

/// Reads `%41`.
fn without_percents(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        bytes.extend_from_slice(before.as_bytes());
        let byte = after.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(byte.unwrap_or(b'%'));
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64_simd::{STANDARD, URL_SAFE_NO_PAD};

    const PASSWORD: &str = "Hünter~2+ /\"\\%41";

    fn hides(secret: &str, text: &str) -> bool {
        Secrets::new([secret]).hide(text.to_owned()) == HIDDEN
    }

    #[test]
    fn a_secret_is_found_in_every_spelling() {
        let json = serde_json::to_string(PASSWORD).unwrap();
        let percents: String = PASSWORD.bytes().map(|byte| format!("%{byte:02x}")).collect();
        let mut spellings = vec![
            PASSWORD.to_owned(),
            PASSWORD.to_uppercase(),
            json.clone(),
            serde_json::to_string(&json).unwrap(),
            json.replace('ü', "\\u00fc"),
            json.replace('ü', "\\xFC").replace('/', "\\/"),
            "H%C3%BCnter~2%2B+%2F%22%5C%2541".to_owned(),
            "H&uuml;nter~2+ /&quot;\\%41".to_owned(),
            "H&amp;#252;nter~2&amp;#x2B; /&#34;&bsol;%41".to_owned(),
            percents.replace('%', "%25"),
            percents,
        ];
        for before in ["", "a", "ab", "clinic@example.org:"] {
            for after in ["", "z"] {
                let text = format!("{before}{PASSWORD}{after}");
                spellings.push(STANDARD.encode_to_string(&text));
                spellings.push(URL_SAFE_NO_PAD.encode_to_string(&text));
            }
        }
        for spelling in spellings {
            assert!(hides(PASSWORD, &format!("Value error, {spelling} is wrong")), "{spelling}");
        }
    }

    #[test]
    fn other_texts_are_shown_as_they_are() {
        for text in
            ["", "Field required", "100 % \\", "\\u12", "\\ud800 %e4 %zz %é \\é", "hunter2", "Hünter~"]
        {
            assert_eq!(Secrets::new([PASSWORD, "clinic@example.org"]).hide(text.to_owned()), text);
        }
        assert_eq!(Secrets::default().hide("text".into()), "text");
    }

    #[test]
    fn a_text_too_long_to_be_searched_is_hidden() {
        assert!(!hides("other", &"x".repeat(16 * 1024)) && hides("other", &"x".repeat(16 * 1024 + 1)));
    }

    /// The middle of a token may be left out.
    #[test]
    fn both_ends_of_a_long_secret_are_found() {
        let token = format!("Kopf-0123456789a{}Ende-0123456789z", "é".repeat(1_000));
        for part in [&token, "input_value='Kopf-0123456789a...", "...Ende-0123456789z'"] {
            assert!(hides(&token, part), "{part}");
        }
        assert!(!hides(&token, &token[4..token.len() - 4]));
        let short = "0123456789abcdef0123456789abcdef";
        assert!(hides(short, short) && !hides(short, &short[1..]));
    }

    #[test]
    fn a_secret_of_three_characters_hides_every_text() {
        assert!(hides("äöü", "Field required"));
        assert!(!hides("äöüß", "Field required") && hides("äöüß", "xÄÖÜßx"));
        assert!(!hides("", "Field required") && !hides("äöü", ""));
    }
}
