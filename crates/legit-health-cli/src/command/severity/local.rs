//! `legit-health severity local`: one image of one body site, and what the scale asks beside it.

use super::subject;
use crate::answered::Answered;
use crate::answers;
use crate::args::{About, Connection};
use crate::connect::Device;
use crate::failure::Failure;
use crate::output::Output;
use crate::pictures::{Folder, NamedPicture};
use crate::scales::Mode;
use crate::{photo, render};
use legit_health::scale::AnyScale;
use std::path::Path;

pub(super) async fn run(
    connection: &Connection,
    about: &About,
    path: &Path,
    answers: &[String],
    save_images: Option<&Path>,
    output: &mut Output,
) -> Result<(), Failure> {
    let scale = subject::scale(&about.scale, Mode::Local)?;
    let site = subject::site(&about.at)?;
    let condition = subject::condition(&about.condition)?;
    let image = photo::open(connection, path)?;
    let answers = answers::complete(&scale, answers).await?;
    let folder = save_images.map(Folder::open).transpose()?;

    let device = Device::connect(connection, output).await?;
    let sheet = AnyScale::new(scale.code, answers).map_err(|error| Failure::usage(error.to_string()))?;
    let reply = device.client.severity(condition).at(site).local(image, sheet).keep_json().reply().await?;
    let score = &reply.value;
    let pictures =
        score.attachments.iter().map(|(code, picture)| NamedPicture::new(&[scale.code, code], picture));
    let answered = Answered {
        text: render::severity(score, &scale, Some(&path.display().to_string())),
        pictures: pictures.collect(),
        document: reply.json.expect("the call was told to keep the document"),
    };
    answered.deliver(folder, output)
}
