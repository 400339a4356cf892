//! Tests what code does when the device misbehaves.
#![allow(clippy::print_stdout, reason = "an example prints")]

use legit_health::{Client, Error, ErrorKind, Image};
use legit_health_httpmock::{MockDevice, Scenario, client, document};

/// The code under test: the message for the clinic's staff.
async fn message(client: &Client, image: Image) -> String {
    match client.diagnosis_support(image).await {
        Ok(report) if report.unusable_images().next().is_some() => "take the image again".into(),
        Ok(_) => "the report has arrived".into(),
        Err(error) if error.kind() == ErrorKind::Authentication => "check the account".into(),
        Err(error) if error.kind() == ErrorKind::Server => "try again later".into(),
        Err(error) => error.to_string(),
    }
}

/// In your code, a `#[tokio::test]`.
#[tokio::main]
pub async fn main() -> Result<(), Error> {
    for (scenario, expected) in [
        (Scenario::ExpiredToken, "the report has arrived"),
        (Scenario::UnusableImage, "take the image again"),
        (Scenario::WrongPassword, "check the account"),
        (Scenario::ServerError, "try again later"),
    ] {
        let device = MockDevice::start().with_scenario(scenario);
        device.diagnosis_support(|_, then| {
            then.ok(&document::diagnosis_support(1));
        });
        let message = message(&client!(device), Image::from_bytes(document::IMAGE)?).await;
        assert_eq!(message, expected);
        println!("{scenario:?}: {message}");
    }
    Ok(())
}
