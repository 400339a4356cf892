//! Whether a member stands in an object twice. That the text is JSON at all is left to the parser that comes after.

use std::borrow::Cow;

/// True if some object of the document, at any depth, names a member twice.
pub(crate) fn member(document: &[u8]) -> bool {
    let mut open: Vec<Vec<Cow<'_, [u8]>>> = Vec::new();
    let mut at = 0;
    while at < document.len() {
        match document[at] {
            b'{' => open.push(Vec::new()),
            // A list has no names, but what it holds must not be taken for the object around it.
            b'[' => open.push(Vec::new()),
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

/// What stands between the quotes, and the position after the closing one.
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
    let quoted = [b"\"", text, b"\""].concat();
    let unescaped = serde_json::from_slice::<String>(&quoted);
    unescaped.map_or(Cow::Borrowed(text), |text| Cow::Owned(text.into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::member;

    #[test]
    fn a_repetition_is_found_at_any_depth_and_under_escapes() {
        for once in
            [r#"{}"#, r#"[{"a":1},{"a":2}]"#, r#"{"a":{"a":"a"},"b":["a","a"]}"#, r#"{"a\"":1,"a":":"}"#]
        {
            assert!(!member(once.as_bytes()), "{once}");
        }
        for twice in [r#"{"a":1,"a" :1}"#, r#"{"a":1,"\u0061":1}"#, r#"[{"x":{"a":{},"b":[0],"a":[]}}]"#] {
            assert!(member(twice.as_bytes()), "{twice}");
        }
    }
}
