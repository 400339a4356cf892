//! `legit-health sandbox` and `samples`: a local stand-in for the device, and images to try it with.

use crate::args::Serve;
use crate::connect;
use crate::failure::Failure;
use crate::interruption;
use crate::output::Output;
use crate::terminal::shown;
use legit_health_sandbox::{Account, Config, Sandbox, Scenario, samples};
use serde_json::json;
use std::io;
use std::path::Path;
use std::pin::pin;
use std::time::Duration;

/// How long what runs may take after the program is asked to end.
const GRACE: Duration = Duration::from_secs(10);

/// Serves until the program is interrupted, and finishes what runs.
pub(crate) async fn serve(serve: Serve, scenario: Option<&str>, output: &mut Output) -> Result<(), Failure> {
    let config = Config {
        port: serve.port,
        address: serve.address,
        allow_non_loopback: serve.allow_non_loopback,
        allowed_hosts: serve.allow_host,
        seed: serve.seed,
        token_life_minutes: serve.token_life,
        scenario: connect::scenario(scenario)?,
        keep_bodies: !serve.no_bodies,
        ..Config::default()
    };
    let sandbox = config.start().await.map_err(|error| match error.kind() {
        io::ErrorKind::InvalidInput => {
            let address = serve.address;
            Failure::usage(format!("other machines reach {address}: add --allow-non-loopback if they may"))
        }
        _ => Failure::system("cannot start the sandbox", &error),
    })?;
    let mut interrupted = pin!(interruption());
    // Polled once, so that a signal is noticed from here on.
    tokio::select! {
        biased;
        () = &mut interrupted => return Err(Failure::Interrupted),
        () = std::future::ready(()) => {}
    }
    output.data(&greeting(&sandbox, output.is_json()))?;
    output.note("");
    output.note(&format!(
        "Console, a page to try it, to see its requests and to control it: {}",
        sandbox.console_url()
    ));
    output.note("A stand-in for software integration and testing: what it answers is made up.");
    output.note("Not intended for any medical purpose; no conformity assessment. Ctrl-C ends it.");
    interrupted.await;
    tokio::select! {
        () = sandbox.stop() => {}
        () = interruption() => {}
        () = tokio::time::sleep(GRACE) => {}
    }
    Err(Failure::Interrupted)
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

pub(crate) fn write_samples(directory: &Path, output: &mut Output) -> Result<(), Failure> {
    let paths = samples::write_to(directory)
        .map_err(|error| Failure::system(&format!("cannot write samples to {}", shown(directory)), &error))?;
    let samples: Vec<_> = samples::all().into_iter().chain(samples::whole_body()).collect();
    let lines = paths.iter().zip(&samples);
    if output.is_json() {
        let entries: Vec<_> = lines
            .map(|(path, sample)| {
                let scenario = sample.scenario.map(|scenario| scenario.to_string());
                json!({"file": path.display().to_string(), "title": sample.title, "scenario": scenario})
            })
            .collect();
        output.data(&json!({"samples": entries}).to_string())?;
    } else {
        let text: Vec<String> =
            lines.map(|(path, sample)| format!("{}  {}", shown(path), sample.title)).collect();
        output.data(&text.join("\n"))?;
        output.note("");
        output.note("Painted images; they show nobody. The comment in each file names its scenario:");
        output.note(&format!("  legit-health --sandbox diagnosis-support {}", shown(&paths[0])));
        output.note(&format!(
            "  legit-health --sandbox severity global avasi {} --condition vitiligo",
            shown(&directory.join("whole-body"))
        ));
    }
    Ok(())
}

/// The scenarios that `--scenario` takes.
pub(crate) fn list_scenarios(output: &mut Output) -> Result<(), Failure> {
    let all: Vec<Scenario> = Scenario::all().collect();
    if output.is_json() {
        let entries: Vec<_> = all
            .iter()
            .map(|scenario| json!({"scenario": scenario.to_string(), "condition": scenario.condition()}))
            .collect();
        output.data(&json!({"scenarios": entries}).to_string())?;
    } else {
        output.data(&crate::render::scenarios(&all))?;
        output.note("\nWithout a severity, a scenario is of its usual one.");
    }
    Ok(())
}
