//! Runs progenitor, which generates the client, its types and the mocks; its refusals and panics become findings.

use std::any::Any;
use std::panic;
use std::sync::Once;
use std::thread;

use openapiv3::{OpenAPI, PathItem, ReferenceOr, Response, Schema};
use proc_macro2::TokenStream;
use progenitor::{GenerationSettings, Generator, HooksMode, InterfaceStyle, TagStyle, TypeImpl, TypePatch};
use quote::quote;
use serde::de::DeserializeOwned;

use crate::error::{Findings, Result};
use crate::lower::Lowered;
use crate::spec::{Direction, Directions, Document, Node, Pointer};

/// Generates the module of one lowered document.
///
/// # Errors
/// Fails with what the generator refuses or panics with, and its place if the generator names one.
pub(crate) fn emit(lowered: &Lowered) -> Result<syn::File> {
    generated(lowered, Generator::generate_tokens)
}

/// Generates the typed matchers and responses for httpmock, from a document that still has its error bodies.
///
/// # Errors
/// As [`emit`].
pub(crate) fn emit_mocks(lowered: &Lowered) -> Result<syn::File> {
    let client = format!("::legit_health_api::{}", lowered.kind.module());
    generated(lowered, |generator, spec| generator.httpmock(spec, &client))
}

fn generated(
    lowered: &Lowered,
    generate: impl FnOnce(&mut Generator, &OpenAPI) -> std::result::Result<TokenStream, progenitor::Error> + Send,
) -> Result<syn::File> {
    let spec = openapi(&lowered.document)?;
    let tokens = catch_panic(|| {
        let tokens = generate(&mut Generator::new(&settings(lowered)), &spec);
        tokens.map(|tokens| tokens.to_string()).map_err(|error| error.to_string())
    });
    let fail = |what: String| {
        let remedy =
            "compare with a schema that works; a lowering rule has to rewrite what progenitor cannot read";
        Findings::of(lowered.document.file()).fatal("", what, remedy)
    };
    let text = match tokens {
        Ok(Ok(text)) => text,
        Ok(Err(refusal)) => {
            return Err(fail(format!("progenitor refuses the lowered document: {refusal}")));
        }
        Err(panic) => {
            return Err(fail(format!("progenitor panicked on the lowered document: {panic}")));
        }
    };
    syn::parse_file(&text).map_err(|error| fail(format!("progenitor generated invalid Rust: {error}")))
}

const MAY_GROW: &str = r#"#[cfg_attr(not(feature = "test-doubles"), non_exhaustive)]"#;

fn settings(lowered: &Lowered) -> GenerationSettings {
    let mut settings = GenerationSettings::default();
    settings
        .with_interface(InterfaceStyle::Positional)
        .with_tag(TagStyle::Merged)
        .with_hooks(HooksMode::Expected)
        .with_inner_type(quote!(::legit_health_api::dispatch::CallScope))
        .with_map_type("::std::collections::BTreeMap")
        .with_derive("PartialEq");
    for (schema, rust_type) in &lowered.replacements {
        // Only these are used in paths and queries, where the generator needs text.
        let is_list = rust_type.starts_with(&lowered.target_module.path("codes::"))
            || rust_type == "::std::string::String";
        let impls: &[TypeImpl] = if is_list { &[TypeImpl::FromStr, TypeImpl::Display] } else { &[] };
        settings.with_replacement(schema, rust_type, impls.iter().copied());
    }
    // A response may gain members at any time, which must not break code that reads it. So may the body of an error, which no
    // method returns. Test doubles build responses, and may choose to follow. Within the crate of a program that generates its
    // own module, the attribute changes nothing.
    let may_grow = if lowered.target_module.is_ours() { MAY_GROW } else { "#[non_exhaustive]" };
    let directions = Directions::of(&lowered.document);
    for (name, schema) in lowered.document.named_schemas() {
        let is_struct = schema.says("type", "object") && !lowered.replacements.contains_key(name);
        if is_struct && matches!(directions.of_schema(name), Some(Direction::Received) | None) {
            settings.with_patch(name, TypePatch::default().with_attr(may_grow));
        }
    }
    settings
}

/// Converts the document to the types that progenitor reads.
///
/// # Errors
/// Names every place that does not fit these types; the reader itself would give none.
fn openapi(document: &Document) -> Result<OpenAPI> {
    read(document.root()).map_err(|whole| {
        let mut findings = Findings::of(document.file());
        let at = Pointer::root();
        check_section::<PathItem>(document, &["paths"], &mut findings);
        check_section::<Response>(document, &["components", "responses"], &mut findings);
        check_section::<Schema>(document, &["components", "schemas"], &mut findings);
        if findings.is_empty() {
            add_unreadable(&at, &whole, &mut findings);
        }
        findings.into_result().expect_err("at least one finding was added")
    })
}

