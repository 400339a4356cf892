//! A lowered document in short form, for snapshots: a line for each operation, property, list and scale.

use std::fmt::Write;

use legit_health_codegen::{AnswerKind, CodeList, Item, Lowered, Node, Scale, Values};

pub(super) fn summary(lowered: &Lowered) -> String {
    let mut lines = vec![format!("{}, lowered by", lowered.document.file())];
    lines.extend(lowered.fired.iter().map(|(rule, count)| format!("  {rule}: {count}")));
    lines.push("operations".into());
    for (path, item) in lowered.document.root().members("paths") {
        let operations = item.entries().filter(|(_, node)| node.has("operationId"));
        lines.extend(operations.map(|(method, node)| operation(path, method, node)));
    }
    lines.push("schemas".into());
    for (name, schema) in lowered.document.named_schemas() {
        if !lowered.replacements.contains_key(name) {
            lines.extend(generated_schema(name, schema));
        }
    }
    lines.push("replaced".into());
    let plain = |rust_type: &str| !rust_type.contains("::codes::") || rust_type.contains('<');
    let other = lowered.replacements.iter().filter(|(_, ty)| plain(ty) && !ty.contains("::scales::"));
    lines.extend(other.map(|(name, rust_type)| format!("  {name} = {rust_type}")));
    lines.push("open lists".into());
    lines.extend(lowered.code_lists.iter().map(list));
    if !lowered.scales.is_empty() {
        lines.push("scales".into());
        lines.extend(lowered.scales.iter().map(scale));
        lines.extend(lowered.sets.iter().map(|set| format!("  {} ({})", set.name, set.mode.word())));
    }
    lines.join("\n") + "\n"
}

fn operation(path: &str, method: &str, node: &Node) -> String {
    let name = node.text("operationId").unwrap_or("?");
    let mut line = format!("  {name}: {} {path}", method.to_uppercase());
    for parameter in node.list("parameters") {
        let name = parameter.text("name").unwrap_or("?");
        let mark = if parameter.is_true("required") { "" } else { "?" };
        let _ = write!(line, " {name}{mark}");
    }
    for (media, content) in node.get("requestBody").into_iter().flat_map(|body| body.members("content")) {
        let form = if media.ends_with("urlencoded") { " as form" } else { "" };
        let _ = write!(line, " {}{form}", content.get("schema").map(shape).unwrap_or_default());
    }
    for (_, response) in node.members("responses") {
        for (_, content) in response.members("content") {
            let _ = write!(line, " -> {}", content.get("schema").map(shape).unwrap_or_default());
        }
    }
    line
}

fn generated_schema(name: &str, schema: &Node) -> Vec<String> {
    if !schema.has("properties") {
        return vec![format!("  {name}: {}", shape(schema))];
    }
    let room = if schema.has("additionalProperties") { ", keeps other members" } else { "" };
    let mut lines = vec![format!("  {name}{room}")];
    let required: Vec<&str> = schema.texts("required").collect();
    for (property, node) in schema.members("properties") {
        let mark = if required.contains(&property) { "" } else { "?" };
        lines.push(format!("    {property}{mark}: {}", shape(node)));
    }
    lines
}

fn target(node: &Node) -> Option<&str> {
    node.text("$ref")?.strip_prefix("#/components/schemas/")
}

fn shape(node: &Node) -> String {
    let referred = target(node).or_else(|| node.list("allOf").first().and_then(target));
    let name = match (referred, node.text("type")) {
        (Some(name), _) => name.to_owned(),
        (None, Some("array")) => format!("[{}]", node.get("items").map(shape).unwrap_or_default()),
        (None, other) => other.unwrap_or("any").to_owned(),
    };
    if node.is_true("nullable") { format!("{name} or null") } else { name }
}

fn list(list: &CodeList) -> String {
    let codes: Vec<String> = match &list.values {
        Values::Texts(values) => values.iter().map(|(_, code)| code.clone()).collect(),
        Values::Numbers(values) => values.iter().map(|(name, code)| format!("{code} {name}")).collect(),
    };
    format!("  {}: {}", list.name, codes.join(", "))
}

fn scale(scale: &Scale) -> String {
    let modes: Vec<&str> = scale.modes.iter().map(|mode| mode.word()).collect();
    let mut line = format!("  {} ({})", scale.code, modes.join(", "));
    let items = |items: &[Item]| items.iter().map(item).collect::<Vec<_>>().join(", ");
    let conditions: Vec<&str> = scale.conditions.iter().map(|condition| condition.code.as_str()).collect();
    for (word, list) in [
        ("asks", items(&scale.items)),
        ("for", conditions.join(", ")),
        ("accepted at", scale.accepted_sites.join(", ")),
        ("refused at", scale.refused_sites.join(", ")),
    ] {
        if !list.is_empty() {
            let _ = write!(line, "; {word} {list}");
        }
    }
    line
}

fn item(item: &Item) -> String {
    let kind = match item.kind {
        AnswerKind::YesNo => "0|1".to_owned(),
        AnswerKind::Count => "0..".to_owned(),
        AnswerKind::Percent => "%".to_owned(),
        AnswerKind::Whole(min, max) => format!("{min}..{max}"),
    };
    format!("{} {kind}", item.code)
}
