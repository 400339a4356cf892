//! The password file of PostgreSQL: lines of `host:port:database:user:password`, where `*` stands for any.

use super::address::refused;
use crate::error::Error;
use crate::store::owner;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use tokio_postgres::Config;
use tokio_postgres::config::Host;

/// Returns the password for this database, if a file has one. As for other programs, a file that is not there is none.
pub(super) fn find(
    config: &Config,
    variable: &impl Fn(&str) -> Option<String>,
) -> Result<Option<String>, Error> {
    let usual = || Some(Path::new(&variable("HOME")?).join(".pgpass"));
    let Some(path) = variable("PGPASSFILE").map(PathBuf::from).or_else(usual) else { return Ok(None) };
    let name = path.display();
    let cannot = |error: io::Error| refused(format!("the password file {name} cannot be read: {error}"));
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(cannot(error)),
    };
    if let Some(advice) = owner::advice(&path).map_err(cannot)? {
        return Err(refused(format!("others can read the password file {name} {advice}")));
    }
    Ok(text.lines().find_map(|line| password(line, config)))
}

/// Returns the password of this line, if it is for this database.
fn password(line: &str, config: &Config) -> Option<String> {
    if line.starts_with('#') {
        return None;
    }
    let fields = fields(line);
    let [host, port, database, user, password] = fields.as_slice() else { return None };
    let port_of = config.get_ports().first().copied().unwrap_or(5432).to_string();
    let user_of = config.get_user().unwrap_or_default();
    let database_of = config.get_dbname().unwrap_or(user_of);
    let is_host = |known: &Host| match known {
        Host::Tcp(name) => name == host,
        #[cfg(unix)]
        Host::Unix(directory) => host == "localhost" || directory == Path::new(host),
    };
    let is_for = |field: &String, value: &str| field == "*" || field == value;
    let is_this = (host == "*" || config.get_hosts().iter().any(is_host))
        && is_for(port, &port_of)
        && is_for(database, database_of)
        && is_for(user, user_of);
    is_this.then(|| password.clone())
}

/// A backslash takes the next character as it is. The password is the last field, and may hold colons.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        let is_end = character == ':' && fields.len() < 5;
        let character = if character == '\\' { characters.next() } else { Some(character) };
        match (is_end, fields.last_mut()) {
            (false, Some(field)) => field.extend(character),
            _ => fields.push(String::new()),
        }
    }
    fields
}
