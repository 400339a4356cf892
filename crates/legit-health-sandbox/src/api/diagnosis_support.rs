//! `POST /diagnosis-support`: conditions from the scenario, image quality from the pixels.

use std::sync::Arc;

use serde_json::{Value, json};

use super::document::{
    Evidence, ScenarioSource, evidence_of_validity, media_validity, output_image, with_sandbox_object,
};
use super::edge_case;
use super::error_response::ErrorResponse;
use super::image_work::run_blocking;
use super::request::ValidRequest;
use super::request_image::{RequestImage, RequestScenarios};
use crate::contract::ValidationError;
use crate::images::{HeatMaps, Jpeg, Measurements};
use crate::scenarios::{EdgeCase, Indicators, RankedCondition, Ranking, Scenario, mean};
use crate::state::State;

pub(super) async fn respond(state: &Arc<State>, request: ValidRequest) -> Result<Value, ErrorResponse> {
    run_blocking(state, request, analyze).await
}

fn analyze(state: &State, request: &ValidRequest) -> Result<Value, ErrorResponse> {
    let scenarios = RequestScenarios::of(state, request);
    let mut images = Vec::new();
    let mut errors: Vec<ValidationError> = Vec::new();
    for image in RequestImage::read_list(request, &scenarios) {
        request.abandonment.check()?;
        match image {
            Ok(image) => images.push(ImageAnalysis::of(&image)),
            Err(error) => errors.push(*error),
        }
        request.abandonment.check()?;
    }
    ErrorResponse::check(&errors)?;
    Ok(report(state, &images))
}

/// What is reported about one image.
struct ImageAnalysis {
    scenario: Option<Scenario>,
    source: ScenarioSource,
    measurements: Measurements,
    /// None for an invalid image.
    ranking: Option<Ranking>,
    indicators: Indicators,
    /// Percent; a placeholder that differs between images.
    sensitivity: f64,
    /// Percent; a placeholder that differs between images.
    specificity: f64,
    heat_maps: Vec<Jpeg>,
}

/// Strength of the heat map of each of the first five conditions.
const HEAT: [f64; 5] = [1.0, 0.8, 0.65, 0.5, 0.4];

impl ImageAnalysis {
    fn of(request_image: &RequestImage) -> Self {
        let RequestImage { image, scenario, source, .. } = request_image;
        let measurements = request_image.measurements();
        let mut random = request_image.random();
        let mut ranking = Ranking::of(*scenario, &mut random);
        let indicators = Indicators::of(&ranking, *scenario, &mut random);
        if scenario.and_then(|scenario| scenario.edge_case()) == Some(EdgeCase::NothingFound) {
            ranking = Ranking::empty();
        }
        let (sensitivity, specificity) = (random.percent(82.0, 6.0), random.percent(92.0, 4.0));
        let heat_maps = if measurements.is_valid() && ranking.iter().next().is_some() {
            let maps = HeatMaps::of(image);
            HEAT.iter().map(|strength| maps.jpeg(*strength)).collect()
        } else {
            Vec::new()
        };
        Self {
            scenario: *scenario,
            source: *source,
            ranking: measurements.is_valid().then_some(ranking),
            measurements,
            indicators,
            sensitivity,
            specificity,
            heat_maps,
        }
    }

    /// The member of `imagingAnalysis`.
    fn document(&self) -> Value {
        let conclusions = self.ranking.as_ref().map(|ranking| {
            // The first conditions have a heat map, the others none.
            let heat_maps = self.heat_maps.iter().map(Some).chain(std::iter::repeat(None));
            let with_heat_maps = ranking.iter().zip(heat_maps).map(|(ranked, heat_map)| {
                let mut conclusion = conclusion(ranked);
                conclusion["explainability"] =
                    json!(heat_map.map(|heat_map| json!({"heatMap": output_image("Heat map", heat_map)})));
                conclusion
            });
            with_heat_maps.collect::<Vec<_>>()
        });
        json!({
            "conclusion": conclusions,
            "mediaValidity": media_validity(&self.measurements),
            "performanceIndicator": {"entropy": entropy(self.ranking.as_ref())},
            "clinicalIndicator": self.indicators,
        })
    }
}

