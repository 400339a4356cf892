//! The images of a request, decoded and with their scenarios.

use std::time::Duration;

use serde_json::Value;

use super::document::ScenarioSource;
use super::request::ValidRequest;
use crate::contract::{Cause, LocationPart, ValidationError, decode_base64};
use crate::images::{DecodedImage, Measurements, comments, decode};
use crate::scenarios::{EdgeCase, Random, Scenario, UnknownScenarioError, read_marker};
use crate::state::State;

/// An image of a request.
pub(super) struct RequestImage {
    pub(super) image: DecodedImage,
    pub(super) scenario: Option<Scenario>,
    pub(super) source: ScenarioSource,
    bytes: Vec<u8>,
    seed: u64,
    /// Whether it is the last of several.
    is_last: bool,
}

/// The scenarios of a request beside those in its images.
pub(super) struct RequestScenarios {
    header: Option<Scenario>,
    account: Option<Scenario>,
    /// How far courses have come.
    running_time: Duration,
    seed: u64,
}

impl RequestImage {
    /// Decodes the image in `data`. Type and message of the error are inferred.
    pub(super) fn read(data: &Value, scenarios: &RequestScenarios) -> Result<Self, Cause> {
        let bytes = data.as_str().and_then(decode_base64).unwrap_or_default();
        let image = decode(&bytes).map_err(|_| Cause::rule("The image is not a whole JPEG, PNG or WebP"))?;
        let (scenario, source) =
            scenarios.of_image(&bytes).map_err(|unknown| Cause::rule(unknown.to_string()))?;
        let scenario = scenario.map(|scenario| scenario.after(scenarios.running_time));
        Ok(Self { image, scenario, source, bytes, seed: scenarios.seed, is_last: false })
    }

    /// Notes whether it is the last of this many images.
    pub(super) fn at(self, index: usize, count: usize) -> Self {
        Self { is_last: count > 1 && index + 1 == count, ..self }
    }

    /// Decodes the images of a request that takes a list of them, in their order.
    pub(super) fn read_list<'a>(
        request: &'a ValidRequest,
        scenarios: &'a RequestScenarios,
    ) -> impl Iterator<Item = Result<Self, Box<ValidationError>>> + 'a {
        let images = request.body["payload"].as_array().map(Vec::as_slice).unwrap_or_default();
        images.iter().enumerate().map(move |(index, media)| {
            let image = Self::read(&media["contentAttachment"]["data"], scenarios);
            image.map(|image| image.at(index, images.len())).map_err(|cause| {
                let location = ["body".into(), "payload".into(), LocationPart::Index(index)].into_iter();
                let location = location.chain(["contentAttachment".into(), "data".into()]).collect();
                Box::new(ValidationError { cause, location, input: Value::Null })
            })
        })
    }

    /// Measures the image. Whether it is usable may be decided by an edge case.
    pub(super) fn measurements(&self) -> Measurements {
        let measurements = Measurements::of(&self.image);
        match self.scenario.and_then(|scenario| scenario.edge_case()) {
            Some(EdgeCase::NotSkin) => measurements.without_skin(),
            Some(EdgeCase::PoorQuality) => measurements.of_poor_quality(),
            Some(EdgeCase::LastImageUnusable) if self.is_last => measurements.of_poor_quality(),
            _ => measurements,
        }
    }

    /// Returns the random numbers of this image and its scenario.
    pub(super) fn random(&self) -> Random {
        Random::new(&self.bytes, self.scenario, self.seed)
    }
}

impl RequestScenarios {
    pub(super) fn of(state: &State, request: &ValidRequest) -> Self {
        let account = request.account.as_deref().unwrap_or_default();
        Self {
            header: request.scenario,
            account: state.accounts().get(account).and_then(|account| account.scenario),
            running_time: state.running_time(),
            seed: state.seed,
        }
    }

    /// The request header comes first, then the image comment, then the account.
    fn of_image(&self, bytes: &[u8]) -> Result<(Option<Scenario>, ScenarioSource), UnknownScenarioError> {
        if self.header.is_some() {
            return Ok((self.header, ScenarioSource::RequestHeader));
        }
        if let Some(marked) = comments(bytes).iter().find_map(|comment| read_marker(comment)) {
            return Ok((Some(marked?), ScenarioSource::ImageComment));
        }
        let source =
            if self.account.is_some() { ScenarioSource::AccountDefault } else { ScenarioSource::None };
        Ok((self.account, source))
    }
}
