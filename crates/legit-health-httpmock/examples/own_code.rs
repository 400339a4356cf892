//! Tests code that calls the device: which images of a patient have to be taken again.
#![allow(clippy::print_stdout, reason = "an example prints")]

use legit_health::{Client, Error, Image};
use legit_health_httpmock::{MockDevice, client, document};

/// The code under test.
async fn images_to_take_again(client: &Client, images: [Image; 2]) -> Result<Vec<usize>, Error> {
    let report = client.diagnosis_support(images).await?;
    Ok(report.unusable_images().map(|(index, _)| index).collect())
}

/// In your code, a `#[tokio::test]`.
#[tokio::main]
pub async fn main() -> Result<(), Error> {
    let device = MockDevice::start();
    let mut report = document::diagnosis_support(2);
    report.imaging_analysis[1] = document::unusable_image();
    let calls = device.diagnosis_support(|_, then| {
        then.ok(&report);
    });

    let images = [Image::from_bytes(document::IMAGE)?, Image::from_bytes(document::IMAGE)?];
    let again = images_to_take_again(&client!(device), images).await?;

    assert_eq!(again, [1]);
    calls.assert();
    println!("image {} has to be taken again", again[0] + 1);
    Ok(())
}
