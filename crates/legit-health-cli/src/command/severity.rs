//! `legit-health severity`: scores a known condition from answers, from one image, or from views of the whole body.

use super::each::{self, Columns};
use crate::args::{About, Connection, Each, Severity};
use crate::asked::{self, Asked};
use crate::connect::{Device, Preparation, beside_the_runtime, open_image};
use crate::failure::{Failure, REJECTED, Usage};
use crate::output::{CommandOutput, Output};
use crate::render::Extent as Shown;
use crate::saved_images::{Folder, NamedImage};
use crate::scales;
use crate::terminal::{plain, shown};
use crate::{answers, progress, render, suggest};
use legit_health::calls::Sha256Digest;
use legit_health::codes::Mode;
use legit_health::scale::ScaleInfo;
use legit_health::views::{IntoViews, PartialBodyViews, View, ViewFiles, ViewsError};
use legit_health::{BodySite, Client, Condition};
use legit_health_batch::table;
use std::cell::RefCell;
use std::path::Path;

pub(crate) async fn run(
    connection: &Connection,
    severity: Severity,
    output: &mut Output,
) -> Result<(), Failure> {
    match severity {
        Severity::Manual { about, answers } => manual(connection, &about, &answers, output).await,
        // Without an image of its own, what stands in its place is the first answer.
        Severity::Local { about, image, answers, each, .. } if !each.each.is_empty() => {
            let first = image.map(|answer| answer.display().to_string());
            let answers: Vec<String> = first.into_iter().chain(answers).collect();
            local_each(connection, &about, &each, &answers, output).await
        }
        Severity::Local { about, image, answers, save_images, .. } => {
            let image = image.expect("it is required without `--each`");
            local(connection, &about, &image, &answers, save_images.as_deref(), output).await
        }
        Severity::Global { scale, directory, condition, partial, save_images, reference } => {
            let extent = if partial { Extent::Part } else { Extent::Whole };
            let views = (directory.as_path(), extent);
            let asked = Asked {
                scale: Some(&scale),
                site: None,
                condition: Some(&condition),
                reference: reference.as_deref(),
                ..Asked::default()
            };
            global(connection, asked, (&scale, &condition), views, save_images.as_deref(), output).await
        }
    }
}

async fn manual(
    connection: &Connection,
    about: &About,
    answers: &[String],
    output: &mut Output,
) -> Result<(), Failure> {
    let (scale, site, condition) = subject(about, Mode::Manual)?;
    let sheet = answers::complete(scale, answers).await?;

    let device = Device::connect(connection, output).await?;
    let (asked, label) = (asked(about), asked::label(&device, output).await);
    let call = asked.referring(device.client.severity(condition).at(site).manual(sheet)).keep_json().reply();
    let reply = output.progress().during(|| progress::waiting(0), call).await?;
    output.detail(&progress::facts(&reply.provenance));
    let result = CommandOutput {
        text: render::severity(&reply.value, scale, None, Shown::of(output)),
        document: asked.noted(&document(reply.json), &reply.provenance, &[], &label),
        images: Vec::new(),
    };
    result.deliver(None, output)
}

async fn local(
    connection: &Connection,
    about: &About,
    path: &Path,
    answers: &[String],
    save_images: Option<&Path>,
    output: &mut Output,
) -> Result<(), Failure> {
    let (scale, site, condition) = subject(about, Mode::Local)?;
    if path.is_dir() {
        return Err(Failure::usage(format!(
            "{0} is a directory: name one image, or `--each {0}` for one case an image",
            shown(path)
        )));
    }
    let image = open_image(connection, path).await?;
    let sheet = answers::complete(scale, answers).await?;
    let folder = save_images.map(Folder::open).transpose()?;

    let mut digests = Vec::new();
    if output.is_json() {
        digests.push(asked::digest(&image, path).await?);
    }
    let device = Device::connect(connection, output).await?;
    let (asked, label) = (asked(about), asked::label(&device, output).await);
    let call = asked.referring(device.client.severity(condition).at(site).local(image, sheet));
    let call = call.keep_json().reply();
    let reply = output.progress().during(|| progress::waiting(1), call).await?;
    output.detail(&progress::facts(&reply.provenance));
    let score = &reply.value;
    let images = score.attachments.iter().map(|(code, image)| NamedImage::new(&[scale.code, code], image));
    let result = CommandOutput {
        text: render::severity(score, scale, Some(&shown(path)), Shown::of(output)),
        images: images.collect(),
        document: asked.noted(&document(reply.json), &reply.provenance, &digests, &label),
    };
    result.deliver(folder, output)
}

fn asked(about: &About) -> Asked<'_> {
    Asked {
        scale: Some(&about.scale),
        site: Some(&about.at),
        condition: Some(&about.condition),
        reference: about.reference.as_deref(),
        ..Asked::default()
    }
}

fn document(json: Option<String>) -> String {
    json.expect("the call was told to keep the document")
}

/// One case for each image, with the same site, condition and answers.
async fn local_each(
    connection: &Connection,
    about: &About,
    each: &Each,
    answers: &[String],
    output: &mut Output,
) -> Result<(), Failure> {
    let (scale, site, condition) = subject(about, Mode::Local)?;
    let sheet = answers::complete(scale, answers).await?;
    let columns = Columns { names: table::SEVERITY, cells: table::severity };
    let call = |client: &Client, image| {
        client.severity(condition.clone()).at(site.clone()).local(image, sheet.clone())
    };
    each::run(connection, each, asked(about), call, &columns, output).await
}

