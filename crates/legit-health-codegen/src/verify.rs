//! What has to hold after generation: nothing unused, no replacement that did not take, nothing that prints answers.

use std::collections::BTreeSet;

use indexmap::IndexSet;
use quote::ToTokens;
use syn::visit::Visit;

use crate::error::{Findings, Result};
use crate::lower::Lowered;
use crate::spec::{Document, Pointer, reachable, target, targets};

/// Every named schema is used by an operation or a response, directly or not.
///
/// # Errors
/// The schemas that nothing uses: a misspelt reference leaves one behind.
pub(crate) fn users(document: &Document) -> Result<()> {
    let operations = document.operations().flat_map(|(_, _, _, operation)| targets(operation));
    let responses = document.root().at(&["components", "responses"]).into_iter().flat_map(targets);
    let mut used = reachable(document, operations.chain(responses));
    let keys: Vec<&str> =
        used.iter().filter_map(|name| document.named_schema(name)?.get("x-key").and_then(target)).collect();
    used.extend(keys);
    let mut findings = Findings::of(document.file());
    for (name, _) in document.named_schemas().filter(|(name, _)| !used.contains(name)) {
        findings.add(Pointer::to_schema(name), "no operation uses this schema", "refer to it, or remove it");
    }
    findings.into_result()
}

/// Every list that the catalogue shares is defined by the device, and none is defined twice.
///
/// # Errors
/// The lists for which this does not hold.
pub(crate) fn shared_lists(device: &Lowered, catalog: &Lowered) -> Result<()> {
    let mut findings = Findings::of(catalog.document.file());
    let defined = |name: &str| device.code_lists.iter().any(|list| list.name == name);
    for (name, schema) in catalog.document.named_schemas() {
        if schema.has("x-defined-in") && !defined(name) {
            let what = format!("{} defines no such list", device.document.file());
            findings.add(Pointer::to_schema(name), what, "list its values here, or add it there");
        }
    }
    for list in catalog.code_lists.iter().filter(|list| defined(&list.name)) {
        let what = format!("{} defines this list too", device.document.file());
        findings.add(
            Pointer::to_schema(&list.name),
            what,
            "write `x-defined-in: device` instead of the values",
        );
    }
    findings.into_result()
}

/// Every replacement took: the schema generated no type, and where it is used the other type stands.
///
/// # Errors
/// The schemas whose replacement was ignored, which progenitor does in silence.
pub(crate) fn replacements(module: &syn::File, lowered: &Lowered) -> Result<()> {
    let mut seen = Seen::default();
    seen.visit_file(module);
    let mut findings = Findings::of(lowered.document.file());
    for (schema, rust_type) in &lowered.replacements {
        let at = Pointer::to_schema(schema);
        if seen.defined.contains(schema) {
            let what = format!("a type was generated although {rust_type} stands for it");
            findings.add(&at, what, "see how the schema differs from others that are replaced");
        }
    }
    for schema in used_by_generated_code(lowered) {
        let Some(rust_type) = lowered.replacements.get(schema) else {
            continue;
        };
        if !seen.types.contains(&squeezed(rust_type)) {
            let what = format!("used, but {rust_type} stands nowhere in the generated code");
            findings.add(Pointer::to_schema(schema), what, "see what was generated in its place");
        }
    }
    findings.into_result()
}

/// No generated type derives `Debug`, however deep it stands: it would print what it holds.
///
/// # Errors
/// The types that do.
pub(crate) fn silence(module: &syn::File, lowered: &Lowered) -> Result<()> {
    let mut findings = Findings::of(lowered.document.file());
    let types = module.items.iter().filter_map(|item| match item {
        syn::Item::Mod(inner) if inner.ident == "types" || inner.ident == "options" => Some(inner),
        _ => None,
    });
    let mut loud = Loud::default();
    types.for_each(|types| loud.visit_item_mod(types));
    for name in loud.0 {
        let what = format!("the generated type {name} derives Debug, which prints what it holds");
        findings.add("", what, "extend the pass `quiet_debug` to where it stands");
    }
    findings.into_result()
}

#[derive(Default)]
struct Loud(Vec<String>);

impl<'ast> Visit<'ast> for Loud {
    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        self.note(&item.attrs, &item.ident);
        syn::visit::visit_item_struct(self, item);
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        self.note(&item.attrs, &item.ident);
        syn::visit::visit_item_enum(self, item);
    }
}

impl Loud {
    fn note(&mut self, attributes: &[syn::Attribute], name: &syn::Ident) {
        let derives = attributes.iter().filter(|attribute| attribute.path().is_ident("derive"));
        if derives.flat_map(|derive| words(&derive.meta)).any(|word| word == "Debug") {
            self.0.push(name.to_string());
        }
    }
}

fn words(meta: &syn::Meta) -> Vec<String> {
    let text = meta.to_token_stream().to_string();
    text.split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect()
}

