//! Generates every text from the contract, in memory.

use std::path::Path;

use proc_macro2::TokenStream;

use crate::error::{Error, Findings, Result};
use crate::lint::lint;
use crate::lower::{Lowered, SpecKind, lower_for_mocks, lower_prepared};
use crate::prepare::{Prepared, prepare, with_operations, without_unused_schemas};
use crate::spec::{Document, Pointer};
use crate::target_module::TargetModule;
use crate::update::Note;
use crate::{emit, pages, pass, render, verify};

/// The path of the device document, below the root of the workspace.
pub const DEVICE: &str = "openapi/device.yaml";
/// The path of the catalogue document.
pub const CATALOG: &str = "openapi/catalog.yaml";

/// The two documents that everything is generated from.
#[derive(Debug, Clone, PartialEq)]
pub struct Contract {
    /// Login, diagnosis support, severity.
    pub device: Document,
    /// The public catalogue.
    pub catalog: Document,
}

impl Contract {
    /// Reads both documents of the workspace at `root`.
    ///
    /// # Errors
    /// Fails if a file cannot be read or parsed, with the findings of both.
    pub fn read(root: &Path) -> Result<Self> {
        let (device, catalog) = both(Document::read(root, DEVICE), Document::read(root, CATALOG))?;
        Ok(Self { device, catalog })
    }

    /// Reads `device.yaml` and `catalog.yaml` of a folder.
    ///
    /// # Errors
    /// Fails if a file cannot be read or parsed, with the findings of both.
    pub fn read_folder(folder: &Path) -> Result<Self> {
        let read = |file| Document::read(folder, file);
        let (device, catalog) = both(read("device.yaml"), read("catalog.yaml"))?;
        Ok(Self { device, catalog })
    }

    /// Takes both documents as text.
    ///
    /// # Errors
    /// Fails if a file cannot be read or parsed, with the findings of both.
    pub fn parse(device: &str, catalog: &str) -> Result<Self> {
        let (device, catalog) = both(Document::parse(DEVICE, device), Document::parse(CATALOG, catalog))?;
        Ok(Self { device, catalog })
    }
}

impl Contract {
    /// The document of this kind.
    pub fn document(&self, kind: SpecKind) -> &Document {
        match kind {
            SpecKind::Device => &self.device,
            SpecKind::Catalog => &self.catalog,
        }
    }

    /// Returns the contract with another document of this kind.
    #[must_use]
    pub fn with(mut self, kind: SpecKind, document: Document) -> Self {
        match kind {
            SpecKind::Device => self.device = document,
            SpecKind::Catalog => self.catalog = document,
        }
        self
    }
}

/// Everything that is generated from a contract. The same contract gives the same bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct Generated {
    /// Client and types of the device.
    pub device: String,
    /// Client and types of the catalogue.
    pub catalog: String,
    /// Open lists of codes, of both documents.
    pub codes: String,
    /// Answer sheets of the scoring systems.
    pub scales: String,
    /// The operations of both documents, and the members of their responses.
    pub operations: String,
    /// Typed mocks of the device.
    pub device_mocks: String,
    /// Typed mocks of the catalogue.
    pub catalog_mocks: String,
    /// The document of the device as JSON, not lowered.
    pub device_json: String,
    /// The document of the catalogue as JSON, not lowered.
    pub catalog_json: String,
    /// The page of the scales, in Markdown.
    pub scales_page: String,
    /// The page of the codes, in Markdown.
    pub codes_page: String,
    /// The page of the evidence, in Markdown.
    pub evidence_page: String,
    /// The lowered document of the device.
    pub lowered_device: Lowered,
    /// The lowered document of the catalogue.
    pub lowered_catalog: Lowered,
}

/// Lints, lowers, generates, corrects and verifies, for `legit-health-api`.
///
/// # Errors
/// Returns the findings of the first step that has any, for both documents.
pub fn generate(contract: &Contract) -> Result<Generated> {
    generate_in(&TargetModule::OURS, contract)
}

