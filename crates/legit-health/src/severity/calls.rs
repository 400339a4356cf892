//! The calls that assess severity: their requests and how their responses are read.

use super::{AnswerSheetError, Condition, ScoresOf, local_set, manual_set};
use crate::BodySite;
use crate::call::{PendingCall, Session};
use crate::codes::GlobalView;
use crate::error::Error;
use crate::image::Image;
use crate::report::{GlobalSeverityScore, SeverityScore};
use crate::scale::GlobalScale;
use crate::views::PartialBodyViews;
use legit_health_api::device::types;
use legit_health_api::operations::device as operations;
use legit_health_api::scales::{LocalInput, ManualInput};
use std::collections::BTreeMap;

pub(super) fn manual<Q: ScoresOf>(
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
        let payload: Vec<_> = images.into_iter().map(|image| context.media(image)).collect();
        let request = types::ManualSeverityRequest::new(body_site, condition.into_wire(), scoring_system)
            .with_payload(payload);
        let result = context.api.severity_manual(&request).await;
        context.conclude(result, |wire| Ok(Q::in_order(SeverityScore::read_all(wire, &codes)?)))
    })
}

pub(super) fn local<Q: ScoresOf>(
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
        let (condition, media) = (condition.into_wire(), context.media(image));
        let request = types::LocalSeverityRequest::new(media, body_site, condition, scoring_system);
        let result = context.api.severity_local(&request).await;
        context.conclude(result, |wire| Ok(Q::in_order(SeverityScore::read_all(wire, &codes)?)))
    })
}

pub(super) fn global<S: GlobalScale>(
    session: Session,
    condition: Condition,
    views: PartialBodyViews,
) -> PendingCall<GlobalSeverityScore<S>> {
    PendingCall::new(session.usual_options(), move |options| async move {
        let context = session.call_device(&operations::SEVERITY_GLOBAL, options);
        let item: BTreeMap<GlobalView, _> = views
            .into_images()
            .into_iter()
            .map(|(view, image)| (view.into(), types::ViewImage::new(context.media(image))))
            .collect();
        let sent = item.keys().cloned().collect();
        let scoring_system = [(S::CODE.into(), types::GlobalInput::new(item))].into();
        let request = types::GlobalSeverityRequest::new(condition.into_wire(), scoring_system);
        let result = context.api.severity_global(&request).await;
        context.conclude(result, |wire| GlobalSeverityScore::read(wire, &S::CODE.into(), sent))
    })
}

fn refused<T>(session: &Session, why: AnswerSheetError) -> PendingCall<T> {
    PendingCall::refused(session.usual_options(), Error::from(why))
}
