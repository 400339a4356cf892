//! `legit-health login` and `logout`: profiles and tokens come and go.

use crate::account::profile::{Password, Profile, ProfileName, absolute};
use crate::account::rows::{moment, place, rfc_3339, table};
use crate::account::{self, Account};
use crate::args::Connection;
use crate::args::account::{Login, Logout};
use crate::connect::client;
use crate::failure::Failure;
use crate::output::Output;
use crate::prompt;
use legit_health::http_client::BaseUrl;
use serde_json::json;
use std::fs;
use std::io;
use std::path::Path;

pub(crate) async fn login(connection: &Connection, login: Login, output: &mut Output) -> Result<(), Failure> {
    if connection.sandbox || connection.scenario.is_some() {
        return Err(Failure::usage(
            "`login` stores the account of a device, and `--sandbox` starts a sandbox that ends with this command: run \
             `legit-health sandbox` in another terminal and log in there",
        ));
    }
    let name = account::chosen_profile(connection)?;
    // One that cannot be used is replaced.
    let earlier = Profile::read(&name).ok().flatten();
    let profile = Box::new(asked_for(connection, login, earlier.as_ref()).await?);
    let account = Account::Profile { name: name.clone(), profile: profile.clone() };
    let cache = account.token_cache(connection, output.is_silent())?;
    client(&account, connection, cache.clone()).await?.login().await?;

    let path = profile.write(&name)?;
    if let Some(earlier) = earlier {
        let earlier = Account::Profile { name: name.clone(), profile: Box::new(earlier) };
        forget_other_token(&earlier, &account, connection)?;
    }
    let token = cache.and_then(|cache| cache.valid_token());
    if output.is_json() {
        let document = json!({
            "profile": name.to_string(),
            "path": path.display().to_string(),
            "url": profile.url,
            "username": profile.username,
            "password": password_kind(&profile.password()),
            "tokenExpiresAt": token.map(|token| rfc_3339(token.expires_at())),
        });
        return Ok(output.data(&document.to_string())?);
    }
    let token = token.map_or_else(
        || "not kept: each command logs in".to_owned(),
        |token| format!("kept for later commands until {}", moment(token.expires_at())),
    );
    let rows = [
        ("Profile", format!("`{name}`, {}", place(&path))),
        ("Device", profile.url.clone()),
        ("User", profile.username.clone()),
        ("Password", password_place(&profile.password())),
        ("Token", token),
    ];
    output.data(&format!("The device accepts the account.\n\n{}\n{}", table(&rows), how_to_use(&name)))?;
    Ok(())
}

fn how_to_use(name: &ProfileName) -> String {
    if let Some(variable) = account::set_variable() {
        return format!("{variable} is set and comes first: name this profile with `--profile {name}`.");
    }
    if *name == ProfileName::default() {
        return "Commands use this profile unless `--profile` names another.".to_owned();
    }
    format!("Commands use it with `--profile {name}`, or with {}={name}.", account::PROFILE)
}

/// The profile of the options, of answers in a terminal, and of the earlier one.
async fn asked_for(
    connection: &Connection,
    login: Login,
    earlier: Option<&Profile>,
) -> Result<Profile, Failure> {
    let can_ask = prompt::is_possible();
    let has_password =
        login.password_stdin || login.password_file.is_some() || login.password_command.is_some();
    let usual_url =
        earlier.map(|profile| profile.url.clone()).or_else(|| account::variable("LEGIT_HEALTH_URL"));
    let usual_username = earlier
        .map(|profile| profile.username.clone())
        .or_else(|| account::variable("LEGIT_HEALTH_USERNAME"));
    if !can_ask {
        let missing = [
            (login.url.is_none() && usual_url.is_none()).then_some("`--url`"),
            (login.username.is_none() && usual_username.is_none()).then_some("`--username`"),
            (!has_password).then_some("`--password-stdin` (or `--password-file` or `--password-command`)"),
        ];
        let missing: Vec<&str> = missing.into_iter().flatten().collect();
        if !missing.is_empty() {
            return Err(Failure::usage(format!(
                "there is no terminal to ask in: give {}",
                enumeration(&missing)
            )));
        }
    }
    let url = match (login.url, usual_url) {
        (Some(url), _) => address(&url).map_err(|problem| Failure::usage(format!("`--url`: {problem}")))?,
        (None, Some(url)) if !can_ask => address(&url).map_err(Failure::configuration)?,
        (None, usual) => asked_address(usual, output_of_questions).await?,
    };
    let username = match (login.username, usual_username) {
        (Some(username), _) => username,
        (None, Some(username)) if !can_ask => username,
        (None, usual) => prompt::line("User name (e-mail address)", usual).await?,
    };
    if username.trim().is_empty() {
        return Err(Failure::usage("`--username` is empty: give the user name of the account"));
    }
    let password = match (login.password_stdin, login.password_file, login.password_command) {
        (true, ..) => Password::Stored(prompt::password_from_stdin()?),
        (_, Some(path), _) => Password::File(readable(&path)?),
        (_, _, Some(command)) => Password::Command(command),
        _ => Password::Stored(prompt::password("Password (not shown)").await?),
    };
    let mut profile = Profile::new(&url, username, password);
    let kept = |given: &Option<std::path::PathBuf>, earlier: Option<&std::path::PathBuf>| {
        given.as_deref().map(absolute).or_else(|| earlier.cloned())
    };
    profile.catalog_url = match login.catalog_url {
        Some(url) => Some(
            address(&url)
                .map_err(|problem| Failure::usage(format!("`--catalog-url`: {problem}")))?
                .as_str()
                .to_owned(),
        ),
        None => earlier.and_then(|earlier| earlier.catalog_url.clone()),
    };
    let earlier = |path: fn(&Profile) -> &Option<std::path::PathBuf>| {
        earlier.and_then(|earlier| path(earlier).as_ref())
    };
    profile.ca_certificate = kept(&connection.ca_certificate, earlier(|profile| &profile.ca_certificate));
    profile.client_certificate =
        kept(&connection.client_certificate, earlier(|profile| &profile.client_certificate));
    profile.client_key = kept(&connection.client_key, earlier(|profile| &profile.client_key));
    Ok(profile)
}