/// Generates for another module, such as one of another crate.
///
/// # Errors
/// As [`generate`], but a rule that changes nothing is no error.
pub fn generate_in(target_module: &TargetModule, contract: &Contract) -> Result<Generated> {
    let Contract { device, catalog } = contract;
    both(lint(device), lint(catalog))?;
    both(verify::users(device), verify::users(catalog))?;
    let lowered = |document: &Document, kind: SpecKind| {
        let prepared = prepare(document.clone());
        lower_prepared(prepared.clone(), kind, kind.module(), target_module)
            .map(|lowered| (prepared, lowered))
    };
    let ((device_ready, lowered_device), (catalog_ready, lowered_catalog)) =
        both(lowered(device, SpecKind::Device), lowered(catalog, SpecKind::Catalog))?;
    verify::shared_lists(&lowered_device, &lowered_catalog)?;

    let lists = lowered_device.code_lists.iter().chain(&lowered_catalog.code_lists);
    let codes = module(render::codes::render(lists), target_module, &[device, catalog])?;
    let scales = scales(&lowered_device, device)?;
    let ready = [(SpecKind::Device, &device_ready.document), (SpecKind::Catalog, &catalog_ready.document)];
    let operations = operations(ready, target_module)?;
    let (device_module, catalog_module) = both(client(&lowered_device), client(&lowered_catalog))?;
    let (device_mocks, catalog_mocks) = both(
        mocks(device_ready, SpecKind::Device, target_module),
        mocks(catalog_ready, SpecKind::Catalog, target_module),
    )?;
    Ok(Generated {
        device: device_module,
        catalog: catalog_module,
        codes,
        scales,
        operations,
        device_mocks,
        catalog_mocks,
        device_json: device.to_json(),
        catalog_json: catalog.to_json(),
        codes_page: pages::codes::render(
            [(device, &lowered_device), (catalog, &lowered_catalog)],
            target_module,
        ),
        evidence_page: pages::evidence::render(&[device, catalog], target_module),
        scales_page: pages::scales::render(device, &lowered_device.scales, target_module),
        lowered_device,
        lowered_catalog,
    })
}

/// The modules that are generated from one document, whoever wrote it.
#[derive(Debug, Clone, PartialEq)]
pub struct GeneratedModules {
    /// The root module, which declares the others.
    pub root: String,
    /// Client and types.
    pub client: String,
    /// Open lists of codes.
    pub codes: String,
    /// Answer sheets of scoring systems; only if the document has any.
    pub scales: Option<String>,
    /// What was renamed, simplified or left out.
    pub notes: Vec<Note>,
}

/// Reads a document, whoever wrote it: JSON or YAML, with or without comments.
///
/// # Errors
/// Fails if the file cannot be read or parsed.
pub fn read_document(path: &Path) -> Result<Document> {
    Ok(read_document_and_text(path)?.0)
}

/// Reads a document, and returns its text, too.
pub(crate) fn read_document_and_text(path: &Path) -> Result<(Document, Vec<u8>)> {
    // The name stands in generated files, which must not hold a path of this machine.
    let name = if path.is_absolute() { path.file_name().map(Path::new).unwrap_or(path) } else { path };
    let name = name.to_string_lossy().replace('\\', "/");
    let bytes = std::fs::read(path).map_err(|error| {
        let remedy = "check the path and its permissions";
        Findings::of(&path.to_string_lossy()).fatal("", format!("cannot be read: {error}"), remedy)
    })?;
    Ok((Document::of_vendor(&name, &bytes)?, bytes))
}

