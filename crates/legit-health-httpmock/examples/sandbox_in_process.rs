//! Tests code against a sandbox in the same process, without a socket: a report, a token that ends, and a failure.
#![allow(clippy::print_stdout, reason = "an example prints")]

use legit_health::http_client::InProcess;
use legit_health::{Client, Credentials, Delivery, Error, ErrorKind, Image};
use legit_health_sandbox::{
    Clock, Config, InjectedFault, Injection, Operation, RetryAfter, StatusBody, samples,
};
use std::time::Duration;

/// The code under test.
async fn first_condition(client: &Client, image: Image) -> Result<String, Error> {
    let report = client.diagnosis_support(image).await?;
    let first = report.conclusions.first();
    Ok(first.map_or("nothing found", |first| first.condition.label()).to_owned())
}

/// In your code, a `#[tokio::test]`.
#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Config {
        seed: Some(1),
        clock: Clock::fixed(),
        scenario: Some("psoriasis/severe".parse()?),
        ..Config::default()
    };
    let sandbox = sandbox.in_process();
    let account = sandbox.account();
    let client = Client::builder()
        .base_url(sandbox.base_url())
        .credentials(Credentials::password(&*account.username, &*account.password))
        .http_client(InProcess(sandbox.connection()))
        .build()?;
    let image = Image::from_bytes(samples::all()[0].bytes.clone())?;
    assert_eq!(first_condition(&client, image.clone()).await?, "Psoriasis");

    // An hour later, by the clock of the sandbox, the token has ended.
    sandbox.clock().advance(Duration::from_secs(3600));
    assert_eq!(first_condition(&client, image.clone()).await?, "Psoriasis");
    assert_eq!(sandbox.ledger().total().logins_accepted, 2);

    // The next call fails, and the device may have done the work: the client does not send the image again.
    let fault =
        InjectedFault::Status { status: 500, body: StatusBody::Detail, retry_after: RetryAfter::Absent };
    sandbox.inject(Injection {
        operation: Some(Operation::DiagnosisSupport),
        ..Injection::for_account(account, fault)
    })?;
    let error = first_condition(&client, image).await.expect_err("the sandbox fails");
    assert_eq!((error.kind(), error.delivery()), (ErrorKind::Server, Delivery::MayHaveRun));
    assert_eq!(sandbox.ledger().total().responses("diagnosis_support", 500), 1);
    println!("{error}");
    Ok(())
}
