//! Prints the JSON Schema of the DLQI's answer sheet, bounds included, from which a form can be built.
//!
//! `cargo run -p legit-health --features schemars --example answer_schema`
#![allow(clippy::print_stdout, reason = "an example prints")]

use legit_health::scale::Dlqi;
use schemars::schema_for;

fn main() -> Result<(), serde_json::Error> {
    println!("{}", serde_json::to_string_pretty(&schema_for!(Dlqi))?);
    Ok(())
}
