//! The sandbox on a socket.

use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr};

use legit_health_sandbox::{Config, Sandbox};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

fn address(sandbox: &Sandbox) -> String {
    sandbox.base_url().trim_start_matches("http://").trim_end_matches("/v2.0").to_owned()
}

async fn exchange(address: &str, request: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut response = String::new();
    stream.read_to_string(&mut response).await?;
    Ok(response)
}

#[tokio::test]
async fn answers_on_a_port_of_this_machine() {
    let sandbox = Sandbox::start().await.unwrap();
    assert!(sandbox.base_url().starts_with("http://127.0.0.1:"));
    assert_eq!(sandbox.base_url(), sandbox.catalog_url());
    let request = "GET /v2.0/device-information HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let response = exchange(&address(&sandbox), request).await.unwrap();
    assert!(response.starts_with("HTTP/1.1 401 Unauthorized\r\n"), "{response}");
    assert!(response.contains("x-legit-health-sandbox: true\r\n"));
    assert_eq!(sandbox.ledger().anonymous.answered("device_information", 401), 1);
}

#[tokio::test]
async fn stops_when_it_is_dropped() {
    let sandbox = Sandbox::start().await.unwrap();
    let address = address(&sandbox);
    drop(TcpStream::connect(&address).await.unwrap());
    drop(sandbox);
    // The server learns of it as soon as it is polled, which happens here and not after a time.
    for _ in 0..1000 {
        match TcpStream::connect(&address).await {
            Err(error) if error.kind() == ErrorKind::ConnectionRefused => return,
            _ => tokio::task::yield_now().await,
        }
    }
    panic!("it still answers");
}

#[tokio::test]
async fn several_live_side_by_side() {
    let (one, other) = (Sandbox::start().await.unwrap(), Sandbox::start().await.unwrap());
    assert_ne!(one.base_url(), other.base_url());
    assert_ne!(one.account().password, other.account().password);
}

#[tokio::test]
async fn a_port_that_is_taken_is_an_error() {
    let sandbox = Sandbox::start().await.unwrap();
    let port = address(&sandbox).rsplit(':').next().unwrap().parse().unwrap();
    let error = Config { port, ..Config::default() }.start().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AddrInUse);
}

#[tokio::test]
async fn other_machines_are_kept_out_unless_they_are_let_in() {
    let everywhere = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    let error = Config { address: everywhere, ..Config::default() }.start().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(error.to_string().starts_with("0.0.0.0 is no loopback address"), "{error}");
    let allowed = Config { address: everywhere, allow_non_loopback: true, ..Config::default() };
    assert!(allowed.start().await.is_ok());
}
