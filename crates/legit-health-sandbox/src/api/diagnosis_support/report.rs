//! The document of a diagnosis support call, member by member.

use serde_json::{Value, json};

use super::image::Analysed;
use crate::api::mark::{Evidence, marked};
use crate::api::parts::{media_validity, picture};
use crate::scenario::{Indicators, Ranked, Ranking, mean};
use crate::world::World;

/// The report on the images of one request, in their order.
///
/// Together they are the mean of the usable ones. What the device ranks when none is usable is unknown: here
/// nothing.
pub(super) fn report(world: &World, images: &[Analysed]) -> Value {
    let usable: Vec<&Analysed> = images.iter().filter(|image| image.ranking.is_some()).collect();
    let together: Vec<&Analysed> = if usable.is_empty() { images.iter().collect() } else { usable };
    let ranking = Ranking::mean(images.iter().filter_map(|image| image.ranking.as_ref()));
    let indicators = Indicators::mean(together.iter().map(|image| &image.indicators));
    let document = json!({
        "resourceType": "DiagnosticReport",
        "identifier": {"use": "official", "value": world.secrets.uuid("report", world.number())},
        "status": "preliminary",
        "issued": world.clock.timestamp(),
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
        "clinicalIndicator": indicators.map(Indicators::to_json),
        "performanceIndicator": {
            "sensitivity": mean(together.iter().map(|image| image.sensitivity)),
            "specificity": mean(together.iter().map(|image| image.specificity)),
            "entropy": ranking.as_ref().map_or(100.0, Ranking::entropy),
        },
        "conclusion": ranking.as_ref().map(|ranking| ranking.iter().map(conclusion).collect::<Vec<_>>()),
        "imagingAnalysis": images.iter().map(analysis).collect::<Vec<_>>(),
    });
    let scenarios: Vec<_> = images.iter().map(|image| (image.scenario, image.source)).collect();
    let reported = reported(images);
    marked(
        document,
        &scenarios,
        &[
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
            ("imagingAnalysis.mediaValidity", &[Evidence::Pixels]),
            ("imagingAnalysis.performanceIndicator", &reported),
            ("imagingAnalysis.clinicalIndicator", &reported),
        ],
    )
}

/// What conditions and indicators rest on: a scenario, nothing, or both when the images differ. What is said
/// of an unusable image is inferred besides.
fn reported(images: &[Analysed]) -> Vec<Evidence> {
    let rests_on = [
        (Evidence::Scenario, images.iter().any(|image| image.scenario.is_some())),
        (Evidence::Placeholder, images.iter().any(|image| image.scenario.is_none())),
        (Evidence::Inferred, images.iter().any(|image| image.ranking.is_none())),
    ];
    rests_on.into_iter().filter(|(_, applies)| *applies).map(|(evidence, _)| evidence).collect()
}

fn conclusion(ranked: &Ranked) -> Value {
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

fn analysis(image: &Analysed) -> Value {
    let conclusions = image.ranking.as_ref().map(|ranking| {
        // The first conditions have a heat map, the others none.
        let heat_maps = image.heat_maps.iter().map(Some).chain(std::iter::repeat(None));
        let with_heat_maps = ranking.iter().zip(heat_maps).map(|(ranked, heat_map)| {
            let mut conclusion = conclusion(ranked);
            conclusion["explainability"] =
                json!(heat_map.map(|heat_map| json!({"heatMap": picture("Heat map", heat_map)})));
            conclusion
        });
        with_heat_maps.collect::<Vec<_>>()
    });
    json!({
        "conclusion": conclusions,
        "mediaValidity": media_validity(&image.measured),
        "performanceIndicator": {"entropy": image.entropy()},
        "clinicalIndicator": image.indicators.to_json(),
    })
}
