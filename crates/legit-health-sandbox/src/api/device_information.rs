//! `GET /device-information`: a label in the shape of the device's, which says that this is not the device.

use serde_json::{Value, json};

use super::mark::{Evidence, marked};

pub(super) fn answer() -> Value {
    let body = json!({
        "manufacturer": {"name": "Legit.Health sandbox (not the device)", "address": null},
        "name": [{"value": "Legit.Health sandbox (not the device)"}],
        "version": [{"value": env!("CARGO_PKG_VERSION")}],
    });
    let placeholder = [Evidence::Placeholder].as_slice();
    marked(body, &[], &[("manufacturer", placeholder), ("name", placeholder), ("version", placeholder)])
}
