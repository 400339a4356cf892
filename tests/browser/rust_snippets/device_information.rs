use legit_health::Client;

#[tokio::main]
async fn main() -> Result<(), legit_health::Error> {
    let client = Client::from_env()?;
    let device = client.device_information().await?;
    println!("{:?} {:?}", device.names, device.versions);
    Ok(())
}
