//! `legit-health diagnosis-support IMAGE…`

use crate::args::Connection;
use crate::connect::Device;
use crate::failure::Failure;
use crate::output::Output;
use crate::render;
use legit_health::{Image, SupportImages};
use std::path::{Path, PathBuf};

pub(crate) async fn run(
    connection: &Connection,
    paths: &[PathBuf],
    output: &mut Output,
) -> Result<(), Failure> {
    // Every image is looked at before anything is started or sent.
    let images = paths.iter().map(|path| open(connection, path)).collect::<Result<Vec<_>, _>>()?;
    let images = SupportImages::try_from(images).map_err(legit_health::Error::from)?;

    let device = Device::connect(connection, output).await?;
    let report = device.client.diagnosis_support(images).keep_raw().await?;
    if output.is_json() {
        output.data(report.json().expect("the call was told to keep the document"))?;
    } else {
        let names: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
        output.data(&render::diagnosis_support(&report, &names))?;
    }
    Ok(())
}

/// The scenario of a painted image stands in its comment, which is metadata. For the sandbox it is kept, since nothing
/// leaves this process.
fn open(connection: &Connection, path: &Path) -> Result<Image, Failure> {
    let image = Image::open(path).map_err(|error| Failure::image(path, &error))?;
    Ok(if connection.sandbox { image.keep_metadata() } else { image })
}
