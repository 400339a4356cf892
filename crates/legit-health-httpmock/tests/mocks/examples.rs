//! The examples are run, not only built.

#[path = "../../examples/own_code.rs"]
mod own_code;
#[path = "../../examples/scenarios.rs"]
mod scenarios;

#[test]
fn every_example_runs() {
    own_code::main().unwrap();
    scenarios::main().unwrap();
}
