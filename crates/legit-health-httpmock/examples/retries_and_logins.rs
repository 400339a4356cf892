//! Tests that code survives a rate limit and a token that ends, and what it does when the limit stays.
#![allow(clippy::print_stdout, reason = "an example prints")]

use legit_health::{Client, Credentials, Error, ErrorKind, Image, RetryPolicy};
use legit_health_httpmock::{MockDevice, Scenario, document};
use std::time::Duration;

/// The code under test.
async fn first_condition(client: &Client) -> Result<String, Error> {
    let report = client.diagnosis_support(Image::from_bytes(document::IMAGE)?).await?;
    let first = report.conclusions.first();
    Ok(first.map_or("nothing found", |first| first.condition.label()).to_owned())
}

/// A client whose retries do not wait, so that tests do not either.
fn client(device: &MockDevice) -> Result<Client, Error> {
    let builder = Client::builder()
        .base_url(device.base_url())
        .credentials(Credentials::password(device.username(), device.password()))
        .retry_policy(RetryPolicy::default().with_base_delay(Duration::ZERO));
    Ok(builder.build()?)
}

/// In your code, a `#[tokio::test]`, as are the others.
async fn a_429_is_followed_by_success() -> Result<(), Error> {
    let limit = Scenario::RateLimit { retry_after: Duration::ZERO };
    let device = MockDevice::start().with_scenario_once(limit);
    let calls = device.diagnosis_support(|_, then| {
        then.ok(&document::diagnosis_support(1));
    });

    assert_eq!(first_condition(&client(&device)?).await?, "Mock condition A");
    calls.assert();
    Ok(())
}

async fn a_token_ends_and_the_client_logs_in_again() -> Result<(), Error> {
    let device = MockDevice::start().with_scenario(Scenario::ExpiredToken);
    device.diagnosis_support(|_, then| {
        then.ok(&document::diagnosis_support(1));
    });

    assert_eq!(first_condition(&client(&device)?).await?, "Mock condition A");
    assert_eq!(device.logins(), 2);
    Ok(())
}

async fn a_503_that_lasts_is_an_error_after_three_attempts() -> Result<(), Error> {
    let device = MockDevice::start().with_scenario(Scenario::Unavailable);

    let error = first_condition(&client(&device)?).await.expect_err("it stays away");
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Server, 3));
    Ok(())
}

async fn a_limit_that_stays_is_an_error_that_says_how_long() -> Result<(), Error> {
    // The client waits for a pause of up to 120 s by itself.
    let limit = Scenario::RateLimit { retry_after: Duration::from_secs(600) };
    let device = MockDevice::start().with_scenario(limit);

    let error = first_condition(&client(&device)?).await.expect_err("the limit stays");
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(600)));
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    a_429_is_followed_by_success().await?;
    a_token_ends_and_the_client_logs_in_again().await?;
    a_503_that_lasts_is_an_error_after_three_attempts().await?;
    a_limit_that_stays_is_an_error_that_says_how_long().await?;
    println!("all four pass");
    Ok(())
}
