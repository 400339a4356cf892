//! The public lists, which are requested without the account.

use crate::device::Device;
use legit_health::catalog::Catalog;
use legit_health::clock::SystemClock;
use legit_health::codes::Mode;
use legit_health::{BodySite, Client, Credentials, Delivery, ErrorKind};
use serde_json::json;

fn catalog(device: &Device) -> Catalog {
    let url = "https://catalog.example/v2.0";
    Catalog::with_http_client(url, device.clone(), SystemClock::default()).unwrap()
}

#[tokio::test]
async fn body_sites_have_their_names_in_all_languages() {
    let device = Device::responding(json!([
        {"code": "armLeft", "name": {"en_GB": "Left arm", "es_ES": "Brazo izquierdo"}, "parent": "arms"},
        {"code": "newSite", "name": {"ko_KO": "새 부위"}},
    ]));
    let reply = catalog(&device).body_sites().reply().await.unwrap();
    let sites = &reply.value;
    assert_eq!(sites[0].code, BodySite::ArmLeft);
    assert_eq!(
        (sites[0].name["en_GB"].as_str(), sites[0].name["es_ES"].as_str()),
        ("Left arm", "Brazo izquierdo")
    );
    assert_eq!(sites[0].unknown_fields["parent"], "arms");
    assert_eq!((&sites[1].code, sites[1].name.len()), (&BodySite::Unknown("newSite".into()), 1));
    assert!(reply.json.unwrap().contains("새 부위"));
    let [seen] = &device.seen()[..] else { panic!("one request") };
    assert_eq!((seen.uri.as_str(), seen.authorised), ("https://catalog.example/v2.0/body-sites", false));
}

#[tokio::test]
async fn questionnaires_are_requested_by_condition() {
    let device = Device::responding(json!([
        {
            "identifier": "apasiLocal", "code": "apasi", "mode": "local",
            "path": "/severity-assessment/image-based/local",
            "title": {"en_GB": "Title"}, "description": {"en_GB": "Description"}, "questions": [{"code": "surface"}],
        },
        {"identifier": "brandNewGlobal", "code": "brandNew", "mode": "orbital"},
    ]));
    let questionnaires = catalog(&device).questionnaires("EA90 & more").await.unwrap();
    let [apasi, new] = &questionnaires[..] else { panic!("two") };
    assert_eq!((apasi.identifier.as_str(), apasi.code.as_str()), ("apasiLocal", "apasi"));
    assert_eq!(apasi.mode, Some(Mode::Local));
    assert_eq!(
        (apasi.title["en_GB"].as_str(), apasi.description["en_GB"].as_str()),
        ("Title", "Description")
    );
    assert!(apasi.path.is_some());
    assert_eq!(apasi.unknown_fields["questions"][0]["code"], "surface");
    assert_eq!((new.code.as_str(), new.mode.as_ref().unwrap().as_str()), ("brandNew", "orbital"));
    assert!(new.title.is_empty());
    let stored = serde_json::to_string(apasi).unwrap();
    assert_eq!(&serde_json::from_str::<legit_health::catalog::QuestionnaireEntry>(&stored).unwrap(), apasi);
    assert_eq!(device.seen()[0].uri, "https://catalog.example/v2.0/questionnaires?pathology=EA90+%26+more");
}

#[tokio::test]
async fn clinical_signs_are_keyed_by_code() {
    let device = Device::responding(json!({"erythema": {"name": {"en_GB": "Erythema", "es_ES": "Eritema"}}}));
    let signs = catalog(&device).clinical_signs().await.unwrap();
    assert_eq!(signs["erythema"].name["es_ES"], "Eritema");
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
        assert!(!seen.authorised);
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
