//! Suggestions for a code that does not exist.

use std::collections::BTreeSet;

/// The end of an error sentence, `; did you mean A or B?`, or nothing.
pub(crate) fn hint<'k>(given: &str, known: impl IntoIterator<Item = &'k str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    let close: Vec<String> = nearest(given, &known).into_iter().map(|code| format!("`{code}`")).collect();
    match close.as_slice() {
        [] => String::new(),
        close => format!("; did you mean {}?", close.join(" or ")),
    }
}

/// At most three codes: those with the smallest edit distance, else those with the same prefix, else those that share the
/// most words.
fn nearest<'k>(given: &str, known: &[&'k str]) -> Vec<&'k str> {
    let lower = given.to_lowercase();
    // A third of the letters may be wrong, and always one.
    let tolerance = (lower.chars().count() / 3).max(1);
    let slips = |code: &&str| strsim::damerau_levenshtein(&lower, &code.to_lowercase());
    let mut close = best(known, |code| {
        let slips = slips(code);
        (slips <= tolerance).then_some(slips)
    });
    if close.is_empty() && lower.chars().count() >= 3 {
        close = known.iter().copied().filter(|code| code.to_lowercase().starts_with(&lower)).collect();
    }
    if close.is_empty() {
        let asked = words(given);
        close = best(known, |code| {
            let shared = words(code).intersection(&asked).count();
            (shared > 0).then_some(usize::MAX - shared)
        });
    }
    close.truncate(3);
    close
}

/// All codes with the lowest cost.
fn best<'k>(known: &[&'k str], cost: impl Fn(&&str) -> Option<usize>) -> Vec<&'k str> {
    let costs: Vec<_> = known.iter().filter_map(|code| Some((cost(code)?, *code))).collect();
    let lowest = costs.iter().map(|(cost, _)| *cost).min();
    costs.into_iter().filter(|(cost, _)| Some(*cost) == lowest).map(|(_, code)| code).collect()
}

/// `armLeft`, `left arm` and `LEFT_ARM` have the same words.
fn words(code: &str) -> BTreeSet<String> {
    let mut spaced = String::new();
    let mut after_lower = false;
    for c in code.chars() {
        if after_lower && c.is_uppercase() {
            spaced.push(' ');
        }
        after_lower = c.is_lowercase();
        spaced.extend(c.to_lowercase());
    }
    spaced.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 5] = ["armLeft", "armRight", "earLeft", "apasi", "pasi"];

    #[test]
    fn a_slip_of_the_finger_is_seen_through() {
        assert_eq!(nearest("armleft", &KNOWN), ["armLeft"]);
        assert_eq!(nearest("amrLeft", &KNOWN), ["armLeft"]);
        assert_eq!(nearest("apsi", &KNOWN), ["apasi", "pasi"]);
    }

    #[test]
    fn words_in_another_order_are_recognised() {
        assert_eq!(nearest("arm", &KNOWN), ["armLeft", "armRight"]);
        for given in ["leftArm", "left arm", "LEFT_ARM"] {
            assert_eq!(nearest(given, &KNOWN), ["armLeft"], "{given}");
        }
        assert_eq!(nearest("shoulderLeft", &KNOWN), ["armLeft", "earLeft"]);
    }

    #[test]
    fn nothing_is_suggested_for_something_else() {
        assert!(nearest("elbow", &KNOWN).is_empty());
        assert_eq!(hint("elbow", KNOWN), "");
        assert_eq!(hint("ARMLEFT", KNOWN), "; did you mean `armLeft`?");
    }
}
