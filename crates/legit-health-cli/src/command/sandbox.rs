//! `legit-health sandbox`

use crate::connect;
use crate::failure::Failure;
use crate::output::Output;
use legit_health_sandbox::{Account, Config, Sandbox};
use serde_json::json;

/// Serves until the program is interrupted.
pub(crate) async fn run(port: u16, scenario: Option<&str>, output: &mut Output) -> Result<(), Failure> {
    let config = Config { port, scenario: connect::scenario(scenario)?, ..Config::default() };
    let sandbox =
        config.start().await.map_err(|error| Failure::system("cannot start the sandbox", &error))?;
    output.data(&greeting(&sandbox, output.is_json()))?;
    output.note("");
    output.note("A stand-in for software integration and testing: what it answers is made up.");
    output.note("Not intended for any medical purpose; no conformity assessment. Ctrl-C ends it.");
    std::future::pending().await
}

fn greeting(sandbox: &Sandbox, as_json: bool) -> String {
    let Account { username, password, .. } = sandbox.account();
    let (base_url, catalog_url) = (sandbox.base_url(), sandbox.catalog_url());
    if as_json {
        return json!({
            "baseUrl": base_url, "username": username, "password": password, "catalogUrl": catalog_url,
        })
        .to_string();
    }
    format!("listening on {base_url}\nusername: {username}\npassword: {password}\ncatalogue on {catalog_url}")
}
