//! How to test what your code does when the device misbehaves.
#![allow(clippy::print_stdout, reason = "an example prints")]

use legit_health::{Client, Error, ErrorKind, Image};
use legit_health_httpmock::{MockDevice, Scenario, client, document};

/// The code under test: what a person in the clinic is told.
async fn told(client: &Client, photograph: Image) -> String {
    match client.diagnosis_support(photograph).await {
        Ok(report) if report.unusable_images().next().is_some() => "take the photograph again".into(),
        Ok(_) => "the report is there".into(),
        Err(error) if error.kind() == ErrorKind::Authentication => "call whoever runs the account".into(),
        Err(error) if error.kind() == ErrorKind::Server => "try again later".into(),
        Err(error) => error.to_string(),
    }
}

/// What would be a `#[tokio::test]` of yours.
#[tokio::main]
pub async fn main() -> Result<(), Error> {
    for (scenario, expected) in [
        (Scenario::ExpiredToken, "the report is there"),
        (Scenario::UnusableImage, "take the photograph again"),
        (Scenario::WrongPassword, "call whoever runs the account"),
        (Scenario::ServerError, "try again later"),
    ] {
        let device = MockDevice::start().playing(scenario);
        device.diagnosis_support(|_, then| {
            then.ok(&document::diagnosis_support(1));
        });
        let words = told(&client!(device), Image::from_bytes(document::PICTURE)?).await;
        assert_eq!(words, expected);
        println!("{scenario:?}: {words}");
    }
    Ok(())
}
