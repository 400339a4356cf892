//! Ranks likely conditions from two images of the same case.
#![allow(clippy::print_stdout, reason = "an example prints")]

use legit_health::{Client, Image};

#[tokio::main]
async fn main() -> Result<(), legit_health::Error> {
    let client = Client::from_env()?;
    let images = [Image::open("front.jpg")?, Image::open("close-up.jpg")?];
    let report = client.diagnosis_support(images).await?;

    for conclusion in &report.conclusions {
        println!("{} {}", conclusion.probability, conclusion.condition.label());
    }
    for (place, image) in report.unusable_images() {
        println!("take image {} again: quality {}", place + 1, image.validity.quality.interpretation);
    }
    Ok(())
}
