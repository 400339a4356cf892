//! Lists the body sites of the public catalog. No account is needed.
#![allow(clippy::print_stdout, reason = "an example prints")]

use legit_health::catalog::Catalog;

#[tokio::main]
async fn main() -> Result<(), legit_health::Error> {
    for site in Catalog::from_env()?.body_sites().await? {
        println!("{}: {:?}", site.code, site.name);
    }
    Ok(())
}
