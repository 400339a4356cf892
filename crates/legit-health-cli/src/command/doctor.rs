//! `legit-health doctor`: what stands between this computer and the device, checked one by one.

mod bundle;
mod certificate;
mod check;
mod network;
mod recorder;

use crate::account::Account;
use crate::account::rows::{place, rough};
use crate::args::Connection;
use crate::args::account::Doctor;
use crate::connect::{beside_the_runtime, client, timeouts};
use crate::failure::Failure;
use crate::output::Output;
use crate::terminal::wrapped;
use check::{Check, Status};
use legit_health::calls::Reply;
use legit_health::catalog::Catalog;
use legit_health::codes::ScoringSystemCode;
use legit_health::credentials::{StoredToken, TokenStore};
use legit_health::http_client::{BaseUrl, HttpOptions, ReqwestClient};
use legit_health::report::DeviceInformation;
use legit_health::{BodySite, BoxFuture, Client, Error, ErrorKind, RetryPolicy, scale};
use recorder::{Notes, Recorder};
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The version segment of the addresses that this version of the program knows.
const KNOWN_LAYOUT: &str = "v2.0";
/// A clock that is further off makes tokens and certificates look expired.
const SKEW: i64 = 60;
const SAMPLES: usize = 3;

pub(crate) async fn run(
    connection: &Connection,
    doctor: &Doctor,
    output: &mut Output,
) -> Result<(), Failure> {
    let mut report = Report { checks: Vec::new(), as_json: output.is_json() };
    let settings = examine(connection, &mut report, output).await?;
    let checks = report.checks;
    let written = doctor.bundle.as_ref().map(|path| (path, bundle::write(path, &settings, &checks)));
    let count = |status: Status| checks.iter().filter(|check| check.status == status).count();
    let (failed, warnings, not_tried) =
        (count(Status::Failed), count(Status::Warning), count(Status::NotTried));
    if output.is_json() {
        let document = json!({
            "checks": checks.iter().map(Check::for_programs).collect::<Vec<_>>(),
            "failed": failed,
            "warnings": warnings,
            "notTried": not_tried,
        });
        output.data(&document.to_string())?;
    } else if failed == 0 && warnings == 0 && not_tried == 0 {
        output.data("\nAll checks are passed.")?;
    }
    if let Some((path, written)) = written {
        written?;
        output.note(&format!(
            "\nThe bundle for a bug report is in {}, for this user only. It holds",
            place(path)
        ));
        for line in bundle::CONTENTS {
            output.note(&listed(line));
        }
        output.note("and not");
        for line in bundle::LEFT_OUT {
            output.note(&listed(line));
        }
    }
    match checks.iter().find(|check| check.status == Status::Failed) {
        None => Ok(()),
        Some(first) => {
            let others = if failed > 1 { format!(" and {} more", failed - 1) } else { String::new() };
            let sentence = format!("the check `{}`{others} failed: see what it says", first.name);
            Err(Failure::Local { kind: "checks", status: first.exit_status, sentence })
        }
    }
}

fn listed(line: &str) -> String {
    format!("  - {}", wrapped(line, 76, "    "))
}

/// The checks so far. Each is shown as it comes.
struct Report {
    checks: Vec<Check>,
    as_json: bool,
}

impl Report {
    fn add(&mut self, check: Check, output: &mut Output) -> Result<bool, Failure> {
        if !self.as_json {
            output.data(&check.for_people())?;
        }
        let is_passed = matches!(check.status, Status::Ok | Status::Warning);
        self.checks.push(check);
        Ok(is_passed)
    }