/// What operations and generated types refer to; types of ours refer to the rest themselves.
fn used_by_generated_code(lowered: &Lowered) -> IndexSet<&str> {
    let document = &lowered.document;
    let generated = document.named_schemas().filter(|(name, _)| !lowered.replacements.contains_key(*name));
    let types = generated.flat_map(|(_, schema)| targets(schema));
    let operations = document.operations().flat_map(|(_, _, _, operation)| targets(operation));
    types.chain(operations).collect()
}

#[derive(Default)]
struct Seen {
    defined: BTreeSet<String>,
    types: BTreeSet<String>,
}

impl<'ast> Visit<'ast> for Seen {
    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        self.defined.insert(item.ident.to_string());
        syn::visit::visit_item_struct(self, item);
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        self.defined.insert(item.ident.to_string());
        syn::visit::visit_item_enum(self, item);
    }

    fn visit_type_path(&mut self, path: &'ast syn::TypePath) {
        self.types.insert(squeezed(&path.to_token_stream().to_string()));
        syn::visit::visit_type_path(self, path);
    }
}

/// A type without what two ways of writing it differ in.
fn squeezed(rust_type: &str) -> String {
    rust_type.split_whitespace().collect::<String>().replace(",>", ">")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::{SpecKind, lower};

    #[test]
    fn a_schema_without_a_user_is_named_and_keys_of_maps_are_users() {
        let text = "
paths:
  /a: {get: {responses: {'200': {content: {application/json: {schema: {$ref: '#/components/schemas/Map'}}}}}}}
components:
  responses: {Bad: {content: {application/json: {schema: {$ref: '#/components/schemas/Fault'}}}}}
  schemas:
    Map: {x-key: {$ref: '#/components/schemas/Code'}, additionalProperties: {$ref: '#/components/schemas/Value'}}
    Code: {type: string}
    Value: {type: string}
    Fault: {type: string}
    Lost: {type: string}";
        let said = users(&Document::parse("x.yaml", text).unwrap()).unwrap_err().to_string();
        assert_eq!(
            said,
            "x.yaml: /components/schemas/Lost: no operation uses this schema — refer to it, or remove it"
        );
    }

    fn document(lists: &str) -> Lowered {
        let text = format!(
            "
paths:
  /a:
    get:
      responses:
        '200': {{content: {{application/json: {{schema: {{$ref: '#/components/schemas/Report'}}}}}}}}
        '422': {{description: dropped}}
components:
  schemas:
    Report:
      title: Report
      properties:
        share: {{$ref: '#/components/schemas/Percent'}}
        words: {{allOf: [{{$ref: '#/components/schemas/Words'}}], nullable: true}}
    Percent: {{type: number, minimum: 0, maximum: 100}}
    Words: {{additionalProperties: {{type: string}}}}
    {lists}"
        );
        lower(Document::parse("x.yaml", &text).unwrap(), SpecKind::Catalog, &crate::TargetModule::OURS)
            .unwrap()
    }

    #[test]
    fn a_replacement_that_did_not_take_is_named() {
        let lowered = document("Mode: {type: string, enum: [a]}");
        let check = |module: &str| replacements(&syn::parse_file(module).unwrap(), &lowered);
        let good = "pub struct Report { share: ::legit_health_api::scalar::Percent, words: Option<
            ::std::collections::BTreeMap<::std::string::String, ::std::string::String,>> }";
        check(good).unwrap();
        let ignored = format!("{good} pub struct Percent(f64);");
        let said = check(&ignored).unwrap_err().to_string();
        assert!(
            said.starts_with("x.yaml: /components/schemas/Percent: a type was generated although"),
            "{said}"
        );
        let said =
            check(&good.replace("::legit_health_api::scalar::Percent", "f64")).unwrap_err().to_string();
        assert!(
            said.contains("/Percent: used, but ::legit_health_api::scalar::Percent stands nowhere"),
            "{said}"
        );
    }

    #[test]
    fn a_type_that_prints_what_it_holds_is_named() {
        let lowered = document("Mode: {type: string, enum: [a]}");
        let check = |module: &str| silence(&syn::parse_file(module).unwrap(), &lowered);
        check("#[derive(Debug)] pub struct Client; pub mod types { #[derive(Clone)] pub struct Report; }")
            .unwrap();
        let deep =
            "pub mod options { pub mod inner { #[derive(Clone, ::std::fmt::Debug)] pub struct Report; } }";
        let said = check(deep).unwrap_err().to_string();
        assert!(said.starts_with("x.yaml: the generated type Report derives Debug"), "{said}");
    }

    #[test]
    fn shared_lists_are_defined_once() {
        let device = document("Mode: {type: string, enum: [a]}");
        let shares = document("Mode: {type: string, x-defined-in: device}");
        shared_lists(&device, &shares).unwrap();
        let said = shared_lists(&shares, &shares).unwrap_err().to_string();
        assert!(said.starts_with("x.yaml: /components/schemas/Mode: x.yaml defines no such list"), "{said}");
        let said = shared_lists(&device, &device).unwrap_err().to_string();
        assert!(said.starts_with("x.yaml: /components/schemas/Mode: x.yaml defines this list too"), "{said}");
    }
}
