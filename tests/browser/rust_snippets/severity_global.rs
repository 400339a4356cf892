use legit_health::scale::Avasi;
use legit_health::views::BodyViews;
use legit_health::Client;

#[tokio::main]
async fn main() -> Result<(), legit_health::Error> {
    let client = Client::from_env()?;
    // A folder with an image of each of the 17 views, named like the views.
    let condition = client.severity("Vitiligo");
    let result = condition.global(Avasi, BodyViews::from_dir("views")?).await?;
    println!("{}", result.whole.value);
    Ok(())
}
