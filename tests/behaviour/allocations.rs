//! How much memory a call asks for: a few buffers, whatever the size of its photographs, and an answer is held once.

use crate::support::child::alone;
use crate::support::scene::{Scene, whole};
use crate::support::socket::Server;
use crate::support::virtual_time::VirtualTime;
use crate::support::{image, ok, photograph, picture, report, token};
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::Response;
use legit_health::{Client, Image};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::alloc::System;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufStream};
use tokio::net::TcpStream;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const MB: usize = 1_000_000;

/// Everything the process has asked for since the region began, whether or not it was given back.
fn allocated(region: &Region<'_, System>) -> usize {
    region.change().bytes_allocated
}

/// Reads requests without keeping anything of them, and reports on no image.
async fn drain(stream: TcpStream) {
    let mut stream = BufStream::new(stream);
    let mut buffer = vec![0; 64 * 1024];
    let report = ok(report(&[picture(1)])).into_body();
    let token = ok(token("t", 60)).into_body();
    loop {
        let (mut line, mut length, mut path) = (String::new(), 0_u64, String::new());
        while line != "\r\n" {
            line.clear();
            if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
                return;
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            } else if line.starts_with("POST") {
                path = line.clone();
            }
        }
        while length > 0 {
            let room = buffer.len().min(length as usize);
            length -= stream.read(&mut buffer[..room]).await.unwrap() as u64;
        }
        let body = if path.contains("/login") { &token } else { &report };
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(body).await.unwrap();
        stream.flush().await.unwrap();
    }
}

/// What one call asks for, after a few that have made the connection and filled the buffers.
async fn per_call(client: &Client, open: impl Fn() -> Image) -> usize {
    for _ in 0..3 {
        client.diagnosis_support(open()).await.unwrap();
    }
    const CALLS: usize = 5;
    let region = Region::new(ALLOCATOR);
    for _ in 0..CALLS {
        client.diagnosis_support(open()).await.unwrap();
    }
    allocated(&region) / CALLS
}

#[test]
fn what_a_call_asks_for_does_not_grow_with_its_photograph() {
    alone("allocations::what_a_call_asks_for_does_not_grow_with_its_photograph", || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let server = Server::raw(drain).await;
            let client = server.client();
            let [small, large] =
                [MB, 20 * MB].map(|length| Image::from_bytes(photograph(length, 1)).unwrap());
            let small = per_call(&client, || small.clone()).await;
            let large = per_call(&client, || large.clone()).await;
            assert!(large < small + 64 * 1024, "{small} bytes for 1 MB, {large} for 20 MB");
            assert!(large < 512 * 1024, "{large} bytes");
        });
    });
}

/// The text of an answer is held once, and its pictures beside it, decoded: three quarters of the text.
#[test]
fn pictures_are_decoded_from_the_text_that_came() {
    alone("allocations::pictures_are_decoded_from_the_text_that_came", || {
        let mut answer = report(&[picture(1)]);
        answer["imagingAnalysis"][0]["conclusion"][0]["explainability"]["heatMap"]["data"] =
            STANDARD.encode(vec![7; 3 * MB]).into();
        let answer = Bytes::from(answer.to_string());
        let text = answer.len();
        let scene = Scene::new(move |_| {
            let answer = answer.clone();
            let head = Response::builder().header("content-type", "application/json");
            let head = head.header("content-length", answer.len());
            async move { whole(head.body(answer).unwrap()) }
        });
        let time = VirtualTime::default();
        let client = scene.client(time.clone());
        time.run(async {
            client.diagnosis_support(image(1)).await.unwrap();
            let photo = image(1);
            let region = Region::new(ALLOCATOR);
            let reply = client.diagnosis_support(photo).await.unwrap();
            let allocated = allocated(&region);
            assert!(allocated < text + text * 3 / 4 + 64 * 1024, "{allocated} bytes for a text of {text}");
            assert_eq!(reply.images[0].conclusions[0].heat_map.as_ref().unwrap().data.len(), 3 * MB);
        });
    });
}
