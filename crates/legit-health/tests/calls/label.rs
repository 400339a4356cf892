//! The label of the device, and the token with which it is fetched.

use crate::comparison::Document;
use crate::contract::{self, OPTIONAL, Optional};
use crate::device::Device;
use crate::members::stored;
use serde_json::json;

#[tokio::test]
async fn every_member_of_the_label_is_handed_out() {
    for optional in OPTIONAL {
        let document = contract::document("DeviceInformation", optional, &[]);
        let result = Device::responding(document.clone()).client().device_information().await.unwrap();
        let (document, result) = (Document::new(document), stored(&result));
        let said = document.said();
        said.list("name", &result.names, |said, name| said.is("value", name));
        said.list("version", &result.versions, |said, version| said.is("value", version));
        said.member("manufacturer").is("name", &result.manufacturer.name);
        said.member("manufacturer").is("address", &result.manufacturer.address);
        said.unknown_fields(&["name", "version", "manufacturer"], &result.unknown_fields);
        document.assert_all_compared(&[]);
        assert!(!result.is_sandbox());
    }
    let mut document = contract::document("DeviceInformation", Optional::Present, &[]);
    document["sandbox"] = json!({"notice": "made up"});
    assert!(Device::responding(document).client().device_information().await.unwrap().is_sandbox());
}

#[tokio::test]
async fn the_token_of_the_login_goes_with_the_request() {
    let token = contract::document("AccessToken", Optional::Present, &[]);
    let device = Device::responding(contract::document("DeviceInformation", Optional::Present, &[]));
    let device = device.with_token(token.clone());
    device.client().device_information().await.unwrap();
    let [seen] = &device.seen()[..] else { panic!("one request") };
    let sent = seen.authorization.as_deref().unwrap().strip_prefix("Bearer ").unwrap();
    let document = Document::new(token);
    document.said().is("access_token", sent);
    document.assert_all_compared(&[
        ("token_type", "a label; the scheme is always `Bearer`"),
        ("expires_in_minutes", "it decides when the next login is, which the tests of the login compare"),
    ]);
}
