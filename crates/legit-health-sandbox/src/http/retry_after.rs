//! The header `Retry-After`, in the forms that a client must be able to read.

use std::time::{Duration, SystemTime};

use axum::http::{HeaderMap, HeaderValue, header};
use serde::{Deserialize, Serialize};

/// Value of `Retry-After`.
///
/// As JSON: `"absent"`, `{"seconds": 30}`, `{"date": 30}` or `{"text": "soon"}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RetryAfter {
    /// No such header.
    #[default]
    Absent,
    /// Whole seconds, rounded up.
    Seconds(#[serde(with = "crate::clock::seconds")] Duration),
    /// An HTTP date, this long from now by the sandbox's clock and rounded up. The response then has a `Date` of
    /// that clock.
    Date(#[serde(with = "crate::clock::seconds")] Duration),
    /// This text, valid or not, if it can be a header value.
    Text(String),
}

impl RetryAfter {
    pub(crate) fn insert_into(&self, headers: &mut HeaderMap, now: SystemTime) {
        let text = match self {
            Self::Absent => return,
            Self::Seconds(wait) => whole_seconds(*wait).to_string(),
            Self::Date(wait) => {
                let now = SystemTime::UNIX_EPOCH + Duration::from_secs(unix_seconds(now));
                let date = now.checked_add(Duration::from_secs(whole_seconds(*wait)));
                let date = date.filter(|date| unix_seconds(*date) <= LAST_DATE.as_secs());
                let current = HeaderValue::try_from(httpdate::fmt_http_date(now));
                headers.insert(header::DATE, current.expect("an HTTP date is ASCII"));
                httpdate::fmt_http_date(date.unwrap_or(SystemTime::UNIX_EPOCH + LAST_DATE))
            }
            Self::Text(text) => text.clone(),
        };
        if let Ok(value) = HeaderValue::try_from(text) {
            headers.insert(header::RETRY_AFTER, value);
        }
    }
}

/// The last second of the year 9999, the last HTTP date.
const LAST_DATE: Duration = Duration::from_secs(253_402_300_799);

fn unix_seconds(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs()
}

fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(retry_after: &RetryAfter, now: u64) -> Vec<String> {
        let mut headers = HeaderMap::new();
        retry_after.insert_into(&mut headers, SystemTime::UNIX_EPOCH + Duration::from_secs(now));
        let values = [header::DATE, header::RETRY_AFTER].map(|name| headers.remove(name));
        values.into_iter().flatten().map(|value| value.to_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn the_wait_is_rounded_up() {
        assert_eq!(values(&RetryAfter::Seconds(Duration::from_millis(1)), 0), ["1"]);
        assert_eq!(values(&RetryAfter::Seconds(Duration::from_secs(30)), 0), ["30"]);
        assert_eq!(
            values(&RetryAfter::Date(Duration::from_millis(29_500)), 1_767_225_600),
            ["Thu, 01 Jan 2026 00:00:00 GMT", "Thu, 01 Jan 2026 00:00:30 GMT"]
        );
    }

    #[test]
    fn a_wait_beyond_the_last_http_date_is_the_last_date() {
        assert_eq!(values(&RetryAfter::Date(Duration::MAX), 0)[1], "Fri, 31 Dec 9999 23:59:59 GMT");
        assert_eq!(values(&RetryAfter::Seconds(Duration::new(u64::MAX - 1, 0)), 0).len(), 1);
    }

    #[test]
    fn any_valid_text_is_a_value() {
        assert_eq!(values(&RetryAfter::Text("soon".into()), 0), ["soon"]);
        assert!(values(&RetryAfter::Text("a\r\nb: c".into()), 0).is_empty());
        assert!(values(&RetryAfter::Absent, 0).is_empty());
    }
}
