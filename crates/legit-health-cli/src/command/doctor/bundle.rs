//! The file for a bug report: what the checks have found, without who anybody is.

use super::check::Check;
use crate::account::rows::{place, rfc_3339};
use crate::failure::Failure;
use crate::private_file;
use serde_json::{Value, json};
use std::io::Write;
use std::path::Path;
use std::time::SystemTime;

/// What is in the file, in the order of its members.
pub(super) const CONTENTS: [&str; 4] = [
    "program: the version of this program, the operating system and its architecture",
    "written: when the file was written",
    "settings: where the account comes from, the kind of the device's host (vendor, loopback, other), and the names of the \
     variables that are set, without their values",
    "checks: each check, how it ended, and numbers, words of this program, versions, codes and request ids that it found",
];

/// What is not in it.
pub(super) const LEFT_OUT: [&str; 4] = [
    "passwords, tokens, user names, names of profiles",
    "addresses and names of hosts, proxies and certificates",
    "paths of files, values of variables, and every sentence of a server",
    "photos, their names, answers and findings: no check sends or gets any",
];

/// The variables whose presence explains a failure.
const VARIABLES: [&str; 19] = [
    "LEGIT_HEALTH_URL",
    "LEGIT_HEALTH_CATALOG_URL",
    "LEGIT_HEALTH_USERNAME",
    "LEGIT_HEALTH_PASSWORD",
    "LEGIT_HEALTH_PASSWORD_FILE",
    "LEGIT_HEALTH_PROFILE",
    "LEGIT_HEALTH_NO_TOKEN_CACHE",
    "LEGIT_HEALTH_CA_FILE",
    "LEGIT_HEALTH_CLIENT_CERT_FILE",
    "LEGIT_HEALTH_CLIENT_KEY_FILE",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "HTTPS_PROXY",
    "https_proxy",
    "ALL_PROXY",
    "all_proxy",
    "NO_PROXY",
    "no_proxy",
    "REQUEST_METHOD",
];

pub(super) struct Settings {
    /// `profile` or `environment`; `None` if there is no account.
    pub(super) source: Option<&'static str>,
    pub(super) host_kind: Option<&'static str>,
    /// What must not be in the file, whatever happens.
    pub(super) private: Vec<String>,
}

/// Writes the file, which must not exist, for its owner only.
pub(super) fn write(path: &Path, settings: &Settings, checks: &[Check]) -> Result<(), Failure> {
    let set = VARIABLES.into_iter().filter(|name| std::env::var_os(name).is_some());
    let document = json!({
        "form": 1,
        "contents": CONTENTS,
        "leftOut": LEFT_OUT,
        "program": {
            "name": env!("CARGO_PKG_NAME"),
            "version": env!("CARGO_PKG_VERSION"),
            "system": std::env::consts::OS,
            "architecture": std::env::consts::ARCH,
        },
        "written": rfc_3339(SystemTime::now()),
        "settings": {
            "source": settings.source,
            "hostKind": settings.host_kind,
            "variablesSet": set.collect::<Vec<_>>(),
        },
        "checks": checks.iter().map(Check::for_others).collect::<Vec<Value>>(),
    });
    let text = format!("{document:#}\n");
    let lower_case = text.to_lowercase();
    if settings.private.iter().any(|private| lower_case.contains(&private.to_lowercase())) {
        return Err(Failure::Local {
            kind: "bundle",
            status: crate::failure::OTHER,
            sentence: "the bundle is not written, because a user name, a password or a host would be in it: please report \
                       this as a bug of this program, without the output of this command"
                .to_owned(),
        });
    }
    let written = private_file::create(path).and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| Failure::system(&format!("cannot write the bundle {}", place(path)), &error))
}
