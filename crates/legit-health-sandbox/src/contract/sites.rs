//! A rule between two fields: some scales refuse some body sites (`x-scale.sites.refused`).

use serde_json::Value;

use super::fault::{Cause, Fault};
use super::scale::Scale;

/// A fault for every requested scale that refuses the body site.
///
/// That the device answers 422 is asserted by the vendor's tests; type, place and words are inferred.
pub(super) fn refused(scales: &[Scale], body: &Value) -> Vec<Fault> {
    let (Some(site), Some(asked)) = (body["bodySite"].as_str(), body["scoringSystem"].as_object()) else {
        return Vec::new();
    };
    let refusing = asked.keys().filter(|code| {
        let scale = scales.iter().find(|scale| scale.code == **code);
        scale.is_some_and(|scale| scale.refused_sites.iter().any(|refused| refused == site))
    });
    refusing
        .map(|code| Fault {
            cause: Cause::rule(format!("{code} does not take the body site {site}")),
            place: vec!["body".into(), "bodySite".into()],
            input: site.into(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_the_pair_is_refused() {
        let scales = [Scale {
            code: "asalt".to_owned(),
            title: String::new(),
            modes: Vec::new(),
            conditions: Vec::new(),
            refused_sites: vec!["armLeft".to_owned()],
            answers: Vec::new(),
        }];
        let request = |scale: &str, site: &str| json!({"bodySite": site, "scoringSystem": {scale: {}}});
        assert_eq!(refused(&scales, &request("asalt", "headLeft")), []);
        assert_eq!(refused(&scales, &request("avasi", "armLeft")), []);
        assert_eq!(refused(&scales, &json!({"payload": []})), []);
        let faults = refused(&scales, &request("asalt", "armLeft"));
        assert_eq!(faults.len(), 1);
        assert_eq!(faults[0].to_json()["loc"], json!(["body", "bodySite"]));
    }
}
