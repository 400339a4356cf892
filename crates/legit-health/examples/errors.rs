//! Reads an error: what failed, whether it may be billed, and what to do.
#![allow(clippy::print_stdout, reason = "an example prints")]

use legit_health::{Client, Delivery, DiagnosisSupport, Error, Image};

#[tokio::main]
async fn main() {
    match rank().await {
        Ok(report) => println!("{} conclusions", report.conclusions.len()),
        Err(error) => explain(&error),
    }
}

async fn rank() -> Result<DiagnosisSupport, Error> {
    let client = Client::from_env()?;
    client.diagnosis_support(Image::open("front.jpg")?).await
}

fn explain(error: &Error) {
    println!("{} [{}]: {}", error, error.kind(), error.kind().advice());
    for field in error.fields() {
        println!("  {}: {}", field.argument(), field.message());
    }
    if let Some(message) = error.server_message() {
        println!("  the server said: {message}");
    }
    match error.delivery() {
        Delivery::NotSent => println!("  nothing was sent, so nothing is billed"),
        Delivery::MayHaveRun => println!("  it may be billed: look before you send it again"),
        _ => println!("  the device has answered"),
    }
    if let Some(pause) = error.retry_after() {
        println!("  call again in {:.0} s", pause.as_secs_f64().ceil());
    }
}
