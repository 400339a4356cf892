//! What comes back is no HTTP, or breaks off: a typed error, no panic, no hang, and nothing sent again without need.

use crate::support::socket::{Answer, Server};
use crate::support::{image, ok, picture, report, token};
use legit_health::{Delivery, DiagnosisSupport, Error, ErrorKind};

/// The device writes these bytes and closes the connection. It counts how often it was asked.
async fn outcome(answer: impl Into<Vec<u8>>) -> (Result<DiagnosisSupport, Error>, usize) {
    let bytes = answer.into();
    let device = Server::plain(move |arrived| match arrived.path() {
        "/v2.0/login" => ok(token("token-1", 60)).into(),
        _ => Answer::Last(bytes.clone()),
    })
    .await;
    let outcome = device.client().diagnosis_support(image(1)).await;
    let asked = device.paths().iter().filter(|path| path.ends_with("/diagnosis-support")).count();
    (outcome, asked)
}

/// Its request may have been read, and it says nothing of what came back.
async fn failure(answer: impl Into<Vec<u8>>) -> (Error, usize) {
    let (outcome, asked) = outcome(answer).await;
    let error = outcome.unwrap_err();
    assert_eq!(error.attempts() as usize, asked, "{error}");
    let mut printed = format!("{error} {error:?}");
    let mut cause = std::error::Error::source(&error);
    while let Some(next) = cause {
        printed += &format!(" {next} {next:?}");
        cause = next.source();
    }
    assert!(!printed.contains("NEEDLE"), "{printed}");
    (error, asked)
}

fn document() -> String {
    report(&[picture(1)]).to_string()
}

fn answer(headers: &str, body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n{headers}\r\n{body}")
}

fn chunked(body: &str) -> String {
    answer("transfer-encoding: chunked\r\n", body)
}

/// The work was done, or may have been, so it is not asked for again.
#[tokio::test]
async fn an_answer_that_is_no_http_is_not_asked_for_twice() {
    let both = format!("transfer-encoding: chunked\r\ncontent-length: {}\r\n", document().len());
    for garbage in [
        document(),
        "<html>NEEDLE</html>\n\n".into(),
        "SSH-2.0-NEEDLE\r\n".into(),
        "HTTP/2 200\r\n\r\n".into(),
        "HTTP/1.1 99 NEEDLE\r\n\r\n".into(),
        answer("x-NEEDLE: \0\r\n", ""),
        answer(&format!("x-bomb: {}\r\n", "NEEDLE".repeat(200_000)), "{}"),
        answer(&"x-bomb: NEEDLE\r\n".repeat(100_000), "{}"),
        answer("content-length: 10\r\ncontent-length: 11\r\n", &document()),
        answer("content-length: -1\r\n", &document()),
        answer("content-length: 99999999999999999999999\r\n", &document()),
        answer(&both, &format!("{:x}\r\n{}\r\n0\r\n\r\n", document().len(), document())),
        chunked(&format!("NEEDLE\r\n{}", document())),
        chunked(&format!("ffffffffffffffffff\r\n{}", document())),
        chunked(&format!("2;{}\r\n{{}}\r\n0\r\n\r\n", "NEEDLE".repeat(20_000))),
        chunked(&format!("2\r\n{{}}\r\n0\r\n{}\r\n", "x-bomb: NEEDLE\r\n".repeat(100_000))),
    ] {
        let beginning: String = garbage.chars().take(100).collect();
        let (error, asked) = failure(garbage).await;
        let outcome = (error.kind(), error.delivery(), asked);
        assert_eq!(outcome, (ErrorKind::InvalidResponse, Delivery::MayHaveRun, 1), "{error}: {beginning}");
        assert!(error.to_string().starts_with("malformed HTTP response"), "{error}");
    }
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_a_lost_connection() {
    for part in [
        String::new(),
        "HTTP/1.1 200".into(),
        answer("", "").trim_end().into(),
        "HTTP/1.1 100 Continue\r\n\r\n".repeat(10_000),
        "HTTP/1.1 103 Early Hints\r\nlink: NEEDLE\r\n\r\n".repeat(10_000),
        answer("content-length: 100000\r\n", &document()),
        answer(&format!("content-length: {}\r\n", u64::MAX - 3), &document()),
        chunked("10\r\nabc"),
        chunked(&format!("{:x}\r\n{}\r\n", document().len(), document())),
    ] {
        let beginning: String = part.chars().take(100).collect();
        let (error, asked) = failure(part).await;
        let outcome = (error.kind(), error.delivery(), asked);
        assert_eq!(outcome, (ErrorKind::Connection, Delivery::MayHaveRun, 3), "{error}: {beginning}");
    }
}

/// What is too short by its own account is not read beyond that, and so is no document.
#[tokio::test]
async fn a_document_with_its_end_cut_off_is_none() {
    let whole = document();
    let short = &whole[..whole.len() - 1];
    for cut in [
        answer(&format!("content-length: {}\r\n", whole.len() - 1), &whole),
        answer("connection: close\r\n", short),
        answer("transfer-encoding: gzip, chunked\r\n", "2\r\n{}\r\n0\r\n\r\n"),
        chunked(&format!("{:x}\r\n{short}\r\n0\r\n\r\n", short.len())),
        "HTTP/1.1 101 Switching Protocols\r\nupgrade: NEEDLE\r\nconnection: upgrade\r\n\r\n".into(),
        "HTTP/1.1 204 No Content\r\n\r\n".into(),
        "HTTP/1.1 999 NEEDLE\r\ncontent-length: 0\r\n\r\n".into(),
    ] {
        let (error, asked) = failure(cut).await;
        assert_eq!(
            (error.kind(), error.delivery(), asked),
            (ErrorKind::InvalidResponse, Delivery::Responded, 1),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_whole_document_is_one_however_it_is_framed() {
    let whole = document();
    for framed in [
        answer(&format!("content-length: {}\r\n", whole.len()), &whole),
        answer("connection: close\r\n", &whole),
        chunked(&format!("{:x}\r\n{whole}\r\n0\r\n\r\n", whole.len())),
        format!("{}{}", "HTTP/1.1 100 Continue\r\n\r\n".repeat(100), answer("", &whole)),
    ] {
        let (outcome, asked) = outcome(framed).await;
        assert_eq!((outcome.unwrap().images.len(), asked), (1, 1));
    }
}

/// One who can put an answer beside an answer must not get it to the next patient.
#[tokio::test]
async fn an_answer_that_nobody_asked_for_is_nobodys_answer() {
    let device = Server::plain(|arrived| match arrived.path() {
        "/v2.0/login" => ok(token("token-1", 60)).into(),
        _ => {
            let [asked, stray] = [arrived.images(), vec![picture(99)]].map(|images| {
                let body = report(&images).to_string();
                answer(&format!("content-length: {}\r\n", body.len()), &body)
            });
            Answer::Whole((asked + &stray).into())
        }
    })
    .await;
    let client = device.client();
    for patient in 1..=50 {
        let report = client.diagnosis_support(image(patient)).await.unwrap();
        assert_eq!(report.images[0].conclusions[0].condition.label(), format!("image {patient}"));
    }
}
