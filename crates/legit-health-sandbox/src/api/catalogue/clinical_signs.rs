//! `GET /clinical-signs`: names of signs by their code.
//!
//! The first seven codes are documented; that the items of the scales are signs too is inferred.

use serde_json::{Map, Value, json};

use super::names::Name;
use crate::api::mark::{Evidence, marked};

pub(in crate::api) fn answer() -> Value {
    let sign = |name: &Name| {
        let evidence = [("name", [Evidence::Placeholder].as_slice())];
        (name.code.to_owned(), marked(json!({"name": name.by_locale()}), &[], &evidence))
    };
    NAMES.iter().map(sign).collect::<Map<_, _>>().into()
}

#[rustfmt::skip]
const NAMES: [Name; 18] = [
    Name::new("erythema", "Erythema", "Eritema"),
    Name::new("redness", "Redness", "Enrojecimiento"),
    Name::new("scratching", "Scratching", "Rascado"),
    Name::new("thickness", "Thickness", "Grosor"),
    Name::english("pustulation", "Pustulation"),
    Name::new("itchiness", "Itch", "Picor"),
    Name::new("itchinessScorad", "Itch, as SCORAD rates it", "Picor según SCORAD"),
    Name::new("pruritus", "Pruritus", "Prurito"),
    Name::new("induration", "Induration", "Induración"),
    Name::new("desquamation", "Desquamation", "Descamación"),
    Name::new("swelling", "Swelling", "Hinchazón"),
    Name::new("crusting", "Crusting", "Costras"),
    Name::new("excoriation", "Excoriation", "Excoriación"),
    Name::new("lichenification", "Lichenification", "Liquenificación"),
    Name::new("dryness", "Dryness", "Sequedad"),
    Name::new("nodule", "Nodule", "Nódulo"),
    Name::new("abscess", "Abscess", "Absceso"),
    Name::english("drainingTunnel", "Draining tunnel"),
];
