//! Corrections of what progenitor generates for httpmock.
//!
//! It matches a form as if it were JSON, says nothing about what it generates, and its matchers print what they were
//! given. What comes out here are documented methods of `MockDevice`, on matchers that keep to themselves.

mod documented;
mod form_bodies;
mod kept_expectations;
mod literal_values;
mod methods_of_the_device;
mod operation;

use operation::Operation;

use crate::error::{Findings, Result};
use crate::spec::Document;

struct Pass {
    name: &'static str,
    /// Whether these operations give it something to do.
    is_needed: fn(&[Operation<'_>]) -> bool,
    /// Returns the number of places it changed.
    apply: fn(&mut syn::File, &[Operation<'_>]) -> usize,
}

/// In this order: the last one documents what the others have made.
const PASSES: [Pass; 5] = [
    kept_expectations::PASS,
    form_bodies::PASS,
    literal_values::PASS,
    methods_of_the_device::PASS,
    documented::PASS,
];

/// Applies every pass to the module generated from `document`.
///
/// # Errors
/// Every pass that was needed and changed nothing.
pub(crate) fn correct(module: &mut syn::File, document: &Document) -> Result<()> {
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

const fn always(_: &[Operation<'_>]) -> bool {
    true
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

    /// What progenitor makes of it, and what each pass is for.
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
        correct(&mut module, &Document::parse("x.yaml", DOCUMENT).unwrap()).unwrap();
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
    fn a_value_in_a_path_is_no_pattern() {
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
            "/// What a request to `POST /login` has to be like.\n    pub struct LoginWhen",
            "/// Answers 401: refused.\n        pub fn unauthorized",
            "/// Expects the query parameter `code`: code of one site. `None` expects that it is absent.\n        pub fn code",
            "/// Mocks `POST /login`: log in.\n    pub fn login",
        ] {
            assert!(text.contains(words), "{words}\n{text}");
        }
    }

    #[test]
    fn a_pass_that_was_needed_and_changed_nothing_is_an_error() {
        let mut module = syn::parse_file("pub struct Plain;").unwrap();
        let error = correct(&mut module, &Document::parse("x.yaml", DOCUMENT).unwrap()).unwrap_err();
        assert_eq!(error.findings().len(), PASSES.len(), "{error}");
        let plain =
            DOCUMENT.replace("application/x-www-form-urlencoded", "application/json").replace("/{id}", "");
        let error = correct(&mut module, &Document::parse("x.yaml", &plain).unwrap()).unwrap_err();
        assert_eq!(error.findings().len(), PASSES.len() - 2, "{error}");
    }
}
