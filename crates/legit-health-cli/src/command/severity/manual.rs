//! `legit-health severity manual`: answers alone.

use super::subject;
use crate::answered::Answered;
use crate::answers;
use crate::args::{About, Connection};
use crate::connect::Device;
use crate::failure::Failure;
use crate::output::Output;
use crate::render;
use crate::scales::Mode;
use legit_health::scale::AnyScale;

pub(super) async fn run(
    connection: &Connection,
    about: &About,
    answers: &[String],
    output: &mut Output,
) -> Result<(), Failure> {
    let scale = subject::scale(&about.scale, Mode::Manual)?;
    let site = subject::site(&about.at)?;
    let condition = subject::condition(&about.condition)?;
    let answers = answers::complete(&scale, answers).await?;

    let device = Device::connect(connection, output).await?;
    let sheet = AnyScale::new(scale.code, answers).map_err(|error| Failure::usage(error.to_string()))?;
    let reply = device.client.severity(condition).at(site).manual(sheet).keep_json().reply().await?;
    let answered = Answered {
        text: render::severity(&reply.value, &scale, None),
        document: reply.json.expect("the call was told to keep the document"),
        pictures: Vec::new(),
    };
    answered.deliver(None, output)
}
