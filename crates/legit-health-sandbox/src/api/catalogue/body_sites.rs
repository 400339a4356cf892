//! `GET /body-sites`: the codes of the contract with names of ours.

use serde_json::{Value, json};

use super::names::Name;
use crate::api::mark::{Evidence, marked};
use crate::contract::device;

/// In the order of the contract. A site that it adds before it has a name here is named by its code.
pub(in crate::api) fn answer() -> Value {
    let entry = |code: &String| {
        let name = NAMES.iter().find(|name| name.code == code.as_str());
        let name = name.map_or_else(|| json!({"en_GB": code}), Name::by_locale);
        marked(json!({"code": code, "name": name}), &[], &[("name", &[Evidence::Placeholder])])
    };
    device().choices("BodySite").iter().map(entry).collect()
}

#[rustfmt::skip]
const NAMES: [Name; 34] = [
    Name::new("headFront", "Front of the head", "Parte frontal de la cabeza"),
    Name::new("headBack", "Back of the head", "Parte posterior de la cabeza"),
    Name::new("headTop", "Top of the head", "Parte superior de la cabeza"),
    Name::new("headLeft", "Left side of the head", "Lado izquierdo de la cabeza"),
    Name::new("headRight", "Right side of the head", "Lado derecho de la cabeza"),
    Name::new("armLeft", "Left arm", "Brazo izquierdo"),
    Name::new("armRight", "Right arm", "Brazo derecho"),
    Name::new("trunkFront", "Front of the trunk", "Parte anterior del tronco"),
    Name::new("trunkBack", "Back of the trunk", "Parte posterior del tronco"),
    Name::new("legLeft", "Left leg", "Pierna izquierda"),
    Name::new("legRight", "Right leg", "Pierna derecha"),
    Name::new("handLeft", "Left hand", "Mano izquierda"),
    Name::new("handRight", "Right hand", "Mano derecha"),
    Name::new("footLeft", "Left foot", "Pie izquierdo"),
    Name::new("footRight", "Right foot", "Pie derecho"),
    Name::new("genital", "Genital area", "Zona genital"),
    Name::new("nails", "Nails", "Uñas"),
    Name::new("scalp", "Scalp", "Cuero cabelludo"),
    Name::new("earLeft", "Left ear", "Oreja izquierda"),
    Name::new("earRight", "Right ear", "Oreja derecha"),
    Name::new("perioral", "Area around the mouth", "Zona perioral"),
    Name::new("tongue", "Tongue", "Lengua"),
    Name::new("elbowLeft", "Left elbow", "Codo izquierdo"),
    Name::new("elbowRight", "Right elbow", "Codo derecho"),
    Name::english("upperArmLeft", "Left upper arm"),
    Name::english("upperArmRight", "Right upper arm"),
    Name::new("lowerArmLeft", "Left forearm", "Antebrazo izquierdo"),
    Name::new("lowerArmRight", "Right forearm", "Antebrazo derecho"),
    Name::new("kneeLeft", "Left knee", "Rodilla izquierda"),
    Name::new("kneeRight", "Right knee", "Rodilla derecha"),
    Name::new("upperLegLeft", "Left thigh", "Muslo izquierdo"),
    Name::new("upperLegRight", "Right thigh", "Muslo derecho"),
    Name::english("lowerLegLeft", "Left lower leg"),
    Name::english("lowerLegRight", "Right lower leg"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_site_has_a_name_of_its_own() {
        let codes: Vec<&str> = NAMES.iter().map(|name| name.code).collect();
        assert_eq!(codes, device().choices("BodySite"));
        let mut names: Vec<&str> = NAMES.iter().map(|name| name.en).collect();
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
    }
}
