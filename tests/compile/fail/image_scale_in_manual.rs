use legit_health::{BodySite, Client, answer, scale::Apasi};

fn ask(client: &Client) {
    let _ = client.severity("psoriasis").at(BodySite::ArmLeft).manual(Apasi { surface: answer!(2) });
}

fn main() {}
