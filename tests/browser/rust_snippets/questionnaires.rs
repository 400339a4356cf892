use legit_health::Client;

#[tokio::main]
async fn main() -> Result<(), legit_health::Error> {
    let client = Client::from_env()?;
    let found = client.catalog().questionnaires("EA90").await?;
    for questionnaire in found {
        println!("{}", questionnaire.identifier);
    }
    Ok(())
}
