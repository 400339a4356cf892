//! Prints the priority of a case, by your own thresholds.
#![allow(clippy::print_stdout, reason = "an example prints")]

use legit_health::triage::{Priority, TriagePolicy};
use legit_health::{Client, Image, Percent};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::from_env()?;
    let report = client.diagnosis_support(Image::open("front.jpg")?).await?;

    // Your clinic's numbers: there are no defaults.
    let policy = TriagePolicy {
        urgent_referral: Percent::new(50.0)?,
        malignancy: Percent::new(20.0)?,
        high_priority_referral: Percent::new(50.0)?,
    };
    let triage = policy.apply(&report);
    match triage.priority {
        Priority::Urgent => println!("to be seen within 48 hours"),
        Priority::High => println!("to be seen within 15 days"),
        Priority::Undetermined => println!("no image could be used: take them again"),
        _ => println!("below your thresholds (malignancy {})", report.indicators.malignancy),
    }
    Ok(())
}
