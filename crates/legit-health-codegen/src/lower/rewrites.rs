//! Rules that change the document itself: its responses, its optional lists and its descriptions.

use super::Lowered;
use crate::error::Findings;
use crate::spec::{Document, Node, reachable, targets};

/// Drops every response but the successful one.
///
/// progenitor panics on two error types for one operation and loses the status of an error body that it cannot read.
/// Without them, the caller gets the whole response with its status; the error schemas stay and are decoded from it.
pub(super) fn drop_error_bodies(lowered: &mut Lowered, _: &mut Findings) -> usize {
    let mut dropped = 0;
    let paths = lowered.document.root_mut().at_mut(&["paths"]).into_iter().flat_map(Node::entries_mut);
    for (_, operation) in paths.flat_map(|(_, item)| item.entries_mut()) {
        if let Some(responses) = operation.at_mut(&["responses"]).and_then(Node::as_map_mut) {
            let before = responses.len();
            responses.retain(|status, _| status.starts_with('2'));
            dropped += before - responses.len();
        }
    }
    dropped
}

/// Lets an optional list in a response be null.
///
/// An absent list and a null one mean the same to the reader, but the generated field takes null only if the schema
/// says so, and one null would fail a whole report. Requests stay as they are: they never send null by mistake.
pub(super) fn null_tolerant_lists(lowered: &mut Lowered, _: &mut Findings) -> usize {
    let received: Vec<String> = received(&lowered.document).into_iter().map(str::to_owned).collect();
    let mut changed = 0;
    for (name, schema) in lowered.document.named_schemas_mut() {
        if !received.iter().any(|received| received == name) {
            continue;
        }
        let required: Vec<String> = schema.texts("required").map(str::to_owned).collect();
        for (property, node) in schema.at_mut(&["properties"]).into_iter().flat_map(Node::entries_mut) {
            let optional_list = node.says("type", "array") && !required.iter().any(|name| name == property);
            if let Some(map) = node.as_map_mut().filter(|map| optional_list && !map.contains_key("nullable"))
            {
                map.insert("nullable".into(), Node::Bool(true));
                changed += 1;
            }
        }
    }
    changed
}

/// The schemas of successful responses, and of the error bodies that are decoded by hand.
fn received(document: &Document) -> impl IntoIterator<Item = &str> {
    let good = document.operations().filter_map(|(_, _, _, operation)| operation.get("responses"));
    let bad = document.root().at(&["components", "responses"]);
    reachable(document, good.chain(bad).flat_map(targets))
}

/// Puts the title of a schema before its description, because generated documentation is made from the description alone.
pub(super) fn titles(lowered: &mut Lowered, _: &mut Findings) -> usize {
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
    use crate::lower::SpecKind;
    use crate::lower::tests::{apply, with_schemas};

    #[test]
    fn only_the_successful_response_stays() {
        let text =
            "paths: {/a: {get: {responses: {'200': {}, '401': {}, default: {}}}, summary: not an operation}}";
        let (count, lowered, said) = apply(drop_error_bodies, SpecKind::Device, text);
        assert_eq!((count, said.as_str()), (2, ""));
        let left = lowered.document.root().at(&["paths", "/a", "get"]).unwrap();
        assert_eq!(left.members("responses").map(|(status, _)| status).collect::<Vec<_>>(), ["200"]);
    }

    fn document(list: &str) -> String {
        format!(
            "
paths:
  /a:
    post:
      requestBody: {{content: {{application/json: {{schema: {{$ref: '#/components/schemas/Sent'}}}}}}}}
      responses: {{'200': {{content: {{application/json: {{schema: {{$ref: '#/components/schemas/Report'}}}}}}}}}}
components:
  schemas:
    Sent: {{properties: {{list: {{type: array}}}}}}
    Report: {{properties: {{inner: {{allOf: [{{$ref: '#/components/schemas/Inner'}}]}}}}}}
    Inner: {{required: [must], properties: {{must: {{type: array}}, list: {list}, word: {{type: string}}}}}}"
        )
    }

    #[test]
    fn only_optional_lists_that_are_received_change() {
        let (count, lowered, _) = apply(null_tolerant_lists, SpecKind::Device, &document("{type: array}"));
        assert_eq!(count, 1);
        let schemas = lowered.document.root().at(&["components", "schemas"]).unwrap();
        assert!(schemas.at(&["Inner", "properties", "list"]).unwrap().is_true("nullable"));
        for untouched in [["Inner", "must"], ["Inner", "word"], ["Sent", "list"]] {
            let property = schemas.at(&[untouched[0], "properties", untouched[1]]).unwrap();
            assert!(!property.has("nullable"), "{untouched:?}");
        }
    }

    #[test]
    fn a_list_that_is_nullable_already_is_not_counted() {
        assert_eq!(
            apply(null_tolerant_lists, SpecKind::Device, &document("{type: array, nullable: true}")).0,
            0
        );
    }

    #[test]
    fn titles_become_the_first_line() {
        let (count, lowered, _) = with_schemas(
            titles,
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
}
