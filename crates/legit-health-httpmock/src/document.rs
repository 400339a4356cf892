//! Ready-made documents that keep the contract: take one, and change what a test is about.
//!
//! They are types of `legit-health-api` with public fields. Conditions and numbers are visibly made up, and reports
//! carry a top-level member `mock` that says so.
//!
//! ```
//! use legit_health_api::scalar::Percent;
//! use legit_health_httpmock::document;
//!
//! let mut report = document::diagnosis_support(2);
//! report.clinical_indicator.malignancy = Percent::HUNDRED;
//! report.imaging_analysis[1] = document::unusable_image();
//! ```

use std::collections::BTreeMap;

use legit_health_api::catalog::types::{
    BodySiteEntries, BodySiteEntry, ClinicalSign, QuestionnaireEntries, QuestionnaireEntry,
};
use legit_health_api::codes::{BodySite, GlobalView, Intensity, Modality, Mode, TokenType};
use legit_health_api::device::types::{
    AccessToken, ClinicalIndicator, Concept, Conclusion, DeviceInformation, DiagnosisSupportReport,
    DomainCheck, ErrorBody, Evolution, Explainability, GlobalEvolution, GlobalSeverityReport, Identifier,
    ImageConclusion, ImagePerformanceIndicator, ImagingAnalysis, LabelText, Manufacturer, Measurement,
    MediaValidity, ModalityCheck, OutputImage, PerformanceIndicator, QualityCheck, Score,
    ScoreInterpretation, SeverityReport, ValidationError, ViewResult,
};
use legit_health_api::scalar::{ErrorDetail, ImageData, IssueTime, LocationPart, Minutes, Percent, Secret};
use legit_health_api::scale::{GlobalScale, Scale};
use serde_json::{Map, Value, json};

/// A JPEG file of one pixel.
pub const IMAGE: &[u8] = include_bytes!("image.jpg");

/// Returns a login's token that is valid for an hour.
pub fn access_token(token: impl Into<Secret>) -> AccessToken {
    AccessToken {
        access_token: token.into(),
        expires_in_minutes: Minutes::new(60),
        token_type: TokenType::AccessToken,
    }
}

/// Returns the label of the device.
pub fn device_information() -> DeviceInformation {
    let text = |value: &str| vec![LabelText { value: value.into() }];
    DeviceInformation {
        manufacturer: Manufacturer { name: "Nobody".into(), address: None },
        name: text("Mock device"),
        version: text("0.0.0"),
        unknown_fields: mock_notice(),
    }
}

/// Returns a report on this many usable images: 78 % for "Mock condition A", 12 % for "Mock condition B", and low
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
        clinical_indicator: low_indicators(),
        performance_indicator: PerformanceIndicator {
            sensitivity: percent(82.0),
            specificity: percent(97.0),
            entropy: percent(21.0),
        },
        conclusion: Some(ranked.map(conclusion).into()),
        imaging_analysis: (0..images).map(|_| usable_image()).collect(),
        unknown_fields: mock_notice(),
    }
}

/// Returns the analysis of one image: "Mock condition A", with a heat map of one pixel.
pub fn usable_image() -> ImagingAnalysis {
    let heat_map = OutputImage {
        title: "Heat map".into(),
        content_type: "image/jpeg".into(),
        data: ImageData::new(IMAGE),
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
        clinical_indicator: low_indicators(),
        performance_indicator: ImagePerformanceIndicator { entropy: percent(21.0) },
        media_validity: valid_media(),
    }
}

/// Returns the analysis of one image that cannot be used.
pub fn unusable_image() -> ImagingAnalysis {
    ImagingAnalysis { conclusion: None, media_validity: invalid_media(), ..usable_image() }
}

/// Returns the checks of a usable image.
pub fn valid_media() -> MediaValidity {
    let confidence = Measurement { value: 99.0, code: concept("AI confidence"), interpretation: None };
    MediaValidity {
        quality: QualityCheck { acceptable: true, score: percent(84.0), interpretation: "Excellent".into() },
        domain: DomainCheck {
            is_dermatological: true,
            additional_data: Some(BTreeMap::from([("aiConfidence".to_owned(), confidence)])),
        },
        modality: ModalityCheck { value: Modality::Clinical, additional_data: None },
        is_valid: true,
    }
}

/// Returns the checks of an image whose quality is too poor.
pub fn invalid_media() -> MediaValidity {
    MediaValidity {
        quality: QualityCheck { acceptable: false, score: percent(12.0), interpretation: "Bad".into() },
        is_valid: false,
        ..valid_media()
    }
}

/// Returns the report of a manual or local call with one score. The band is always "Mock band", moderate.
///
/// For a call with several scales, add the results of [`evolution`] to `patient_evolution`.
pub fn severity<S: Scale>(score: f64) -> SeverityReport {
    SeverityReport {
        resource_type: "DiagnosticReport".into(),
        status: "preliminary".into(),
        identifier: Some(identifier()),
        issued: issued(),
        analysis_duration: 0.4,
        media_validity: Some(valid_media()),
        patient_evolution: BTreeMap::from([(S::CODE.into(), Some(evolution(score)))]),
        unknown_fields: mock_notice(),
    }
}

