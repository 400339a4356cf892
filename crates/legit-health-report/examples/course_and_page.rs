//! Stores a visit of a patient, prints the course of the scores, and makes a page for a clinician.
#![allow(clippy::print_stdout, reason = "an example prints")]

use legit_health::calls::{Reply, Sha256Digest};
use legit_health::scale::Pasi;
use legit_health::{BodySite, Client, Image, answer};
use legit_health_follow_up::{Course, Selection};
use legit_health_report::{Chart, Document, Page, Photograph, text};
use serde_json::{Value, json};
use std::fs::{self, OpenOptions};
use std::io::Write;

const PATIENT: &str = "P-0042";

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::from_env()?;
    // Once: then the provenance of each result names the version of the device.
    client.device_information().await?;

    let photo = Image::open("photo.jpg")?;
    let digest = Sha256Digest::of(&photo.read()?);
    let ranked = client.diagnosis_support(photo.clone()).reference(PATIENT).keep_json().reply().await?;
    let answers =
        Pasi { surface: answer!(1), erythema: answer!(1), induration: answer!(1), desquamation: answer!(1) };
    let leg = client.severity("psoriasis").at(BodySite::LegLeft);
    let scored = leg.manual(answers).reference(PATIENT).keep_json().reply().await?;

    let mut visits = OpenOptions::new().create(true).append(true).open("visits.ndjson")?;
    writeln!(visits, "{}", document(&ranked, json!({"images": [{"sha256": digest}]}))?)?;
    writeln!(visits, "{}", document(&scored, json!({"scale": "pasi", "bodySite": BodySite::LegLeft}))?)?;

    let stored = fs::read_to_string("visits.ndjson")?;
    let documents = stored.lines().map(Document::read).collect::<Result<Vec<_>, _>>()?;
    let scores: Vec<_> = documents.iter().flat_map(Document::scores).collect();
    let selection = Selection { scale: Some("pasi"), reference: Some(PATIENT), ..Selection::default() };
    let course = Course::select(&scores, &selection)?;
    let criteria: Vec<_> =
        course.scale().criteria.iter().map(|criterion| course.assess(criterion, &scores)).collect();
    println!("{}", text(&course, &criteria, |index| format!("score {}", index + 1), 80));
    fs::write("P-0042.svg", Chart::new(&course).with_assessments(&criteria).to_svg())?;

    let photographs = [Photograph::new(&photo)?];
    fs::write("P-0042.html", Page::new(&documents).with_photographs(&photographs).to_html())?;
    println!("wrote P-0042.svg and P-0042.html");
    Ok(())
}

/// What the device has sent, and what was asked: one line, as `legit-health --json` prints it.
fn document<T>(reply: &Reply<T>, mut asked: Value) -> Result<Value, Box<dyn std::error::Error>> {
    let provenance = json!(reply.provenance);
    asked["operation"] = provenance["operation"].clone();
    asked["reference"] = provenance["reference"].clone();
    asked["sentAt"] = provenance["started"].clone();
    asked["requestId"] = provenance["requestId"].clone();
    asked["device"] = json!({"version": provenance["deviceVersion"]});
    let mut document: Value = serde_json::from_str(reply.json.as_deref().ok_or("the call keeps no JSON")?)?;
    document["request"] = asked;
    Ok(document)
}
