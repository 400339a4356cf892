//! How to test code of your own that calls the device: here, which patients have to send another photograph.
#![allow(clippy::print_stdout, reason = "an example prints")]

use legit_health::{Client, Error, Image};
use legit_health_httpmock::{MockDevice, client, document};

/// The code under test.
async fn photographs_to_take_again(client: &Client, photographs: [Image; 2]) -> Result<Vec<usize>, Error> {
    let report = client.diagnosis_support(photographs).await?;
    Ok(report.unusable_images().map(|(place, _)| place).collect())
}

/// What would be a `#[tokio::test]` of yours.
#[tokio::main]
pub async fn main() -> Result<(), Error> {
    let device = MockDevice::start();
    let mut report = document::diagnosis_support(2);
    report.imaging_analysis[1] = document::unusable_image();
    let calls = device.diagnosis_support(|_, then| {
        then.ok(&report);
    });

    let photographs = [Image::from_bytes(document::PICTURE)?, Image::from_bytes(document::PICTURE)?];
    let again = photographs_to_take_again(&client!(device), photographs).await?;

    assert_eq!(again, [1]);
    calls.assert();
    println!("photograph {} has to be taken again", again[0] + 1);
    Ok(())
}