/// Returns one score of a manual or local call, without items.
pub fn evolution(score: f64) -> Evolution {
    Evolution { score: mock_score(score), item: None, media: None }
}

/// Returns the report of a whole-body call with one score, and these views, each with a usable image.
pub fn global_severity<S: GlobalScale>(
    score: f64,
    views: impl IntoIterator<Item = GlobalView>,
) -> GlobalSeverityReport {
    GlobalSeverityReport {
        resource_type: "DiagnosticReport".into(),
        status: "preliminary".into(),
        identifier: Some(identifier()),
        issued: issued(),
        analysis_duration: 6.0,
        media_validity: None,
        patient_evolution: BTreeMap::from([(S::CODE.into(), Some(global_evolution(score, views)))]),
        unknown_fields: mock_notice(),
    }
}

/// Returns one score of a whole-body call.
pub fn global_evolution(score: f64, views: impl IntoIterator<Item = GlobalView>) -> GlobalEvolution {
    let result = || ViewResult {
        media_validity: Some(valid_media()),
        media: None,
        score: None,
        unknown_fields: Map::new(),
    };
    GlobalEvolution {
        score: mock_score(score),
        item: Some(views.into_iter().map(|view| (view, result())).collect()),
        media: None,
    }
}

/// Returns every body site that this version knows, each named after its code.
pub fn body_sites() -> BodySiteEntries {
    let entry = |code: &BodySite| BodySiteEntry {
        code: code.clone(),
        name: name(code.as_str()),
        unknown_fields: Map::new(),
    };
    BodySiteEntries(BodySite::KNOWN.iter().map(entry).collect())
}

/// Returns a list of one scoring system; extend it with another list for more.
pub fn questionnaires<S: Scale>(mode: Mode) -> QuestionnaireEntries {
    let suffix: String = match mode {
        Mode::Manual => "Manual".into(),
        Mode::Local => "Local".into(),
        Mode::Global => "Global".into(),
        _ => mode.as_str().into(),
    };
    QuestionnaireEntries(vec![QuestionnaireEntry {
        code: S::CODE.into(),
        identifier: format!("{}{suffix}", S::CODE),
        mode: Some(mode),
        title: Some(name(S::TITLE)),
        description: Some(name("Mock description")),
        path: None,
        unknown_fields: Map::new(),
    }])
}

/// Returns the clinical signs with these codes, each named after its code.
pub fn clinical_signs<'a>(codes: impl IntoIterator<Item = &'a str>) -> BTreeMap<String, ClinicalSign> {
    codes.into_iter().map(|code| (code.to_owned(), ClinicalSign { name: name(code) })).collect()
}

/// Returns the body of an error with this text.
pub fn error(detail: impl Into<String>) -> ErrorBody {
    ErrorBody { detail: Some(ErrorDetail::Text(detail.into())), unknown_fields: Map::new() }
}

/// Returns the body of a 422 about one field. A number in `location` is an index.
///
/// ```
/// use legit_health_httpmock::document;
///
/// let location = ["body", "payload", "0", "contentAttachment", "data"];
/// document::validation_error(location, "missing", "Field required");
/// ```
pub fn validation_error<'a>(
    location: impl IntoIterator<Item = &'a str>,
    code: &str,
    message: &str,
) -> ErrorBody {
    let part = |part: &str| match part.parse() {
        Ok(index) => LocationPart::Index(index),
        Err(_) => LocationPart::Name(part.to_owned()),
    };
    let error = ValidationError {
        loc: location.into_iter().map(part).collect(),
        type_: code.to_owned(),
        msg: message.to_owned(),
        ctx: None,
        input: None,
        url: None,
    };
    ErrorBody { detail: Some(ErrorDetail::ValidationErrors(vec![error])), unknown_fields: Map::new() }
}

/// Returns a condition as text, without a code.
pub fn concept(text: impl Into<String>) -> Concept {
    Concept { text: Some(text.into()), coding: None }
}

fn low_indicators() -> ClinicalIndicator {
    ClinicalIndicator {
        has_condition: percent(90.0),
        pigmented_lesion: percent(2.0),
        malignancy: percent(1.0),
        urgent_referral: percent(1.0),
        high_priority_referral: percent(5.0),
    }
}

fn mock_score(value: f64) -> Score {
    let interpretation = ScoreInterpretation { category: "Mock band".into(), intensity: Intensity::Moderate };
    Score { value, interpretation: Some(interpretation), severity: None, additional_data: None }
}

fn name(text: &str) -> BTreeMap<String, String> {
    BTreeMap::from([("en_GB".to_owned(), text.to_owned())])
}

fn percent(percent: f64) -> Percent {
    Percent::new(percent).expect("the percentages in this file are between 0 and 100")
}

fn identifier() -> Identifier {
    Identifier { use_: None, value: "00000000-0000-0000-0000-000000000000".into() }
}

fn issued() -> IssueTime {
    IssueTime::new("2026-03-02T10:15:30.123456")
}

/// Marks a document as not written by a device.
fn mock_notice() -> Map<String, Value> {
    let notice = "Made up by legit-health-httpmock, for a test.";
    Map::from_iter([("mock".to_owned(), json!({"notice": notice}))])
}
