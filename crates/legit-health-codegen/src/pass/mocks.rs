//! Corrections of what progenitor generates for httpmock.
//!
//! It matches a form as if it were JSON, documents nothing, and its matchers print the values they were given. The result
//! are documented methods of `MockDevice` whose matchers print no values.

mod documentation;

use syn::punctuated::Punctuated;
use syn::visit_mut::VisitMut;
use syn::{Expr, ExprCall, ExprMacro, ExprMethodCall, ImplItem, Item, ItemImpl, Path, Token, parse_quote};

use crate::error::{Findings, Result};
use crate::prepare::WireNames;
use crate::spec::Document;
use documentation::Operation;

struct Pass {
    name: &'static str,
    /// Whether these operations give it something to do.
    is_needed: fn(&[Operation<'_>]) -> bool,
    /// Returns the number of places it changed.
    apply: fn(&mut syn::File, &[Operation<'_>]) -> usize,
}

/// In the order in which they are applied: the last one documents what the others have made.
const PASSES: [Pass; 5] = [
    Pass { name: "kept_expectations", is_needed: |_| true, apply: |file, _| kept_expectations(file) },
    Pass {
        name: "form_bodies",
        is_needed: |operations| operations.iter().any(Operation::takes_a_form),
        apply: form_bodies,
    },
    Pass {
        name: "literal_values",
        is_needed: |operations| operations.iter().any(Operation::has_values_in_its_path),
        apply: |file, _| literal_values(file),
    },
    Pass { name: "methods_of_the_device", is_needed: |_| true, apply: |file, _| methods_of_the_device(file) },
    Pass { name: "documented", is_needed: |_| true, apply: documentation::documented },
];

/// Applies every pass to the module generated from `document`.
///
/// # Errors
/// Every pass that was needed and changed nothing.
pub(crate) fn correct(module: &mut syn::File, document: &Document, names: &WireNames) -> Result<()> {
    super::wire_names::restore_in_mocks(module, names);
    let operations = Operation::all(document);
    let mut findings = Findings::of(document.file());
    for pass in PASSES.iter().filter(|pass| (pass.is_needed)(&operations)) {
        if (pass.apply)(module, &operations) == 0 {
            let what = format!("the pass `{}` changed nothing in the generated mocks", pass.name);
            findings.add("", what, "see what progenitor generates now, and whether the pass is still needed");
        }
    }
    findings.into_result()
}

/// Puts a matcher of ours in place of httpmock's: it can say which expectation a request missed without quoting it.
fn kept_expectations(file: &mut syn::File) -> usize {
    let mut matchers = Matchers(0);
    matchers.visit_file_mut(file);
    matchers.0
}

struct Matchers(usize);

impl VisitMut for Matchers {
    fn visit_path_mut(&mut self, path: &mut Path) {
        if *path == parse_quote!(::httpmock::When) {
            *path = parse_quote!(crate::When);
            self.0 += 1;
        }
        syn::visit_mut::visit_path_mut(self, path);
    }
}

/// Matches a form as a form; the generator would compare it as JSON.
fn form_bodies(file: &mut syn::File, operations: &[Operation<'_>]) -> usize {
    let forms: Vec<String> =
        operations.iter().filter(|operation| operation.takes_a_form()).map(Operation::when).collect();
    let mut bodies = Bodies { forms, changed: 0 };
    bodies.visit_file_mut(file);
    bodies.changed
}

struct Bodies {
    forms: Vec<String>,
    changed: usize,
}

impl VisitMut for Bodies {
    fn visit_item_mut(&mut self, item: &mut Item) {
        let is_of_a_form = |block: &ItemImpl| {
            matches!(&*block.self_ty, syn::Type::Path(path)
                if self.forms.iter().any(|form| path.path.is_ident(form)))
        };
        match item {
            Item::Impl(block) if !is_of_a_form(block) => {}
            _ => syn::visit_mut::visit_item_mut(self, item),
        }
    }

    fn visit_expr_method_call_mut(&mut self, call: &mut ExprMethodCall) {
        if call.method == "json_body_obj" {
            call.method = parse_quote!(form_body_obj);
            self.changed += 1;
        }
        syn::visit_mut::visit_expr_method_call_mut(self, call);
    }
}

/// Matches a value in a path as it is; the generator would read it as a regular expression.
fn literal_values(file: &mut syn::File) -> usize {
    let mut values = Values { changed: 0 };
    values.visit_file_mut(file);
    values.changed
}

struct Values {
    changed: usize,
}

impl VisitMut for Values {
    /// `regex::Regex::new(&format!("…{}…", value.to_string()))`.
    fn visit_expr_call_mut(&mut self, call: &mut ExprCall) {
        let argument = match call.args.first_mut() {
            Some(Expr::Reference(reference)) => &mut *reference.expr,
            _ => return,
        };
        let Expr::Macro(ExprMacro { mac, .. }) = argument else { return };
        if let Some(escaped) = with_escaped_values(mac).filter(|_| mac.path.is_ident("format")) {
            *mac = escaped;
            self.changed += 1;
        }
    }
}

/// The same pattern, with `regex::escape` around what is put into it.
fn with_escaped_values(format: &syn::Macro) -> Option<syn::Macro> {
    let parts = format.parse_body_with(Punctuated::<Expr, Token![,]>::parse_terminated).ok()?;
    let mut parts = parts.iter();
    let pattern = parts.next()?;
    let values = parts.map(|value| -> Expr { parse_quote!(regex::escape(&#value)) });
    Some(parse_quote!(format!(#pattern, #(#values),*)))
}

/// Turns the trait for httpmock's server into methods of the mock device, which need no import and know the operation.
fn methods_of_the_device(file: &mut syn::File) -> usize {
    file.items.retain(|item| !matches!(item, Item::Trait(it) if it.ident == "MockServerExt"));
    let mut changed = 0;
    for item in &mut file.items {
        let Item::Impl(block) = item else { continue };
        let Some((_, path, _)) = &block.trait_ else { continue };
        if !path.is_ident("MockServerExt") {
            continue;
        }
        block.trait_ = None;
        *block.self_ty = parse_quote!(crate::MockDevice);
        for item in &mut block.items {
            let ImplItem::Fn(function) = item else { continue };
            function.vis = parse_quote!(pub);
            Named { operation: function.sig.ident.to_string() }.visit_block_mut(&mut function.block);
            changed += 1;
        }
    }
    changed
}

/// Tells the device which operation is mocked.
struct Named {
    operation: String,
}

impl VisitMut for Named {
    fn visit_expr_method_call_mut(&mut self, call: &mut ExprMethodCall) {
        let is_self = matches!(&*call.receiver, Expr::Path(path) if path.path.is_ident("self"));
        if is_self && call.method == "mock" {
            let operation = &self.operation;
            call.method = parse_quote!(mock_operation);
            call.args.insert(0, parse_quote!(#operation));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = "
paths:
  /login:
    post:
      operationId: login
      summary: Log in
      requestBody: {content: {application/x-www-form-urlencoded: {schema: {type: object}}}}
      responses:
        '200': {description: Done}
        '401': {$ref: '#/components/responses/Refused'}
  /sites/{id}:
    get:
      operationId: sites
      summary: Sites
      parameters:
        - {name: id, in: path}
        - {name: code, in: query, description: Code of one site}
      responses: {'200': {description: The sites}}
components: {responses: {Refused: {description: Refused}}}";

    /// What progenitor generates from it.
    const GENERATED: &str = r#"
pub mod operations {
    //! [`When`](::httpmock::When) wrappers.
    pub struct LoginWhen(::httpmock::When);
    impl LoginWhen {
        pub fn new(inner: ::httpmock::When) -> Self { Self(inner.method(::httpmock::Method::POST)) }
        pub fn into_inner(self) -> ::httpmock::When { self.0 }
        pub fn body(self, value: &types::LoginRequest) -> Self { Self(self.0.json_body_obj(value)) }
    }
    pub struct LoginThen(::httpmock::Then);
    impl LoginThen {
        pub fn unauthorized(self) -> Self { Self(self.0.status(401u16)) }
    }
    pub struct SitesWhen(::httpmock::When);
    impl SitesWhen {
        pub fn body(self, value: &V) -> Self { Self(self.0.json_body_obj(value)) }
        pub fn id(self, value: &str) -> Self {
            let re = regex::Regex::new(&format!("^/sites/{}$", value.to_string())).unwrap();
            Self(self.0.path_matches(re))
        }
        pub fn code<'a, T>(self, value: T) -> Self where T: Into<Option<&'a str>> {
            if let Some(value) = value.into() { Self(self.0.query_param("code", value)) } else { self }
        }
    }
}
pub trait MockServerExt {
    fn login<F>(&self, config_fn: F) -> ::httpmock::Mock<'_>;
}
impl MockServerExt for ::httpmock::MockServer {
    fn login<F>(&self, config_fn: F) -> ::httpmock::Mock<'_> { self.mock(|when, then| config_fn(when, then)) }
}"#;

    fn corrected() -> String {
        let mut module = syn::parse_file(GENERATED).unwrap();
        correct(&mut module, &Document::parse("x.yaml", DOCUMENT).unwrap(), &WireNames::default()).unwrap();
        prettyplease::unparse(&module)
    }

    #[test]
    fn only_a_form_is_matched_as_one() {
        let text = corrected();
        assert_eq!(text.matches("form_body_obj(value)").count(), 1, "{text}");
        let login = text.split("impl SitesWhen").next().unwrap();
        assert!(login.contains("form_body_obj") && !login.contains("json_body_obj"), "{text}");
    }

    #[test]
    fn a_value_in_a_path_is_matched_literally() {
        let text = corrected();
        let escaped = "format!(\"^/sites/{}$\", regex::escape(& value.to_string()))";
        assert!(text.contains(escaped), "{text}");
    }

    #[test]
    fn expectations_are_kept_by_our_matcher() {
        let text = corrected();
        assert!(text.contains("pub struct LoginWhen(crate::When);"), "{text}");
        assert!(!text.contains("httpmock::When"), "{text}");
    }

    #[test]
    fn an_operation_is_a_method_of_the_device() {
        let text = corrected();
        assert!(!text.contains("MockServerExt"), "{text}");
        assert!(text.contains("impl crate::MockDevice {"), "{text}");
        assert!(text.contains("self.mock_operation(\"login\", |when, then|"), "{text}");
    }

    #[test]
    fn everything_public_is_documented_in_the_words_of_the_contract() {
        let text = corrected();
        for words in [
            "/// Matches requests to `POST /login`.\n    pub struct LoginWhen",
            "/// Responds with 401: refused.\n        pub fn unauthorized",
            "/// Expects the query parameter `code`: code of one site. `None` expects that it is absent.\n        pub fn code",
            "/// Mocks `POST /login`: log in.\n    pub fn login",
        ] {
            assert!(text.contains(words), "{words}\n{text}");
        }
    }

    #[test]
    fn a_pass_that_was_needed_and_changed_nothing_is_an_error() {
        let mut module = syn::parse_file("pub struct Plain;").unwrap();
        let error =
            correct(&mut module, &Document::parse("x.yaml", DOCUMENT).unwrap(), &WireNames::default())
                .unwrap_err();
        assert_eq!(error.findings().len(), PASSES.len(), "{error}");
        let plain =
            DOCUMENT.replace("application/x-www-form-urlencoded", "application/json").replace("/{id}", "");
        let error = correct(&mut module, &Document::parse("x.yaml", &plain).unwrap(), &WireNames::default())
            .unwrap_err();
        assert_eq!(error.findings().len(), PASSES.len() - 2, "{error}");
    }
}