    /// Adds checks that were not tried, on one line.
    fn skip(&mut self, names: &[&'static str], why: &str, output: &mut Output) -> Result<(), Failure> {
        if !self.as_json {
            output.data(&Check::not_tried("", format!("{}: {why}", names.join(", "))).for_people())?;
        }
        self.checks.extend(names.iter().map(|name| Check::not_tried(name, why)));
        Ok(())
    }
}

/// Runs all checks. The error is one of the output only.
async fn examine(
    connection: &Connection,
    report: &mut Report,
    output: &mut Output,
) -> Result<bundle::Settings, Failure> {
    let mut settings = bundle::Settings { source: None, host_kind: None, private: Vec::new() };
    let chosen = Account::choose(connection).and_then(|account| {
        let identity = account.identity()?;
        Ok((account, identity))
    });
    let (account, (base_url, username)) = match chosen {
        Ok(chosen) => chosen,
        Err(failure) => {
            report.add(Check::failed("account", &failure, None), output)?;
            let rest = ["address", "proxy", "tls", "login", "clock", "token", "device", "latency", "catalog"];
            report.skip(&rest, "there is no account to try it with", output)?;
            return Ok(settings);
        }
    };
    let source = match account.profile_name() {
        Some(name) => format!("profile `{name}`"),
        None => "environment".to_owned(),
    };
    settings.source = Some(if account.profile_name().is_some() { "profile" } else { "environment" });
    settings.host_kind = Some(network::host_kind(&base_url));
    settings.private = private(&account, &base_url, &username);
    report.add(
        Check::ok("account", format!("{username} at {}, from the {source}", base_url.as_str())),
        output,
    )?;

    let files = account.certificate_files(connection);
    let options = match beside_the_runtime(move || files.read()).await {
        Ok(options) => options,
        Err(error) => {
            report.add(Check::failed("tls", &Failure::from(error), None), output)?;
            let rest = ["address", "proxy", "login", "clock", "token", "device", "latency", "catalog"];
            report.skip(&rest, "the certificates cannot be used", output)?;
            return Ok(settings);
        }
    };
    match network::way(&base_url, &options, report, output).await? {
        None => {
            let rest = ["tls", "login", "clock", "token", "device", "latency"];
            report.skip(&rest, "there is no way to the device", output)?;
        }
        Some(proxy) => match watched(&account, connection, &base_url, options).await {
            Err(failure) => {
                report.add(Check::failed("tls", &failure, None), output)?;
                report.skip(
                    &["login", "clock", "token", "device", "latency"],
                    "there is no client",
                    output,
                )?;
            }
            Ok(watched) => watched.examine(&base_url, proxy, report, output).await?,
        },
    }
    let catalog = client(&account, connection, None).await.map(|client| client.catalog().clone());
    let check = match catalog {
        Ok(catalog) => drift(&catalog).await,
        Err(failure) => Check::failed("catalog", &failure, None),
    };
    report.add(check, output)?;
    Ok(settings)
}

/// What must not be in a bundle. A short word could be in it by chance.
fn private(account: &Account, base_url: &BaseUrl, username: &str) -> Vec<String> {
    const SHORTEST: usize = 4;
    let mut private = vec![username.to_owned()];
    if !base_url.is_loopback() {
        private.push(network::host_and_port(base_url).0);
    }
    private.extend(crate::account::variable("LEGIT_HEALTH_PASSWORD"));
    if let Account::Profile { profile, .. } = account
        && let crate::account::profile::Password::Stored(password) = profile.password()
    {
        private.push(password);
    }
    private.retain(|text| text.len() >= SHORTEST);
    private
}

/// Keeps the token of the login, and gives none: each check of the login is a login.
#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Option<StoredToken>>>);

impl TokenStore for Captured {
    fn load(&self) -> BoxFuture<'_, Option<StoredToken>> {
        Box::pin(async { None })
    }

    fn save(&self, token: StoredToken) -> BoxFuture<'_, ()> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(token);
        Box::pin(async {})
    }
}

/// A client whose responses are noted.
struct Watched {
    client: Client,
    notes: Notes,
    token: Captured,
}

