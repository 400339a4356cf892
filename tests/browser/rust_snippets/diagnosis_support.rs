use legit_health::{ClientBuilder, Image};

#[tokio::main]
async fn main() -> Result<(), legit_health::Error> {
    let client = ClientBuilder::from_env()?.header("x-sandbox-scenario", "psoriasis/severe").build()?;
    let images = [
        Image::open("my photo.jpg")?,
    ];
    let report = client.diagnosis_support(images).await?;
    for conclusion in &report.conclusions {
        println!("{} {}", conclusion.probability, conclusion.condition.label());
    }
    Ok(())
}
