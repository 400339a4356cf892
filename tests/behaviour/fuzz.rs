//! Property tests of all parsers of untrusted input: each returns a result or a typed error and never panics.
//!
//! Each test runs 1,000 cases, or as many as `LEGIT_HEALTH_CASES` says. `cargo xtask campaign fuzz` runs a million.

use crate::support::scripted_server::{ScriptedServer, VirtualTime, complete};
use crate::support::{image, ok, png, report, token};
use bytes::Bytes;
use http::Response;
use legit_health::calls::Sha256Digest;
use legit_health::http_client::BaseUrl;
use legit_health::{ErrorKind, Image};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::sync::LazyLock;

fn cases() -> ProptestConfig {
    let cases =
        std::env::var("LEGIT_HEALTH_CASES").map_or(1_000, |cases| cases.parse().expect("a number of cases"));
    // Without a limit, shrinking one failure among a million cases could take a million runs.
    let max_shrink_iters = 10_000;
    ProptestConfig { cases, max_shrink_iters, failure_persistence: None, ..ProptestConfig::default() }
}

/// One random change of a byte sequence.
#[derive(Clone, Debug)]
enum Mutation {
    Cut(prop::sample::Index),
    Replace(prop::sample::Index, u8),
    Insert(prop::sample::Index, Vec<u8>),
    Repeat(prop::sample::Index, prop::sample::Index),
}

fn mutation() -> impl Strategy<Value = Vec<Mutation>> {
    let place = any::<prop::sample::Index>;
    let text = prop::sample::select(vec![
        "null",
        "{",
        "}",
        "[",
        "]",
        "\"",
        ",",
        ":",
        "-1",
        "1e999",
        "\\u0000",
        "\\ud800",
        "true",
        "\u{feff}",
        "NaN",
        "9999999999999999999999",
    ]);
    let bytes =
        prop_oneof![text.prop_map(|text| text.as_bytes().to_vec()), prop::collection::vec(any::<u8>(), 1..8)];
    let one = prop_oneof![
        place().prop_map(Mutation::Cut),
        (place(), any::<u8>()).prop_map(|(at, byte)| Mutation::Replace(at, byte)),
        (place(), bytes).prop_map(|(at, bytes)| Mutation::Insert(at, bytes)),
        (place(), place()).prop_map(|(from, to)| Mutation::Repeat(from, to)),
    ];
    prop::collection::vec(one, 1..4)
}

fn mutated(whole: &[u8], mutations: &[Mutation]) -> Vec<u8> {
    let mut bytes = whole.to_vec();
    for mutation in mutations.iter().filter(|_| !whole.is_empty()) {
        let place = |index: &prop::sample::Index| index.index(bytes.len().max(1)).min(bytes.len());
        match mutation {
            Mutation::Cut(at) => bytes.truncate(place(at)),
            Mutation::Replace(at, byte) => {
                let at = place(at);
                if let Some(place) = bytes.get_mut(at) {
                    *place = *byte;
                }
            }
            Mutation::Insert(at, more) => {
                let at = place(at);
                drop(bytes.splice(at..at, more.iter().copied()));
            }
            Mutation::Repeat(from, to) => {
                let (from, to) = (place(from), place(to));
                let piece = bytes[from.min(to)..from.max(to)].to_vec();
                drop(bytes.splice(to..to, piece));
            }
        }
    }
    bytes
}

/// A report with an unknown member whose text is so long that it is skipped.
static REPORT: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut report = report(&[png(1)]);
    report["clinicalIndicator"]["new"] = "A".repeat(1_500).into();
    report.to_string().into_bytes()
});
static VALIDATION_ERRORS: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let fault =
        |loc: Value| json!({"type": "missing", "loc": loc, "msg": "Field required", "input": {"a": 1}});
    json!({"detail": [
        fault(json!(["body", "payload", 0, "contentAttachment", "data"])),
        fault(json!(["body", "scoringSystem", "dlqi", "questionnaireResponse", "item", "question1"])),
    ]})
    .to_string()
    .into_bytes()
});
static IMAGE: LazyLock<Image> = LazyLock::new(|| image(1));

/// Returns the error kind of a call that gets this response, or `None`.
fn call_with(response: Response<Bytes>) -> Option<ErrorKind> {
    let time = VirtualTime::default();
    let server = ScriptedServer::new(move |_| {
        let response = response.clone();
        async { complete(response) }
    });
    let call = server.client(time.clone()).diagnosis_support(IMAGE.clone()).max_attempts(1);
    let end = time.run(call.reply()).inspect(|reply| {
        let shown = |place: &str| place.starts_with('/') && !place.contains(char::is_control);
        assert!(reply.unknown_fields.paths().all(shown));
    });
    end.err().map(|error| {
        // Formatting must not panic either.
        drop(format!("{error} {error:?} {:?}", error.fields()));
        error.kind()
    })
}

