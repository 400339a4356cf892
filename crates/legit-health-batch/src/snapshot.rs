//! `Snapshot`: the state of a batch at one moment, read while a run may be writing.

use crate::error::Error;
use crate::store::{Location, Reader};
use serde_json::{Value, json};
use std::fmt;

/// The state of a batch at one moment. It needs no lock: a run may go on meanwhile, and changes nothing of it.
pub struct Snapshot {
    pub(crate) reader: Box<dyn Reader>,
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot").finish_non_exhaustive()
    }
}

/// What has become of the cases of a store. `given` = `recorded` + `refused` + `failed` + `left`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// The cases that were planned, without duplicates.
    pub given: u64,
    /// Cases with a result.
    pub recorded: u64,
    /// Cases that were refused, when they were planned or by the device.
    pub refused: u64,
    /// Cases without a result, that [`Store::retry`](crate::Store::retry) puts back.
    pub failed: u64,
    /// Cases that wait to be sent, or are being sent.
    pub left: u64,
    /// Of those left, the ones that are being sent, or were when the last run was killed.
    pub under_way: u64,
    /// Cases whose work the device may have done more than once. The export says which.
    pub analysed_twice: u64,
    /// Cases beside the given ones, for which the same would be sent.
    pub duplicates: u64,
    /// Requests that were sent so far, in all runs.
    pub sends: u64,
}

impl Counts {
    /// From the columns of `COUNTS`, in `store/database.rs`.
    pub(crate) fn of(
        [given, recorded, refused, failed, left, under_way, analysed_twice, duplicates, sends]: [u64; 9],
    ) -> Self {
        Self { given, recorded, refused, failed, left, under_way, analysed_twice, duplicates, sends }
    }

    /// Returns true if every case that was given has one state. It is false only if the store was changed by hand.
    pub fn adds_up(&self) -> bool {
        self.given == self.recorded + self.refused + self.failed + self.left
    }

    /// Returns the counts as one JSON object.
    pub fn to_json(&self) -> Value {
        json!({
            "given": self.given,
            "recorded": self.recorded,
            "refused": self.refused,
            "failed": self.failed,
            "left": self.left,
            "underWay": self.under_way,
            "analysedTwice": self.analysed_twice,
            "duplicates": self.duplicates,
            "sends": self.sends,
        })
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { given, recorded, refused, failed, left, duplicates, .. } = self;
        write!(f, "{given} given = {recorded} recorded + {refused} refused + {failed} failed + {left} left")?;
        match duplicates {
            0 => {}
            1 => f.write_str("; 1 duplicate beside")?,
            count => write!(f, "; {count} duplicates beside")?,
        }
        match self.analysed_twice {
            0 => Ok(()),
            1 => f.write_str("; 1 may have been analysed more than once"),
            count => write!(f, "; {count} may have been analysed more than once"),
        }
    }
}

impl Snapshot {
    /// Opens the store of a batch to read it.
    ///
    /// # Errors
    ///
    /// There is no such store, or it cannot be read.
    pub fn open(location: impl Into<Location>) -> Result<Self, Error> {
        Ok(Self { reader: location.into().read()? })
    }

    /// Returns what has become of the cases.
    ///
    /// # Errors
    ///
    /// The store cannot be read.
    pub fn counts(&self) -> Result<Counts, Error> {
        self.reader.counts()
    }

    /// Returns the kinds of the errors of the cases that are refused or failed, with their number.
    ///
    /// # Errors
    ///
    /// The store cannot be read.
    pub fn kinds(&self) -> Result<Vec<Kind>, Error> {
        self.reader.kinds()
    }
}

/// A kind of error, and how many cases have it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Kind {
    /// Whether the cases are refused; failed otherwise.
    pub is_refused: bool,
    /// The name of the kind, which `retry` takes.
    pub kind: String,
    /// The number of cases.
    pub cases: u64,
}
