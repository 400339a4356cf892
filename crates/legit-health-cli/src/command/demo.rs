//! `legit-health demo`: the jobs of the API one after the other, on painted images and a sandbox.

mod severity;

use crate::connect::Device;
use crate::failure::Failure;
use crate::output::Output;
use crate::render;
use legit_health::triage::{Priority, TriagePolicy};
use legit_health::{Client, Image, Percent};
use legit_health_sandbox::{Config, samples};

pub(crate) async fn run(output: &mut Output) -> Result<(), Failure> {
    output.data(OPENING)?;
    // The same seed, the same demonstration.
    let device = Device::sandbox(Config { seed: Some(1), ..Config::default() }).await?;
    let client = &device.client;
    let gallery = Gallery(samples::all());

    label(client, output).await?;
    one_image(client, &gallery, output).await?;
    three_images(client, &gallery, output).await?;
    severity::answers(client, output).await?;
    severity::one_site(client, &gallery, output).await?;
    severity::whole_body(client, &gallery, output).await?;
    refusal(&gallery, output)?;
    output.data(CLOSING)?;
    Ok(())
}

const OPENING: &str = "\
A walk through the Legit.Health device API, with painted images and a sandbox.
Everything below is made up; nothing leaves this process.
";

async fn label(client: &Client, output: &mut Output) -> Result<(), Failure> {
    step(output, "1. Who answers?", "client.device_information().await?")?;
    let label = client.device_information().await?;
    output.data(&render::device_information(&label))?;
    output.data("The login happened on the way, once, and will be renewed in time.\n")?;
    Ok(())
}

async fn one_image(client: &Client, gallery: &Gallery, output: &mut Output) -> Result<(), Failure> {
    step(output, "2. Rank likely conditions from a photograph", "client.diagnosis_support(image).await?")?;
    let (name, image) = gallery.image("psoriasis-moderate.jpg")?;
    let report = client.diagnosis_support(image).await?;
    output.data(&render::diagnosis_support(&report, &[name]))?;
    Ok(())
}

async fn three_images(client: &Client, gallery: &Gallery, output: &mut Output) -> Result<(), Failure> {
    step(
        output,
        "3. Three images of a case, one of them of no use, and your own thresholds",
        "let report = client.diagnosis_support([a, b, c]).await?;\n  policy.apply(&report)",
    )?;
    let pictures = [
        gallery.image("melanoma-dermoscopic.jpg")?,
        gallery.image("unusable-scribble.jpg")?,
        gallery.image("nevus-dermoscopic.jpg")?,
    ];
    let names = pictures.each_ref().map(|(name, _)| name.clone());
    let report = client.diagnosis_support(pictures.map(|(_, image)| image)).await?;
    output.data(&render::diagnosis_support(&report, &names))?;

    let half = Percent::new(50.0).expect("50 is a percentage");
    let policy = TriagePolicy { urgent_referral: half, malignancy: half, high_priority_referral: half };
    let triage = policy.apply(&report);
    let again: Vec<String> = triage.unusable_images.iter().map(|place| format!("{}", place + 1)).collect();
    output.data(&format!(
        "\nWith every threshold at {half:.0}: {}.\nTo take again: image {}.\n",
        verdict(triage.priority),
        again.join(", "),
    ))?;
    Ok(())
}

fn verdict(priority: Priority) -> &'static str {
    match priority {
        Priority::Urgent => "urgent, within 48 hours",
        Priority::High => "high priority, within 15 days",
        Priority::BelowThresholds => "below the thresholds",
        _ => "undetermined, since no image could be used",
    }
}

/// What a bad network or a full disk leaves behind looks like a photograph to many programs.
fn refusal(gallery: &Gallery, output: &mut Output) -> Result<(), Failure> {
    step(output, "7. Half a photograph is refused before anything is sent", "Image::from_bytes(half)?")?;
    let whole = &gallery.sample("psoriasis-moderate.jpg").bytes;
    if let Err(error) = Image::from_bytes(whole[..whole.len() / 2].to_vec()) {
        output.data(&wrapped(&format!("error: {error}")))?;
    }
    Ok(())
}

const CLOSING: &str = "
Next: `legit-health samples DIRECTORY` writes these images, and
`legit-health --sandbox diagnosis-support IMAGE...` takes yours.
`legit-health scales` and `legit-health sites` say what `severity` can be told.
Unofficial. Intended for software integration and testing; not intended for any
medical purpose; no conformity assessment.";

fn step(output: &mut Output, title: &str, code: &str) -> Result<(), Failure> {
    output.data(&format!("\n{title}\n{}\n\n  {code}\n", "-".repeat(title.chars().count())))?;
    Ok(())
}

/// The painted images, painted once.
struct Gallery(Vec<samples::Sample>);

impl Gallery {
    fn sample(&self, name: &str) -> &samples::Sample {
        let named = self.0.iter().find(|sample| sample.file_name == name);
        named.expect("the demonstration names samples that exist")
    }

    /// An image with its comment, which names its scenario to the sandbox.
    fn image(&self, name: &str) -> Result<(String, Image), Failure> {
        let image = Image::from_bytes(self.sample(name).bytes.clone()).map_err(legit_health::Error::from)?;
        Ok((name.to_owned(), image.keep_metadata()))
    }
}

/// Broken between words at 80 columns.
fn wrapped(text: &str) -> String {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().expect("there is always a line");
        if line.len() + word.len() >= 80 {
            lines.push(format!("  {word}"));
        } else {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines.join("\n")
}
