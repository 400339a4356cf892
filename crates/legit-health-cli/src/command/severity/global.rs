//! `legit-health severity global`: views of the whole body.

use super::{subject, views};
use crate::args::Connection;
use crate::connect::Device;
use crate::failure::Failure;
use crate::output::Output;
use crate::pictures::Folder;
use crate::scales::Mode;
use std::path::Path;

pub(super) async fn run(
    connection: &Connection,
    scale: &str,
    condition: &str,
    (directory, extent): (&Path, views::Extent),
    save_images: Option<&Path>,
    output: &mut Output,
) -> Result<(), Failure> {
    let scale = subject::scale(scale, Mode::Global)?;
    let condition = subject::condition(condition)?;
    let views = views::open(connection, directory, extent)?;
    let folder = save_images.map(Folder::open).transpose()?;

    let device = Device::connect(connection, output).await?;
    let score = scale.whole_body.expect("a scale of this mode has its call");
    let answered = score(device.client.severity(condition), &scale, views).await?;
    answered.deliver(folder, output)
}
