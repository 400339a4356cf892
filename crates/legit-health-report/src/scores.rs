//! Scores of the client, converted to dated scores.

use legit_health::codes::Intensity;
use legit_health::report::Validity;
use legit_health::{GlobalSeverityScore, SeverityScore};
use legit_health_follow_up::{DatedScore, ImageUse, Moment, Origin, Place};

/// What the caller knows about a score, and the score does not say.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Visit {
    /// When the patient was scored.
    pub at: Moment,
    /// The part of the body that was scored.
    pub place: Place,
    /// The patient or case.
    pub reference: Option<String>,
    /// The version of the device that scored.
    pub device_version: Option<String>,
}

impl Visit {
    /// Builds a visit of which only the date is known.
    pub fn new(at: Moment) -> Self {
        Self { at, place: Place::Unknown, reference: None, device_version: None }
    }

    /// Says which body site was scored.
    pub fn with_site(self, site: &legit_health::BodySite) -> Self {
        Self { place: Place::Zone(site.as_str().to_owned()), ..self }
    }

    /// Names the patient or case.
    pub fn with_reference(self, reference: impl Into<String>) -> Self {
        Self { reference: Some(reference.into()), ..self }
    }

    /// Names the version of the device that scored.
    pub fn with_device_version(self, version: impl Into<String>) -> Self {
        Self { device_version: Some(version.into()), ..self }
    }
}

/// Converts a score from answers or from one image.
///
/// ```
/// use legit_health::{BodySite, SeverityScore};
/// use legit_health::scale::Pasi;
/// use legit_health_report::{Visit, dated_score};
///
/// let visit = Visit::new("2026-03-02T09:00:00Z".parse().unwrap());
/// let visit = visit.with_site(&BodySite::ArmLeft);
/// let score = dated_score(&SeverityScore::<Pasi>::new(7.2), &visit);
/// assert_eq!((score.scale.as_str(), score.value), ("pasi", 7.2));
/// ```
pub fn dated_score<S>(score: &SeverityScore<S>, visit: &Visit) -> DatedScore {
    let mut dated = DatedScore::new(score.scale.code().as_str(), Some(visit.at), score.value)
        .with_place(visit.place.clone())
        .with_origin(if score.is_from_sandbox() { Origin::Sandbox } else { Origin::Device })
        .with_image(image_use(score.validity.as_ref()));
    dated.reference.clone_from(&visit.reference);
    dated.device_version.clone_from(&visit.device_version);
    dated.intensity = score.intensity.map(grade);
    for (code, item) in &score.items {
        dated = dated.with_item(code, item.value.as_f64());
    }
    dated
}

/// Converts a score of the whole body. If views are missing, it is the score of the views that were sent, and only compared with
/// scores of the same ones; if an image of a view cannot be used, neither can the score.
pub fn dated_global_score<S>(score: &GlobalSeverityScore<S>, visit: &Visit) -> DatedScore {
    let views: Vec<&str> = score.covered.iter().map(|view| view.as_str()).collect();
    let place = if score.is_partial() { Place::Zone(views.join("+")) } else { Place::WholeBody };
    let dated = dated_score(&score.whole, &Visit { place, ..visit.clone() });
    let has_unusable_view = score.unusable_views().next().is_some();
    if has_unusable_view { dated.with_image(ImageUse::Unusable) } else { dated }
}

fn image_use(validity: Option<&Validity>) -> ImageUse {
    match validity {
        Some(validity) if validity.is_valid => ImageUse::Usable,
        Some(_) => ImageUse::Unusable,
        None => ImageUse::NotSaid,
    }
}

/// Whatever an unknown grade is, it is none of those that are known.
fn grade(intensity: Intensity) -> u8 {
    u8::try_from(intensity.code()).unwrap_or(u8::MAX)
}
