use legit_health::scale::Pure4;
use legit_health::{BodySite, Client, Condition};

#[tokio::main]
async fn main() -> Result<(), legit_health::Error> {
    let client = Client::from_env()?;
    let site = client.severity(Condition::icd11("EA90", "Psoriasis")).at(BodySite::ArmLeft);
    let answers = Pure4 { question1: true, question2: true, question3: true, question4: true };
    let score = site.manual(answers).await?;
    println!("{} ({})", score.value, score.category.as_deref().unwrap_or("no category"));
    Ok(())
}
