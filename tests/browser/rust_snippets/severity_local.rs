use legit_health::scale::Apasi;
use legit_health::{BodySite, ClientBuilder, Condition, Image, answer};

#[tokio::main]
async fn main() -> Result<(), legit_health::Error> {
    let client = ClientBuilder::from_env()?.header("x-sandbox-scenario", "psoriasis/severe").build()?;
    let site = client.severity(Condition::icd11("EA90", "Psoriasis")).at(BodySite::ArmLeft);
    let answers = Apasi { surface: answer!(1) };
    let score = site.local(Image::open("my photo.jpg")?, answers).await?;
    println!("{} ({})", score.value, score.category.as_deref().unwrap_or("no category"));
    Ok(())
}