fn check_section<T: DeserializeOwned>(document: &Document, path: &[&str], findings: &mut Findings) {
    let at = path.iter().fold(Pointer::root(), |at, key| at.then(key));
    for (name, node) in document.root().at(path).into_iter().flat_map(Node::entries) {
        if let Err(error) = read::<ReferenceOr<T>>(node) {
            add_unreadable(&at.then(name), &error, findings);
        }
    }
}

fn add_unreadable(at: &Pointer, error: &serde_json::Error, findings: &mut Findings) {
    // Line and column are those of an intermediate text.
    let what = error.to_string();
    let what = what.split(" at line ").next().unwrap_or(&what);
    findings.add(at, format!("not valid OpenAPI 3.0: {what}"), "compare with one that works");
}

/// Converts by way of text: a map of `serde_json` would sort the keys, and methods are generated in their order.
fn read<T: DeserializeOwned>(node: &Node) -> serde_json::Result<T> {
    serde_json::from_str(&serde_json::to_string(node)?)
}

/// The name of the threads whose panics are kept quiet.
const THREAD: &str = "legit-health-codegen catch_panic";

/// Deeply nested input recurses deeply; the default stack of a thread is small.
const STACK: usize = 64 << 20;

/// Runs code that may panic. Returns what it returns, or the message of its panic, of which nothing is printed.
fn catch_panic<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, String> {
    keep_panics_quiet();
    thread::scope(|scope| {
        let builder = thread::Builder::new().name(THREAD.to_owned()).stack_size(STACK);
        match builder.spawn_scoped(scope, work) {
            Ok(running) => running.join().map_err(|payload| panic_message(payload.as_ref())),
            Err(error) => Err(format!("no thread could be started for it: {error}")),
        }
    })
}

/// The panic hook belongs to the whole process: it is wrapped once, and only threads of this name are quiet.
fn keep_panics_quiet() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if thread::current().name() != Some(THREAD) {
                usual(info);
            }
        }));
    });
}

fn panic_message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| payload.downcast_ref::<&str>().copied());
    text.unwrap_or("a panic without a message").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lowered(text: &str) -> Lowered {
        Lowered::plain(Document::parse("x.yaml", text).unwrap())
    }

    #[test]
    fn a_refusal_or_panic_of_progenitor_is_a_finding() {
        let operation = |responses| {
            format!(
                "{{openapi: 3.0.3, info: {{title: T, version: 1.0.0}},
                   paths: {{/a: {{get: {{operationId: a, responses: {{{responses}}}}}}}}}}}"
            )
        };
        let schema = |ty| format!("content: {{application/json: {{schema: {{type: {ty}}}}}}}");
        let two_errors = format!(
            "'401': {{description: d, {}}}, '422': {{description: d, {}}}",
            schema("string"),
            schema("boolean")
        );
        let said = emit(&lowered(&operation(&two_errors))).unwrap_err().to_string();
        assert!(
            said.starts_with("x.yaml: progenitor panicked on the lowered document: assertion failed"),
            "{said}"
        );
        let no_id = "{openapi: 3.0.3, info: {title: T, version: 1.0.0}, paths: {/a: {get: {responses: {}}}}}";
        let said = emit(&lowered(no_id)).unwrap_err().to_string();
        assert!(said.starts_with("x.yaml: progenitor "), "{said}");
    }

    #[test]
    fn an_unreadable_schema_is_named_by_its_place() {
        let text = "
openapi: 3.0.3
info: {title: T, version: 1.0.0}
paths: {}
components:
  schemas:
    Good: {type: string}
    Bad: {type: object, required: name}
";
        let said = openapi(&Document::parse("x.yaml", text).unwrap()).unwrap_err().to_string();
        assert!(said.starts_with("x.yaml: /components/schemas/Bad: not valid OpenAPI 3.0: "), "{said}");
        assert!(!said.contains("/Good"), "{said}");
    }

    #[test]
    fn an_error_outside_the_sections_is_reported_too() {
        let said = openapi(&Document::parse("x.yaml", "openapi: 3.0.3\npaths: {}\n").unwrap())
            .unwrap_err()
            .to_string();
        assert!(said.starts_with("x.yaml: /: not valid OpenAPI 3.0: missing field `info`"), "{said}");
    }

    #[test]
    fn a_panic_becomes_its_message() {
        assert_eq!(catch_panic(|| 1), Ok(1));
        assert_eq!(catch_panic(|| -> u8 { panic!("plain") }), Err("plain".into()));
        assert_eq!(catch_panic(|| -> u8 { panic!("with {}", 7) }), Err("with 7".into()));
        assert_eq!(catch_panic(|| -> u8 { panic::panic_any(7) }), Err("a panic without a message".into()));
    }
}
