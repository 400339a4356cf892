//! The public lists, which are requested without the account.

use crate::comparison::{Document, same};
use crate::contract::{self, OPTIONAL, Optional};
use crate::device::Device;
use crate::members::stored;
use legit_health::catalog::{BodySiteEntry, Catalog, QuestionnaireEntry};
use legit_health::clock::SystemClock;
use legit_health::{BodySite, Client, Credentials, Delivery, ErrorKind};
use serde_json::json;

pub(crate) fn catalog(device: &Device) -> Catalog {
    let url = "https://catalog.example/v2.0";
    Catalog::with_http_client(url, device.clone(), SystemClock::default()).unwrap()
}

#[tokio::test]
async fn every_member_of_a_body_site_is_handed_out() {
    for optional in OPTIONAL {
        let made = contract::document("BodySiteEntries", optional, &[]);
        let device = Device::responding(made.clone());
        let sites = catalog(&device).body_sites().await.unwrap();
        let document = Document::new(json!({"list": made}));
        document.said().list("list", &sites, |said, site| {
            let BodySiteEntry { code, name, unknown_fields, .. } = stored(site);
            said.is("code", code.as_str());
            said.is("name", name);
            said.unknown_fields(&["code", "name"], &unknown_fields);
        });
        document.assert_all_compared(&[]);
        let [seen] = &device.seen()[..] else { panic!("one request") };
        assert_eq!(
            (seen.uri.as_str(), &seen.authorization),
            ("https://catalog.example/v2.0/body-sites", &None)
        );
    }
}

#[tokio::test]
async fn an_unknown_body_site_is_kept() {
    let device = Device::responding(json!([{"code": "newSite", "name": {"ko_KO": "새 부위"}}]));
    let reply = catalog(&device).body_sites().reply().await.unwrap();
    assert_eq!(reply.value[0].code, BodySite::Unknown("newSite".into()));
    assert!(reply.json.unwrap().contains("새 부위"));
}

#[tokio::test]
async fn every_member_of_a_questionnaire_is_handed_out() {
    for optional in OPTIONAL {
        let made = contract::document("QuestionnaireEntries", optional, &[]);
        let device = Device::responding(made.clone());
        let questionnaires = catalog(&device).questionnaires("EA90 & more").await.unwrap();
        let document = Document::new(json!({"list": made}));
        document.said().list("list", &questionnaires, |said, entry| {
            let QuestionnaireEntry {
                identifier, code, mode, path, title, description, unknown_fields, ..
            } = stored(entry);
            said.is("identifier", identifier);
            said.is("code", code.as_str());
            said.is("mode", mode);
            said.is("path", path);
            said.map("title", &title, same);
            said.map("description", &description, same);
            let known = ["identifier", "code", "mode", "path", "title", "description"];
            said.unknown_fields(&known, &unknown_fields);
        });
        document.assert_all_compared(&[]);
        let url = "https://catalog.example/v2.0/questionnaires?pathology=EA90+%26+more";
        assert_eq!(device.seen()[0].uri, url);
    }
}

#[tokio::test]
async fn every_clinical_sign_is_handed_out() {
    let made = contract::document("ClinicalSigns", Optional::Present, &[]);
    let device = Device::responding(made.clone());
    let signs = catalog(&device).clinical_signs().await.unwrap();
    let document = Document::new(json!({"signs": made}));
    document.said().map("signs", &signs, |said, sign| said.map("name", &stored(sign).name, same));
    document.assert_all_compared(&[]);
    assert_eq!(device.seen()[0].uri, "https://catalog.example/v2.0/clinical-signs");
}

#[tokio::test]
async fn the_catalog_of_a_client_has_its_own_address_and_sends_no_token() {
    let requested_url = async |device_url: &str, catalog_url: Option<&str>| {
        let device = Device::responding(json!([]));
        let builder = Client::builder()
            .base_url(device_url)
            .credentials(Credentials::password("clinic@example.org", "s3cret"))
            .http_client(device.clone());
        let client = match catalog_url {
            Some(url) => builder.catalog_url(url).build(),
            None => builder.build(),
        };
        client.unwrap().catalog().body_sites().await.unwrap();
        let [seen] = &device.seen()[..] else { panic!("one request, and no login") };
        assert_eq!(seen.authorization, None);
        seen.uri.clone()
    };
    assert_eq!(requested_url("http://127.0.0.1:9/v2.0", None).await, "http://127.0.0.1:9/v2.0/body-sites");
    assert_eq!(
        requested_url("https://device.example/v2.0", None).await,
        "https://medical-device-params.legit.health/v2.0/body-sites"
    );
    assert_eq!(
        requested_url("http://127.0.0.1:9/v2.0", Some("https://catalog.example/v1")).await,
        "https://catalog.example/v1/body-sites"
    );
}

#[tokio::test]
async fn a_refused_request_is_an_error() {
    let device = Device::refusing(422, json!({"detail": "no such condition"}));
    let error = catalog(&device).questionnaires("?").await.unwrap_err();
    assert_eq!(
        (error.kind(), error.delivery(), error.status()),
        (ErrorKind::Rejected, Delivery::Responded, Some(422))
    );
}
