//! Corrections of what progenitor generates. As with lowering, one that changes nothing is an error.

mod client;
pub(crate) mod docs;
pub(crate) mod mocks;
mod requests;
mod types;
mod wire_names;

use crate::error::{Findings, Result};
use crate::lower::Lowered;
use crate::prepare::field_name;
use crate::spec::{Direction, Directions, Node, Pointer};

struct Pass {
    name: &'static str,
    /// Returns the number of places it changed.
    apply: fn(&mut syn::File) -> usize,
}

const JSON_SCHEMA: &str = "json_schema";

/// Before requests get their constructors, which name every member.
const UNKNOWN_FIELDS: Pass = Pass { name: "unknown_fields", apply: types::unknown_fields };

/// In the order in which they are applied, after that.
const PASSES: [Pass; 3] = [
    Pass { name: "quiet_debug", apply: types::quiet_debug },
    Pass { name: "given_client", apply: client::given_client },
    Pass { name: JSON_SCHEMA, apply: types::json_schema },
];

/// Applies every pass to the module generated from a document.
///
/// # Errors
/// Fails if a request got no constructor. For `legit-health-api`, also if a pass changed nothing.
pub(crate) fn correct(module: &mut syn::File, lowered: &Lowered) -> Result<()> {
    let target_module = &lowered.target_module;
    let mut findings = Findings::of(lowered.document.file());
    wire_names::restore(module, &lowered.wire_names, &mut findings);
    // Another contract may have nothing for a pass to change.
    let apply = |pass: &Pass, module: &mut syn::File, findings: &mut Findings| {
        if (pass.apply)(module) == 0 && target_module.is_ours() {
            let what = format!("the pass `{}` changed nothing in the generated module", pass.name);
            findings.add("", what, "see what progenitor generates now, and whether the pass is still needed");
        }
    };
    apply(&UNKNOWN_FIELDS, module, &mut findings);
    requests::methods(module, &arguments(lowered));
    for name in requests::constructors(module, sent(lowered)).into_keys() {
        let what = "this schema is sent, and no struct that could get a constructor was generated for it";
        findings.add(
            Pointer::to_schema(&name),
            what,
            "see what progenitor generates now, and correct the pass",
        );
    }
    // A crate with a contract of its own may not have this feature.
    for pass in PASSES.iter().filter(|pass| target_module.is_ours() || pass.name != JSON_SCHEMA) {
        apply(pass, module, &mut findings);
    }
    findings.into_result()
}

/// The structs that are part of a request, also if they are part of a response too.
fn sent(lowered: &Lowered) -> requests::Members {
    let directions = Directions::of(&lowered.document);
    let is_sent = |name: &str| matches!(directions.of_schema(name), Some(Direction::Sent | Direction::Both));
    let members = |name: &str, schema: &Node| {
        let members = schema.members("properties");
        members.map(|(member, _)| lowered.wire_names.of_member(name, member)).collect()
    };
    let schemas = lowered.document.named_schemas();
    schemas
        .filter(|(name, schema)| schema.says("type", "object") && !lowered.replacements.contains_key(*name))
        .filter(|(name, _)| is_sent(name))
        .map(|(name, schema)| (name.to_owned(), members(name, schema)))
        .collect()
}

/// The parameters of each operation that are not in its path, and its body.
fn arguments(lowered: &Lowered) -> requests::Arguments {
    let arguments = |operation: &Node| {
        let parameters =
            operation.list("parameters").iter().filter(|parameter| !parameter.says("in", "path"));
        let names = parameters.filter_map(|parameter| parameter.text("name")).map(field_name);
        names.chain(["body".to_owned()]).collect()
    };
    let operations = lowered.document.operations();
    operations
        .filter_map(|(_, _, _, operation)| {
            Some((operation.text("operationId")?.to_owned(), arguments(operation)))
        })
        .collect()
}

fn ident(name: &str) -> syn::Ident {
    syn::Ident::new(name, proc_macro2::Span::call_site())
}

/// The items of an inner module.
fn items_of<'a>(file: &'a mut syn::File, name: &str) -> Option<&'a mut Vec<syn::Item>> {
    file.items.iter_mut().find_map(|item| match item {
        syn::Item::Mod(module) if module.ident == name => module.content.as_mut().map(|(_, items)| items),
        _ => None,
    })
}

/// The text of a documentation attribute.
fn doc_text(attribute: &syn::Attribute) -> Option<String> {
    let syn::Meta::NameValue(meta) = &attribute.meta else {
        return None;
    };
    let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) = &meta.value else {
        return None;
    };
    meta.path.is_ident("doc").then(|| text.value())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pass_that_changes_nothing_is_an_error() {
        let mut module = syn::parse_file("pub struct Plain;").unwrap();
        let document = crate::Document::parse("x.yaml", "openapi: 3.0.3").unwrap();
        let error = correct(&mut module, &Lowered::plain(document)).unwrap_err();
        assert_eq!(error.findings().len(), PASSES.len() + 1, "{error}");
        let first = "the pass `unknown_fields` changed nothing in the generated module";
        assert_eq!(error.findings()[0].what, first);
    }
}
