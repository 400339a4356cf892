//! Reads from HTML and XML what an error needs: the character references of a text, and the title of a page.

/// The names of the characters from U+00A0 to U+00FF, in order.
const LATIN_1: &str = "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 \
    acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig \
    Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave \
    Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave \
    iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml";
/// Other names that pages of gateways use, and those of the ASCII characters that passwords hold.
const OTHERS: [(&str, char); 48] = [
    ("amp", '&'),
    ("AMP", '&'),
    ("lt", '<'),
    ("LT", '<'),
    ("gt", '>'),
    ("GT", '>'),
    ("quot", '"'),
    ("QUOT", '"'),
    ("apos", '\''),
    ("excl", '!'),
    ("num", '#'),
    ("dollar", '$'),
    ("percnt", '%'),
    ("lpar", '('),
    ("rpar", ')'),
    ("ast", '*'),
    ("plus", '+'),
    ("comma", ','),
    ("period", '.'),
    ("sol", '/'),
    ("colon", ':'),
    ("semi", ';'),
    ("equals", '='),
    ("quest", '?'),
    ("commat", '@'),
    ("lsqb", '['),
    ("lbrack", '['),
    ("bsol", '\\'),
    ("rsqb", ']'),
    ("rbrack", ']'),
    ("Hat", '^'),
    ("lowbar", '_'),
    ("grave", '`'),
    ("lcub", '{'),
    ("lbrace", '{'),
    ("verbar", '|'),
    ("vert", '|'),
    ("rcub", '}'),
    ("rbrace", '}'),
    ("Tab", '\t'),
    ("NewLine", '\n'),
    ("ndash", '–'),
    ("mdash", '—'),
    ("hellip", '…'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("bull", '•'),
    ("euro", '€'),
];

/// Reads `&amp;`, `&#228;`, `&#xE4;` and the like, whose semicolon may be missing.
pub(super) fn without_references(text: &str) -> String {
    let mut read = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        read.push_str(before);
        let (character, length) = reference(after).unwrap_or(('&', 0));
        read.push(character);
        let after_it = &after[length..];
        rest = if length == 0 { after } else { after_it.strip_prefix(';').unwrap_or(after_it) };
    }
    read.push_str(rest);
    read
}

/// Returns the character that a reference stands for, and the length of the reference without `&` and `;`.
fn reference(text: &str) -> Option<(char, usize)> {
    let length = |text: &str, belongs: fn(u8) -> bool| text.bytes().take_while(|byte| belongs(*byte)).count();
    let number = |begin: usize, radix, belongs| {
        let end = begin + length(&text[begin..], belongs);
        let character = char::from_u32(u32::from_str_radix(&text[begin..end], radix).ok()?)?;
        Some((character, end))
    };
    match text.as_bytes() {
        [b'#', b'x' | b'X', ..] => number(2, 16, |byte| byte.is_ascii_hexdigit()),
        [b'#', ..] => number(1, 10, |byte| byte.is_ascii_digit()),
        _ => {
            let name = &text[..length(text, |byte| byte.is_ascii_alphanumeric())];
            named(name).map(|character| (character, name.len()))
        }
    }
}

fn named(name: &str) -> Option<char> {
    let other = || OTHERS.iter().find(|(other, _)| *other == name).map(|(_, character)| *character);
    let latin_1 = LATIN_1.split(' ').zip('\u{A0}'..).find(|(latin_1, _)| *latin_1 == name);
    latin_1.map(|(_, character)| character).or_else(other)
}

/// Returns the title of a page, or else its first heading or sentence; the message of an XML document.
pub(super) fn title(page: &str) -> Option<String> {
    let lower = page.to_ascii_lowercase();
    let elements = ["title", "h1", "message", "p"].into_iter();
    let mut texts = elements.filter_map(|name| element(page, &lower, name)).map(without_tags);
    texts.find(|text| !text.trim().is_empty()).map(|text| without_references(&text))
}

/// Returns what stands in the first element of this name. `lower` is the page in lower case.
fn element<'p>(page: &'p str, lower: &str, name: &str) -> Option<&'p str> {
    let is_name_end = |rest: &str| rest.starts_with(|next: char| next == '>' || next.is_ascii_whitespace());
    let names = lower.match_indices(name).map(|(at, _)| (at, at + name.len()));
    let (_, after) =
        names.into_iter().find(|(at, after)| lower[..*at].ends_with('<') && is_name_end(&lower[*after..]))?;
    let begin = after + lower[after..].find('>')? + 1;
    let end = lower[begin..].find(&format!("</{name}")).map_or(page.len(), |length| begin + length);
    Some(&page[begin..end])
}

/// Replaces every tag by a space.
fn without_tags(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut parts = text.split('<');
    kept.extend(parts.next());
    for part in parts {
        kept.push(' ');
        kept.extend(part.split_once('>').map(|(_, text)| text));
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_read() {
        for (text, expected) in [
            ("", ""),
            ("Zugriff verweigert", "Zugriff verweigert"),
            ("Zugriff f&uuml;r Gr&ouml;&szlig;e &ndash; nein", "Zugriff für Größe – nein"),
            ("&lt;b&gt; &quot;&apos;&#39;&#x27;&#X27;", "<b> \"''''"),
            ("&amp;amp; &AMP &uuml &uumlx", "&amp; & ü &uumlx"),
            (
                "R&D & more &; &#; &#x; &#xD800; &#99999999999; &none;",
                "R&D & more &; &#; &#x; &#xD800; &#99999999999; &none;",
            ),
            ("&nbsp;&yuml;&iexcl;", "\u{A0}ÿ¡"),
            ("clinic&commat;example&period;org", "clinic@example.org"),
            ("ü&", "ü&"),
        ] {
            assert_eq!(without_references(text), expected, "{text}");
        }
        assert_eq!(LATIN_1.split(' ').count(), 96);
    }

    #[test]
    fn a_page_has_a_title_or_a_heading() {
        for (page, expected) in [
            ("<html><head><title>Access denied</title></head>", Some("Access denied")),
            ("<TITLE lang=de\n>Zugriff &amp; Rechte</TITLE >", Some("Zugriff & Rechte")),
            ("<titlebar>no</titlebar><title>yes</title>", Some("yes")),
            ("<title> </title><h1 class='x'><b>502</b> Bad<br/>Gateway</h1>", Some(" 502  Bad Gateway")),
            ("<?xml version='1.0'?><Error><Code>A</Code><Message>No.</Message></Error>", Some("No.")),
            ("<p>Blocked.</p><p>More</p>", Some("Blocked.")),
            ("<title>cut of", Some("cut of")),
            ("<title", None),
            ("<div>text</div>", None),
        ] {
            assert_eq!(title(page).as_deref(), expected, "{page}");
        }
    }
}
