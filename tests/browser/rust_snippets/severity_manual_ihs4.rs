use legit_health::scale::Ihs4;
use legit_health::{BodySite, Client};

#[tokio::main]
async fn main() -> Result<(), legit_health::Error> {
    let client = Client::from_env()?;
    let site = client.severity("psoriasis").at(BodySite::ArmLeft);
    let answers = Ihs4 { nodule: 1, abscess: 1, draining_tunnel: 1 };
    let score = site.manual(answers).await?;
    println!("{} ({})", score.value, score.category.as_deref().unwrap_or("no category"));
    Ok(())
}