/// `a`, `a and b`, `a, b and c`.
fn enumeration(names: &[&str]) -> String {
    match names {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        names => names.concat(),
    }
}

/// Asks until the address is valid.
async fn asked_address(usual: Option<String>, say: fn(&str)) -> Result<BaseUrl, Failure> {
    loop {
        let typed =
            prompt::line("Address of the device, such as https://api.example.org/v2.0", usual.clone())
                .await?;
        match address(&typed) {
            Ok(url) => return Ok(url),
            Err(problem) => say(&problem),
        }
    }
}

fn output_of_questions(line: &str) {
    Output::summary(line);
}

fn address(url: &str) -> Result<BaseUrl, String> {
    url.parse().map_err(|error: legit_health::ConfigError| error.to_string())
}

/// A file that is not there is noticed before the login.
fn readable(path: &Path) -> Result<std::path::PathBuf, Failure> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => {
            Err(Failure::usage(format!("`--password-file` names a directory: {}", place(path))))
        }
        Ok(_) => Ok(absolute(path)),
        Err(error) => {
            Err(Failure::usage(format!("`--password-file`: {} cannot be read: {error}", place(path))))
        }
    }
}

/// The token of an account that the profile has no more would stay until it expires.
fn forget_other_token(earlier: &Account, now: &Account, connection: &Connection) -> Result<(), Failure> {
    let cache = |account: &Account| account.token_cache(connection, true);
    if let (Some(earlier), Some(now)) = (cache(earlier)?, cache(now)?)
        && earlier.path() != now.path()
    {
        earlier.remove()?;
    }
    Ok(())
}

pub(crate) fn password_kind(password: &Password) -> &'static str {
    match password {
        Password::Stored(_) => "profile",
        Password::File(_) => "file",
        Password::Command(_) => "command",
    }
}

pub(crate) fn password_place(password: &Password) -> String {
    match password {
        Password::Stored(_) => "in the profile, not encrypted; only this user can read the file".to_owned(),
        Password::File(path) => format!("in {}, read at each login", place(path)),
        // It is not shown: somebody may have written a secret into it.
        Password::Command(_) => "from a command in the profile, run at each login".to_owned(),
    }
}

pub(crate) fn logout(
    connection: &Connection,
    Logout { forget }: &Logout,
    output: &mut Output,
) -> Result<(), Failure> {
    if *forget {
        return forget_profile(connection, output);
    }
    let account = Account::choose(connection)?;
    let whose = match account.profile_name() {
        Some(name) => format!("of the profile `{name}`"),
        None => "of the account in the environment".to_owned(),
    };
    // Where no token may be kept there may be one of before.
    let cache = account.kept_token(output.is_silent())?;
    let was_there = cache.remove()?;
    if output.is_json() {
        let profile = account.profile_name().map(ToString::to_string);
        output.data(
            &json!({"profile": profile, "tokenRemoved": was_there, "profileRemoved": false}).to_string(),
        )?;
    } else if was_there {
        output.data(&format!(
            "The token {whose} is removed, so the next command logs in.\nThe device would accept it until it expires: it \
             has no way to revoke a token."
        ))?;
    } else {
        output.data(&format!("There was no token {whose}."))?;
    }
    Ok(())
}

/// Removes a profile with its token, also one that cannot be read any more.
fn forget_profile(connection: &Connection, output: &mut Output) -> Result<(), Failure> {
    let name = account::chosen_profile(connection)?;
    let path = name.path()?;
    let mut token_removed = false;
    if let Ok(Some(profile)) = Profile::read(&name) {
        let account = Account::Profile { name: name.clone(), profile: Box::new(profile) };
        token_removed = account.kept_token(output.is_silent())?.remove()?;
    }
    match fs::remove_file(&path) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(account::absent(&name)),
        Err(error) => return Err(Failure::system(&format!("cannot remove {}", place(&path)), &error)),
    }
    if output.is_json() {
        let document =
            json!({"profile": name.to_string(), "tokenRemoved": token_removed, "profileRemoved": true});
        output.data(&document.to_string())?;
    } else {
        let removed = if token_removed { "and its token are" } else { "is" };
        output.data(&format!("The profile `{name}` {removed} removed: {}", place(&path)))?;
    }
    Ok(())
}
