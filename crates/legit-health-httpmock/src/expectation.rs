//! What one mock expects of a request, and what of it a request misses: in words that quote neither.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use httpmock::HttpMockRequest;

/// What a request misses, if it does.
type Miss = dyn Fn(&HttpMockRequest) -> Option<String> + Send + Sync;

/// What a mock expects. Shared between the matcher that is being built, the server, and the record of the device.
#[derive(Clone, Default)]
pub(crate) struct Expectations(Arc<Mutex<Parts>>);

#[derive(Default)]
struct Parts {
    /// Method and path: which operation it is.
    target: Vec<Box<Miss>>,
    /// Everything else.
    rest: Vec<Box<Miss>>,
}

impl Expectations {
    pub(crate) fn target(&self, miss: impl Fn(&HttpMockRequest) -> Option<String> + Send + Sync + 'static) {
        self.parts().target.push(Box::new(miss));
    }

    pub(crate) fn add(&self, miss: impl Fn(&HttpMockRequest) -> Option<String> + Send + Sync + 'static) {
        self.parts().rest.push(Box::new(miss));
    }

    pub(crate) fn are_met_by(&self, request: &HttpMockRequest) -> bool {
        let parts = self.parts();
        parts.target.iter().chain(&parts.rest).all(|miss| miss(request).is_none())
    }

    /// `None` if the request is meant for another operation.
    pub(crate) fn missed_by(&self, request: &HttpMockRequest) -> Option<Vec<String>> {
        let parts = self.parts();
        let is_meant = parts.target.iter().all(|miss| miss(request).is_none());
        is_meant.then(|| parts.rest.iter().filter_map(|miss| miss(request)).collect())
    }

    fn parts(&self) -> MutexGuard<'_, Parts> {
        // A panic elsewhere leaves a list that is whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
