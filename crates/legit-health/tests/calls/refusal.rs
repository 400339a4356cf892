//! Every member of an error of the server.

use crate::catalog::catalog;
use crate::comparison::Document;
use crate::contract::{self, OPTIONAL, Optional};
use crate::device::Device;
use legit_health::{Error, ErrorKind};
use serde_json::Value;

/// Members that an error leaves out, and the reasons.
const NOT_HANDED_OUT: [(&str, &str); 4] = [
    ("input/of/*", "what was sent, perhaps an image or an answer"),
    ("ctx/of/*", "may repeat what was sent"),
    ("url", "a page about the server's framework"),
    ("newMember/of/*", "nothing is known about it"),
];

#[tokio::test]
async fn every_refused_field_is_handed_out() {
    for optional in OPTIONAL {
        let document = contract::document("ErrorBody", optional, &[]);
        let error = refused(document.clone()).await;
        assert_eq!((error.kind(), error.status()), (ErrorKind::Rejected, Some(422)));
        let document = Document::new(document);
        document.said().list("detail", error.fields(), |said, field| {
            said.is("type", field.code());
            said.is("msg", field.message());
            let steps = field.pointer().split('/').skip(1).map(|step| match step.parse::<u64>() {
                Ok(index) => index.into(),
                Err(_) => Value::from(step.replace("~1", "/")),
            });
            said.is("loc", steps.collect::<Vec<_>>());
        });
        document.assert_all_compared(&NOT_HANDED_OUT);
    }
}

async fn refused(document: Value) -> Error {
    Device::refusing(422, document).client().device_information().await.unwrap_err()
}

#[tokio::test]
async fn nothing_of_an_error_of_the_catalog_is_handed_out() {
    let document = contract::document("CatalogError", Optional::Present, &[]);
    let error = catalog(&Device::refusing(422, document)).body_sites().await.unwrap_err();
    assert!(error.fields().is_empty() && !format!("{error}{error:?}").contains("/of"), "{error:?}");
}
