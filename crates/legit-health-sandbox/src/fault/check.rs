//! What a fault must be before it is planned.

use std::fmt;

use axum::http::HeaderValue;

use super::{Fault, Injection, Times};
use crate::retry_after::RetryAfter;

/// A fault that cannot happen as it is described; the sentence says why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnusableFault(String);

impl fmt::Display for UnusableFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for UnusableFault {}

impl Injection {
    pub(crate) fn check(&self) -> Result<(), UnusableFault> {
        match self.times {
            Times::Next(0) => {
                return unusable("a fault that meets the next 0 requests meets none; say 1 or more");
            }
            Times::Share(share) if !(0.0..=1.0).contains(&share) => {
                return unusable(format!("a share of requests goes from 0 to 1, and {share} does not"));
            }
            _ => {}
        }
        self.fault.check()
    }
}

impl Fault {
    fn check(&self) -> Result<(), UnusableFault> {
        match self {
            Self::Status { status, retry_after, .. } => {
                if let RetryAfter::Text(text) = retry_after {
                    header("retryAfter", text)?;
                }
                final_status(*status)
            }
            Self::EarlyStatus { status } => final_status(*status),
            Self::Redirect { status, location } => {
                if ![301, 302, 303, 307, 308].contains(status) {
                    return unusable(format!(
                        "a redirect is 301, 302, 303, 307 or 308, and {status} is none"
                    ));
                }
                header("location", location)
            }
            Self::Edit { at, change } if !change.may_be_at(at) => unusable(format!(
                "an edit is at a JSON pointer such as `/clinicalIndicator`, not into `/sandbox`, and `{at}` is none"
            )),
            _ => Ok(()),
        }
    }
}

fn final_status(status: u16) -> Result<(), UnusableFault> {
    if (200..=599).contains(&status) {
        return Ok(());
    }
    unusable(format!("the status of an answer goes from 200 to 599, and {status} does not"))
}

fn header(name: &str, text: &str) -> Result<(), UnusableFault> {
    match HeaderValue::try_from(text) {
        Ok(_) => Ok(()),
        Err(_) => {
            unusable(format!("{name} cannot stand in a header: it has a line break or another control sign"))
        }
    }
}

fn unusable(sentence: impl Into<String>) -> Result<(), UnusableFault> {
    Err(UnusableFault(sentence.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(fault: Fault, sentence: &str) {
        let error = Injection::for_everyone(fault).check().unwrap_err();
        assert!(error.to_string().contains(sentence), "{error}");
    }

    #[test]
    fn what_cannot_be_sent_is_refused_with_its_reason() {
        refused(Fault::EarlyStatus { status: 199 }, "200 to 599, and 199 does not");
        refused(Fault::EarlyStatus { status: 600 }, "200 to 599, and 600 does not");
        refused(Fault::Redirect { status: 304, location: "/".into() }, "and 304 is none");
        let at = "/sandbox".to_owned();
        refused(Fault::Edit { at, change: super::super::Change::Remove }, "and `/sandbox` is none");
        refused(Fault::Redirect { status: 307, location: "/\r\nx: y".into() }, "location cannot stand");
    }

    #[test]
    fn how_often_it_happens_must_make_sense() {
        for (times, sentence) in [
            (Times::Next(0), "say 1 or more"),
            (Times::Share(1.1), "0 to 1, and 1.1"),
            (Times::Share(-0.1), "0 to 1"),
            (Times::Share(f64::NAN), "and NaN does not"),
        ] {
            let error = Injection { times, ..Injection::for_everyone(Fault::Stall) }.check().unwrap_err();
            assert!(error.to_string().contains(sentence), "{error}");
        }
        for times in [Times::Next(1), Times::Always, Times::Share(0.0), Times::Share(1.0)] {
            assert!(Injection { times, ..Injection::for_everyone(Fault::Stall) }.check().is_ok());
        }
    }
}
