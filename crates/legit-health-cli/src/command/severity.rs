//! `legit-health severity`: scores a known condition from answers, from one image, or from views of the whole body.

use crate::args::{About, Connection, Severity};
use crate::connect::{Device, open_image, prepared};
use crate::failure::{Failure, REJECTED, Usage};
use crate::output::{CommandOutput, Output, plain};
use crate::saved_images::{Folder, NamedImage};
use crate::scales;
use crate::{answers, render, suggest};
use legit_health::codes::Mode;
use legit_health::scale::ScaleInfo;
use legit_health::views::{BodyViews, IntoViews, PartialBodyViews, View};
use legit_health::{BodySite, Condition, Image};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub(crate) async fn run(
    connection: &Connection,
    severity: Severity,
    output: &mut Output,
) -> Result<(), Failure> {
    match severity {
        Severity::Manual { about, answers } => manual(connection, &about, &answers, output).await,
        Severity::Local { about, image, answers, save_images } => {
            local(connection, &about, &image, &answers, save_images.as_deref(), output).await
        }
        Severity::Global { scale, directory, condition, partial, save_images } => {
            let extent = if partial { Extent::Part } else { Extent::Whole };
            let views = (directory.as_path(), extent);
            global(connection, &scale, &condition, views, save_images.as_deref(), output).await
        }
    }
}

async fn manual(
    connection: &Connection,
    about: &About,
    answers: &[String],
    output: &mut Output,
) -> Result<(), Failure> {
    let scale = scale_for(&about.scale, Mode::Manual)?;
    let site = site(&about.at)?;
    let condition = known_condition(&about.condition)?;
    let sheet = answers::complete(scale, answers).await?;

    let device = Device::connect(connection, output).await?;
    let reply = device.client.severity(condition).at(site).manual(sheet).keep_json().reply().await?;
    let result = CommandOutput {
        text: render::severity(&reply.value, scale, None),
        document: reply.json.expect("the call was told to keep the document"),
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
    let scale = scale_for(&about.scale, Mode::Local)?;
    let site = site(&about.at)?;
    let condition = known_condition(&about.condition)?;
    let image = open_image(connection, path)?;
    let sheet = answers::complete(scale, answers).await?;
    let folder = save_images.map(Folder::open).transpose()?;

    let device = Device::connect(connection, output).await?;
    let reply = device.client.severity(condition).at(site).local(image, sheet).keep_json().reply().await?;
    let score = &reply.value;
    let images = score.attachments.iter().map(|(code, image)| NamedImage::new(&[scale.code, code], image));
    let result = CommandOutput {
        text: render::severity(score, scale, Some(&path.display().to_string())),
        images: images.collect(),
        document: reply.json.expect("the call was told to keep the document"),
    };
    result.deliver(folder, output)
}

async fn global(
    connection: &Connection,
    scale: &str,
    condition: &str,
    (directory, extent): (&Path, Extent),
    save_images: Option<&Path>,
    output: &mut Output,
) -> Result<(), Failure> {
    let scale = scale_for(scale, Mode::Global)?;
    let condition = known_condition(condition)?;
    let views = open_views(connection, directory, extent)?;
    let folder = save_images.map(Folder::open).transpose()?;

    let device = Device::connect(connection, output).await?;
    let score = scales::whole_body(scale.code).expect("a scale of this mode has its call");
    let result = score(device.client.severity(condition), scale, views).await?;
    result.deliver(folder, output)
}

/// The scale with this code, if it is scored this way.
fn scale_for(code: &str, mode: Mode) -> Result<&'static ScaleInfo, Failure> {
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
fn site(code: &str) -> Result<BodySite, Failure> {
    let site = BodySite::from(code);
    if BodySite::KNOWN.contains(&site) {
        return Ok(site);
    }
    let hint = suggest::hint(code, BodySite::KNOWN.iter().map(BodySite::as_str));
    Err(Failure::usage(format!(
        "there is no body site `{}`{hint} (`legit-health sites` lists them)",
        plain(code)
    )))
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

fn open_views(
    connection: &Connection,
    directory: &Path,
    extent: Extent,
) -> Result<PartialBodyViews, Failure> {
    match extent {
        Extent::Whole => {
            let views = BodyViews::<Image>::stream_dir(directory).map_err(|error| {
                let hint = if error.missing().is_empty() { "" } else { "; or add `--partial`" };
                refused_path(directory, &format!("{error}{hint}"))
            })?;
            Ok(views.map(|_, image| prepared(connection, image)).into_views())
        }
        Extent::Part => {
            let images = images_by_view(directory)?;
            let images = images.into_iter().map(|(view, path)| Ok((view, open_image(connection, &path)?)));
            let images: BTreeMap<View, Image> = images.collect::<Result<_, Failure>>()?;
            let names = "name images after their views, such as faceFront.jpg";
            PartialBodyViews::try_from(images).map_err(|_| {
                refused_path(directory, &format!("the folder holds no image of a view: {names}"))
            })
        }
    }
}

/// Rejects an image whose name is not that of a view: a partial set does not show that it was left out.
fn images_by_view(directory: &Path) -> Result<BTreeMap<View, PathBuf>, Failure> {
    let unreadable = |error: std::io::Error| {
        refused_path(directory, &format!("the folder cannot be read: {}", error.kind()))
    };
    let mut images = BTreeMap::new();
    let mut entries: Vec<PathBuf> = Vec::new();
    for entry in directory.read_dir().map_err(unreadable)? {
        entries.push(entry.map_err(unreadable)?.path());
    }
    entries.sort();
    for path in entries.into_iter().filter(|path| is_image(path)) {
        let view = path.file_stem().and_then(|stem| View::from_code(stem.to_str()?));
        let view = view.ok_or_else(|| {
            refused_path(
                &path,
                "the name is not that of a view, such as faceFront.jpg: rename the file or move it away",
            )
        })?;
        if images.insert(view, path).is_some() {
            return Err(refused_path(directory, &format!("keep one image of several for {view}")));
        }
    }
    Ok(images)
}

fn is_image(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    ["jpg", "jpeg", "png", "webp"].iter().any(|known| known.eq_ignore_ascii_case(ending))
}

fn refused_path(path: &Path, sentence: &str) -> Failure {
    let sentence = format!("{}: {sentence}", plain(&path.display().to_string()));
    Failure::Local { kind: "image", status: REJECTED, sentence }
}