async fn global(
    connection: &Connection,
    asked: Asked<'_>,
    (scale, condition): (&str, &str),
    (directory, extent): (&Path, Extent),
    save_images: Option<&Path>,
    output: &mut Output,
) -> Result<(), Failure> {
    let scale = scale_for(scale, Mode::Global)?;
    let condition = known_condition(condition)?;
    let (views, digests) = open_views(connection, directory, extent, output).await?;
    let folder = save_images.map(Folder::open).transpose()?;

    let device = Device::connect(connection, output).await?;
    let score = scales::whole_body(scale.code).expect("a scale of this mode has its call");
    let label = asked::label(&device, output).await;
    let shown: Vec<View> = views.views().collect();
    let count = shown.len();
    let call = score(device.client.severity(condition), asked, scale, views, Shown::of(output));
    let (mut result, provenance) = output.progress().during(|| progress::waiting(count), call).await?;
    output.detail(&progress::facts(&provenance));
    // The images were opened in the order of their views.
    let asked = Asked { views: &shown, ..asked };
    result.document = asked.noted(&result.document, &provenance, &digests, &label);
    result.deliver(folder, output)
}

/// The scale, the body site and the condition that the arguments name.
fn subject(about: &About, mode: Mode) -> Result<(&'static ScaleInfo, BodySite, Condition), Failure> {
    Ok((scale_for(&about.scale, mode)?, site(&about.at)?, known_condition(&about.condition)?))
}

/// The scale with this code, if it is scored this way.
pub(super) fn scale_for(code: &str, mode: Mode) -> Result<&'static ScaleInfo, Failure> {
    let scale = scales::named(code)?;
    if scale.modes.contains(&mode) {
        return Ok(scale);
    }
    let places: Vec<String> = scale
        .modes
        .iter()
        .map(|mode| {
            format!("from {} (`legit-health severity {} {code}`)", scales::scored_from(mode), mode.as_str())
        })
        .collect();
    Err(Failure::usage(format!(
        "`{code}` is not scored from {}, but {}",
        scales::scored_from(&mode),
        places.join(" or ")
    )))
}

/// A body site of the contract.
pub(super) fn site(code: &str) -> Result<BodySite, Failure> {
    let site = BodySite::from(code);
    if BodySite::KNOWN.contains(&site) {
        return Ok(site);
    }
    let hint = suggest::hint(code, BodySite::KNOWN.iter().map(BodySite::as_str));
    let all = if hint.is_empty() { format!("; the sites are {}", known_sites()) } else { String::new() };
    Err(Failure::usage(format!("there is no body site `{}`{hint}{all}", plain(code))))
}

/// Without a network, which `legit-health sites` needs.
fn known_sites() -> String {
    BodySite::KNOWN.iter().map(BodySite::as_str).collect::<Vec<_>>().join(", ")
}

fn known_condition(text: &str) -> Result<Condition, Failure> {
    if text.trim().is_empty() {
        return Err(Usage("`--condition` is empty: give the known condition, such as `psoriasis`").into());
    }
    Ok(text.into())
}

/// How much of the body is scored.
#[derive(Clone, Copy)]
enum Extent {
    /// All views; a missing one is an error.
    Whole,
    /// The views that are there.
    Part,
}

/// Says what is left out, and why. With `--json`, nothing but the document is printed.
async fn open_views(
    connection: &Connection,
    directory: &Path,
    extent: Extent,
    output: &mut Output,
) -> Result<(PartialBodyViews, Vec<Sha256Digest>), Failure> {
    let refused = |error| refused_views(directory, &error, extent);
    let files = ViewFiles::find(directory).map_err(refused)?;
    if !files.ignored().is_empty() {
        output.note(&format!("not used, because it is not an image: {}", names(files.ignored())));
    }
    let (preparation, is_digested) = (Preparation::new(connection), output.is_json());
    let views = beside_the_runtime(move || {
        let digests = RefCell::new(Vec::new());
        let open = |path: &Path| {
            let image = preparation.open(path)?;
            if is_digested {
                digests.borrow_mut().push(Sha256Digest::of(&image.read()?));
            }
            Ok(image)
        };
        let views = match extent {
            Extent::Whole => files.whole(open).map(IntoViews::into_views),
            Extent::Part => files.part(open),
        };
        views.map(|views| (views, digests.into_inner()))
    });
    views.await.map_err(refused)
}

/// Names the files, which the library never does: the user gave their directory.
fn refused_views(directory: &Path, error: &ViewsError, extent: Extent) -> Failure {
    let mut sentence = format!("{}: {error}", shown(directory));
    let files = names(error.paths());
    if !files.is_empty() {
        sentence += &format!("; see {files}");
    }
    if matches!(extent, Extent::Whole) && !error.missing().is_empty() {
        sentence += "; or add `--partial`";
    }
    Failure::Local { kind: "image", status: REJECTED, sentence }
}

fn names(paths: impl IntoIterator<Item = impl AsRef<Path>>) -> String {
    let name = |path: &Path| shown(Path::new(path.file_name().unwrap_or(path.as_os_str())));
    let names: Vec<String> = paths.into_iter().map(|path| name(path.as_ref())).collect();
    names.join(", ")
}
