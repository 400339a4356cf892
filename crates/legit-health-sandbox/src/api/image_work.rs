//! Work on images, in the blocking thread pool. It waits for a slot, and stops when the client has gone.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::http::StatusCode;
use serde_json::Value;

use super::error_response::ErrorResponse;
use super::request::ValidRequest;
use crate::state::State;

/// Tells the work on a request that its client has gone.
#[derive(Clone, Debug, Default)]
pub(super) struct Abandonment(Arc<AtomicBool>);

impl Abandonment {
    /// Returns an error, which nobody receives, if the client has gone. To be called between the steps of the work.
    pub(super) fn check(&self) -> Result<(), ErrorResponse> {
        if self.0.load(Ordering::Relaxed) {
            return Err(ErrorResponse::standard(StatusCode::REQUEST_TIMEOUT));
        }
        Ok(())
    }
}

/// Dropped with the future of a request: at its end, or when the client has gone.
struct AbandonOnDrop(Abandonment);

impl Drop for AbandonOnDrop {
    fn drop(&mut self) {
        self.0.0.store(true, Ordering::Relaxed);
    }
}

/// Runs the work on a request when there is a free slot.
pub(super) async fn run_blocking(
    state: &Arc<State>,
    request: ValidRequest,
    work: impl FnOnce(&State, &ValidRequest) -> Result<Value, ErrorResponse> + Send + 'static,
) -> Result<Value, ErrorResponse> {
    let _abandon = AbandonOnDrop(request.abandonment.clone());
    let slot = state.image_slots.acquire(request.body_bytes).await;
    let state = Arc::clone(state);
    let result = tokio::task::spawn_blocking(move || {
        let result = request.abandonment.check().and_then(|()| work(&state, &request));
        // Freed here and not by the caller, who may be gone before the work ends.
        drop(slot);
        result
    });
    result.await.unwrap_or_else(|_| Err(ErrorResponse::standard(StatusCode::INTERNAL_SERVER_ERROR)))
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;
    use crate::config::Config;

    fn request() -> ValidRequest {
        ValidRequest::new(None, None, Value::Null, 0)
    }

    #[tokio::test]
    async fn work_whose_client_has_gone_stops_at_its_next_step_and_frees_its_slot() {
        let state = Arc::new(State::new(&Config::default()));
        let (started, has_started) = mpsc::channel();
        let (go_on, may_go_on) = mpsc::channel();
        let (ended, has_ended) = mpsc::channel();
        let work = move |_: &State, request: &ValidRequest| {
            request.abandonment.check().expect("the client waits");
            started.send(()).expect("the test waits");
            may_go_on.recv().expect("the test goes on");
            ended.send(request.abandonment.check().is_err()).expect("the test waits");
            Ok(Value::Null)
        };
        let waiting_for_it = Arc::clone(&state);
        let client = tokio::spawn(async move { run_blocking(&waiting_for_it, request(), work).await });
        tokio::task::spawn_blocking(move || has_started.recv()).await.unwrap().unwrap();
        client.abort();
        assert!(client.await.unwrap_err().is_cancelled());
        go_on.send(()).unwrap();
        assert!(has_ended.recv().unwrap(), "it goes on for nobody");
        let done = run_blocking(&state, request(), |_, _| Ok(Value::from(1))).await;
        assert_eq!(done.unwrap(), 1);
    }
}
