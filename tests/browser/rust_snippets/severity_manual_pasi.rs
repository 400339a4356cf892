use legit_health::scale::Pasi;
use legit_health::{BodySite, Client, answer};

#[tokio::main]
async fn main() -> Result<(), legit_health::Error> {
    let client = Client::from_env()?;
    let site = client.severity("psoriasis").at(BodySite::ArmLeft);
    let answers = Pasi { surface: answer!(1), erythema: answer!(1), induration: answer!(1), desquamation: answer!(1) };
    let score = site.manual(answers).await?;
    println!("{} ({})", score.value, score.category.as_deref().unwrap_or("no category"));
    Ok(())
}
