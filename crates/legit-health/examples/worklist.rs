//! Sorts cases by urgency, by your own thresholds, and says which images have to be taken again.
//!
//! `cargo run -p legit-health --example worklist -- cases`: a folder of cases, each a folder of one to three images.
#![allow(clippy::print_stdout, reason = "an example prints")]

use legit_health::calls::InFlight;
use legit_health::images::{ImageFiles, SupportImages};
use legit_health::triage::{Priority, TriagePolicy};
use legit_health::{Client, Image, Percent};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Your clinic's numbers: there are no defaults.
    let policy = TriagePolicy {
        urgent_referral: Percent::new(50.0)?,
        malignancy: Percent::new(20.0)?,
        high_priority_referral: Percent::new(50.0)?,
    };
    let client = Client::from_env()?;

    let mut calls = Vec::new();
    for case in std::fs::read_dir(std::env::args().nth(1).unwrap_or_else(|| "cases".into()))? {
        let case = case?;
        let files = ImageFiles::find(case.path())?.images;
        let images: Result<Vec<Image>, _> = files.into_iter().map(Image::stream).collect();
        let bytes = images.as_ref().map_or(0, |images| images.iter().map(Image::len).sum());
        let client = client.clone();
        let call = async move { client.diagnosis_support(SupportImages::try_from(images?)?).await };
        calls.push((case.file_name().display().to_string(), bytes, call));
    }

    let (mut worklist, mut not_assessed) = (Vec::new(), Vec::new());
    let mut running = InFlight::default().run(calls);
    while let Some((case, result)) = running.next().await {
        match result {
            Ok(report) => worklist.push((case, policy.apply(&report))),
            Err(error) => not_assessed.push((case, error)),
        }
    }

    worklist.sort_by_key(|(case, triage)| (place(triage.priority), case.clone()));
    for (case, triage) in &worklist {
        println!("{case}: {:?}, reached {:?}", triage.priority, triage.reached);
        for image in &triage.unusable_images {
            println!("  take image {} again", image + 1);
        }
    }
    for (case, error) in &not_assessed {
        println!("{case}: not assessed: {error}");
    }
    Ok(())
}

/// A case of which nothing is known stands before those below your thresholds.
fn place(priority: Priority) -> u8 {
    match priority {
        Priority::Urgent => 0,
        Priority::High => 1,
        Priority::Undetermined => 2,
        Priority::BelowThresholds => 3,
        // A priority that a later version adds is looked at first.
        _ => 0,
    }
}
