//! Lists by line: a path each, or a JSON object each.

use super::row::Row;
use super::{Cases, GivenCase, cannot_read};
use crate::call::Call;
use crate::error::Error;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

/// A longer line is none of a case. It is read past, and not into memory.
const LONGEST_LINE: u64 = 1 << 20;

pub(super) fn list(path: &Path, call: Call) -> Result<Cases, Error> {
    each_line(path, call, |text, place, call| GivenCase {
        place,
        reference: None,
        images: vec![text.into()],
        call: call.clone(),
        refusal: None,
    })
}

pub(super) fn ndjson(path: &Path, call: Call) -> Result<Cases, Error> {
    each_line(path, call, |text, place, call| {
        // A list of values would be read by their places.
        if !text.trim_start().starts_with('{') {
            return GivenCase::refused(place, call.clone(), "the line is not a JSON object");
        }
        match serde_json::from_str::<Row>(text) {
            Ok(row) => row.into_case(place, call),
            Err(error) => GivenCase::refused(place, call.clone(), format!("the line is not a case: {error}")),
        }
    })
}

fn each_line(
    path: &Path,
    call: Call,
    read: impl Fn(&str, String, &Call) -> GivenCase + 'static,
) -> Result<Cases, Error> {
    let file = File::open(path).map_err(|error| cannot_read(path, error))?;
    let (path, mut reader, mut number) = (path.to_owned(), BufReader::new(file), 0_u64);
    let cases = std::iter::from_fn(move || {
        loop {
            let line = match next_line(&mut reader) {
                Ok(line) => line?,
                Err(error) => return Some(Err(cannot_read(&path, error))),
            };
            number += 1;
            let place = format!("line {number}");
            let case = match line {
                Line::TooLong => GivenCase::refused(place, call.clone(), "the line is longer than 1 MiB"),
                Line::Text(bytes) => {
                    match std::str::from_utf8(&bytes).map(|text| text.trim_start_matches('\u{FEFF}')) {
                        Err(_) => GivenCase::refused(place, call.clone(), "the line is not UTF-8"),
                        Ok(text) if text.trim().is_empty() => continue,
                        Ok(text) => read(text, place, &call),
                    }
                }
            };
            return Some(Ok(case));
        }
    });
    Ok(Box::new(cases))
}

enum Line {
    Text(Vec<u8>),
    TooLong,
}

fn next_line(reader: &mut impl BufRead) -> io::Result<Option<Line>> {
    let mut line = Vec::new();
    let read = reader.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line)?;
    if read == 0 {
        return Ok(None);
    }
    if line.last() != Some(&b'\n') && line.len() as u64 == LONGEST_LINE {
        reader.skip_until(b'\n')?;
        return Ok(Some(Line::TooLong));
    }
    while line.last().is_some_and(|last| matches!(last, b'\n' | b'\r')) {
        line.pop();
    }
    Ok(Some(Line::Text(line)))
}
