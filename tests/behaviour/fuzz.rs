//! Whatever foreign bytes are read: there is a result or a typed error, and no panic.
//!
//! A thousand cases each; `LEGIT_HEALTH_CASES` says how many otherwise, and `cargo xtask campaign fuzz` tries a
//! million.

use crate::support::scripted_server::VirtualTime;
use crate::support::scripted_server::{ScriptedServer, whole};
use crate::support::{image, ok, picture, report, token};
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
    // What fails among a million cases would otherwise be made smaller a million times.
    let max_shrink_iters = 10_000;
    ProptestConfig { cases, max_shrink_iters, failure_persistence: None, ..ProptestConfig::default() }
}

/// What happens to bytes on a bad day.
#[derive(Clone, Debug)]
enum Harm {
    Cut(prop::sample::Index),
    Replace(prop::sample::Index, u8),
    Insert(prop::sample::Index, Vec<u8>),
    Repeat(prop::sample::Index, prop::sample::Index),
}

fn harm() -> impl Strategy<Value = Vec<Harm>> {
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
        place().prop_map(Harm::Cut),
        (place(), any::<u8>()).prop_map(|(at, byte)| Harm::Replace(at, byte)),
        (place(), bytes).prop_map(|(at, bytes)| Harm::Insert(at, bytes)),
        (place(), place()).prop_map(|(from, to)| Harm::Repeat(from, to)),
    ];
    prop::collection::vec(one, 1..4)
}

fn harmed(whole: &[u8], harms: &[Harm]) -> Vec<u8> {
    let mut bytes = whole.to_vec();
    for harm in harms.iter().filter(|_| !whole.is_empty()) {
        let place = |index: &prop::sample::Index| index.index(bytes.len().max(1)).min(bytes.len());
        match harm {
            Harm::Cut(at) => bytes.truncate(place(at)),
            Harm::Replace(at, byte) => {
                let at = place(at);
                if let Some(place) = bytes.get_mut(at) {
                    *place = *byte;
                }
            }
            Harm::Insert(at, more) => {
                let at = place(at);
                drop(bytes.splice(at..at, more.iter().copied()));
            }
            Harm::Repeat(from, to) => {
                let (from, to) = (place(from), place(to));
                let piece = bytes[from.min(to)..from.max(to)].to_vec();
                drop(bytes.splice(to..to, piece));
            }
        }
    }
    bytes
}

/// With a text that is so long that it is stepped over, in a place that no type knows.
static REPORT: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut report = report(&[picture(1)]);
    report["clinicalIndicator"]["new"] = "A".repeat(1_500).into();
    report.to_string().into_bytes()
});
static FAULTS: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let fault =
        |loc: Value| json!({"type": "missing", "loc": loc, "msg": "Field required", "input": {"a": 1}});
    json!({"detail": [
        fault(json!(["body", "payload", 0, "contentAttachment", "data"])),
        fault(json!(["body", "scoringSystem", "dlqi", "questionnaireResponse", "item", "question1"])),
    ]})
    .to_string()
    .into_bytes()
});
static LABEL: LazyLock<Image> = LazyLock::new(|| image(1));

/// The outcome of a call that is answered like this.
fn called(answer: Response<Bytes>) -> Option<ErrorKind> {
    let time = VirtualTime::default();
    let server = ScriptedServer::new(move |_| {
        let answer = answer.clone();
        async { whole(answer) }
    });
    let call = server.client(time.clone()).diagnosis_support(LABEL.clone()).max_attempts(1);
    let end = time.run(call.reply()).inspect(|reply| {
        let shown = |place: &str| place.starts_with('/') && !place.contains(char::is_control);
        assert!(reply.unknown_fields.places().all(shown));
    });
    end.err().map(|error| {
        // Whoever logs it must not panic either.
        drop(format!("{error} {error:?} {:?}", error.fields()));
        error.kind()
    })
}

