//! What somebody may have meant by a code that does not exist.

/// At most three of `known` that resemble `given`, the likeliest first.
pub(crate) fn nearest<'k>(given: &str, known: impl IntoIterator<Item = &'k str>) -> Vec<&'k str> {
    let given = given.to_lowercase();
    // A third of the letters may be wrong, and always one.
    let tolerance = (given.chars().count() / 3).max(1);
    let mut close: Vec<(usize, &str)> = known
        .into_iter()
        .filter_map(|known| {
            let lower = known.to_lowercase();
            let distance = strsim::damerau_levenshtein(&given, &lower);
            let begins_alike = given.len() >= 3 && lower.starts_with(&given);
            (distance <= tolerance || begins_alike).then_some((distance, known))
        })
        .collect();
    close.sort_by_key(|(distance, _)| *distance);
    close.into_iter().take(3).map(|(_, known)| known).collect()
}

/// As part of a sentence: `; did you mean A or B?`, or nothing.
pub(crate) fn hint<'k>(given: &str, known: impl IntoIterator<Item = &'k str>) -> String {
    let close: Vec<String> = nearest(given, known).into_iter().map(|code| format!("`{code}`")).collect();
    match close.as_slice() {
        [] => String::new(),
        close => format!("; did you mean {}?", close.join(" or ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 4] = ["armLeft", "armRight", "apasi", "pasi"];

    #[test]
    fn a_slip_of_the_finger_is_seen_through() {
        assert_eq!(nearest("armleft", KNOWN), ["armLeft"]);
        assert_eq!(nearest("amrLeft", KNOWN), ["armLeft"]);
        assert_eq!(nearest("arm", KNOWN), ["armLeft", "armRight"]);
        assert_eq!(nearest("apsi", KNOWN), ["apasi", "pasi"]);
    }

    #[test]
    fn nothing_is_suggested_for_something_else() {
        assert!(nearest("elbow", KNOWN).is_empty());
        assert_eq!(hint("elbow", KNOWN), "");
        assert_eq!(hint("ARMLEFT", KNOWN), "; did you mean `armLeft`?");
    }
}
