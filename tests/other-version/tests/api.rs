//! What is generated is up to date, looks as it was last accepted, and the program runs with it.

use legit_health_codegen::{OwnContract, outline};
use std::process::Command;

#[test]
fn the_modules_are_what_the_document_says() -> legit_health_codegen::Result<()> {
    let contract = OwnContract::new("api/openapi.json", "src/api", "crate::api")?;
    assert_eq!(contract.stale()?, []);
    Ok(())
}

#[test]
fn the_outline_of_the_client() -> legit_health_codegen::Result<()> {
    insta::assert_snapshot!(outline("client.rs", include_str!("../src/api/client.rs"))?);
    Ok(())
}

#[test]
fn the_program_runs() -> std::io::Result<()> {
    let output = Command::new(env!("CARGO_BIN_EXE_other-version")).output()?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(said, "71.5 Psoriasis\n12 Atopic eczema\nerythema 2\nscaling 1.5\n");
    Ok(())
}
