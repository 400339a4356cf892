//! `legit-health diagnosis-support IMAGE…`

use super::each::{self, Columns};
use crate::args::{Connection, Each, Thresholds};
use crate::asked::{self, Asked};
use crate::connect::{Device, open_image};
use crate::failure::Failure;
use crate::output::{CommandOutput, Output};
use crate::progress;
use crate::render::{self, Extent};
use crate::saved_images::{Folder, NamedImage};
use crate::terminal::shown;
use legit_health::images::SupportImages;
use legit_health::{Client, DiagnosisSupport};
use legit_health_batch::table;
use std::path::{Path, PathBuf};

pub(crate) async fn run(
    connection: &Connection,
    paths: &[PathBuf],
    save_images: Option<&Path>,
    thresholds: &Thresholds,
    asked: Asked<'_>,
    output: &mut Output,
) -> Result<(), Failure> {
    let policy = thresholds.policy()?;
    let asked = Asked { thresholds: policy, ..asked };
    if let Some(directory) = paths.iter().find(|path| path.is_dir()) {
        let directory = shown(directory);
        return Err(Failure::usage(format!(
            "{directory} is a directory: name up to three images of one case, or `--each {directory}` for one case an image"
        )));
    }
    // Every image is looked at before anything is started or sent.
    let mut images = Vec::new();
    for path in paths {
        images.push(open_image(connection, path).await?);
    }
    let mut digests = Vec::new();
    if output.is_json() {
        for (image, path) in images.iter().zip(paths) {
            digests.push(asked::digest(image, path).await?);
        }
    }
    let images = SupportImages::try_from(images).map_err(legit_health::Error::from)?;
    let folder = save_images.map(Folder::open).transpose()?;

    let device = Device::connect(connection, output).await?;
    let label = asked::label(&device, output).await;
    let call = asked.referring(device.client.diagnosis_support(images)).keep_json().reply();
    let reply = output.progress().during(|| progress::waiting(paths.len()), call).await?;
    output.detail(&progress::facts(&reply.provenance));
    let triage = policy.map(|policy| policy.apply(&reply.value));
    let names: Vec<String> = paths.iter().map(|path| shown(path)).collect();
    let result = CommandOutput {
        text: render::diagnosis_support(&reply.value, &names, triage.as_ref(), Extent::of(output)),
        images: heat_maps(&reply.value),
        document: {
            let document = reply.json.expect("the call was told to keep the document");
            asked.noted(&document, &reply.provenance, &digests, &label)
        },
    };
    result.deliver(folder, output)
}

/// One case for each image.
pub(crate) async fn each(
    connection: &Connection,
    each: &Each,
    asked: Asked<'_>,
    output: &mut Output,
) -> Result<(), Failure> {
    let columns = Columns { names: table::DIAGNOSIS_SUPPORT, cells: table::diagnosis_support };
    let call = |client: &Client, image| client.diagnosis_support(image);
    each::run(connection, each, asked, call, &columns, output).await
}

/// `image-1-condition-2-heat-map` is of the first image and of its second condition.
fn heat_maps(report: &DiagnosisSupport) -> Vec<NamedImage> {
    let of_image = |(place, findings): (usize, &legit_health::report::ImageFindings)| {
        let named = |(rank, conclusion): (usize, &legit_health::report::ImageConclusion)| {
            let name = format!("image-{}-condition-{}-heat-map", place + 1, rank + 1);
            conclusion.heat_map.as_ref().map(|image| NamedImage::new(&[&name], image))
        };
        findings.conclusions.iter().enumerate().filter_map(named).collect::<Vec<_>>()
    };
    report.images.iter().enumerate().flat_map(of_image).collect()
}
