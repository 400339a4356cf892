//! Calls another version of the device, whose paths and types differ, through the same client: it lends its login, retries,
//! time limits and streamed images. `src/api` is generated from `api/openapi.json`; docs/regenerating.md shows each step.

#[rustfmt::skip]
mod api;
mod server;

use api::client::{Client as Skin, types};
use legit_health::{Client, Credentials, Image};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // With an account, `ClientBuilder::from_env()?` takes address and password from the environment.
    let client = Client::builder()
        .base_url(format!("{}/v1.0", server::start()?))
        .login_path("/auth/login")
        .credentials(Credentials::password("clinic@example.org", "correct horse"))
        .build()?;

    let images = [Image::from_bytes(server::IMAGE)?, Image::from_bytes(server::IMAGE)?];
    let report = client
        .call("diagnosis_support", async move |call| {
            let images = Vec::from(images.map(|image| call.image(image)));
            call.api::<Skin>().diagnosis_support(&types::DiagnosisSupportRequest::new(images)).await
        })
        .await?;
    for conclusion in &report.conclusions {
        println!("{} {}", conclusion.probability, conclusion.name);
    }

    let known = client.call("severity_experts", async |call| call.api::<Skin>().severity_experts().await);
    let experts = known.await?.experts.clone();
    let image = Image::from_bytes(server::IMAGE)?;
    let assessed = client
        .call("severity_assessment", async move |call| {
            let request = types::SeverityAssessmentRequest::new(experts, call.image(image));
            call.api::<Skin>().severity_assessment(&request).await
        })
        .await?;
    for (expert, score) in &assessed.scores {
        println!("{expert} {score}");
    }
    Ok(())
}
