//! A rule between two fields: some scales refuse some body sites (`x-scale.sites.refused`).

use std::collections::BTreeMap;

use serde_json::Value;

use super::fault::{Cause, Fault};

/// A fault for every requested scale that refuses the body site.
///
/// That the device answers 422 is asserted by the vendor's tests; type, place and words are inferred.
pub(super) fn refused(refused_sites: &BTreeMap<String, Vec<String>>, body: &Value) -> Vec<Fault> {
    let (Some(site), Some(scales)) = (body["bodySite"].as_str(), body["scoringSystem"].as_object()) else {
        return Vec::new();
    };
    let refusing = scales.keys().filter(|scale| {
        refused_sites.get(*scale).is_some_and(|sites| sites.iter().any(|refused| refused == site))
    });
    refusing
        .map(|scale| Fault {
            cause: Cause::rule(format!("{scale} does not take the body site {site}")),
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
        let sites = BTreeMap::from([("asalt".to_owned(), vec!["armLeft".to_owned()])]);
        let request = |scale: &str, site: &str| json!({"bodySite": site, "scoringSystem": {scale: {}}});
        assert_eq!(refused(&sites, &request("asalt", "headLeft")), []);
        assert_eq!(refused(&sites, &request("avasi", "armLeft")), []);
        assert_eq!(refused(&sites, &json!({"payload": []})), []);
        let faults = refused(&sites, &request("asalt", "armLeft"));
        assert_eq!(faults.len(), 1);
        assert_eq!(faults[0].to_json()["loc"], json!(["body", "bodySite"]));
    }
}
