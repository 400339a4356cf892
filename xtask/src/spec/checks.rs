//! `cargo xtask spec checks`.

use std::process::ExitCode;

use legit_health_codegen::{Check, checks};

pub(crate) fn run() -> ExitCode {
    let mut last = "";
    for check in checks() {
        match check {
            Check::Covered(id) => println!("{id}"),
            Check::Ours(id, meaning) => println!("{id}: {meaning}"),
            Check::LeftOut(id, reason) => {
                if reason != last {
                    println!("\nleft out: {reason}");
                    last = reason;
                }
                println!("{id}");
            }
        }
    }
    ExitCode::SUCCESS
}
