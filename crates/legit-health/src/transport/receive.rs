//! A response body becomes complete bytes, or a typed failure. The cap counts decoded bytes.

use super::AttemptError;
use crate::wire::{ResponseBody, WireError};
use bytes::Bytes;
use flate2::write::GzDecoder;
use http::{HeaderMap, HeaderValue, Response, header};
use http_body_util::BodyExt;
use std::io::{self, Write};

/// What [`complete`] can undo.
pub(super) const ACCEPTED_ENCODINGS: HeaderValue = HeaderValue::from_static("gzip");

pub(super) async fn complete(
    response: Response<ResponseBody>,
    cap: usize,
) -> Result<Response<Bytes>, AttemptError> {
    let (mut parts, mut body) = response.into_parts();
    let announced = content_length(&parts.headers);
    let encoding = parts.headers.remove(header::CONTENT_ENCODING);
    let mut decoded = Decoder::for_encoding(encoding, cap);

    let mut received = 0;
    while let Some(frame) = body.frame().await {
        if let Ok(data) = frame.map_err(AttemptError::Lost)?.into_data() {
            received += data.len() as u64;
            decoded = decoded.and_then(|decoder| decoder.write(&data));
            // Of a success nothing is left to wait for; an error still has its status to tell.
            if parts.status.is_success() {
                decoded = Ok(decoded?);
            }
        }
    }
    // hyper checks this on sockets; a wire in process has nobody else to do it.
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

/// A success must be JSON; a proxy's HTML page is not an answer.
pub(super) fn check_content(answer: &Response<Bytes>) -> Result<(), AttemptError> {
    if !answer.status().is_success() || is_json(answer.headers()) {
        return Ok(());
    }
    Err(AttemptError::Broken(
        "the answer is not JSON: something between this program and the device may have answered",
    ))
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

fn cut_off() -> AttemptError {
    AttemptError::Lost(WireError { not_sent: false, source: "the answer was cut off".into() })
}

enum Decoder {
    Plain(Capped),
    Gzip(Box<GzDecoder<Capped>>),
}

impl Decoder {
    fn for_encoding(encoding: Option<HeaderValue>, cap: usize) -> Result<Self, AttemptError> {
        let sink = Capped { bytes: Vec::new(), cap };
        let encoding = encoding.map(|value| value.as_bytes().to_ascii_lowercase());
        match encoding.as_deref() {
            None | Some(b"identity" | b"") => Ok(Self::Plain(sink)),
            Some(b"gzip" | b"x-gzip") => Ok(Self::Gzip(Box::new(GzDecoder::new(sink)))),
            Some(_) => Err(AttemptError::Broken("the answer is compressed in a way that was not asked for")),
        }
    }

    fn write(mut self, data: &[u8]) -> Result<Self, AttemptError> {
        let written = match &mut self {
            Self::Plain(sink) => sink.write_all(data),
            Self::Gzip(decoder) => decoder.write_all(data),
        };
        written.map_err(classify)?;
        Ok(self)
    }

    fn finish(self) -> Result<Bytes, AttemptError> {
        let sink = match self {
            Self::Plain(sink) => sink,
            // What fails only at the end is a stream without its end, or with another one: it has not arrived whole.
            Self::Gzip(decoder) => decoder.finish().map_err(|error| match classify(error) {
                AttemptError::TooLarge => AttemptError::TooLarge,
                _ => cut_off(),
            })?,
        };
        Ok(sink.bytes.into())
    }
}

fn classify(error: io::Error) -> AttemptError {
    match error.kind() {
        io::ErrorKind::FileTooLarge => AttemptError::TooLarge,
        _ => AttemptError::Broken("the compression of the answer is damaged"),
    }
}

/// Collects up to `cap` bytes and refuses the next one.
struct Capped {
    bytes: Vec<u8>,
    cap: usize,
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
    use http_body_util::Full;

    fn receive(headers: &[(&str, &str)], body: &[u8], cap: usize) -> Result<Bytes, AttemptError> {
        let mut response = Response::builder();
        for (name, value) in headers {
            response = response.header(*name, *value);
        }
        let body = Full::new(Bytes::copy_from_slice(body)).map_err(|never| -> WireError { match never {} });
        let response = response.body(Box::pin(body) as ResponseBody).unwrap();
        futures_util::FutureExt::now_or_never(complete(response, cap)).unwrap().map(Response::into_body)
    }

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn plain_and_gzip_come_through_whole() {
        assert_eq!(receive(&[], b"{}", 64).unwrap(), "{}");
        assert_eq!(receive(&[("content-encoding", "gzip")], &gzip(b"{}"), 64).unwrap(), "{}");
    }

    #[test]
    fn what_is_cut_off_is_lost_and_not_an_answer() {
        let zipped = gzip(b"{\"a\":1}");
        let short = receive(&[("content-length", "9")], b"{}", 64);
        assert!(matches!(short, Err(AttemptError::Lost(_))));
        for end in 0..zipped.len() {
            let outcome = receive(&[("content-encoding", "gzip")], &zipped[..end], 64);
            assert!(matches!(outcome, Err(AttemptError::Lost(_))), "cut at {end}");
        }
    }

    #[test]
    fn the_cap_counts_decoded_bytes() {
        let bomb = gzip(&vec![b' '; 1 << 20]);
        assert!(bomb.len() < 1 << 14);
        let outcome = receive(&[("content-encoding", "gzip")], &bomb, 1 << 16);
        assert!(matches!(outcome, Err(AttemptError::TooLarge)));
        assert!(receive(&[], &[b' '; 64], 64).is_ok());
        assert!(matches!(receive(&[], &[b' '; 65], 64), Err(AttemptError::TooLarge)));
    }

    #[test]
    fn an_error_keeps_its_status_whatever_its_body_is() {
        for (encoding, body) in
            [("br", &b"unreadable"[..]), ("gzip", b""), ("GZIP", b"damaged"), ("gzip", &[0; 99])]
        {
            let body =
                Full::new(Bytes::copy_from_slice(body)).map_err(|never| -> WireError { match never {} });
            let response = Response::builder().status(401).header("content-encoding", encoding);
            let response = response.body(Box::pin(body) as ResponseBody).unwrap();
            let answer = futures_util::FutureExt::now_or_never(complete(response, 64)).unwrap().unwrap();
            assert_eq!((answer.status().as_u16(), answer.body().len()), (401, 0), "{encoding}");
        }
    }

    #[test]
    fn a_success_is_json_or_nothing() {
        let answer = |status: u16, kind: &str| {
            Response::builder().status(status).header("content-type", kind).body(Bytes::new()).unwrap()
        };
        assert!(check_content(&answer(200, "application/json; charset=utf-8")).is_ok());
        assert!(check_content(&answer(200, "text/html")).is_err());
        assert!(check_content(&answer(502, "text/html")).is_ok());
    }
}