/// Generates a module of another crate from one document, in OpenAPI 3.0 or 3.1. It needs to keep no rule of this contract.
///
/// An operation that cannot be generated is left out, and [`GeneratedModules::notes`] says why.
///
/// # Errors
/// Fails if nothing can be generated, and for marks of ours (`x-scale` and the like) that contradict each other.
pub fn generate_document(target_module: &TargetModule, document: &Document) -> Result<GeneratedModules> {
    const MODULE: &str = "client";
    let version = document.root().text("openapi");
    if !version.is_some_and(|version| version.starts_with("3.0") || version.starts_with("3.1")) {
        let what = format!("OpenAPI {}; only 3.0 and 3.1 are read", version.unwrap_or("without a version"));
        return Err(Findings::of(document.file()).fatal(
            "/openapi",
            what,
            "convert the document to OpenAPI 3.0 or 3.1",
        ));
    }
    let mut ready = prepare(document.clone());
    without_unused_schemas(&mut ready.document);
    let lower = |ready: Prepared| lower_prepared(ready, SpecKind::Device, MODULE, target_module);
    let mut lowered = lower(ready.clone())?;
    let client = match client(&lowered) {
        Ok(client) => client,
        Err(whole) => {
            let alone = |id: &str| {
                let document = with_operations(&ready.document, |other| other == id);
                lower(Prepared { document, ..ready.clone() }).and_then(|lowered| client(&lowered))
            };
            let ids: Vec<(String, Pointer)> = ready
                .document
                .operations()
                .filter_map(|(_, _, at, operation)| Some((operation.text("operationId")?.to_owned(), at)))
                .collect();
            let failing: Vec<(String, Note)> = ids
                .into_iter()
                .filter_map(|(id, at)| {
                    let error = alone(&id).err()?;
                    let why =
                        error.findings().first().map(|finding| finding.what.clone()).unwrap_or_default();
                    let what = format!("`{id}` is left out: {why}; it can be called without generated types");
                    Some((id, Note { at, what }))
                })
                .collect();
            if failing.is_empty() {
                return Err(whole);
            }
            let document =
                with_operations(&ready.document, |id| !failing.iter().any(|(failing, _)| failing == id));
            ready.notes.extend(failing.into_iter().map(|(_, note)| note));
            lowered = lower(Prepared { document, ..ready })?;
            client(&lowered)?
        }
    };
    if lowered.document.operations().next().is_none() {
        let notes: Vec<String> = lowered.notes.iter().map(ToString::to_string).collect();
        let what = format!("no operation can be generated. {}", notes.join(". "));
        return Err(Findings::of(document.file()).fatal("/paths", what, "describe at least one operation"));
    }
    let codes = module(render::codes::render(&lowered.code_lists), target_module, &[document])?;
    let scales = if lowered.scales.is_empty() { None } else { Some(scales(&lowered, document)?) };
    Ok(GeneratedModules {
        root: root_module(scales.is_some(), document, target_module)?,
        client,
        codes,
        scales,
        notes: lowered.notes,
    })
}

/// The module that declares the others, and allows what generated code cannot avoid.
fn root_module(has_scales: bool, document: &Document, target_module: &TargetModule) -> Result<String> {
    let scales = has_scales.then(|| {
        quote::quote!(
            pub mod scales;
        )
    });
    let doc = format!(" Generated from {}.", document.file());
    let tokens = quote::quote! {
        #![doc = #doc]
        #![allow(dead_code, missing_docs, unreachable_pub, unused_imports, clippy::all, clippy::pedantic, clippy::unwrap_used)]
        pub mod client;
        pub mod codes;
        #scales
    };
    module(tokens, target_module, &[document])
}

fn scales(lowered: &Lowered, document: &Document) -> Result<String> {
    const LIST: &str = "ScoringSystemCode";
    let target_module = &lowered.target_module;
    let own_list = lowered.code_lists.iter().any(|list| list.name == LIST);
    let of = if own_list { target_module } else { &TargetModule::OURS };
    let codes = of.path(&format!("codes::{LIST}"));
    module(
        render::scales::render(&lowered.scales, &lowered.sets, &codes, target_module),
        target_module,
        &[document],
    )
}

