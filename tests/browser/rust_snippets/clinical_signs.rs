use legit_health::Client;

#[tokio::main]
async fn main() -> Result<(), legit_health::Error> {
    let client = Client::from_env()?;
    for code in client.catalog().clinical_signs().await?.keys() {
        println!("{code}");
    }
    Ok(())
}
