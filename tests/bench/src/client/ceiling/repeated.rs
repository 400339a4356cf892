//! Finds members that an object has twice.

use std::borrow::Cow;

/// Returns true if an object of the document, at any depth, has two members of the same name. Whether the document is JSON
/// is left to the parser.
pub(super) fn has_repeated_member(document: &[u8]) -> bool {
    // Lists have no names, but what is in them must not count for the object around them.
    let mut open: Vec<Vec<Cow<'_, [u8]>>> = Vec::new();
    let mut at = 0;
    while at < document.len() {
        match document[at] {
            b'{' | b'[' => open.push(Vec::new()),
            b'}' | b']' => drop(open.pop()),
            b'"' => {
                let (text, end) = string(document, at + 1);
                at = end;
                let mut after = document[end..].iter().copied().skip_while(u8::is_ascii_whitespace);
                if let (Some(b':'), Some(names)) = (after.next(), open.last_mut()) {
                    let name = unescaped(text);
                    if names.contains(&name) {
                        return true;
                    }
                    names.push(name);
                }
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    false
}

/// Returns the text between the quotes, and the position after the closing one.
fn string(document: &[u8], start: usize) -> (&[u8], usize) {
    let mut at = start;
    while let Some(found) = memchr::memchr2(b'"', b'\\', &document[at..]) {
        at += found;
        if document[at] == b'"' {
            return (&document[start..at], at + 1);
        }
        at = (at + 2).min(document.len());
    }
    (&document[start..], document.len())
}

fn unescaped(text: &[u8]) -> Cow<'_, [u8]> {
    if !text.contains(&b'\\') {
        return Cow::Borrowed(text);
    }
    let unescaped = serde_json::from_slice::<String>(&[b"\"", text, b"\""].concat());
    unescaped.map_or(Cow::Borrowed(text), |text| Cow::Owned(text.into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::has_repeated_member;

    #[test]
    fn repetitions_are_found_at_any_depth_and_with_escapes() {
        for once in
            [r#"{}"#, r#"[{"a":1},{"a":2}]"#, r#"{"a":{"a":"a"},"b":["a","a"]}"#, r#"{"a\"":1,"a":":"}"#]
        {
            assert!(!has_repeated_member(once.as_bytes()), "{once}");
        }
        for twice in [r#"{"a":1,"a" :1}"#, r#"{"a":1,"\u0061":1}"#, r#"[{"x":{"a":{},"b":[0],"a":[]}}]"#] {
            assert!(has_repeated_member(twice.as_bytes()), "{twice}");
        }
    }
}
