//! The calls that assess severity.

use super::{PendingCall, Session};
use crate::error::Error;
use crate::image::Image;
use crate::report::{GlobalSeverityScore, SeverityScore};
use crate::scale::GlobalScale;
use crate::severity::{AnswerSheetError, Condition, ScoresOf, local_set, manual_set};
use crate::views::PartialBodyViews;
use crate::{BodySite, GlobalView};
use legit_health_api::device::types;
use legit_health_api::operations::device as operations;
use legit_health_api::scales::{LocalInput, ManualInput};
use std::collections::BTreeMap;

pub(crate) fn manual<Q: ScoresOf>(
    session: Session,
    condition: Condition,
    body_site: BodySite,
    images: Vec<Image>,
    inputs: Vec<ManualInput>,
) -> PendingCall<Q::Scores> {
    let codes: Vec<_> = inputs.iter().map(ManualInput::code).collect();
    let scoring_system = match manual_set(inputs) {
        Ok(set) => set,
        Err(why) => return refused(&session, why),
    };
    PendingCall::new(session.usual_options(), move |options| async move {
        let context = session.call_device(&operations::SEVERITY_MANUAL, options);
        let request = types::ManualSeverityRequest {
            body_site,
            known_condition: condition.into_wire(),
            payload: images.into_iter().map(|image| context.media(image)).collect(),
            scoring_system,
        };
        let result = context.api.severity_manual(&request).await;
        context.conclude(result, |wire| Ok(Q::in_order(SeverityScore::read_all(wire, &codes)?)))
    })
}

pub(crate) fn local<Q: ScoresOf>(
    session: Session,
    condition: Condition,
    body_site: BodySite,
    image: Image,
    inputs: Vec<LocalInput>,
) -> PendingCall<Q::Scores> {
    let codes: Vec<_> = inputs.iter().map(LocalInput::code).collect();
    let scoring_system = match local_set(inputs) {
        Ok(set) => set,
        Err(why) => return refused(&session, why),
    };
    PendingCall::new(session.usual_options(), move |options| async move {
        let context = session.call_device(&operations::SEVERITY_LOCAL, options);
        let request = types::LocalSeverityRequest {
            body_site,
            known_condition: condition.into_wire(),
            payload: context.media(image),
            scoring_system,
        };
        let result = context.api.severity_local(&request).await;
        context.conclude(result, |wire| Ok(Q::in_order(SeverityScore::read_all(wire, &codes)?)))
    })
}

pub(crate) fn global<S: GlobalScale>(
    session: Session,
    condition: Condition,
    views: PartialBodyViews,
) -> PendingCall<GlobalSeverityScore<S>> {
    PendingCall::new(session.usual_options(), move |options| async move {
        let context = session.call_device(&operations::SEVERITY_GLOBAL, options);
        let item: BTreeMap<GlobalView, _> = views
            .into_images()
            .into_iter()
            .map(|(view, image)| (view.into(), types::ViewImage { payload: context.media(image) }))
            .collect();
        let sent = item.keys().cloned().collect();
        let request = types::GlobalSeverityRequest {
            known_condition: condition.into_wire(),
            scoring_system: [(S::CODE.into(), types::GlobalInput { item })].into(),
        };
        let result = context.api.severity_global(&request).await;
        context.conclude(result, |wire| GlobalSeverityScore::read(wire, &S::CODE.into(), sent))
    })
}

fn refused<T>(session: &Session, why: AnswerSheetError) -> PendingCall<T> {
    PendingCall::refused(session.usual_options(), Error::from(why))
}
