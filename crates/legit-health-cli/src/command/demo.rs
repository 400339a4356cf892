//! `legit-health demo`: what the API does, step by step, on sample images and a sandbox.

use crate::connect::{Device, scenario};
use crate::failure::Failure;
use crate::output::Output;
use crate::render::{self, Extent};
use crate::scales;
use crate::style::Style;
use crate::terminal::wrapped;
use legit_health::scale::{Apasi, Avasi, Pasi, Scale};
use legit_health::triage::TriagePolicy;
use legit_health::views::BodyViews;
use legit_health::{BodySite, Client, Image, Percent, Timeouts, answer};
use legit_health_follow_up::{Course, Day, Selection};
use legit_health_report::{Visit, dated_score};
use legit_health_sandbox::{Clock, Config, samples};
use std::time::Duration;

pub(crate) async fn run(output: &mut Output) -> Result<(), Failure> {
    output.data(OPENING)?;
    // The same seed, the same demonstration.
    let device = Device::sandbox(Config { seed: Some(1), ..Config::default() }, Timeouts::default()).await?;
    let client = &device.client;
    let gallery = Gallery(samples::all());

    label(client, output).await?;
    one_image(client, &gallery, output).await?;
    three_images(client, &gallery, output).await?;
    severity_from_answers(client, output).await?;
    severity_of_one_site(client, &gallery, output).await?;
    severity_of_whole_body(client, &gallery, output).await?;
    rejection(&gallery, output)?;
    course(&gallery, output).await?;
    output.data(CLOSING)?;
    Ok(())
}

const OPENING: &str = "\
The Legit.Health device API in eight steps, with painted sample images and a
sandbox in this process. All results are made up and about nobody; nothing is
sent. Each step begins with the Rust code that it runs.
";

async fn label(client: &Client, output: &mut Output) -> Result<(), Failure> {
    step(output, "1. Show the label of the device", "client.device_information().await?")?;
    let label = client.device_information().await?;
    output.data(&render::device_information(&label))?;
    output.data("The client logged in by itself and renews its token before it expires.\n")?;
    Ok(())
}

async fn one_image(client: &Client, gallery: &Gallery, output: &mut Output) -> Result<(), Failure> {
    step(output, "2. Rank likely conditions from one image", "client.diagnosis_support(image).await?")?;
    let (name, image) = gallery.image("psoriasis-moderate.jpg")?;
    let report = client.diagnosis_support(image).await?;
    output.data(&render::diagnosis_support(&report, &[name], None, shown(output)))?;
    Ok(())
}

async fn three_images(client: &Client, gallery: &Gallery, output: &mut Output) -> Result<(), Failure> {
    step(
        output,
        "3. Three images of a case, one of them unusable, and your own thresholds",
        "let report = client.diagnosis_support([a, b, c]).await?;\npolicy.apply(&report)",
    )?;
    let images = [
        gallery.image("melanoma-dermoscopic.jpg")?,
        gallery.image("unusable-scribble.jpg")?,
        gallery.image("nevus-dermoscopic.jpg")?,
    ];
    let names = images.each_ref().map(|(name, _)| name.clone());
    let report = client.diagnosis_support(images.map(|(_, image)| image)).await?;
    let half = Percent::new(50.0).expect("50 is a percentage");
    let policy = TriagePolicy { urgent_referral: half, malignancy: half, high_priority_referral: half };
    let triage = policy.apply(&report);
    output.data(&render::diagnosis_support(&report, &names, Some(&triage), shown(output)))?;
    Ok(())
}

async fn severity_from_answers(client: &Client, output: &mut Output) -> Result<(), Failure> {
    step(
        output,
        "4. Score answers: an answer outside its bounds does not compile",
        "let answers = Pasi { surface: answer!(2), erythema: answer!(3),\n                     \
         induration: answer!(2), desquamation: answer!(1) };\n\
         client.severity(\"psoriasis\").at(BodySite::ArmLeft).manual(answers).await?",
    )?;
    let answers =
        Pasi { surface: answer!(2), erythema: answer!(3), induration: answer!(2), desquamation: answer!(1) };
    let score = client.severity("psoriasis").at(BodySite::ArmLeft).manual(answers).await?;
    output.data(&render::severity(&score, scales::named(Pasi::CODE)?, None, shown(output)))?;
    Ok(())
}

async fn severity_of_one_site(
    client: &Client,
    gallery: &Gallery,
    output: &mut Output,
) -> Result<(), Failure> {
    step(
        output,
        "5. Score an image of one body site",
        "let arm = client.severity(\"psoriasis\").at(BodySite::ArmLeft);\n\
         arm.local(image, Apasi { surface: answer!(2) }).await?",
    )?;
    let (name, image) = gallery.image("psoriasis-moderate.jpg")?;
    let answers = Apasi { surface: answer!(2) };
    let score = client.severity("psoriasis").at(BodySite::ArmLeft).local(image, answers).await?;
    output.data(&render::severity(&score, scales::named(Apasi::CODE)?, Some(&name), shown(output)))?;
    output.data(&format!(
        "\nThe response has {} images, such as a mask: `--save-images DIR` writes them.\n",
        score.attachments.len()
    ))?;
    Ok(())
}