async fn watched(
    account: &Account,
    connection: &Connection,
    base_url: &BaseUrl,
    options: HttpOptions,
) -> Result<Watched, Failure> {
    let (notes, token) = (Notes::default(), Captured::default());
    let timeouts = timeouts(connection);
    let (base_url, connect) = (base_url.clone(), timeouts.connect);
    let http_client = beside_the_runtime(move || ReqwestClient::new(&base_url, &options, connect)).await?;
    let client = account
        .client_builder()?
        .http_client(Recorder { client: http_client, notes: notes.clone() })
        .token_store(token.clone())
        .timeouts(timeouts)
        .retry_policy(RetryPolicy::default().with_max_attempts(1))
        .build()?;
    Ok(Watched { client, notes, token })
}

impl Watched {
    async fn examine(
        &self,
        base_url: &BaseUrl,
        proxy: Option<String>,
        report: &mut Report,
        output: &mut Output,
    ) -> Result<(), Failure> {
        let begun = Instant::now();
        let login = self.client.login().await;
        let took = milliseconds(begun.elapsed());
        let connected = network::tls(base_url, proxy, &login).await;
        let has_failed = connected.status == Status::Failed;
        report.add(connected, output)?;
        if has_failed {
            let rest = ["login", "clock", "token", "device", "latency"];
            return report.skip(&rest, "the device cannot be reached", output);
        }
        let check = match login {
            Ok(()) => Check::ok("login", format!("accepted after {took} ms")).number("ms", took),
            Err(error) => refused_login(error),
        };
        let is_in = report.add(check, output)?;
        report.add(self.clock(), output)?;
        if !is_in {
            return report.skip(&["token", "device", "latency"], "the login failed", output);
        }
        report.add(self.token_life(), output)?;
        let label = self.client.device_information().reply().await;
        let check = match label {
            Ok(reply) => device(&reply, base_url),
            Err(error) => Check::failed("device", &Failure::Call(error), None),
        };
        if report.add(check, output)? {
            report.add(self.latency().await, output)?;
            Ok(())
        } else {
            report.skip(&["latency"], "the device did not answer", output)
        }
    }

    fn clock(&self) -> Check {
        let Some(ahead) = self.notes.all().iter().rev().find_map(|noted| noted.ahead) else {
            return Check::not_tried("clock", "no response said what time it is there");
        };
        let off = Duration::from_secs(ahead.unsigned_abs());
        let check = if ahead.abs() <= SKEW {
            Check::ok("clock", "this computer and the device differ by a minute at most")
        } else {
            let direction = if ahead > 0 { "behind" } else { "ahead of" };
            Check::warning(
                "clock",
                format!("this computer is {} {direction} the device", rough(off)),
                "Set its clock: a wrong one makes tokens and certificates look expired.",
            )
        };
        check.number("deviceAheadSeconds", ahead)
    }

    fn token_life(&self) -> Check {
        let token = self.token.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let life = token.and_then(|token| token.expires_at().duration_since(token.issued_at()).ok());
        let Some(life) = life else {
            return Check::not_tried("token", "the login has issued none");
        };
        let seconds = i64::try_from(life.as_secs()).unwrap_or(i64::MAX);
        Check::ok("token", format!("valid for {}", rough(life))).number("seconds", seconds)
    }

