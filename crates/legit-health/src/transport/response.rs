//! Receives a response: decodes its body completely, and checks a success.

#[cfg(feature = "zstd")]
mod zstd;

use super::json_guard;
use super::{AttemptError, UnknownFields};
use crate::clock::IdleTimer;
use crate::error::server_text::is_page;
use crate::http_client::ResponseBody;
use bytes::Bytes;
use flate2::write::MultiGzDecoder;
use http::{HeaderMap, HeaderValue, Response, header};
use http_body_util::BodyExt;
use legit_health_api::shape::Shape;
use std::io::{self, Write};

const TOO_LARGE: AttemptError = AttemptError::TooLarge("the response is larger than 64 MiB");

/// Receives the body, decodes it, and returns the complete response.
pub(super) async fn complete(
    response: Response<ResponseBody>,
    cap: usize,
    idle_timer: &IdleTimer,
) -> Result<Response<Bytes>, AttemptError> {
    let (mut parts, mut body) = response.into_parts();
    let announced = content_length(&parts.headers);
    let encoding = parts.headers.remove(header::CONTENT_ENCODING);
    let mut decoded = Decoder::for_encoding(encoding, announced, cap);

    let mut received = 0;
    idle_timer.restart();
    while let Some(frame) = body.frame().await {
        idle_timer.restart();
        if let Ok(data) = frame.map_err(AttemptError::Http)?.into_data() {
            received += data.len() as u64;
            if received > cap as u64 {
                // What it is decoded to may be nothing, as of endless padding.
                return Err(TOO_LARGE);
            }
            decoded = decoded.and_then(|decoder| decoder.write(&data));
            // A damaged success fails at once. An error status is still reported, if its body ends.
            if parts.status.is_success() {
                decoded = Ok(decoded?);
            }
        }
    }
    idle_timer.stop();
    // hyper checks this for sockets, but not for an in-process service.
    if announced.is_some_and(|announced| announced != received) {
        return Err(cut_off());
    }
    parts.headers.remove(header::CONTENT_LENGTH);
    match decoded.and_then(Decoder::finish) {
        Ok(bytes) => Ok(Response::from_parts(parts, bytes)),
        Err(_) if !parts.status.is_success() => Ok(Response::from_parts(parts, Bytes::new())),
        Err(error) => Err(error),
    }
}

/// Checks that a success is unambiguous JSON, and not, for example, a proxy's HTML page. Returns the fields that
/// `expected` does not have; without it, a response may be anything, and only what is JSON is checked.
pub(super) fn check_content(
    response: &Response<Bytes>,
    expected: Option<&'static Shape>,
) -> Result<UnknownFields, AttemptError> {
    if !response.status().is_success() {
        return Ok(UnknownFields::default());
    }
    let Some(expected) = expected else {
        // Some servers name a type even where there is no body, as beside a 204.
        let is_json = is_json(response.headers()) && !response.body().is_empty();
        return if is_json {
            json_guard::check(response.body(), &Shape::Any)
        } else {
            Ok(UnknownFields::default())
        };
    };
    if let Some(sentence) = not_json(response) {
        return Err(AttemptError::InvalidResponse(sentence.into()));
    }
    json_guard::check(response.body(), expected)
}

/// Says what came instead of JSON.
fn not_json(response: &Response<Bytes>) -> Option<&'static str> {
    let body = response.body();
    if body.trim_ascii().is_empty() {
        return Some(
            "the response is empty: something between this program and the device may have responded",
        );
    }
    if is_json(response.headers()) {
        return None;
    }
    Some(if is_page(body) {
        "the response is a web page instead of JSON: something between this program and the device has responded"
    } else {
        "the response is not JSON: something between this program and the device may have responded"
    })
}

/// Returns true if the head of a response says that its body is JSON.
pub(crate) fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let media_type = value.split(';').next().unwrap_or_default().trim();
    media_type.eq_ignore_ascii_case("application/json")
}

fn content_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn cut_off() -> AttemptError {
    AttemptError::connection_lost("the response was cut off")
}

/// The value of `Accept-Encoding`: what [`Decoder`] can decode.
pub(super) const ACCEPTED_ENCODINGS: HeaderValue =
    HeaderValue::from_static(if cfg!(feature = "zstd") { "gzip, zstd" } else { "gzip" });

/// Decodes a body chunk by chunk, and never holds more of it than the cap, which counts decoded bytes.
enum Decoder {
    Plain(Capped),
    Gzip(Box<MultiGzDecoder<Capped>>),
    #[cfg(feature = "zstd")]
    Zstd(Box<zstd::Zstd>),
}

