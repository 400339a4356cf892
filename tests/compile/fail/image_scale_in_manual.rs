use legit_health::{BodySite, Client, answer};
use legit_health::scale::Apasi;

fn ask(client: &Client) {
    let _ = client.severity("psoriasis").at(BodySite::ArmLeft).manual(Apasi { surface: answer!(2) });
}

fn main() {}
