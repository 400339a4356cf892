//! `legit-health sandbox` and `samples`: a local stand-in for the device, and images to try it with.

use crate::account::variable;
use crate::args::Serve;
use crate::connect;
use crate::failure::Failure;
use crate::interruption;
use crate::output::Output;
use crate::prompt;
use crate::terminal::shown;
use legit_health_sandbox::{Account, Config, Sandbox, Scenario, samples};
use serde_json::json;
use std::path::Path;
use std::pin::pin;
use std::sync::mpsc;
use std::time::Duration;
use std::{fs, io, thread};

/// How long what runs may take after the program is asked to end.
const GRACE: Duration = Duration::from_secs(10);

/// The variables of its account. Their names are not those of a device's account, so that none is used here by mistake.
const USERNAME: &str = "LEGIT_HEALTH_SANDBOX_USERNAME";
const PASSWORD: &str = "LEGIT_HEALTH_SANDBOX_PASSWORD";

/// Serves until the program is interrupted, and finishes what runs.
pub(crate) async fn serve(serve: Serve, scenario: Option<&str>, output: &mut Output) -> Result<(), Failure> {
    let account = own_account(serve.username, serve.password_file.as_deref())?;
    if let Some(file) = &serve.https {
        check_certificate_file(file)?;
    }
    let has_own_password = account.is_some();
    let config = Config {
        port: serve.port,
        address: serve.address,
        allow_non_loopback: serve.allow_non_loopback,
        allowed_hosts: serve.allow_host,
        seed: serve.seed,
        token_life_minutes: serve.token_life,
        scenario: connect::scenario(scenario)?,
        keep_bodies: !serve.no_bodies,
        account,
        https: serve.https.is_some(),
        ..Config::default()
    };
    let sandbox = config.start().await.map_err(|error| match error.kind() {
        io::ErrorKind::InvalidInput => {
            let address = serve.address;
            Failure::usage(format!("other machines reach {address}: add --allow-non-loopback if they may"))
        }
        _ => Failure::system("cannot start the sandbox", &error),
    })?;
    if let (Some(file), Some(certificate)) = (&serve.https, sandbox.ca_certificate()) {
        fs::write(file, certificate)
            .map_err(|error| Failure::system(&format!("cannot write {}", shown(file)), &error))?;
    }
    let mut interrupted = pin!(interruption());
    // Polled once, so that a signal is noticed from here on.
    tokio::select! {
        biased;
        () = &mut interrupted => return Err(Failure::Interrupted),
        () = std::future::ready(()) => {}
    }
    if !output.is_silent() {
        log_requests(&sandbox);
    }
    output.data(&greeting(&sandbox, has_own_password, output.is_json()))?;
    output.note("");
    if let Some(file) = &serve.https {
        output.note(&format!("Its certificate is to be trusted by clients: {}", shown(file)));
    }
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

/// Returns the account of the options, else of the environment, whole from one of them.
fn own_account(username: Option<String>, password_file: Option<&Path>) -> Result<Option<Account>, Failure> {
    let (username, password) = match (username, password_file) {
        (Some(username), Some(file)) => {
            let opened = fs::File::open(file)
                .map_err(|error| Failure::system(&format!("cannot read {}", shown(file)), &error))?;
            (username, prompt::password_in(opened, &shown(file).to_string())?)
        }
        _ => match (variable(USERNAME), variable(PASSWORD)) {
            (Some(username), Some(password)) => (username, password),
            (None, None) => return Ok(None),
            (username, _) => {
                let (set, unset) =
                    if username.is_some() { (USERNAME, PASSWORD) } else { (PASSWORD, USERNAME) };
                let sentence = format!("{set} is set and {unset} is not: set both, or none");
                return Err(Failure::configuration(sentence));
            }
        },
    };
    if username.trim().is_empty() || password.is_empty() {
        return Err(Failure::usage("user name and password of the sandbox must not be empty"));
    }
    Ok(Some(Account::new(username, password)))
}

/// Refuses to overwrite anything but the certificate of an earlier start.
fn check_certificate_file(file: &Path) -> Result<(), Failure> {
    match fs::read(file) {
        Ok(text) if text.starts_with(b"-----BEGIN CERTIFICATE-----") => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Ok(_) => {
            let file = shown(file);
            Err(Failure::usage(format!(
                "{file} exists and is no certificate; move it away, or name another file"
            )))
        }
        Err(error) => Err(Failure::system(&format!("cannot read {}", shown(file)), &error)),
    }
}

/// Writes a line for each request to standard error. A reader that waits does not hold up the sandbox: further lines are
/// then left out.
fn log_requests(sandbox: &Sandbox) {
    let (lines, received) = mpsc::sync_channel::<String>(1000);
    thread::spawn(move || received.iter().for_each(|line| Output::summary(&line)));
    sandbox.log_requests(move |line| drop(lines.try_send(line)));
}

/// A password that was given is not repeated.
fn greeting(sandbox: &Sandbox, has_own_password: bool, as_json: bool) -> String {
    let Account { username, password, .. } = sandbox.account();
    let password = (!has_own_password).then_some(password);
    let (base_url, catalog_url) = (sandbox.base_url(), sandbox.catalog_url());
    if as_json {
        return json!({
            "baseUrl": base_url, "username": username, "password": password, "catalogUrl": catalog_url,
        })
        .to_string();
    }
    let password = password.map_or("(as given)", String::as_str);
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
        let entries = all.iter().copied().chain(Scenario::courses()).chain(Scenario::edge_cases());
        let entries = entries.map(|scenario| {
            json!({
                "scenario": scenario.to_string(),
                "condition": scenario.condition(),
                "severities": scenario.severities().iter().map(ToString::to_string).collect::<Vec<_>>(),
                "description": scenario.description(),
            })
        });
        output.data(&json!({"scenarios": entries.collect::<Vec<_>>()}).to_string())?;
    } else {
        output.data(&format!(
            "{}\n{}",
            crate::render::scenarios(&all),
            crate::render::further_scenarios()
        ))?;
        output.note("\nWithout a severity, a scenario is of its usual one. For each condition that can");
        output.note("be severe, a course may stand in its place: a severity every 28 days of the");
        output.note("sandbox's clock. An edge case names no condition.");
    }
    Ok(())
}
