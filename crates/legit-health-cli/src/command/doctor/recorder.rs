//! An HTTP client that notes when each response came, and what time it was for the server.

use http::{Request, Response, header};
use legit_health::BoxFuture;
use legit_health::http_client::{HttpClient, HttpError, RequestBody, ReqwestClient, ResponseBody};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

/// What was noted of one response.
#[derive(Clone, Copy)]
pub(super) struct Noted {
    /// From the request to the head of the response.
    pub(super) duration: Duration,
    /// How far the clock of the server is ahead, in seconds, if it said what time it was.
    pub(super) ahead: Option<i64>,
}

#[derive(Clone, Default)]
pub(super) struct Notes(Arc<Mutex<Vec<Noted>>>);

impl Notes {
    pub(super) fn all(&self) -> Vec<Noted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

pub(super) struct Recorder {
    pub(super) client: ReqwestClient,
    pub(super) notes: Notes,
}

impl HttpClient for Recorder {
    fn attempt(
        &self,
        request: Request<RequestBody>,
    ) -> BoxFuture<'_, Result<Response<ResponseBody>, HttpError>> {
        Box::pin(async {
            let begun = Instant::now();
            let response = self.client.attempt(request).await?;
            let date = response.headers().get(header::DATE).and_then(|date| date.to_str().ok());
            let date = date.and_then(|date| httpdate::parse_http_date(date).ok());
            let noted = Noted { duration: begun.elapsed(), ahead: date.map(ahead) };
            self.notes.0.lock().unwrap_or_else(PoisonError::into_inner).push(noted);
            Ok(response)
        })
    }
}

fn ahead(date: SystemTime) -> i64 {
    let seconds = |duration: Duration| i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
    match date.duration_since(SystemTime::now()) {
        Ok(ahead) => seconds(ahead),
        Err(behind) => -seconds(behind.duration()),
    }
}
