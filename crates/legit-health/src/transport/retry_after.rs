//! How long a device asks to be left alone.

use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use std::time::{Duration, SystemTime};

/// The longest pause that is kept. Whoever asks for more is reported.
pub(super) const LONGEST: Duration = Duration::from_secs(120);

/// Of an answer that says "not now". Both forms are read: seconds, and a date.
pub(super) fn of<B>(answer: &Response<B>) -> Option<Duration> {
    let not_now = [StatusCode::TOO_MANY_REQUESTS, StatusCode::SERVICE_UNAVAILABLE];
    not_now.contains(&answer.status()).then(|| read(answer.headers(), SystemTime::now()))?
}

/// A date is compared with the server's own clock, if it sent its time: the two machines may not agree.
fn read(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let value = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than fit are still a very long time.
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::from(u32::MAX))));
    }
    let until = httpdate::parse_http_date(value).ok()?;
    let now = headers.get(header::DATE).and_then(date).unwrap_or(now);
    Some(until.duration_since(now).unwrap_or_default())
}

fn date(value: &HeaderValue) -> Option<SystemTime> {
    httpdate::parse_http_date(value.to_str().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(headers: &[(&'static str, &'static str)]) -> Option<u64> {
        let headers = headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value)))
            .collect();
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_225_600);
        read(&headers, now).map(|wait| wait.as_secs())
    }

    #[test]
    fn seconds_and_dates() {
        const AFTER: &str = "retry-after";
        assert_eq!(wait(&[(AFTER, "30")]), Some(30));
        assert_eq!(wait(&[(AFTER, " 0 ")]), Some(0));
        assert_eq!(wait(&[(AFTER, "99999999999999999999999")]), Some(u64::from(u32::MAX)));
        assert_eq!(wait(&[(AFTER, "Thu, 01 Jan 2026 00:00:30 GMT")]), Some(30));
        assert_eq!(wait(&[(AFTER, "Thu, 01 Jan 1970 00:00:30 GMT")]), Some(0));
        let skewed = [("date", "Thu, 01 Jan 2026 05:00:00 GMT"), (AFTER, "Thu, 01 Jan 2026 05:00:07 GMT")];
        assert_eq!(wait(&skewed), Some(7));
        for nothing in ["", "-1", "1.5", "soon", "1e3", "Thu, 32 Jan 2026 00:00:30 GMT"] {
            assert_eq!(wait(&[(AFTER, nothing)]), None, "{nothing}");
        }
        assert_eq!(wait(&[]), None);
    }

    #[test]
    fn asked_of_those_statuses_only_that_mean_not_now() {
        let told = |status: u16| {
            of(&Response::builder().status(status).header(header::RETRY_AFTER, "7").body(()).unwrap())
        };
        let heard: Vec<u16> = (200..600).filter(|&status| told(status).is_some()).collect();
        assert_eq!(heard, [429, 503]);
    }
}
