use legit_health::Client;

#[tokio::main]
async fn main() -> Result<(), legit_health::Error> {
    let client = Client::from_env()?;
    for site in client.catalog().body_sites().await? {
        println!("{}", site.code);
    }
    Ok(())
}
