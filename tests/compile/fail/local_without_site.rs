use legit_health::{Client, Image};
use legit_health::scale::Asalt;

fn ask(client: &Client, image: Image) {
    let _ = client.severity("alopecia").local(image, Asalt);
}

fn main() {}
