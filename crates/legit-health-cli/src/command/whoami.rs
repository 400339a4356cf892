//! `legit-health whoami`: the account that commands use, and where it comes from.

use crate::account::profile::ProfileName;
use crate::account::rows::{moment, place, rfc_3339, table};
use crate::account::{self, Account, CATALOG_URL};
use crate::args::Connection;
use crate::args::account::Whoami;
use crate::command::login::{password_kind, password_place};
use crate::connect::client;
use crate::failure::Failure;
use crate::output::Output;
use serde_json::json;
use std::time::Instant;

pub(crate) async fn run(
    connection: &Connection,
    Whoami { check }: &Whoami,
    output: &mut Output,
) -> Result<(), Failure> {
    let account = Account::choose(connection)?;
    let (base_url, username) = account.identity()?;
    let cache = account.token_cache(connection, output.is_silent())?;
    let checked = if *check {
        let begun = Instant::now();
        let client = client(&account, connection, cache.clone()).await?;
        let asked = client.device_information().await;
        Some(asked.map(|_| begun.elapsed()))
    } else {
        None
    };
    let others: Vec<ProfileName> =
        ProfileName::all().into_iter().filter(|name| Some(name) != account.profile_name()).collect();
    let token = cache.as_ref().and_then(|cache| cache.valid_token());
    let is_accepted = match &checked {
        Some(Ok(_)) => Some(true),
        _ => None,
    };
    if output.is_json() {
        let document = json!({
            "username": username,
            "url": base_url.as_str(),
            "source": if account.profile_name().is_some() { "profile" } else { "environment" },
            "profile": account.profile_name().map(ToString::to_string),
            "path": profile_path(&account)?.map(|path| path.display().to_string()),
            "password": password_kind_of(&account),
            "catalogUrl": catalog_url(&account).map(|(url, _)| url),
            "token": {
                "isKept": cache.is_some(),
                "issuedAt": token.as_ref().map(|token| rfc_3339(token.issued_at())),
                "expiresAt": token.as_ref().map(|token| rfc_3339(token.expires_at())),
            },
            "isAccepted": is_accepted,
            "otherProfiles": others.iter().map(ToString::to_string).collect::<Vec<_>>(),
        });
        output.data(&document.to_string())?;
    } else {
        let mut rows = vec![("User", username), ("Device", base_url.as_str().to_owned())];
        rows.push((
            "From",
            match (account.profile_name(), profile_path(&account)?) {
                (Some(name), Some(path)) => format!("profile `{name}`, {}", place(&path)),
                _ => "environment".to_owned(),
            },
        ));
        rows.push(("Password", password_place_of(&account)));
        if let Some((url, origin)) = catalog_url(&account) {
            rows.push(("Catalog", format!("{url}, {origin}")));
        }
        rows.extend(certificates(&account, connection));
        rows.push((
            "Token",
            match (&cache, &token) {
                (None, _) => "not kept: each command logs in".to_owned(),
                (Some(_), None) => "none: the next command logs in".to_owned(),
                (Some(_), Some(token)) => format!("kept, until {}", moment(token.expires_at())),
            },
        ));
        match &checked {
            Some(Ok(took)) => {
                rows.push(("Check", format!("the device accepts the account ({} ms)", took.as_millis())));
            }
            Some(Err(_)) => rows.push(("Check", "failed, see below".to_owned())),
            None => {}
        }
        if !others.is_empty() {
            let names: Vec<String> = others.iter().map(|name| format!("`{name}`")).collect();
            rows.push(("Others", format!("{}, with `--profile`", names.join(", "))));
        }
        output.data(&table(&rows))?;
    }
    match checked {
        Some(Err(error)) => Err(error.into()),
        _ => Ok(()),
    }
}

fn profile_path(account: &Account) -> Result<Option<std::path::PathBuf>, Failure> {
    account.profile_name().map(ProfileName::path).transpose()
}

fn password_kind_of(account: &Account) -> &'static str {
    match account {
        Account::Profile { profile, .. } => password_kind(&profile.password()),
        Account::Environment if account::variable("LEGIT_HEALTH_PASSWORD").is_some() => "environment",
        Account::Environment => "file",
    }
}

fn password_place_of(account: &Account) -> String {
    match account {
        Account::Profile { profile, .. } => password_place(&profile.password()),
        Account::Environment if account::variable("LEGIT_HEALTH_PASSWORD").is_some() => {
            "in LEGIT_HEALTH_PASSWORD".to_owned()
        }
        Account::Environment => "in the file that LEGIT_HEALTH_PASSWORD_FILE names".to_owned(),
    }
}

/// The address of the catalog that was set, and where.
fn catalog_url(account: &Account) -> Option<(String, &'static str)> {
    let set = account::variable(CATALOG_URL).map(|url| (url, "from LEGIT_HEALTH_CATALOG_URL"));
    set.or_else(|| match account {
        Account::Environment => None,
        Account::Profile { profile, .. } => profile.catalog_url.clone().map(|url| (url, "from the profile")),
    })
}

/// The files of certificates, and where each is named.
fn certificates(account: &Account, connection: &Connection) -> Vec<(&'static str, String)> {
    account
        .certificate_paths(connection)
        .into_iter()
        .map(|file| (file.label, format!("{}, {}", place(&file.path), file.origin)))
        .collect()
}
