//! How much memory a call asks for: a few buffers, whatever the size of its photographs, and an answer is held once.

use crate::support::child::alone;
use crate::support::scripted_server::{ScriptedServer, whole};
use crate::support::socket::{Server, swallow};
use crate::support::virtual_time::VirtualTime;
use crate::support::{image, photograph, picture, report};
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::Response;
use legit_health::{Client, Image};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::alloc::System;
use tempfile::TempDir;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const MB: usize = 1_000_000;

/// What is noted down for each chunk, some hundred bytes, and what differs from one call to the next.
const SLACK: usize = 64 * 1024;

/// Everything the process has asked for since the region began, whether or not it was given back.
fn allocated(region: &Region<'_, System>) -> usize {
    region.change().bytes_allocated
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
            let server = Server::raw(|stream| swallow(stream, |_, _| {})).await;
            let client = server.client();
            let folder = TempDir::new().unwrap();
            let [small, large] = [("small", MB), ("large", 20 * MB)].map(|(name, length)| {
                let path = folder.path().join(name);
                std::fs::write(&path, photograph(length, 1)).unwrap();
                path
            });

            let in_memory = [&small, &large].map(|path| Image::open(path).unwrap());
            let one = per_call(&client, || in_memory[0].clone()).await;
            let twenty = per_call(&client, || in_memory[1].clone()).await;
            assert!(twenty < one + SLACK, "{one} bytes for 1 MB, {twenty} for 20 MB");
            assert!(twenty < 512 * 1024, "{twenty} bytes");

            // From files, opening them counts as well.
            let one = per_call(&client, || Image::stream(&small).unwrap()).await;
            let twenty = per_call(&client, || Image::stream(&large).unwrap()).await;
            assert!(twenty < one + SLACK, "{one} bytes for 1 MB, {twenty} for 20 MB, from files");
            assert!(twenty < 1024 * 1024, "{twenty} bytes, from a file");
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
        let server = ScriptedServer::new(move |_| {
            let answer = answer.clone();
            let head = Response::builder().header("content-type", "application/json");
            let head = head.header("content-length", answer.len());
            async move { whole(head.body(answer).unwrap()) }
        });
        let time = VirtualTime::default();
        let client = server.client(time.clone());
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
