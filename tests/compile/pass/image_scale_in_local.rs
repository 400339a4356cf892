//! The twin of a program that must not compile.

use legit_health::scale::Apasi;
use legit_health::{BodySite, Client, Image, answer};

pub fn ask(client: &Client, image: Image) {
    drop(client.severity("psoriasis").at(BodySite::ArmLeft).local(image, Apasi { surface: answer!(2) }));
}
