//! Responses that would take far more memory than their text. What is parsed is bounded, whatever the document.

use crate::support::{Device, image, ok, png, process, report, token};
use bytes::Bytes;
use http::Response;
use legit_health::{Client, DiagnosisSupport, Error, ErrorKind};
use serde_json::{Value, json};

/// The cap of a response, and what parsing it may take besides.
const CAP: usize = 64 * 1024 * 1024;
const ADDED: usize = 16 * 1024 * 1024;

fn body(status: u16, text: impl Into<Bytes>) -> Response<Bytes> {
    let response = Response::builder().status(status).header("content-type", "application/json");
    response.body(text.into()).unwrap()
}

/// A member of a report, and a piece of JSON with which a list or map there is filled.
type Filling = (&'static str, &'static str, [&'static str; 3]);

const FILLINGS: [Filling; 12] = [
    ("empty lists", "unknown", ["[", "[],", "0]"]),
    ("empty objects", "unknown", ["[", "{},", "0]"]),
    ("objects of one member", "unknown", ["[", "{\"a\":0},", "0]"]),
    ("numbers", "unknown", ["[", "0,", "0]"]),
    ("texts", "unknown", ["[", "\"é\",", "0]"]),
    ("nested lists", "unknown", ["[", "[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]],", "0]"]),
    (
        "conclusions",
        "/conclusion",
        ["[", "{\"probability\":1,\"code\":{\"text\":\"x\"}},", "{\"probability\":1,\"code\":{}}]"],
    ),
    ("codings", "/conclusion/0/code/coding", ["[", "{\"code\":\"\"},", "{\"code\":\"\"}]"]),
    (
        "an image's conclusions",
        "/imagingAnalysis/0/conclusion",
        ["[", "{\"probability\":1,\"code\":{}},", "{\"probability\":1,\"code\":{}}]"],
    ),
    ("a long text", "/status", ["\"", " ", "\""]),
    ("a long unknown text", "unknown", ["\"é", " ", "\""]),
    ("white space", "unknown", ["", " ", "1"]),
];

/// Returns a report with this number of pieces in it.
fn filled(&(_, place, [open, piece, close]): &Filling, pieces: usize) -> Bytes {
    let mut document = report(&[png(1)]);
    match place {
        "unknown" => document["unknown"] = "HERE".into(),
        place => *document.pointer_mut(place).unwrap() = "HERE".into(),
    }
    let text = document.to_string();
    let (before, after) = text.split_once("\"HERE\"").unwrap();
    [before, open, &piece.repeat(pieces), close, after].concat().into()
}

async fn call(response: Response<Bytes>) -> Result<DiagnosisSupport, Error> {
    let client = Device::after_login(move |_| response.clone()).client();
    client.diagnosis_support(image(1)).await
}

#[test]
#[cfg(target_os = "linux")]
fn no_document_takes_more_memory_than_the_cap() {
    process::run_alone("response_memory::no_document_takes_more_memory_than_the_cap", || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            // Memory that every call needs.
            call(body(200, filled(&FILLINGS[0], 1))).await.unwrap();
            let (own, _) = process::resident_memory();
            for filling @ (what, _, [_, piece, _]) in &FILLINGS {
                let most = (CAP - 8_000) / piece.len();
                let counts = (10..18).map(|step| 1 << step).take_while(|count| *count < most).chain([most]);
                for (count, status) in counts.flat_map(|count| [(count, 200), (count, 422)]) {
                    let text = filled(filling, count);
                    let length = text.len();
                    process::reset_peak_memory();
                    let outcome = call(body(status, text)).await;
                    let held = (process::resident_memory().1 - own) as usize * 1024;
                    let kind = outcome.map(|_| ()).map_err(|error| error.kind());
                    println!("{what} {status}: {count} in {length} bytes: {kind:?}, {held} bytes held");
                    // The device is in this process and keeps the response, too.
                    assert!(held <= length + CAP.min(length) + ADDED, "{what}, {status}, {count}: {held}");
                }
            }
        });
    });
}

#[tokio::test]
async fn a_login_is_bounded_in_the_same_way() {
    let many: Vec<Value> = vec![json!([]); 100_000];
    let device = Device::responding(move |_, _| {
        let mut document = token("token-1", 60);
        document["unknown"] = many.clone().into();
        ok(document)
    });
    let client: Client = device.client();
    let error = client.login().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ResponseTooLarge, "{error}");
    assert!(error.to_string().contains("the response has more values than any report"), "{error}");
}

/// A report with far more conclusions and unknown members than any is still read.
#[tokio::test]
async fn a_large_report_is_within_the_bound() {
    let mut document = report(&[png(1)]);
    let conclusion = document["conclusion"][0].clone();
    document["conclusion"] = vec![conclusion; 2_000].into();
    document["presentedForm"] = json!([{"contentType": "application/pdf", "data": "JVBE".repeat(2_000_000)}]);
    document["outline"] = (0..10_000).collect();
    let report = call(ok(document)).await.unwrap();
    assert_eq!(report.conclusions.len(), 2_000);
    assert_eq!(report.unknown_fields["outline"].as_array().unwrap().len(), 10_000);
}