fn client(lowered: &Lowered) -> Result<String> {
    let file = lowered.document.file();
    let mut module = emit::emit(lowered)?;
    pass::correct(&mut module, lowered)?;
    verify::replacements(&module, lowered)?;
    verify::quiet(&module, lowered)?;
    verify::unique(&module, file)?;
    let title =
        lowered.document.root().at(&["info", "title"]).and_then(|title| title.as_text()).unwrap_or(file);
    let doc = format!(" {title}: the generated client and its types.");
    module.attrs.push(syn::parse_quote!(#![doc = #doc]));
    if !lowered.target_module.is_ours() {
        // `legit-health-api` does this by hand.
        module.items.push(syn::parse_quote!(::legit_health_api::dispatch::hooks!(Client);));
    }
    Ok(format(module, &lowered.target_module, &[&lowered.document]))
}

/// Generates the operations for `legit-health-api` alone, because `legit-health` reads only those.
fn operations(documents: [(SpecKind, &Document); 2], target_module: &TargetModule) -> Result<String> {
    if !target_module.is_ours() {
        return Ok(String::new());
    }
    module(render::operations::render(&documents), target_module, &documents.map(|(_, document)| document))
}

/// Generates mocks for this workspace alone; other programs test against their own client.
fn mocks(ready: Prepared, kind: SpecKind, target_module: &TargetModule) -> Result<String> {
    if !target_module.is_ours() {
        return Ok(String::new());
    }
    let document = ready.document.clone();
    let lowered = lower_for_mocks(ready, kind, target_module)?;
    let mut module = emit::emit_mocks(&lowered)?;
    pass::mocks::correct(&mut module, &document, &lowered.wire_names)?;
    let title = document.root().at(&["info", "title"]).and_then(|title| title.as_text());
    let doc = format!(" {}: typed mocks.", title.unwrap_or(document.file()));
    module.attrs.push(syn::parse_quote!(#![doc = #doc]));
    Ok(format(module, target_module, &[&document]))
}

fn module(tokens: TokenStream, target_module: &TargetModule, sources: &[&Document]) -> Result<String> {
    let module = syn::parse2(tokens).map_err(|error| {
        let remedy = "correct the template in legit-health-codegen, or let a lowering rule refuse the input";
        Findings::of(sources[0].file()).fatal(
            "",
            format!("a template generated invalid Rust: {error}"),
            remedy,
        )
    })?;
    Ok(format(module, target_module, sources))
}

/// Formats with prettyplease instead of rustfmt: the same bytes on every machine and toolchain.
fn format(mut module: syn::File, target_module: &TargetModule, sources: &[&Document]) -> String {
    pass::docs::harmless_docs(&mut module);
    let sources: Vec<&str> = sources.iter().map(|document| document.file()).collect();
    let text = prettyplease::unparse(&module);
    format!(
        "// @generated by {} from {}; do not edit.\n\n{text}",
        target_module.generator(),
        sources.join(" and ")
    )
}

/// Both results, or the findings of both.
fn both<A, B>(first: Result<A>, second: Result<B>) -> Result<(A, B)> {
    match (first, second) {
        (Ok(first), Ok(second)) => Ok((first, second)),
        (Err(error), Ok(_)) | (Ok(_), Err(error)) => Err(error),
        (Err(first), Err(second)) => Err(Error::all([first, second])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_of_both_documents_are_reported_together() {
        let error = Contract::parse("", "[]").unwrap_err();
        let files: Vec<_> = error.findings().iter().map(|finding| finding.file.as_str()).collect();
        assert_eq!(files, [DEVICE, CATALOG]);
        let contract = Contract::parse("openapi: 3.1.0", "openapi: 3.0.3").unwrap();
        let said = generate(&contract).unwrap_err().to_string();
        assert!(
            said.contains("device.yaml: /openapi: ") && said.contains("catalog.yaml: /paths: "),
            "{said}"
        );
    }
}
