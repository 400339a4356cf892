use legit_health::{Client, Image};

async fn support(client: &Client, image: Image) {
    let _ = client.diagnosis_support([image.clone(), image.clone(), image.clone(), image]).await;
}

fn main() {}
