//! Reports of diagnosis support.

use legit_health_api::device::types::{
    ClinicalIndicator, Conclusion, DiagnosisSupportReport, Explainability, ImageConclusion,
    ImagePerformanceIndicator, ImagingAnalysis, OutputImage, PerformanceIndicator,
};
use legit_health_api::scalar::ImageData;

use super::{PICTURE, concept, identifier, invalid, issued, made_up, percent, valid};

/// A report on so many images, each of them usable: 78 % for "Mock condition A", 12 % for "Mock condition B", and low
/// indicators.
pub fn diagnosis_support(images: usize) -> DiagnosisSupportReport {
    let ranked = [("Mock condition A", 78.0), ("Mock condition B", 12.0)];
    let conclusion =
        |(text, probability)| Conclusion { code: concept(text), probability: percent(probability) };
    DiagnosisSupportReport {
        resource_type: "DiagnosticReport".into(),
        status: "preliminary".into(),
        identifier: Some(identifier()),
        issued: issued(),
        analysis_duration: 1.2,
        category: None,
        code: None,
        clinical_indicator: low(),
        performance_indicator: PerformanceIndicator {
            sensitivity: percent(82.0),
            specificity: percent(97.0),
            entropy: percent(21.0),
        },
        conclusion: Some(ranked.map(conclusion).into()),
        imaging_analysis: (0..images).map(|_| usable_image()).collect(),
        unknown_fields: made_up(),
    }
}

/// What is found in one image: "Mock condition A", with a heat map of one pixel.
pub fn usable_image() -> ImagingAnalysis {
    let heat_map = OutputImage {
        title: "Heat map".into(),
        content_type: "image/jpeg".into(),
        data: ImageData::new(PICTURE),
        width: 1,
        height: 1,
        color_model: "RGB".into(),
    };
    let conclusion = ImageConclusion {
        code: concept("Mock condition A"),
        probability: percent(78.0),
        explainability: Some(Explainability { heat_map }),
    };
    ImagingAnalysis {
        conclusion: Some(vec![conclusion]),
        clinical_indicator: low(),
        performance_indicator: ImagePerformanceIndicator { entropy: percent(21.0) },
        media_validity: valid(),
    }
}

/// What is said of one image that cannot be used.
pub fn unusable_image() -> ImagingAnalysis {
    ImagingAnalysis { conclusion: None, media_validity: invalid(), ..usable_image() }
}

fn low() -> ClinicalIndicator {
    ClinicalIndicator {
        has_condition: percent(90.0),
        pigmented_lesion: percent(2.0),
        malignancy: percent(1.0),
        urgent_referral: percent(1.0),
        high_priority_referral: percent(5.0),
    }
}
