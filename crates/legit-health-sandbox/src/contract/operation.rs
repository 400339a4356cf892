//! One thing a client may ask: method, path, and what must come with it.

use axum::http::Method;

/// An operation of the contract.
#[derive(Debug)]
pub(crate) struct Operation {
    /// `operationId` of the document, such as `diagnosis_support`.
    pub(crate) id: String,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) needs_token: bool,
    pub(crate) required_query: Vec<String>,
    pub(crate) body: Option<Body>,
}

/// What a request body must be.
#[derive(Debug)]
pub(crate) struct Body {
    pub(crate) media: Media,
    /// Name of the schema under `components`.
    pub(crate) schema: String,
}

/// How a request body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Media {
    Json,
    Form,
}
