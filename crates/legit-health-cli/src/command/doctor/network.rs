//! The way to the device: its name, the proxy, the certificate.

use super::check::Check;
use super::{Report, certificate};
use crate::connect::beside_the_runtime;
use crate::failure::Failure;
use crate::output::Output;
use legit_health::http_client::{BaseUrl, HttpOptions};
use legit_health::{Error, ErrorKind};
use std::collections::BTreeSet;
use std::net::ToSocketAddrs;
use std::time::Duration;

/// The name, and the proxy if one is used; `None` if there is no way to the device.
pub(super) async fn way(
    base_url: &BaseUrl,
    options: &HttpOptions,
    report: &mut Report,
    output: &mut Output,
) -> Result<Option<Option<String>>, Failure> {
    let (host, port) = host_and_port(base_url);
    let proxy = match options.proxy_for(base_url) {
        Ok(proxy) => proxy,
        Err(error) => {
            report.add(Check::not_tried("address", "the proxy cannot be used"), output)?;
            report.add(Check::failed("proxy", &Failure::from(error), None), output)?;
            return Ok(None);
        }
    };
    // A proxy looks the name up itself.
    let lookup = match &proxy {
        Some(_) => Check::ok("address", format!("{host}, which the proxy looks up")).word("lookup", "proxy"),
        None => looked_up(host, port).await,
    };
    let is_found = report.add(lookup, output)?;
    let used = match &proxy {
        Some(proxy) => Check::ok("proxy", format!("{proxy} is used")).word("used", "yes"),
        None => Check::ok("proxy", "none is used").word("used", "no"),
    };
    report.add(used, output)?;
    Ok(is_found.then_some(proxy))
}

async fn looked_up(host: String, port: u16) -> Check {
    let name = (host.clone(), port);
    match beside_the_runtime(move || name.to_socket_addrs().map(Vec::from_iter)).await {
        Ok(addresses) => {
            let shown: BTreeSet<String> = addresses.iter().map(|address| address.ip().to_string()).collect();
            let count = i64::try_from(shown.len()).unwrap_or(i64::MAX);
            let finding = match Vec::from_iter(shown) {
                // An address instead of a name.
                shown if shown == [host.as_str()] => host,
                shown => format!("{host} is {}", shown.join(", ")),
            };
            Check::ok("address", finding).number("addresses", count)
        }
        Err(error) => Check::failed(
            "address",
            &unreachable(format!("the name {host} cannot be looked up: {error}")),
            Some(
                "Correct the address, or the name server of this computer; in a closed network, set HTTPS_PROXY.",
            ),
        ),
    }
}

fn unreachable(sentence: String) -> Failure {
    Failure::Local { kind: "connection", status: crate::failure::UNAVAILABLE, sentence }
}

/// Whether the login came through a trusted connection, and who has signed the certificate of the device.
pub(super) async fn tls(base_url: &BaseUrl, proxy: Option<String>, login: &Result<(), Error>) -> Check {
    const LIMIT: Duration = Duration::from_secs(10);
    let is_used = base_url.as_str().starts_with("https:");
    let failed = login.as_ref().err();
    match failed.map(Error::kind) {
        Some(ErrorKind::Connection | ErrorKind::Timeout) if failed.and_then(Error::status).is_none() => {
            let advice = "Check the address and its port; a firewall may require a proxy (HTTPS_PROXY).";
            return Check::failed("tls", &failure_of(login), Some(advice));
        }
        Some(ErrorKind::Configuration) if failed.and_then(Error::status).is_none() => {
            return Check::not_tried("tls", "nothing was sent, see `login`");
        }
        _ if !is_used => {
            return Check::ok("tls", "not used: the address is on this computer").word("used", "no");
        }
        _ => {}
    }
    let (host, port) = host_and_port(base_url);
    // One that is reached over TLS, or requires a login, is not asked.
    let proxy = proxy.map(|proxy| proxy.strip_prefix("http://").map(str::to_owned));
    let signer = match proxy {
        Some(None) => None,
        proxy => {
            let proxy = proxy.flatten();
            beside_the_runtime(move || certificate::look(&host, port, proxy.as_deref(), LIMIT)).await.ok()
        }
    };
    let signed_by = signer.as_ref().map_or_else(
        || "signed by somebody who could not be found out".to_owned(),
        |signer| match &signer.root {
            _ if signer.is_self_signed => format!("signed by itself ({})", signer.issuer),
            Some(root) => format!("signed by {}, and that by {root}", signer.issuer),
            None => format!("signed by {}", signer.issuer),
        },
    );
    let check = match failed.map(Error::kind) {
        Some(ErrorKind::Certificate) => Check::failed(
            "tls",
            &failure_of(login),
            Some(&format!(
                "The certificate is {signed_by}. If that is an authority of your network, name its certificate with \
                 --ca-certificate or LEGIT_HEALTH_CA_FILE."
            )),
        ),
        _ => Check::ok("tls", format!("trusted, {signed_by}")),
    };
    match &signer {
        Some(signer) => check.word("selfSigned", if signer.is_self_signed { "yes" } else { "no" }),
        None => check,
    }
}

fn failure_of(login: &Result<(), Error>) -> Failure {
    Failure::Call(login.as_ref().expect_err("it has failed").clone())
}

/// What may be told of the host.
pub(super) fn host_kind(base_url: &BaseUrl) -> &'static str {
    if base_url.is_loopback() {
        return "loopback";
    }
    let (host, _) = host_and_port(base_url);
    if host == "legit.health" || host.ends_with(".legit.health") { "vendor" } else { "other" }
}

/// The host, and the port of the scheme if there is no other.
pub(super) fn host_and_port(base_url: &BaseUrl) -> (String, u16) {
    let uri: http::Uri = base_url.as_str().parse().unwrap_or_default();
    let usual = if base_url.as_str().starts_with("https:") { 443 } else { 80 };
    let host = uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    (host.to_owned(), uri.port_u16().unwrap_or(usual))
}
