//! The twin of a program that must not compile.

use legit_health::scale::Asalt;
use legit_health::{BodySite, Client, Image};

pub fn ask(client: &Client, image: Image) {
    drop(client.severity("alopecia").at(BodySite::HeadTop).local(image, Asalt));
}