impl Decoder {
    /// `announced` is the length of the encoded body, if it is known.
    fn for_encoding(
        encoding: Option<HeaderValue>,
        announced: Option<u64>,
        cap: usize,
    ) -> Result<Self, AttemptError> {
        let sink = Capped { bytes: Vec::new(), cap };
        let encoding = encoding.map(|value| value.as_bytes().to_ascii_lowercase());
        match encoding.as_deref() {
            None | Some(b"identity" | b"") => Ok(Self::Plain(sink.with_capacity_for(announced))),
            Some(b"gzip" | b"x-gzip") => Ok(Self::Gzip(Box::new(MultiGzDecoder::new(sink)))),
            #[cfg(feature = "zstd")]
            Some(b"zstd") => Ok(Self::Zstd(Box::new(zstd::Zstd::new(sink).map_err(classify)?))),
            Some(_) => Err(AttemptError::InvalidResponse(
                "the response has a compression that was not requested".into(),
            )),
        }
    }

    fn write(mut self, data: &[u8]) -> Result<Self, AttemptError> {
        let written = match &mut self {
            Self::Plain(sink) => sink.write_all(data),
            Self::Gzip(decoder) => decoder.write_all(data),
            #[cfg(feature = "zstd")]
            Self::Zstd(decoder) => decoder.write_all(data),
        };
        written.map_err(classify)?;
        Ok(self)
    }

    fn finish(self) -> Result<Bytes, AttemptError> {
        let sink = match self {
            Self::Plain(sink) => Ok(sink),
            Self::Gzip(decoder) => decoder.finish(),
            #[cfg(feature = "zstd")]
            Self::Zstd(decoder) => decoder.finish(),
        };
        match sink {
            Ok(sink) => Ok(sink.bytes.into()),
            Err(error) if error.kind() == io::ErrorKind::FileTooLarge => Err(TOO_LARGE),
            // A failure at the end means that the end of the stream is missing or wrong, so the body is incomplete.
            Err(_) => Err(cut_off()),
        }
    }
}

fn classify(error: io::Error) -> AttemptError {
    match error.kind() {
        io::ErrorKind::FileTooLarge => TOO_LARGE,
        _ => AttemptError::InvalidResponse("the compression of the response is damaged".into()),
    }
}

/// Collects up to `cap` bytes and refuses the next one.
struct Capped {
    bytes: Vec<u8>,
    cap: usize,
}

impl Capped {
    /// The initial capacity: enough for a usual report with its heat maps. A larger announced length is not trusted.
    const MAX_INITIAL_CAPACITY: u64 = 4 * 1024 * 1024;

    fn with_capacity_for(mut self, announced: Option<u64>) -> Self {
        let capacity = announced.unwrap_or(0).min(Self::MAX_INITIAL_CAPACITY) as usize;
        self.bytes.reserve_exact(capacity.min(self.cap));
        self
    }
}

