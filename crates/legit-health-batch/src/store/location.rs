//! `Location`: where the store of a batch is.

use super::sqlite::{Sqlite, SqliteReader};
use super::{Database, Reader, Settings};
use crate::error::Error;
#[cfg(not(feature = "postgres"))]
use crate::error::ErrorKind;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

#[cfg(feature = "postgres")]
use super::postgres::{Address, Postgres, PostgresReader};

/// Where the store of a batch is: a file, or a PostgreSQL database (feature `postgres`).
///
/// A path becomes a file, whatever its name.
///
/// ```
/// use legit_health_batch::Location;
///
/// let file = Location::parse("study.batch")?;
/// let error = Location::parse("postgres://anna:s3cret@db.example/study").unwrap_err();
/// assert!(!error.to_string().contains("s3cret"));
/// # Ok::<(), legit_health_batch::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Location(Place);

#[derive(Clone, Debug)]
enum Place {
    File(PathBuf),
    #[cfg(feature = "postgres")]
    Database(Box<Address>),
}

impl Location {
    /// Takes the path of a file, or the address of a database: `postgres://USER@HOST/DATABASE`.
    ///
    /// What the address leaves out is read from the usual variables (`PGHOST`, `PGPORT`, `PGUSER`, `PGDATABASE`, `PGPASSWORD`,
    /// `PGSSLMODE`, `PGSSLROOTCERT`) and from the password file (`PGPASSFILE`, else `~/.pgpass`). A database on another machine
    /// is reached by TLS only, and its certificate is checked.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Settings`](crate::ErrorKind::Settings): the address holds a password or is invalid, or this build has no PostgreSQL.
    pub fn parse(text: impl AsRef<OsStr>) -> Result<Self, Error> {
        let text = text.as_ref();
        match text.to_str() {
            // Also in capitals, which no database has: as a file, an error would show a password in it.
            Some(address) if is_database(address) => database(address),
            _ => Ok(Self(Place::File(text.into()))),
        }
    }

    pub(super) fn create(self, settings: Settings) -> Result<Box<dyn Database>, Error> {
        Ok(match self.0 {
            Place::File(path) => Box::new(Sqlite::create(&path, settings)?),
            #[cfg(feature = "postgres")]
            Place::Database(address) => Box::new(Postgres::create(*address, settings)?),
        })
    }

    pub(super) fn open(self) -> Result<Box<dyn Database>, Error> {
        Ok(match self.0 {
            Place::File(path) => Box::new(Sqlite::open(&path)?),
            #[cfg(feature = "postgres")]
            Place::Database(address) => Box::new(Postgres::open(*address)?),
        })
    }

    pub(crate) fn read(self) -> Result<Box<dyn Reader>, Error> {
        Ok(match self.0 {
            Place::File(path) => Box::new(SqliteReader::open(&path)?),
            #[cfg(feature = "postgres")]
            Place::Database(address) => Box::new(PostgresReader::open(&address)?),
        })
    }
}

fn is_database(address: &str) -> bool {
    let scheme = address.split_once("://").map_or("", |(scheme, _)| scheme);
    ["postgres", "postgresql"].iter().any(|known| scheme.eq_ignore_ascii_case(known))
}

#[cfg(feature = "postgres")]
fn database(address: &str) -> Result<Location, Error> {
    Ok(Location(Place::Database(Box::new(Address::parse(address)?))))
}

#[cfg(not(feature = "postgres"))]
fn database(_address: &str) -> Result<Location, Error> {
    Err(Error::new(
        ErrorKind::Settings,
        "this program was built without PostgreSQL: build it with the feature `postgres`, or name a file",
    ))
}

impl<P: AsRef<Path> + ?Sized> From<&P> for Location {
    fn from(path: &P) -> Self {
        Self(Place::File(path.as_ref().to_owned()))
    }
}

impl From<PathBuf> for Location {
    fn from(path: PathBuf) -> Self {
        Self(Place::File(path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_in_capitals_is_not_a_file_and_its_password_is_not_repeated() {
        let error = Location::parse("POSTGRES://anna:s3cret@db.example/study").err().unwrap().to_string();
        assert!(!error.contains("s3cret"), "{error}");
    }
}
