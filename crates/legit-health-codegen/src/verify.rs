//! Checks of the contract and the generated module: no unused schema, no ignored replacement, no `Debug` that prints answers.

use std::collections::BTreeSet;

use indexmap::IndexSet;
use quote::ToTokens;
use syn::visit::Visit;

use crate::error::{Findings, Result};
use crate::lower::Lowered;
use crate::spec::{Document, Pointer, reachable, target, targets};

/// Checks that every named schema is used by an operation or a response, directly or not.
///
/// # Errors
/// Names the schemas that nothing uses; a misspelt reference is a usual cause.
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

/// Checks that every list that the catalogue shares is defined by the device, and none is defined twice.
///
/// # Errors
/// Names the lists for which this does not hold.
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

/// Checks that every replaced schema generated no type, and that the other type is used in its place.
///
/// # Errors
/// Names the schemas whose replacement progenitor ignored, which it does without an error.
pub(crate) fn replacements(module: &syn::File, lowered: &Lowered) -> Result<()> {
    let seen = Seen::in_module(module);
    let mut findings = Findings::of(lowered.document.file());
    for (schema, rust_type) in &lowered.replacements {
        let at = Pointer::to_schema(schema);
        if seen.defined.contains(schema) {
            let what = format!("a type was generated although {rust_type} replaces it");
            findings.add(&at, what, "see how the schema differs from others that are replaced");
        }
    }
    for schema in used_by_generated_code(lowered) {
        let Some(rust_type) = lowered.replacements.get(schema) else {
            continue;
        };
        if !seen.types.contains(&squeezed(rust_type)) {
            let what = format!("used, but {rust_type} is not in the generated code");
            findings.add(Pointer::to_schema(schema), what, "compare with what was generated instead");
        }
    }
    findings.into_result()
}

/// Checks that no module, type, method or argument list has a name twice: what is prepared has none, and a new version of
/// the generator may choose names in another way.
///
/// # Errors
/// Names what would not compile.
pub(crate) fn unique(module: &syn::File, file: &str) -> Result<()> {
    let mut twice = Twice { findings: Findings::of(file) };
    twice.items(&module.items, "the generated module");
    twice.findings.into_result()
}

struct Twice {
    findings: Findings,
}

impl Twice {
    fn check(&mut self, names: impl IntoIterator<Item = String>, of: &str) {
        let mut seen = BTreeSet::new();
        for name in names {
            if seen.contains(&name) {
                let what = format!("{of} has `{name}` twice");
                self.findings.add("", what, "rename one of the two in the document");
            }
            seen.insert(name);
        }
    }

    fn items(&mut self, items: &[syn::Item], of: &str) {
        let types = items.iter().filter_map(|item| match item {
            syn::Item::Struct(it) => Some(&it.ident),
            syn::Item::Enum(it) => Some(&it.ident),
            syn::Item::Mod(it) => Some(&it.ident),
            syn::Item::Type(it) => Some(&it.ident),
            _ => None,
        });
        self.check(types.map(ToString::to_string).collect::<Vec<_>>(), of);
        let mut methods = Vec::new();
        for item in items {
            match item {
                syn::Item::Struct(it) => {
                    let fields = it.fields.iter().filter_map(|field| field.ident.as_ref());
                    self.check(fields.map(ToString::to_string), &format!("`{}`", it.ident));
                }
                syn::Item::Enum(it) => {
                    self.check(
                        it.variants.iter().map(|one| one.ident.to_string()),
                        &format!("`{}`", it.ident),
                    );
                }
                syn::Item::Mod(it) => {
                    let inner = it.content.as_ref().map(|(_, items)| items.as_slice()).unwrap_or_default();
                    self.items(inner, &format!("`{}`", it.ident));
                }
                syn::Item::Impl(it) if it.trait_.is_none() => {
                    let owner = it.self_ty.to_token_stream().to_string();
                    for item in &it.items {
                        let syn::ImplItem::Fn(method) = item else { continue };
                        let arguments = method.sig.inputs.iter().filter_map(|argument| match argument {
                            syn::FnArg::Typed(typed) => Some(typed.pat.to_token_stream().to_string()),
                            syn::FnArg::Receiver(_) => None,
                        });
                        self.check(arguments, &format!("`{}`", method.sig.ident));
                        methods.push(format!("{owner}::{}", method.sig.ident));
                    }
                }
                _ => {}
            }
        }
        self.check(methods, of);
    }
}

/// Checks that nothing generated derives `Debug`, at any depth: it would print what it holds.
///
/// # Errors
/// Names the types that do.
pub(crate) fn quiet(module: &syn::File, lowered: &Lowered) -> Result<()> {
    let mut findings = Findings::of(lowered.document.file());
    for name in Seen::in_module(module).with_debug {
        let what = format!("the generated type {name} derives Debug, which prints what it holds");
        findings.add("", what, "extend the pass `quiet_debug` to the module of the type");
    }
    findings.into_result()
}

fn words(meta: &syn::Meta) -> Vec<String> {
    let text = meta.to_token_stream().to_string();
    text.split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect()
}

/// The schemas that operations and generated types refer to. Types written by hand refer to the rest.
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
    with_debug: Vec<String>,
    types: BTreeSet<String>,
}

impl Seen {
    fn in_module(module: &syn::File) -> Self {
        let mut seen = Self::default();
        seen.visit_file(module);
        seen
    }

    fn define(&mut self, name: &syn::Ident, attributes: &[syn::Attribute]) {
        self.defined.insert(name.to_string());
        let derives = attributes.iter().filter(|attribute| attribute.path().is_ident("derive"));
        if derives.flat_map(|derive| words(&derive.meta)).any(|word| word == "Debug") {
            self.with_debug.push(name.to_string());
        }
    }
}

impl<'ast> Visit<'ast> for Seen {
    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        self.define(&item.ident, &item.attrs);
        syn::visit::visit_item_struct(self, item);
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        self.define(&item.ident, &item.attrs);
        syn::visit::visit_item_enum(self, item);
    }

    fn visit_type_path(&mut self, path: &'ast syn::TypePath) {
        self.types.insert(squeezed(&path.to_token_stream().to_string()));
        syn::visit::visit_type_path(self, path);
    }
}

/// A type without the spaces and commas in which two ways of writing it differ.
fn squeezed(rust_type: &str) -> String {
    rust_type.split_whitespace().collect::<String>().replace(",>", ">")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::{SpecKind, lower};

    #[test]
    fn an_unused_schema_is_named_and_keys_of_maps_count_as_uses() {
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
    fn an_ignored_replacement_is_named() {
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
        assert!(said.contains("/Percent: used, but ::legit_health_api::scalar::Percent is not in"), "{said}");
    }

    #[test]
    fn a_type_that_derives_debug_is_named() {
        let lowered = document("Mode: {type: string, enum: [a]}");
        let check = |module: &str| quiet(&syn::parse_file(module).unwrap(), &lowered);
        check("pub struct Client; pub mod types { #[derive(Clone)] pub struct Report; }").unwrap();
        assert!(check("#[derive(Debug)] pub struct Client;").is_err());
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