fn http_response(status: u16, encoding: &'static str, body: Vec<u8>) -> Response<Bytes> {
    let response = Response::builder().status(status).header("content-type", "application/json");
    response.header("content-encoding", encoding).body(body.into()).unwrap()
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn reports(mutations in mutation()) {
        let end = call_with(http_response(200, "identity", mutated(&REPORT, &mutations)));
        prop_assert!(matches!(end, None | Some(ErrorKind::InvalidResponse)), "{end:?}");
    }

    #[test]
    fn compressed_reports(mutations in mutation(), zstd in any::<bool>()) {
        let (encoding, whole) = if zstd {
            ("zstd", zstd::encode_all(&**REPORT, 1).unwrap())
        } else {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            std::io::Write::write_all(&mut encoder, &REPORT).unwrap();
            ("gzip", encoder.finish().unwrap())
        };
        let end = call_with(http_response(200, encoding, mutated(&whole, &mutations)));
        prop_assert!(matches!(end, None | Some(ErrorKind::InvalidResponse | ErrorKind::Connection | ErrorKind::ResponseTooLarge)), "{end:?}");
    }

    #[test]
    fn validation_errors(mutations in mutation()) {
        prop_assert_eq!(call_with(http_response(422, "identity", mutated(&VALIDATION_ERRORS, &mutations))), Some(ErrorKind::Rejected));
    }

    #[test]
    fn retry_after_headers(value in "[ -~]{0,40}|[0-9]{1,30}|(Mon|Thu), [0-9]{2} (Jan|Foo) [0-9]{4} [0-9:]{8} GMT") {
        let mut response = http_response(429, "identity", Vec::new());
        response.headers_mut().insert("retry-after", value.parse().unwrap());
        prop_assert_eq!(call_with(response), Some(ErrorKind::RateLimited));
    }

    #[test]
    fn login_responses(mutations in mutation()) {
        let body = mutated(token("token-1", 60).to_string().as_bytes(), &mutations);
        let time = VirtualTime::default();
        let server = ScriptedServer::new(|_| async { complete(ok(report(&[png(1)]))) })
            .with_login(move |_| { let response = http_response(200, "identity", body.clone()); async { complete(response) } });
        let client = server.client(time.clone());
        let end = time.run(client.diagnosis_support(IMAGE.clone())).err().map(|error| error.kind());
        prop_assert!(matches!(end, None | Some(ErrorKind::InvalidResponse)), "{end:?}");
    }

    #[test]
    fn image_files(mutations in mutation(), format in 0..3) {
        let format = [image::ImageFormat::Png, image::ImageFormat::Jpeg, image::ImageFormat::WebP][format as usize];
        let mut file = std::io::Cursor::new(Vec::new());
        image::RgbImage::from_pixel(9, 7, image::Rgb([9, 8, 7])).write_to(&mut file, format).unwrap();
        if let Ok(read) = Image::from_bytes(mutated(file.get_ref(), &mutations)) {
            prop_assert!(read.len() > 0);
            drop(read.verify());
        }
    }

    #[test]
    fn base64_images(text in "(data:image/(png|jpeg);base64,)?[A-Za-z0-9+/=\\n -]{0,200}") {
        drop(Image::from_base64(&text));
        drop(Image::from_bytes(text.into_bytes()));
    }

    /// An accepted URL is encrypted or points to this machine.
    #[test]
    fn base_urls(text in "(https?|ftp|)(://|:/|)(localhost|127\\.0\\.0\\.1|\\[::1\\]|[a-z0-9.@:%-]{0,20})(:[0-9]{0,6})?[/?#a-z0-9.@-]{0,20}|\\PC{0,40}") {
        if let Ok(url) = text.parse::<BaseUrl>() {
            let (scheme, rest) = url.as_str().split_once("://").unwrap();
            let host = rest.split(['/', ':']).next().unwrap();
            let near = host == "localhost" || host.starts_with("127.") || rest.starts_with("[::1]");
            prop_assert!(scheme == "https" || scheme == "http" && near, "{}", url.as_str());
            prop_assert!(!url.as_str().contains(['@', '?', '#']), "{}", url.as_str());
        }
    }

    #[test]
    fn digests(text in "\\PC{0,70}|[0-9a-fA-F+]{60,68}") {
        if let Ok(digest) = text.parse::<Sha256Digest>() {
            prop_assert_eq!(digest.to_string(), text.to_ascii_lowercase());
        }
    }
}