    async fn latency(&self) -> Check {
        let before = self.notes.all().len();
        for _ in 0..SAMPLES {
            if let Err(error) = self.client.device_information().await {
                return Check::failed("latency", &Failure::Call(error), None);
            }
        }
        let mut times: Vec<i64> =
            self.notes.all()[before..].iter().map(|noted| milliseconds(noted.duration)).collect();
        times.sort_unstable();
        let Some(median) = times.get(times.len() / 2).copied() else {
            return Check::not_tried("latency", "there was no response");
        };
        let finding = format!("{median} ms for a small request, the median of {}", times.len());
        Check::ok("latency", finding).number("medianMs", median)
    }
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

fn refused_login(error: Error) -> Check {
    let advice = match error.kind() {
        ErrorKind::Authentication => {
            Some("Run `legit-health login` with the right password; ask the vendor if the account is locked.")
        }
        ErrorKind::Server => Some("Try again later; if it stays so, report it with the request id."),
        ErrorKind::RateLimited => Some("Wait before the next login."),
        _ => None,
    };
    Check::failed("login", &Failure::Call(error), advice)
}

/// The version of the device, the layout of its addresses, and what its label has that this version does not know.
fn device(reply: &Reply<DeviceInformation>, base_url: &BaseUrl) -> Check {
    let label = &reply.value;
    let layout = base_url.as_str().rsplit('/').next().unwrap_or_default().to_owned();
    let version = if label.versions.is_empty() { "unknown".to_owned() } else { label.versions.join(", ") };
    let what = if label.is_sandbox() { "a sandbox, not the device" } else { "the device" };
    let finding = format!("{what}, version {version}, addresses as of {layout}");
    // Members of the label of a sandbox are its own.
    let unknown = if label.is_sandbox() { 0 } else { reply.unknown_fields.len() };
    let check = if layout != KNOWN_LAYOUT {
        Check::warning(
            "device",
            finding,
            format!(
                "This version of the program is made for addresses that end in /{KNOWN_LAYOUT}: look for a newer one."
            ),
        )
    } else if unknown > 0 {
        Check::warning(
            "device",
            finding,
            format!(
                "Its label has {unknown} members that this version of the program does not know: look for a newer one."
            ),
        )
    } else {
        Check::ok("device", finding)
    };
    check
        .word("isSandbox", if label.is_sandbox() { "yes" } else { "no" })
        .codes("versions", label.versions.iter().map(String::as_str))
        .code("layout", &layout)
        .number("unknownFields", i64::try_from(unknown).unwrap_or(i64::MAX))
}

/// What the catalog lists and this version does not know, and the other way round.
async fn drift(catalog: &Catalog) -> Check {
    let sites = match catalog.body_sites().max_attempts(1).await {
        Ok(sites) => sites,
        Err(error) => {
            let advice =
                "Only `sites` and `scales --condition` need the catalog; calls to the device do not.";
            return Check::failed("catalog", &Failure::Call(error), Some(advice));
        }
    };
    let listed: BTreeSet<&str> = sites.iter().map(|site| site.code.as_str()).collect();
    let known: BTreeSet<&str> = BodySite::KNOWN.iter().map(BodySite::as_str).collect();
    let mut unknown: Vec<String> = listed.difference(&known).map(|code| (*code).to_owned()).collect();
    let missing: Vec<&str> = known.difference(&listed).copied().collect();
    let conditions: BTreeSet<&str> =
        scale::all().iter().flat_map(|scale| scale.conditions).map(|condition| condition.icd11).collect();
    let mut scales = BTreeSet::new();
    for icd11 in conditions {
        // A condition that it does not list is no drift of codes.
        if let Ok(entries) = catalog.questionnaires(icd11).max_attempts(1).await {
            scales.extend(entries.into_iter().map(|entry| entry.code.as_str().to_owned()));
        }
    }
    let known_scales: BTreeSet<&str> =
        ScoringSystemCode::KNOWN.iter().map(ScoringSystemCode::as_str).collect();
    unknown.extend(scales.iter().filter(|code| !known_scales.contains(code.as_str())).cloned());
    let finding = format!("body sites: {}, scales: {}", listed.len(), scales.len());
    let check = if unknown.is_empty() && missing.is_empty() {
        Check::ok("catalog", format!("{finding}; this version knows all of them"))
    } else {
        let mut parts = vec![finding];
        if !unknown.is_empty() {
            parts.push(format!("unknown to this version: {}", unknown.join(", ")));
        }
        if !missing.is_empty() {
            parts.push(format!("not listed any more: {}", missing.join(", ")));
        }
        Check::warning("catalog", parts.join("; "), "Look for a newer version of this program.")
    };
    check
        .number("sites", i64::try_from(listed.len()).unwrap_or(i64::MAX))
        .number("scales", i64::try_from(scales.len()).unwrap_or(i64::MAX))
        .codes("unknown", unknown.iter().map(String::as_str))
        .codes("missing", missing.into_iter())
}
