//! Snapshots of lowered documents and generated files. Accept a reviewed change with `INSTA_UPDATE=always cargo test -p
//! legit-health-codegen`.

use legit_health_codegen::outline;

use super::summary::summary;
use super::unchanged;

#[test]
fn lowered_documents() {
    let generated = unchanged();
    insta::assert_snapshot!("lowered_device", summary(&generated.lowered_device));
    insta::assert_snapshot!("lowered_catalog", summary(&generated.lowered_catalog));
}

#[test]
fn outlines_of_generated_files() {
    let generated = unchanged();
    insta::assert_snapshot!("device", outline("device.rs", &generated.device).unwrap());
    insta::assert_snapshot!("catalog", outline("catalog.rs", &generated.catalog).unwrap());
    insta::assert_snapshot!("codes", outline("codes.rs", &generated.codes).unwrap());
    insta::assert_snapshot!("device_mocks", outline("device.rs", &generated.device_mocks).unwrap());
    insta::assert_snapshot!("catalog_mocks", outline("catalog.rs", &generated.catalog_mocks).unwrap());
    insta::assert_snapshot!("operations", outline("operations.rs", &generated.operations).unwrap());
    insta::assert_snapshot!("scales", outline("scales.rs", &generated.scales).unwrap());
}
