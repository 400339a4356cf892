//! docs/errors.md: kinds of errors, what follows from each, what they come from, and exit statuses.

use super::scripted_device::{FailedCall, failed_calls, refused_image};
use super::source_text::{documented, source};
use super::{code, table};
use crate::args::Args;
use crate::failure::{Failure, kind_name, status_of};
use clap::CommandFactory;
use legit_health::{Delivery, ErrorKind};
use std::collections::BTreeSet;

#[tokio::test]
async fn the_page_is_what_the_code_does() {
    let calls = failed_calls().await;
    let document = Failure::Call(refused_image().await).json();
    let json = format!("```json\n{}\n```", serde_json::to_string_pretty(&document).unwrap());
    let blocks = [
        ("kinds", kinds()),
        ("consequences", consequences(&calls)),
        ("causes", causes(&calls)),
        ("exit statuses", exit_statuses()),
        ("json", json),
    ];
    super::check("errors.md", &blocks);
}

fn kinds() -> String {
    let documented = documented(&source("legit-health/src/error.rs"), "pub enum ErrorKind {");
    assert_eq!(documented.len(), ErrorKind::ALL.len());
    let rows = ErrorKind::ALL.iter().zip(documented).map(|(kind, variant)| {
        assert_eq!(format!("{kind:?}"), variant.name);
        vec![code(&variant.name), variant.first_sentence(), kind.advice().to_owned()]
    });
    table(&["kind", "what it means", "what to do"], rows)
}

fn consequences(calls: &[FailedCall]) -> String {
    let rows = ErrorKind::ALL.iter().map(|kind| {
        let of_kind: Vec<&FailedCall> = calls.iter().filter(|call| call.error.kind() == *kind).collect();
        // Nothing brings about a bug; its documentation says what holds.
        assert!(!of_kind.is_empty() || *kind == ErrorKind::Internal, "no call fails with {kind}");
        let deliveries = [Delivery::NotSent, Delivery::Responded, Delivery::MayHaveRun];
        let deliveries = deliveries.into_iter().filter(|delivery| match kind {
            ErrorKind::Internal => *delivery == Delivery::NotSent,
            _ => of_kind.iter().any(|call| call.error.delivery() == *delivery),
        });
        let statuses = of_kind.iter().map(|call| exit_status(call)).chain([status_of(*kind, None)]);
        let names = BTreeSet::from([kind.name(), kind_name(*kind)]);
        vec![
            code(format!("{kind:?}")),
            joined(names.iter().rev().map(code), ", "),
            joined(deliveries.map(|delivery| code(format!("{delivery:?}"))), ", "),
            sent_again(&of_kind).to_owned(),
            joined(statuses.collect::<BTreeSet<u8>>(), " or "),
            http_status(*kind).to_owned(),
        ]
    });
    let head =
        ["kind", "name", "delivery", "sent again by the client", "exit status", "HTTP status of your server"];
    table(&head, rows)
}

fn sent_again(calls: &[&FailedCall]) -> &'static str {
    let sent: Vec<bool> = calls.iter().map(|call| call.requests).filter(|n| *n > 0).map(|n| n > 1).collect();
    match (sent.contains(&true), sent.contains(&false)) {
        (true, true) => "in some cases",
        (true, false) => "yes",
        (false, _) => "no",
    }
}

/// The status with which a server that calls the device tells its own caller.
fn http_status(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Configuration | ErrorKind::Internal => "500",
        ErrorKind::InvalidImage => "422; 413 if it is too large, 415 if it is not a JPEG, PNG or WebP",
        ErrorKind::InvalidAnswers => "422",
        ErrorKind::Rejected => "422 after 400 and 422, 413 after 413, else 502",
        ErrorKind::RateLimited => "503 with `Retry-After`",
        ErrorKind::Server => "502; 503 with `Retry-After` if there is one",
        ErrorKind::Timeout => "504",
        ErrorKind::Authentication
        | ErrorKind::Connection
        | ErrorKind::Certificate
        | ErrorKind::ResponseTooLarge
        | ErrorKind::InvalidResponse => "502",
        other => panic!("say which HTTP status follows from {other}"),
    }
}

/// What a call fails with, and the status of the response or whatever else it comes from. Statuses with the same outcome stand
/// in one row.
fn causes(calls: &[FailedCall]) -> String {
    type Outcome = (usize, Delivery, usize, u8);
    let mut rows: Vec<(Outcome, Vec<u16>, String)> = Vec::new();
    for call in calls {
        let place = ErrorKind::ALL.iter().position(|kind| *kind == call.error.kind()).unwrap();
        let outcome = (place, call.error.delivery(), call.requests, exit_status(call));
        match (call.what.parse(), rows.iter_mut().find(|row| row.0 == outcome && !row.1.is_empty())) {
            (Ok(status), Some(row)) => row.1.push(status),
            (Ok(status), None) => rows.push((outcome, vec![status], String::new())),
            (Err(_), _) => rows.push((outcome, Vec::new(), call.what.clone())),
        }
    }
    rows.sort_by_key(|row| row.0.0);
    let rows = rows.into_iter().map(|((place, delivery, requests, exit), statuses, what)| {
        let what = if statuses.is_empty() { what } else { format!("status {}", ranges(&statuses)) };
        vec![
            what,
            code(format!("{:?}", ErrorKind::ALL[place])),
            code(format!("{delivery:?}")),
            requests.to_string(),
            exit.to_string(),
        ]
    });
    table(&["what happened", "kind", "delivery", "attempts", "exit status"], rows)
}

/// `400, 402–404`.
fn ranges(numbers: &[u16]) -> String {
    let mut ranges: Vec<(u16, u16)> = Vec::new();
    for number in numbers {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == *number => *last = *number,
            _ => ranges.push((*number, *number)),
        }
    }
    let text = |(first, last): (u16, u16)| match last - first {
        0 => first.to_string(),
        1 => format!("{first}, {last}"),
        _ => format!("{first}–{last}"),
    };
    joined(ranges.into_iter().map(text), ", ")
}

/// The help of the program lists them.
fn exit_statuses() -> String {
    let help = Args::command().get_after_help().unwrap().to_string().replace('\n', " ");
    let (_, list) = help.split_once("Exit status: ").unwrap();
    let mut rows: Vec<Vec<String>> = Vec::new();
    for part in list.split('.').next().unwrap().split(", ") {
        match part.split_once(' ') {
            Some((status, meaning)) if status.parse::<u8>().is_ok() => {
                rows.push(vec![status.to_owned(), meaning.to_owned()]);
            }
            _ => {
                let meaning = &mut rows.last_mut().unwrap()[1];
                *meaning = format!("{meaning}, {part}");
            }
        }
    }
    assert_eq!(rows.len(), 12, "{rows:?}");
    table(&["exit status", "meaning"], rows)
}

fn exit_status(call: &FailedCall) -> u8 {
    Failure::Call(call.error.clone()).exit_status()
}

fn joined(parts: impl IntoIterator<Item = impl ToString>, separator: &str) -> String {
    parts.into_iter().map(|part| part.to_string()).collect::<Vec<_>>().join(separator)
}

#[test]
fn numbers_in_a_row_are_a_range() {
    assert_eq!(ranges(&[400, 402, 403, 405, 406, 407, 599]), "400, 402, 403, 405–407, 599");
}
