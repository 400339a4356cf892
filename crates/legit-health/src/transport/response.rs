//! Receives a response: decodes its body completely, and checks a success.

use super::json_guard;
use super::{AttemptError, UnknownFields};
use crate::clock::IdleTimer;
use crate::http_client::ResponseBody;
use bytes::Bytes;
use flate2::write::MultiGzDecoder;
use http::{HeaderMap, HeaderValue, Response, header};
use http_body_util::BodyExt;
use legit_health_api::shape::Shape;
use std::io::{self, Write};
use zstd::stream::raw::{DParameter, Decoder as Raw, InBuffer, Operation, OutBuffer};

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
/// `expected` does not have.
pub(super) fn check_content(
    response: &Response<Bytes>,
    expected: &'static Shape,
) -> Result<UnknownFields, AttemptError> {
    if !response.status().is_success() {
        return Ok(UnknownFields::default());
    }
    if !is_json(response.headers()) {
        return Err(AttemptError::InvalidResponse(
            "the response is not JSON: something between this program and the device may have responded"
                .into(),
        ));
    }
    json_guard::check(response.body(), expected)
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
    AttemptError::connection_lost("the response was cut off")
}

/// The value of `Accept-Encoding`: what [`Decoder`] can decode.
pub(super) const ACCEPTED_ENCODINGS: HeaderValue = HeaderValue::from_static("gzip, zstd");

/// Decodes a body chunk by chunk, and never holds more of it than the cap, which counts decoded bytes.
enum Decoder {
    Plain(Capped),
    Gzip(Box<MultiGzDecoder<Capped>>),
    Zstd(Box<Zstd>),
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
            Some(b"zstd") => Ok(Self::Zstd(Box::new(Zstd::new(sink).map_err(classify)?))),
            Some(_) => Err(AttemptError::InvalidResponse(
                "the response has a compression that was not requested".into(),
            )),
        }
    }

    fn write(mut self, data: &[u8]) -> Result<Self, AttemptError> {
        let written = match &mut self {
            Self::Plain(sink) => sink.write_all(data),
            Self::Gzip(decoder) => decoder.write_all(data),
            Self::Zstd(decoder) => decoder.write_all(data),
        };
        written.map_err(classify)?;
        Ok(self)
    }

    fn finish(self) -> Result<Bytes, AttemptError> {
        let sink = match self {
            Self::Plain(sink) => Ok(sink),
            Self::Gzip(decoder) => decoder.finish(),
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

/// Zstandard, frame by frame.
struct Zstd {
    raw: Raw<'static>,
    buffer: Vec<u8>,
    sink: Capped,
    /// Whether the last frame is complete.
    is_complete: bool,
}

impl Zstd {
    /// The largest window that a server may use: 8 MiB (RFC 9659).
    const WINDOW_LOG: u32 = 23;

    fn new(sink: Capped) -> io::Result<Self> {
        let mut raw = Raw::new()?;
        raw.set_parameter(DParameter::WindowLogMax(Self::WINDOW_LOG))?;
        Ok(Self { raw, buffer: vec![0; 128 * 1024], sink, is_complete: false })
    }

    fn write_all(&mut self, data: &[u8]) -> io::Result<()> {
        let mut input = InBuffer::around(data);
        loop {
            let mut output = OutBuffer::around(self.buffer.as_mut_slice());
            let expected = self.raw.run(&mut input, &mut output)?;
            let full = output.pos() == output.capacity();
            self.sink.write_all(output.as_slice())?;
            self.is_complete = expected == 0;
            // A full buffer means that there may be more output without more input.
            if input.pos() == data.len() && !full {
                return Ok(());
            }
        }
    }

    fn finish(self) -> io::Result<Capped> {
        if self.is_complete { Ok(self.sink) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
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
    fn compressed_bodies_are_decoded() {
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
    fn a_body_that_is_cut_off_is_a_lost_connection() {
        let short = receive(&[("content-length", "9")], b"{}", 64);
        assert!(matches!(short, Err(AttemptError::Http(_))));
        for (name, encode) in ENCODINGS {
            let zipped = encode(b"{\"a\":1}");
            for end in 0..zipped.len() {
                let outcome = receive(&[("content-encoding", name)], &zipped[..end], 64);
                assert!(matches!(outcome, Err(AttemptError::Http(_))), "{name} cut at {end}");
            }
        }
    }

    #[test]
    fn the_cap_counts_decoded_bytes() {
        for (name, encode) in ENCODINGS {
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
        let skippable_frame = [b"\x50\x2A\x4D\x18\x10\0\0\0".as_slice(), &[0; 16]].concat();
        for (name, padding) in [("gzip", gzip(b"")), ("zstd", skippable_frame)] {
            let headers = [("content-encoding", name)];
            for status in [200, 500] {
                let outcome = receive_status(status, &headers, &padding.repeat(4_000), 1 << 16);
                assert!(matches!(outcome, Err(AttemptError::TooLarge(_))), "{name} {status}");
            }
        }
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
        let is_taken = |response| check_content(&response, &Shape::Any).is_ok();
        assert!(is_taken(response(200, "application/json; charset=utf-8", "{}")));
        assert!(!is_taken(response(200, "text/html", "{}")));
        assert!(is_taken(response(502, "text/html", "<html>")));
    }
}
