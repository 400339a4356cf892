//! The calls that assess severity.

use super::{Bound, Call};
use crate::client::Shared;
use crate::error::Error;
use crate::image::Image;
use crate::reply::{Keep, Reply, join};
use crate::report::{GlobalScored, Scored};
use crate::scale::GlobalScale;
use crate::severity::{Condition, ScoresOf, local_set, manual_set};
use crate::transport::OVERALL;
use crate::views::SomeViews;
use crate::{BodySite, BoxFuture, GlobalView};
use legit_health_api::device::types;
use legit_health_api::scales::{LocalInput, ManualInput};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// A call that has not been made yet: `.await` makes it.
#[must_use = "nothing is sent until this is awaited"]
pub struct SeverityCall<'c, T> {
    shared: &'c Arc<Shared>,
    exchange: Result<Exchange<T>, Error>,
    limit: Duration,
    keep: Keep,
}

/// Builds the request within the call, sends it and reads the answer.
type Exchange<T> = Box<dyn FnOnce(Bound, Keep) -> BoxFuture<'static, Result<Reply<T>, Error>> + Send>;

fn exchange<T, F>(run: impl FnOnce(Bound, Keep) -> F + Send + 'static) -> Exchange<T>
where
    F: Future<Output = Result<Reply<T>, Error>> + Send + 'static,
{
    Box::new(|bound, keep| Box::pin(run(bound, keep)))
}

impl<'c, T> SeverityCall<'c, T> {
    /// The time that the whole call may take, login and pauses included; 300 s unless said otherwise.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Keeps the text of the document as it came, for [`Reply::json`].
    pub fn keep_raw(mut self) -> Self {
        self.keep = Keep::Document;
        self
    }

    fn new(shared: &'c Arc<Shared>, exchange: Result<Exchange<T>, Error>) -> Self {
        Self { shared, exchange, limit: OVERALL, keep: Keep::Report }
    }
}

impl<'c, T: Send + 'static> SeverityCall<'c, T> {
    pub(crate) fn manual<Q: ScoresOf<Scores = T>>(
        shared: &'c Arc<Shared>,
        condition: Condition,
        body_site: BodySite,
        inputs: Vec<ManualInput>,
    ) -> Self {
        let codes: Vec<_> = inputs.iter().map(ManualInput::code).collect();
        let exchange = manual_set(inputs).map_err(Error::from).map(|scoring_system| {
            let request = types::ManualSeverityRequest {
                body_site,
                known_condition: condition.into_wire(),
                payload: Vec::new(),
                scoring_system,
            };
            exchange(|bound: Bound, keep| async move {
                let result = bound.api.severity_manual(&request).await;
                join(bound.outcome(), result, keep, |wire| Ok(Q::in_order(Scored::read_all(wire, &codes)?)))
            })
        });
        Self::new(shared, exchange)
    }

    pub(crate) fn local<Q: ScoresOf<Scores = T>>(
        shared: &'c Arc<Shared>,
        condition: Condition,
        body_site: BodySite,
        image: Image,
        inputs: Vec<LocalInput>,
    ) -> Self {
        let codes: Vec<_> = inputs.iter().map(LocalInput::code).collect();
        let exchange = local_set(inputs).map_err(Error::from).map(|scoring_system| {
            let known_condition = condition.into_wire();
            exchange(|bound: Bound, keep| async move {
                let payload = bound.media(image);
                let request =
                    types::LocalSeverityRequest { body_site, known_condition, payload, scoring_system };
                let result = bound.api.severity_local(&request).await;
                join(bound.outcome(), result, keep, |wire| Ok(Q::in_order(Scored::read_all(wire, &codes)?)))
            })
        });
        Self::new(shared, exchange)
    }
}

impl<'c, S: GlobalScale> SeverityCall<'c, GlobalScored<S>> {
    pub(crate) fn global(shared: &'c Arc<Shared>, condition: Condition, views: SomeViews) -> Self {
        let known_condition = condition.into_wire();
        let exchange = exchange(|bound: Bound, keep| async move {
            let item: BTreeMap<GlobalView, _> = views
                .into_images()
                .into_iter()
                .map(|(view, image)| (view.into(), types::ViewImage { payload: bound.media(image) }))
                .collect();
            let sent = item.keys().cloned().collect();
            let scoring_system = [(S::CODE.into(), types::GlobalInput { item })].into();
            let request = types::GlobalSeverityRequest { known_condition, scoring_system };
            let result = bound.api.severity_global(&request).await;
            join(bound.outcome(), result, keep, |wire| GlobalScored::read(wire, &S::CODE.into(), sent))
        });
        Self::new(shared, Ok(exchange))
    }
}

impl<'c, T: Send + 'static> IntoFuture for SeverityCall<'c, T> {
    type Output = Result<Reply<T>, Error>;
    type IntoFuture = BoxFuture<'c, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.exchange?(Call::authorised(self.shared, self.limit), self.keep).await })
    }
}

impl<T> fmt::Debug for SeverityCall<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SeverityCall").finish_non_exhaustive()
    }
}
