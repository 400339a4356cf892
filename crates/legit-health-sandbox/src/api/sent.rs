//! An image of a request: decoded, and with the scenario it is to be answered by.

use serde_json::Value;

use super::mark::Source;
use super::operation::Asked;
use crate::container::comments;
use crate::contract::{Cause, Fault, Step, decode_base64};
use crate::pixels::{Picture, decode};
use crate::scenario::{Draw, Scenario, UnknownScenario, read_marker};
use crate::world::World;

/// An image as it was sent.
pub(super) struct Sent {
    pub(super) picture: Picture,
    pub(super) scenario: Option<Scenario>,
    pub(super) source: Source,
    bytes: Vec<u8>,
    seed: u64,
}

/// Where an image without a mark of its own takes its scenario from.
pub(super) struct Given {
    header: Option<Scenario>,
    account: Option<Scenario>,
    seed: u64,
}

impl Sent {
    /// The image in `data`, or what is wrong with it.
    ///
    /// That a file which is no whole picture is a fault, and its words, are inferred.
    pub(super) fn read(data: &Value, given: &Given) -> Result<Self, Cause> {
        let bytes = data.as_str().and_then(decode_base64).unwrap_or_default();
        let picture = decode(&bytes).map_err(|_| Cause::rule("The image is no whole JPEG or PNG"))?;
        let (scenario, source) =
            given.scenario(&bytes).map_err(|unknown| Cause::rule(unknown.to_string()))?;
        Ok(Self { picture, scenario, source, bytes, seed: given.seed })
    }

    /// The images of a request that takes a list of them, in their order.
    pub(super) fn each<'a>(
        asked: &'a Asked,
        given: &'a Given,
    ) -> impl Iterator<Item = Result<Self, Box<Fault>>> + 'a {
        let images = asked.body["payload"].as_array().into_iter().flatten().enumerate();
        images.map(|(index, media)| {
            Self::read(&media["contentAttachment"]["data"], given).map_err(|cause| {
                let place = ["body".into(), "payload".into(), Step::Index(index)].into_iter();
                let place = place.chain(["contentAttachment".into(), "data".into()]).collect();
                Box::new(Fault { cause, place, input: Value::Null })
            })
        })
    }

    /// Figures for this image and its scenario.
    pub(super) fn draw(&self) -> Draw {
        Draw::new(&self.bytes, self.scenario, self.seed)
    }
}

impl Given {
    pub(super) fn of(world: &World, asked: &Asked) -> Self {
        let account = asked.account.as_deref().unwrap_or_default();
        Self {
            header: asked.scenario,
            account: world.accounts().state(account).and_then(|account| account.scenario),
            seed: world.seed,
        }
    }

    /// Request header before image comment before account default.
    fn scenario(&self, bytes: &[u8]) -> Result<(Option<Scenario>, Source), UnknownScenario> {
        if self.header.is_some() {
            return Ok((self.header, Source::RequestHeader));
        }
        if let Some(marked) = comments(bytes).iter().find_map(|comment| read_marker(comment)) {
            return Ok((Some(marked?), Source::ImageComment));
        }
        let source = if self.account.is_some() { Source::AccountDefault } else { Source::Nowhere };
        Ok((self.account, source))
    }
}
