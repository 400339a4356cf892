//! Puts the title of a schema before its description: generated docs are made from the description alone.

use super::{Lowered, Rule};
use crate::error::Findings;
use crate::spec::Node;

pub(super) const RULE: Rule = Rule { name: "titles", apply };

fn apply(lowered: &mut Lowered, _: &mut Findings) -> usize {
    let mut moved = 0;
    for (_, schema) in lowered.document.named_schemas_mut() {
        let Some(map) = schema.as_map_mut() else { continue };
        let Some(Node::Text(title)) = map.shift_remove("title") else {
            continue;
        };
        let title = sentence(&title);
        let text = match map.get("description").and_then(Node::as_text) {
            Some(description) => format!("{title}\n\n{description}"),
            None => title,
        };
        map.insert("description".into(), Node::Text(text));
        moved += 1;
    }
    moved
}

/// A title as the first line of a doc comment.
pub(crate) fn sentence(title: &str) -> String {
    if title.ends_with(['.', '!', '?']) { title.to_owned() } else { format!("{title}.") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::tests::with_schemas;

    #[test]
    fn titles_become_the_first_line() {
        let (count, lowered, _) = with_schemas(
            &RULE,
            "
    A: {title: Body site, description: More.}
    B: {title: Alone}
    C: {description: No title}",
        );
        assert_eq!(count, 2);
        let description = |name| lowered.document.named_schema(name).unwrap().text("description").unwrap();
        assert_eq!(description("A"), "Body site.\n\nMore.");
        assert_eq!(description("B"), "Alone.");
        assert_eq!(description("C"), "No title");
        assert!(!lowered.document.named_schema("A").unwrap().has("title"));
    }

    #[test]
    fn without_titles_it_does_not_fire() {
        assert_eq!(with_schemas(&RULE, "    C: {description: No title}").0, 0);
    }
}
