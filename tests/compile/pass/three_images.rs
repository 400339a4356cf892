//! The twin of a program that must not compile.

use legit_health::{Client, Image};

pub async fn support(client: &Client, image: Image) {
    let _ = client.diagnosis_support([image.clone(), image.clone(), image]).await;
}

pub fn main() {}
