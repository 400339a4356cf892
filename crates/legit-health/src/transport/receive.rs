//! A response body becomes complete bytes, or a typed failure.

use super::decode::Decoder;
use super::pulse::Pulse;
use super::{AttemptError, strict};
use crate::http_client::ResponseBody;
use crate::reply::UnknownFields;
use bytes::Bytes;
use http::{HeaderMap, Response, header};
use http_body_util::BodyExt;
use legit_health_api::shape::Shape;

pub(super) async fn complete(
    response: Response<ResponseBody>,
    cap: usize,
    pulse: &Pulse,
) -> Result<Response<Bytes>, AttemptError> {
    let (mut parts, mut body) = response.into_parts();
    let announced = content_length(&parts.headers);
    let encoding = parts.headers.remove(header::CONTENT_ENCODING);
    let mut decoded = Decoder::for_encoding(encoding, announced, cap);

    let mut received = 0;
    pulse.beat();
    while let Some(frame) = body.frame().await {
        pulse.beat();
        if let Ok(data) = frame.map_err(AttemptError::Lost)?.into_data() {
            received += data.len() as u64;
            decoded = decoded.and_then(|decoder| decoder.write(&data));
            // Of a success nothing is left to wait for; an error still has its status to tell, if it comes to an end.
            if parts.status.is_success() || received > cap as u64 {
                decoded = Ok(decoded?);
            }
        }
    }
    pulse.rest();
    // hyper checks this on sockets; a wire in process has nobody else to do it.
    if announced.is_some_and(|announced| announced != received) {
        return Err(AttemptError::cut_off());
    }
    parts.headers.remove(header::CONTENT_LENGTH);
    match decoded.and_then(Decoder::finish) {
        Ok(bytes) => Ok(Response::from_parts(parts, bytes)),
        Err(_) if !parts.status.is_success() => Ok(Response::from_parts(parts, Bytes::new())),
        Err(error) => Err(error),
    }
}

/// A success must be JSON, and one that can be read in one way only; a proxy's HTML page is not an answer. What it holds
/// beyond the expected is told.
pub(super) fn check_content(
    answer: &Response<Bytes>,
    expected: &'static Shape,
) -> Result<UnknownFields, AttemptError> {
    if !answer.status().is_success() {
        return Ok(UnknownFields::default());
    }
    if !is_json(answer.headers()) {
        return Err(AttemptError::Broken(
            "the answer is not JSON: something between this program and the device may have answered".into(),
        ));
    }
    strict::look_through(answer.body(), expected).map_err(|fault| AttemptError::Broken(fault.into()))
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let media_type = value.split(';').next().unwrap_or_default().trim();
    media_type.eq_ignore_ascii_case("application/json")
}

fn content_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;
    use crate::http_client::HttpError;
    use futures_util::FutureExt;
    use http_body_util::Full;
    use std::io::Write;
    use std::sync::Arc;

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
        let pulse = Pulse::new(Arc::new(SystemClock::default()));
        complete(response, cap, &pulse).now_or_never().unwrap()
    }

    fn receive(headers: &[(&str, &str)], body: &[u8], cap: usize) -> Result<Bytes, AttemptError> {
        receive_status(200, headers, body, cap).map(Response::into_body)
    }

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn zstd(text: &[u8]) -> Vec<u8> {
        zstd::encode_all(text, 1).unwrap()
    }

    type Encode = fn(&[u8]) -> Vec<u8>;

    const ENCODINGS: [(&str, Encode); 2] = [("gzip", gzip), ("zstd", zstd)];

    #[test]
    fn what_was_compressed_comes_through_whole() {
        assert_eq!(receive(&[], b"{}", 64).unwrap(), "{}");
        let long: Vec<u8> = (0..400_000u32).flat_map(u32::to_le_bytes).collect();
        for (name, encode) in ENCODINGS {
            let headers = [("content-encoding", name)];
            assert_eq!(receive(&headers, &encode(b"{}"), 64).unwrap(), "{}");
            assert_eq!(receive(&headers, &encode(&long), long.len()).unwrap(), long);
            let two = [encode(b"{\"a\""), encode(b":1}")].concat();
            assert_eq!(receive(&headers, &two, 64).unwrap(), "{\"a\":1}", "{name}");
        }
    }

    #[test]
    fn what_is_cut_off_is_lost_and_not_an_answer() {
        let short = receive(&[("content-length", "9")], b"{}", 64);
        assert!(matches!(short, Err(AttemptError::Lost(_))));
        for (name, encode) in ENCODINGS {
            let zipped = encode(b"{\"a\":1}");
            for end in 0..zipped.len() {
                let outcome = receive(&[("content-encoding", name)], &zipped[..end], 64);
                assert!(matches!(outcome, Err(AttemptError::Lost(_))), "{name} cut at {end}");
            }
        }
    }

    #[test]
    fn the_cap_counts_decoded_bytes() {
        for (name, encode) in ENCODINGS {
            let bomb = encode(&vec![b' '; 1 << 20]);
            assert!(bomb.len() < 1 << 14);
            let outcome = receive(&[("content-encoding", name)], &bomb, 1 << 16);
            assert!(matches!(outcome, Err(AttemptError::TooLarge)), "{name}");
        }
        assert!(receive(&[], &[b' '; 64], 64).is_ok());
        assert!(matches!(receive(&[], &[b' '; 65], 64), Err(AttemptError::TooLarge)));
    }

    #[test]
    fn an_error_keeps_its_status_whatever_its_body_is() {
        for (encoding, body) in [
            ("br", &b"unreadable"[..]),
            ("gzip", b""),
            ("GZIP", b"damaged"),
            ("gzip", &[0; 99]),
            ("zstd", b"x"),
        ] {
            let answer = receive_status(401, &[("content-encoding", encoding)], body, 256).unwrap();
            assert_eq!((answer.status().as_u16(), answer.body().len()), (401, 0), "{encoding}");
        }
    }

    #[test]
    fn a_success_is_json_or_nothing() {
        let answer = |status: u16, kind: &str, body: &'static str| {
            Response::builder().status(status).header("content-type", kind).body(body.into()).unwrap()
        };
        let is_taken = |answer| check_content(&answer, &Shape::Any).is_ok();
        assert!(is_taken(answer(200, "application/json; charset=utf-8", "{}")));
        assert!(!is_taken(answer(200, "text/html", "{}")));
        assert!(is_taken(answer(502, "text/html", "<html>")));
    }
}