async fn severity_of_whole_body(
    client: &Client,
    gallery: &Gallery,
    output: &mut Output,
) -> Result<(), Failure> {
    step(
        output,
        "6. Score 17 views of the whole body: 16 do not compile",
        "let views = BodyViews::from_dir(\"images\")?;\n\
         client.severity(\"vitiligo\").global(Avasi, views).await?",
    )?;
    let views = BodyViews::try_from_fn(|_| gallery.image("vitiligo-severe.jpg").map(|(_, image)| image))?;
    let score = client.severity("vitiligo").global(Avasi, views).await?;
    output.data(&render::whole_body(&score, scales::named(Avasi::CODE)?, shown(output)))?;
    Ok(())
}

/// Many programs accept what a bad network or a full disk leaves behind.
fn rejection(gallery: &Gallery, output: &mut Output) -> Result<(), Failure> {
    step(output, "7. A truncated image is rejected before anything is sent", "Image::from_bytes(half)?")?;
    let whole = &gallery.sample("psoriasis-moderate.jpg").bytes;
    if let Err(error) = Image::from_bytes(whole[..whole.len() / 2].to_vec()) {
        output.data(&wrapped(&format!("{} {error}", Style::Bad.of("error:")), output.width(), "  "))?;
    }
    Ok(())
}

/// The clock of this sandbox is moved from visit to visit, and the course of its scenario goes with it.
async fn course(gallery: &Gallery, output: &mut Output) -> Result<(), Failure> {
    const WEEKS: i64 = 4;
    step(
        output,
        "8. Follow a patient over four visits, with the published criteria",
        "let visit = Visit::new(date).with_site(&BodySite::LegLeft);\n\
         scores.push(dated_score(&score, &visit));\n\
         let course = Course::select(&scores, &Selection::default())?;\n\
         Chart::new(&course).to_svg()",
    )?;
    let clock = Clock::fixed();
    let falling = scenario(Some("psoriasis/falling"))?;
    let config = Config { seed: Some(1), clock: clock.clone(), scenario: falling, ..Config::default() };
    let device = Device::sandbox(config, Timeouts::default()).await?;
    // Without its comment, which names another scenario.
    let bytes = gallery.sample("psoriasis-moderate.jpg").bytes.clone();
    let image = Image::from_bytes(bytes).map_err(legit_health::Error::from)?;
    let first = Day::from_year_month_day(2026, 1, 5).expect("the date exists");
    let surfaces = [answer!(4), answer!(3), answer!(2), answer!(0)];
    let mut scores = Vec::new();
    for (visit, surface) in (0..).zip(surfaces) {
        let leg = device.client.severity("psoriasis").at(BodySite::LegLeft);
        let score = leg.local(image.clone(), Apasi { surface }).await?;
        let date = first.plus(7 * WEEKS * visit).start();
        let visit = Visit::new(date).with_site(&BodySite::LegLeft).with_reference("P-0042");
        scores.push(dated_score(&score, &visit.with_device_version(env!("CARGO_PKG_VERSION"))));
        clock.advance(Duration::from_secs(7 * 24 * 3600) * WEEKS as u32);
    }
    let course = Course::select(&scores, &Selection::default()).expect("the scores are of one course");
    let criteria = course.scale().criteria.iter();
    let assessments: Vec<_> = criteria.map(|criterion| course.assess(criterion, &scores)).collect();
    let name = |index: usize| format!("visit {}", index + 1);
    output.data(&legit_health_report::text(&course, &assessments, name, output.width()))?;
    output.data("\n`legit-health follow-up --svg FILE` draws the chart of stored results, and\n`report` makes a page of them.\n")?;
    Ok(())
}

/// What holds for all results is said once.
fn shown(output: &Output) -> Extent {
    Extent { is_demonstration: true, ..Extent::of(output) }
}

const CLOSING: &str = "
The output supports, and does not replace, a qualified healthcare professional.

Next: `legit-health samples DIRECTORY` writes these images, and
`legit-health --sandbox diagnosis-support IMAGE...` analyses yours.
`legit-health scales` and `legit-health sites` list what `severity` takes.
Unofficial. Intended for software integration and testing; not intended for any
medical purpose; no conformity assessment.";

fn step(output: &mut Output, title: &str, code: &str) -> Result<(), Failure> {
    let code: String = code.lines().map(|line| format!("    {}\n", Style::Faint.of(line))).collect();
    output.data(&format!("\n{}\n\n{code}\n", Style::Heading.of(title)))?;
    Ok(())
}

/// The sample images.
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