/// Returns the report on the images of one request, in their order.
///
/// The overall result is the mean of the valid images. The result of the device when none is valid is unknown; here it is
/// empty.
fn report(state: &State, images: &[ImageAnalysis]) -> Value {
    let valid: Vec<&ImageAnalysis> = images.iter().filter(|image| image.ranking.is_some()).collect();
    let counted: Vec<&ImageAnalysis> = if valid.is_empty() { images.iter().collect() } else { valid };
    let ranking = Ranking::mean(images.iter().filter_map(|image| image.ranking.as_ref()));
    let mut document = json!({
        "resourceType": "DiagnosticReport",
        "identifier": {"use": "official", "value": state.secrets.uuid("report", state.next_number())},
        "status": "preliminary",
        "issued": state.clock.timestamp(),
        "analysisDuration": 0.25 + 0.5 * images.len() as f64,
        "category": [{"coding": [{
            "code": "IMG",
            "display": "Diagnostic Imaging",
            "system": "http://terminology.hl7.org/CodeSystem/v2-0074",
            "systemDisplay": "HL7 FHIR",
        }]}],
        "code": {"coding": [{
            "code": "100063-7",
            "display": "Primary skin concern",
            "system": "http://loinc.org",
            "systemDisplay": "LOINC",
        }]},
        "clinicalIndicator": Indicators::mean(counted.iter().map(|image| &image.indicators)),
        "performanceIndicator": {
            "sensitivity": mean(counted.iter().map(|image| image.sensitivity)),
            "specificity": mean(counted.iter().map(|image| image.specificity)),
            "entropy": entropy(ranking.as_ref()),
        },
        "conclusion": ranking.as_ref().map(|ranking| ranking.iter().map(conclusion).collect::<Vec<_>>()),
        "imagingAnalysis": images.iter().map(ImageAnalysis::document).collect::<Vec<_>>(),
    });
    let scenarios: Vec<_> = images.iter().map(|image| (image.scenario, image.source)).collect();
    edge_case::apply(&mut document, "DiagnosisSupportReport", images.iter().map(|image| &image.scenario));
    let (reported, validity) =
        (evidence_of(images), evidence_of_validity(images.iter().map(|image| &image.scenario)));
    let evidence: [(&str, &[Evidence]); 13] = [
        ("identifier", &[Evidence::Placeholder]),
        ("issued", &[Evidence::Placeholder]),
        ("analysisDuration", &[Evidence::Placeholder]),
        ("clinicalIndicator", &reported),
        ("performanceIndicator.sensitivity", &[Evidence::Placeholder]),
        ("performanceIndicator.specificity", &[Evidence::Placeholder]),
        ("performanceIndicator.entropy", &reported),
        ("conclusion", &reported),
        ("imagingAnalysis.conclusion", &reported),
        ("imagingAnalysis.conclusion.explainability", &[Evidence::Placeholder, Evidence::Pixels]),
        ("imagingAnalysis.mediaValidity", &validity),
        ("imagingAnalysis.performanceIndicator", &reported),
        ("imagingAnalysis.clinicalIndicator", &reported),
    ];
    with_sandbox_object(document, &scenarios, evidence)
}

/// Returns what conditions and indicators rest on: a scenario, nothing, or both when the images differ. What is reported
/// for an invalid image is also inferred.
fn evidence_of(images: &[ImageAnalysis]) -> Vec<Evidence> {
    let evidence = [
        (Evidence::Scenario, images.iter().any(|image| image.scenario.is_some())),
        (Evidence::Placeholder, images.iter().any(|image| image.scenario.is_none())),
        (Evidence::Inferred, images.iter().any(|image| image.ranking.is_none())),
    ];
    evidence.into_iter().filter(|(_, applies)| *applies).map(|(evidence, _)| evidence).collect()
}

/// Returns the entropy of a ranking in percent; 100 without one.
fn entropy(ranking: Option<&Ranking>) -> f64 {
    ranking.map_or(100.0, Ranking::entropy)
}

fn conclusion(ranked: &RankedCondition) -> Value {
    let coding = ranked.condition.icd11.as_ref().map(|icd11| {
        json!([{
            "code": icd11.code,
            "display": icd11.display,
            "system": "https://icd.who.int/browse/2025-01/mms/en",
            "systemDisplay": "ICD-11",
            "version": "2025-01",
        }])
    });
    json!({"probability": ranked.probability, "code": {"text": ranked.condition.text, "coding": coding}})
}
