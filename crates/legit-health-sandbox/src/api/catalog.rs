//! The public catalog: body sites, scales for a condition, clinical signs.
//!
//! A list has no top-level member for the `sandbox` object, and in the object of the signs every member is a sign. So each
//! entry has one of its own; an empty list is marked by the response header alone.

use serde_json::{Map, Value, json};

use super::document::{Evidence, with_sandbox_object};
use crate::contract::{Contract, Mode, Scale, device};

/// Returns `GET /body-sites`: the codes of the contract, in its order, with our names. A new site without a name is named
/// by its code.
pub(super) fn body_sites() -> Value {
    let entry = |code: &String| {
        let name = BODY_SITES.iter().find(|name| name.code == code.as_str());
        let name = name.map_or_else(|| json!({"en_GB": code}), Name::by_locale);
        let evidence = [("name", [Evidence::Placeholder])];
        with_sandbox_object(json!({"code": code, "name": name}), &[], evidence)
    };
    device().enum_values("BodySite").iter().map(entry).collect()
}

/// Returns `GET /clinical-signs`: names of signs by code.
///
/// The first seven codes are documented; that the items of the scales are signs too is inferred.
pub(super) fn clinical_signs() -> Value {
    let sign = |name: &Name| {
        let evidence = [("name", [Evidence::Placeholder])];
        let entry = with_sandbox_object(json!({"name": name.by_locale()}), &[], evidence);
        (name.code.to_owned(), entry)
    };
    CLINICAL_SIGNS.iter().map(sign).collect::<Map<_, _>>().into()
}

/// Returns `GET /questionnaires?pathology=EA90`: an entry for each mode of each scale that the contract names for a
/// condition; an empty list if there are none.
///
/// `code`, where it is given, selects one scale; that it does so only beside `pathology` is inferred.
pub(super) fn questionnaires(contract: &Contract, query: &[(String, String)]) -> Value {
    let given = |name: &str| query.iter().find(|(given, _)| given == name).map(|(_, value)| value);
    let pathology = given("pathology");
    let scales = contract.scales.iter().filter(|scale| {
        scale.conditions.iter().any(|condition| Some(condition) == pathology)
            && given("code").is_none_or(|code| *code == scale.code)
    });
    scales.flat_map(|scale| scale.modes.iter().map(|mode| questionnaire(scale, *mode))).collect()
}

fn questionnaire(scale: &Scale, mode: Mode) -> Value {
    let code = &scale.code;
    // The paths are those of the documentation, which are not those of the device.
    let (identifier, path, description) = match mode {
        Mode::Manual => (code.clone(), "/severity-assessment/text-based", "Scored from answers alone"),
        Mode::Local => (
            format!("{code}Local"),
            "/severity-assessment/image-based/local",
            "Scored from one image of one body site",
        ),
        Mode::Global => (
            format!("{code}Global"),
            "/severity-assessment/image-based/global",
            "Scored from a set of views of the whole body",
        ),
    };
    let entry = json!({
        "identifier": identifier,
        "code": code,
        "mode": mode.name(),
        "path": path,
        "title": {"en_GB": scale.title},
        "description": {"en_GB": description},
    });
    let evidence = [
        ("identifier", [Evidence::Inferred]),
        ("path", [Evidence::Inferred]),
        ("title", [Evidence::Placeholder]),
        ("description", [Evidence::Placeholder]),
    ];
    with_sandbox_object(entry, &[], evidence)
}

/// A code with our names.
struct Name {
    code: &'static str,
    en: &'static str,
    /// Absent where the usual Spanish term is not certain.
    es: Option<&'static str>,
}

impl Name {
    const fn new(code: &'static str, en: &'static str, es: &'static str) -> Self {
        Self { code, en, es: Some(es) }
    }

    const fn english(code: &'static str, en: &'static str) -> Self {
        Self { code, en, es: None }
    }

    fn by_locale(&self) -> Value {
        match self.es {
            Some(es) => json!({"en_GB": self.en, "es_ES": es}),
            None => json!({"en_GB": self.en}),
        }
    }
}

#[rustfmt::skip]
const BODY_SITES: [Name; 34] = [
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

#[rustfmt::skip]
const CLINICAL_SIGNS: [Name; 18] = [
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_body_site_has_a_different_name() {
        let codes: Vec<&str> = BODY_SITES.iter().map(|name| name.code).collect();
        assert_eq!(codes, device().enum_values("BodySite"));
        let mut names: Vec<&str> = BODY_SITES.iter().map(|name| name.en).collect();
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
    }

    fn identifiers(query: &[(&str, &str)]) -> Vec<String> {
        let query: Vec<_> =
            query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let entries = questionnaires(device(), &query);
        let identifier = |entry: &Value| entry["identifier"].as_str().unwrap_or_default().to_owned();
        entries.as_array().into_iter().flatten().map(identifier).collect()
    }

    #[test]
    fn a_condition_lists_its_scales_in_every_mode() {
        assert_eq!(identifiers(&[("pathology", "EA90")]), ["pure4", "apasiLocal"]);
        assert_eq!(identifiers(&[("pathology", "ED63.0")]), ["avasiLocal", "avasiGlobal"]);
        assert_eq!(identifiers(&[("pathology", "EA89")]), ["aeasiLocal", "ascoradLocal", "nsilLocal"]);
    }

    #[test]
    fn an_unknown_condition_lists_nothing_and_a_code_selects_one_scale() {
        assert!(identifiers(&[("pathology", "EA9")]).is_empty());
        assert_eq!(identifiers(&[("pathology", "EA89"), ("code", "nsil")]), ["nsilLocal"]);
    }
}
