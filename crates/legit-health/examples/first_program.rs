//! Ranks likely conditions from one photo.
#![allow(clippy::print_stdout, reason = "an example prints")]

use legit_health::{Client, Image};

#[tokio::main]
async fn main() -> Result<(), legit_health::Error> {
    let client = Client::from_env()?;
    let report = client.diagnosis_support(Image::open("photo.jpg")?).await?;

    for conclusion in &report.conclusions {
        println!("{:>7} {}", conclusion.probability, conclusion.condition.label());
    }
    if report.unusable_images().next().is_some() {
        println!("take the photo again");
    }
    Ok(())
}
