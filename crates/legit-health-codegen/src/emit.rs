//! The client and its types, by progenitor.

mod quarantine;
mod spec;

use openapiv3::OpenAPI;
use proc_macro2::TokenStream;
use progenitor::{GenerationSettings, Generator, HooksMode, InterfaceStyle, TagStyle, TypeImpl, TypePatch};
use quote::quote;

use crate::document::{Direction, Directions};
use crate::error::{Findings, Result};
use crate::lower::Lowered;

/// Generates the module of one lowered document.
///
/// # Errors
/// What the generator refuses or panics with, as far as it can say where.
pub(crate) fn emit(lowered: &Lowered) -> Result<syn::File> {
    generated(lowered, Generator::generate_tokens)
}

/// Generates the typed matchers and answers for httpmock, of a document that still has its error bodies.
///
/// # Errors
/// As [`emit`].
pub(crate) fn emit_mocks(lowered: &Lowered) -> Result<syn::File> {
    let client = format!("::legit_health_api::{}", lowered.part.module());
    generated(lowered, |generator, spec| generator.httpmock(spec, &client))
}

fn generated(
    lowered: &Lowered,
    generate: impl FnOnce(&mut Generator, &OpenAPI) -> std::result::Result<TokenStream, progenitor::Error> + Send,
) -> Result<syn::File> {
    let spec = spec::parse(&lowered.document)?;
    let tokens = quarantine::run(|| {
        let tokens = generate(&mut Generator::new(&settings(lowered)), &spec);
        tokens.map(|tokens| tokens.to_string()).map_err(|error| error.to_string())
    });
    let fail = |what: String| {
        let remedy =
            "compare with a schema that works; what progenitor cannot take belongs to a lowering rule";
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
    syn::parse_file(&text).map_err(|error| fail(format!("progenitor generated what is no Rust: {error}")))
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
        // Only these stand where the generator needs text: in paths and queries.
        let is_list = rust_type.starts_with(&lowered.home.path("codes::"));
        let impls: &[TypeImpl] = if is_list { &[TypeImpl::FromStr, TypeImpl::Display] } else { &[] };
        settings.with_replacement(schema, rust_type, impls.iter().copied());
    }
    // An answer may gain members at any time: code that reads it must not break by that. Test doubles build answers,
    // and may choose to follow.
    if !lowered.home.is_ours() {
        // Where the program itself holds the code, nothing may surprise it.
        return settings;
    }
    let directions = Directions::of(&lowered.document);
    for (name, schema) in lowered.document.named_schemas() {
        let is_struct = schema.says("type", "object") && !lowered.replacements.contains_key(name);
        if is_struct && directions.of_schema(name) == Some(Direction::Received) {
            settings.with_patch(name, TypePatch::default().with_attr(MAY_GROW));
        }
    }
    settings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Document;

    fn lowered(text: &str) -> Lowered {
        Lowered::plain(Document::parse("x.yaml", text).unwrap())
    }

    #[test]
    fn what_progenitor_refuses_or_panics_with_is_a_finding() {
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
}
