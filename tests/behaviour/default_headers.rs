//! Headers of one's own, as they arrive: all of them at the device, and at a catalogue elsewhere none that is a secret.

use crate::support::image;
use crate::support::socket::{Arrived, Server, catalogue_or_device};
use legit_health::{Client, ClientBuilder, Credentials};

fn builder(device: &Server) -> ClientBuilder {
    Client::builder()
        .base_url(address(device))
        .credentials(Credentials::password("clinic@example.org", "s3cret"))
        .header("X-Gateway-Key", "k3y")
        .user_agent("clinic-portal/3.1")
}

fn address(server: &Server) -> legit_health::http_client::BaseUrl {
    format!("http://127.0.0.1:{}/v2.0", server.port).parse().unwrap()
}

async fn call_both(client: &Client) {
    client.diagnosis_support(image(1)).await.unwrap();
    assert!(client.catalog().body_sites().await.unwrap().is_empty());
}

fn names_the_program(arrived: &Arrived) -> bool {
    let agent = arrived.header("user-agent").unwrap();
    agent.starts_with("clinic-portal/3.1 legit-health-rust/")
}

#[tokio::test]
async fn a_catalogue_elsewhere_learns_the_program_and_nothing_else() {
    let device = Server::plain(catalogue_or_device).await;
    let catalogue = Server::plain(catalogue_or_device).await;
    call_both(&builder(&device).catalog_url(address(&catalogue)).build().unwrap()).await;

    assert_eq!(device.paths(), ["/v2.0/login", "/v2.0/diagnosis-support"]);
    for arrived in device.arrived() {
        assert!(names_the_program(&arrived), "{}", arrived.head);
        assert_eq!(arrived.header("x-gateway-key"), Some("k3y"));
    }
    assert_eq!(device.arrived()[0].header("authorization"), None);
    assert_eq!(device.arrived()[1].header("authorization"), Some("Bearer token-1"));

    assert_eq!(catalogue.paths(), ["/v2.0/body-sites"]);
    let arrived = &catalogue.arrived()[0];
    assert!(names_the_program(arrived), "{}", arrived.head);
    for absent in ["x-gateway-key", "authorization", "cookie", "referer"] {
        assert_eq!(arrived.header(absent), None, "{}", arrived.head);
    }
}

/// It is behind the same gateway, but has no accounts.
#[tokio::test]
async fn a_catalogue_of_the_device_gets_the_gateways_key_and_no_token() {
    let device = Server::plain(catalogue_or_device).await;
    call_both(&builder(&device).build().unwrap()).await;
    let arrived = device.arrived().pop().unwrap();
    assert_eq!(arrived.path(), "/v2.0/body-sites");
    assert_eq!(arrived.header("x-gateway-key"), Some("k3y"));
    assert_eq!(arrived.header("authorization"), None);
}

#[tokio::test]
async fn each_header_arrives_once_and_lengths_are_told_beforehand() {
    let device = Server::plain(catalogue_or_device).await;
    call_both(&builder(&device).build().unwrap()).await;
    for arrived in device.arrived() {
        let mut names: Vec<String> =
            arrived.head.lines().filter_map(|line| Some(line.split_once(':')?.0.to_lowercase())).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all, "{}", arrived.head);
        assert_eq!(arrived.header("transfer-encoding"), None);
        assert!(arrived.body.is_empty() || arrived.header("content-length").is_some());
    }
}
