use legit_health::scale::Scorad;
use legit_health::{BodySite, Client, Percent, answer};

#[tokio::main]
async fn main() -> Result<(), legit_health::Error> {
    let client = Client::from_env()?;
    let site = client.severity("psoriasis").at(BodySite::ArmLeft);
    let answers = Scorad { surface: Percent::new(1.0)?, erythema: answer!(1), swelling: answer!(1), crusting: answer!(1), excoriation: answer!(1), lichenification: answer!(1), dryness: answer!(1), pruritus: answer!(1), sleeplessness: answer!(1) };
    let score = site.manual(answers).await?;
    println!("{} ({})", score.value, score.category.as_deref().unwrap_or("no category"));
    Ok(())
}