impl Write for Capped {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + data.len() > self.cap {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(data);
        Ok(data.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;
    use crate::http_client::HttpError;
    use futures_util::FutureExt;
    use http_body_util::Full;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn receive_status(
        status: u16,
        headers: &[(&str, &str)],
        body: &[u8],
        cap: usize,
    ) -> Result<Response<Bytes>, AttemptError> {
        let mut response = Response::builder().status(status);
        for (name, value) in headers {
            response = response.header(*name, *value);
        }
        let body = Full::new(Bytes::copy_from_slice(body)).map_err(|never| -> HttpError { match never {} });
        let response = response.body(Box::pin(body) as ResponseBody).unwrap();
        let idle_timer = IdleTimer::new(Arc::new(SystemClock::default()));
        complete(response, cap, &idle_timer).now_or_never().unwrap()
    }

    pub(super) fn receive(headers: &[(&str, &str)], body: &[u8], cap: usize) -> Result<Bytes, AttemptError> {
        receive_status(200, headers, body, cap).map(Response::into_body)
    }

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    #[cfg(feature = "zstd")]
    fn zstd(text: &[u8]) -> Vec<u8> {
        ::zstd::encode_all(text, 1).unwrap()
    }

    type Encode = fn(&[u8]) -> Vec<u8>;

    const ENCODINGS: &[(&str, Encode)] = &[
        ("gzip", gzip),
        #[cfg(feature = "zstd")]
        ("zstd", zstd),
    ];

    #[test]
    fn compressed_bodies_are_decoded() {
        assert_eq!(receive(&[], b"{}", 64).unwrap(), "{}");
        let long: Vec<u8> = (0..400_000u32).flat_map(u32::to_le_bytes).collect();
        for &(name, encode) in ENCODINGS {
            let headers = [("content-encoding", name)];
            assert_eq!(receive(&headers, &encode(b"{}"), 64).unwrap(), "{}");
            assert_eq!(receive(&headers, &encode(&long), long.len()).unwrap(), long);
            let two = [encode(b"{\"a\""), encode(b":1}")].concat();
            assert_eq!(receive(&headers, &two, 64).unwrap(), "{\"a\":1}", "{name}");
        }
    }

    #[test]
    fn a_body_that_is_cut_off_is_a_lost_connection() {
        let short = receive(&[("content-length", "9")], b"{}", 64);
        assert!(matches!(short, Err(AttemptError::Http(_))));
        for &(name, encode) in ENCODINGS {
            let zipped = encode(b"{\"a\":1}");
            for end in 0..zipped.len() {
                let outcome = receive(&[("content-encoding", name)], &zipped[..end], 64);
                assert!(matches!(outcome, Err(AttemptError::Http(_))), "{name} cut at {end}");
            }
        }
    }

    #[test]
    fn the_cap_counts_decoded_bytes() {
        for &(name, encode) in ENCODINGS {
            let bomb = encode(&vec![b' '; 1 << 20]);
            assert!(bomb.len() < 1 << 14);
            let outcome = receive(&[("content-encoding", name)], &bomb, 1 << 16);
            assert!(matches!(outcome, Err(AttemptError::TooLarge(_))), "{name}");
        }
        assert!(receive(&[], &[b' '; 64], 64).is_ok());
        assert!(matches!(receive(&[], &[b' '; 65], 64), Err(AttemptError::TooLarge(_))));
    }

    /// It is decoded to nothing, so the cap on decoded bytes does not end it.
    #[test]
    fn endless_padding_is_too_large() {
        for (name, padding) in [
            ("gzip", gzip(b"")),
            #[cfg(feature = "zstd")]
            ("zstd", [b"\x50\x2A\x4D\x18\x10\0\0\0".as_slice(), &[0; 16]].concat()),
        ] {
            let headers = [("content-encoding", name)];
            for status in [200, 500] {
                let outcome = receive_status(status, &headers, &padding.repeat(4_000), 1 << 16);
                assert!(matches!(outcome, Err(AttemptError::TooLarge(_))), "{name} {status}");
            }
        }
    }

    #[test]
    fn a_body_of_exactly_the_cap_is_taken_and_one_byte_more_is_not() {
        const CAP: usize = 1_000;
        let plain: Encode = <[u8]>::to_vec;
        for (name, encode) in ENCODINGS.iter().copied().chain([("identity", plain), ("", plain)]) {
            let outcome = |length| receive(&[("content-encoding", name)], &encode(&vec![b' '; length]), CAP);
            assert_eq!(outcome(CAP).unwrap().len(), CAP, "{name}");
            assert!(matches!(outcome(CAP + 1), Err(AttemptError::TooLarge(_))), "{name}");
        }
    }

    /// Receives this piece again and again, 100 times at most. Returns the outcome, and how many were received.
    fn receive_repeatedly(status: u16, encoding: &str, piece: &[u8], cap: usize) -> (Outcome, usize) {
        let piece = Bytes::copy_from_slice(piece);
        let received = Arc::new(AtomicUsize::new(0));
        let count = received.clone();
        let frames = futures_util::stream::iter(std::iter::repeat_n(piece, 100).map(move |piece| {
            count.fetch_add(1, Ordering::Relaxed);
            Ok::<_, HttpError>(http_body::Frame::data(piece))
        }));
        let response = Response::builder().status(status).header("content-encoding", encoding);
        let body = Box::pin(http_body_util::StreamBody::new(frames)) as ResponseBody;
        let idle_timer = IdleTimer::new(Arc::new(SystemClock::default()));
        let outcome = complete(response.body(body).unwrap(), cap, &idle_timer).now_or_never().unwrap();
        (outcome, received.load(Ordering::Relaxed))
    }

    type Outcome = Result<Response<Bytes>, AttemptError>;

    /// A success that is too large ends at once, whatever is still to come.
    #[test]
    fn what_follows_the_first_byte_beyond_the_cap_is_not_received() {
        const PIECE: usize = 400;
        let plain: Encode = <[u8]>::to_vec;
        // The decoder of gzip passes the last of its output on with the next piece.
        for (name, encode, expected) in [
            ("gzip", gzip as Encode, 4),
            #[cfg(feature = "zstd")]
            ("zstd", zstd, 3),
            ("identity", plain, 3),
        ] {
            let (outcome, received) = receive_repeatedly(200, name, &encode(&[b' '; PIECE]), 2 * PIECE);
            assert!(matches!(outcome, Err(AttemptError::TooLarge(_))), "{name}");
            assert_eq!(received, expected, "{name}");
        }
    }

    /// The status of an error is worth a body, but not an endless one.
    #[test]
    fn an_error_status_is_kept_until_more_is_received_than_the_cap() {
        for &(name, encode) in ENCODINGS {
            let bomb = encode(&vec![b' '; 1 << 16]);
            let (outcome, received) = receive_repeatedly(503, name, &bomb, 100 * bomb.len());
            let response = outcome.unwrap();
            assert_eq!(
                (response.status().as_u16(), response.body().len(), received),
                (503, 0, 100),
                "{name}"
            );
            let (outcome, received) = receive_repeatedly(503, name, &bomb, 10 * bomb.len());
            assert!(
                matches!(outcome, Err(AttemptError::TooLarge(_))) && received == 11,
                "{name}: {received}"
            );
        }
    }

    #[test]
    fn an_announced_length_reserves_4_mib_at_most() {
        let capacity =
            |announced, cap| Capped { bytes: Vec::new(), cap }.with_capacity_for(announced).bytes.capacity();
        assert_eq!(capacity(None, 1 << 30), 0);
        assert_eq!(capacity(Some(1_000), 1 << 30), 1_000);
        assert_eq!(capacity(Some(u64::MAX), 1 << 30), 4 << 20);
        assert_eq!(capacity(Some(1_000), 100), 100);
    }

    #[test]
    fn a_length_that_differs_from_the_announced_one_is_a_lost_connection() {
        for (status, announced, is_taken) in
            [(200, "2", true), (200, "1", false), (200, "3", false), (503, "3", false), (200, "two", true)]
        {
            let outcome = receive_status(status, &[("content-length", announced)], b"{}", 64);
            match outcome {
                Ok(response) => {
                    assert!(is_taken && !response.headers().contains_key("content-length"), "{announced}");
                }
                Err(AttemptError::Http(_)) => assert!(!is_taken, "{announced}"),
                Err(error) => panic!("{announced}: {error:?}"),
            }
        }
    }

    #[test]
    fn names_of_encodings_are_read_in_any_case_and_others_are_refused() {
        for (name, encode) in [
            ("GZip", gzip as Encode),
            ("x-gzip", gzip),
            #[cfg(feature = "zstd")]
            ("ZSTD", zstd),
        ] {
            assert_eq!(receive(&[("content-encoding", name)], &encode(b"{}"), 64).unwrap(), "{}", "{name}");
        }
        for name in ["br", "deflate", "gzip, gzip"] {
            let outcome = receive(&[("content-encoding", name)], b"{}", 64);
            let Err(AttemptError::InvalidResponse(why)) = outcome else { panic!("{name} was read") };
            assert_eq!(why, "the response has a compression that was not requested");
        }
        let damaged = receive(&[("content-encoding", "gzip")], b"not gzip at all", 64);
        let Err(AttemptError::InvalidResponse(why)) = damaged else { panic!("it was read") };
        assert_eq!(why, "the compression of the response is damaged");
    }

    #[test]
    fn an_error_status_is_kept_whatever_its_body_is() {
        for (encoding, body) in [
            ("br", &b"unreadable"[..]),
            ("gzip", b""),
            ("GZIP", b"damaged"),
            ("gzip", &[0; 99]),
            ("zstd", b"x"),
        ] {
            let response = receive_status(401, &[("content-encoding", encoding)], body, 256).unwrap();
            assert_eq!((response.status().as_u16(), response.body().len()), (401, 0), "{encoding}");
        }
    }

    #[test]
    fn a_success_that_is_not_json_is_refused() {
        let response = |status: u16, kind: &str, body: &'static str| {
            Response::builder().status(status).header("content-type", kind).body(body.into()).unwrap()
        };
        let is_taken = |response| check_content(&response, Some(&Shape::Any)).is_ok();
        for kind in ["application/json", "Application/JSON", " application/json ;charset=utf-8"] {
            assert!(is_taken(response(200, kind, "{}")), "{kind}");
        }
        for kind in ["", "application/jsonp", "text/json", "application/xml; application/json"] {
            assert!(!is_taken(response(200, kind, "{}")), "{kind}");
        }
        assert!(!is_taken(Response::new("{}".into())), "without a type");
        assert!(!is_taken(response(200, "application/json", "{")));
        assert!(is_taken(response(200, "application/json; charset=utf-8", "{}")));
        assert!(!is_taken(response(200, "text/html", "{}")));
        assert!(is_taken(response(502, "text/html", "<html>")));
    }

    #[test]
    fn a_success_of_another_contract_may_have_no_body() {
        let response = |status: u16, body: &'static str| {
            let response = Response::builder().status(status).header("content-type", "application/json");
            response.body(body.into()).unwrap()
        };
        assert!(check_content(&response(204, ""), None).is_ok());
        assert!(check_content(&response(200, "{"), None).is_err());
    }
}