fn answered(status: u16, encoding: &'static str, body: Vec<u8>) -> Response<Bytes> {
    let response = Response::builder().status(status).header("content-type", "application/json");
    response.header("content-encoding", encoding).body(body.into()).unwrap()
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_report(harms in harm()) {
        let end = called(answered(200, "identity", harmed(&REPORT, &harms)));
        prop_assert!(matches!(end, None | Some(ErrorKind::InvalidResponse)), "{end:?}");
    }

    #[test]
    fn a_compressed_report(harms in harm(), zstd in any::<bool>()) {
        let (encoding, whole) = if zstd {
            ("zstd", zstd::encode_all(&**REPORT, 1).unwrap())
        } else {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            std::io::Write::write_all(&mut encoder, &REPORT).unwrap();
            ("gzip", encoder.finish().unwrap())
        };
        let end = called(answered(200, encoding, harmed(&whole, &harms)));
        prop_assert!(matches!(end, None | Some(ErrorKind::InvalidResponse | ErrorKind::Connection | ErrorKind::ResponseTooLarge)), "{end:?}");
    }

    #[test]
    fn a_list_of_faults(harms in harm()) {
        prop_assert_eq!(called(answered(422, "identity", harmed(&FAULTS, &harms))), Some(ErrorKind::Rejected));
    }

    #[test]
    fn a_pause(value in "[ -~]{0,40}|[0-9]{1,30}|(Mon|Thu), [0-9]{2} (Jan|Foo) [0-9]{4} [0-9:]{8} GMT") {
        let mut answer = answered(429, "identity", Vec::new());
        answer.headers_mut().insert("retry-after", value.parse().unwrap());
        prop_assert_eq!(called(answer), Some(ErrorKind::RateLimited));
    }

    #[test]
    fn a_token(harms in harm()) {
        let body = harmed(token("t", 60).to_string().as_bytes(), &harms);
        let time = VirtualTime::default();
        let server = ScriptedServer::new(|_| async { whole(ok(report(&[picture(1)]))) })
            .with_login(move |_| { let answer = answered(200, "identity", body.clone()); async { whole(answer) } });
        let client = server.client(time.clone());
        let end = time.run(client.diagnosis_support(LABEL.clone())).err().map(|error| error.kind());
        prop_assert!(matches!(end, None | Some(ErrorKind::InvalidResponse)), "{end:?}");
    }

    #[test]
    fn a_picture(harms in harm(), format in 0..3) {
        let format = [image::ImageFormat::Png, image::ImageFormat::Jpeg, image::ImageFormat::WebP][format as usize];
        let mut file = std::io::Cursor::new(Vec::new());
        image::RgbImage::from_pixel(9, 7, image::Rgb([9, 8, 7])).write_to(&mut file, format).unwrap();
        if let Ok(read) = Image::from_bytes(harmed(file.get_ref(), &harms)) {
            prop_assert!(read.len() > 0);
        }
    }

    #[test]
    fn a_picture_in_text(text in "(data:image/(png|jpeg);base64,)?[A-Za-z0-9+/=\\n -]{0,200}") {
        drop(Image::from_base64(&text));
        drop(Image::from_bytes(text.into_bytes()));
    }

    /// Nothing that is taken for an address goes elsewhere unencrypted.
    #[test]
    fn an_address(text in "(https?|ftp|)(://|:/|)(localhost|127\\.0\\.0\\.1|\\[::1\\]|[a-z0-9.@:%-]{0,20})(:[0-9]{0,6})?[/?#a-z0-9.@-]{0,20}|\\PC{0,40}") {
        if let Ok(url) = text.parse::<BaseUrl>() {
            let (scheme, rest) = url.as_str().split_once("://").unwrap();
            let host = rest.split(['/', ':']).next().unwrap();
            let near = host == "localhost" || host.starts_with("127.") || rest.starts_with("[::1]");
            prop_assert!(scheme == "https" || scheme == "http" && near, "{}", url.as_str());
            prop_assert!(!url.as_str().contains(['@', '?', '#']), "{}", url.as_str());
        }
    }

    #[test]
    fn a_digest(text in "\\PC{0,70}|[0-9a-fA-F+]{60,68}") {
        if let Ok(digest) = text.parse::<Sha256Digest>() {
            prop_assert_eq!(digest.to_string(), text.to_ascii_lowercase());
        }
    }
}
