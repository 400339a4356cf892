//! A table of cases in CSV, with a head.

use super::row::{Row, answers_of_a_cell};
use super::{Cases, GivenCase, cannot_read};
use crate::call::Call;
use crate::error::{Error, ErrorKind};
use csv::StringRecord;
use std::cell::Cell;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::rc::Rc;

/// What a column holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Column {
    Reference,
    Image,
    Call,
    Scale,
    BodySite,
    Condition,
    Answers,
}

const COLUMNS: [(&str, Column); 10] = [
    ("reference", Column::Reference),
    ("image", Column::Image),
    ("image1", Column::Image),
    ("image2", Column::Image),
    ("image3", Column::Image),
    ("call", Column::Call),
    ("scale", Column::Scale),
    ("bodySite", Column::BodySite),
    ("condition", Column::Condition),
    ("answers", Column::Answers),
];

pub(super) fn csv(path: &Path, call: Call) -> Result<Cases, Error> {
    let file = File::open(path).map_err(|error| cannot_read(path, error))?;
    let left = Rc::new(Cell::new(LONGEST_RECORD));
    let limited = Limited { file, left: left.clone() };
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(limited);
    let head = reader.headers().map_err(|error| unreadable(path, 1, &error))?;
    let columns = columns(path, head)?;
    // As a spreadsheet counts them; the head is the first.
    let (path, mut record, mut number) = (path.to_owned(), StringRecord::new(), 1_u64);
    let cases = std::iter::from_fn(move || {
        left.set(LONGEST_RECORD);
        number += 1;
        let place = format!("row {number}");
        match reader.read_record(&mut record) {
            Ok(true) => Some(Ok(case(&record, &columns, place, &call))),
            Ok(false) => None,
            Err(error) if matches!(error.kind(), csv::ErrorKind::Utf8 { .. }) => {
                Some(Ok(GivenCase::refused(place, call.clone(), "the row is not UTF-8")))
            }
            Err(error) => Some(Err(unreadable(&path, number, &error))),
        }
    });
    Ok(Box::new(cases))
}

/// The column of each cell. One that is not known could be a misspelt one, or more about a patient than the batch needs.
fn columns(path: &Path, head: &StringRecord) -> Result<Vec<Column>, Error> {
    let refused = |sentence: String| Error::new(ErrorKind::Source, format!("{}: {sentence}", path.display()));
    let mut columns = Vec::new();
    for (place, name) in head.iter().enumerate() {
        let name = name.trim_start_matches('\u{FEFF}').trim();
        let Some((_, column)) = COLUMNS.iter().find(|(known, _)| *known == name) else {
            let known: Vec<&str> = COLUMNS.iter().map(|(name, _)| *name).collect();
            return Err(refused(format!(
                "column {} has an unknown name: the columns of a case are {}",
                place + 1,
                known.join(", ")
            )));
        };
        if *column != Column::Image && columns.contains(column) {
            return Err(refused(format!("the column `{name}` is there twice: keep one")));
        }
        columns.push(*column);
    }
    if columns.contains(&Column::Image) {
        return Ok(columns);
    }
    Err(refused("there is no column `image`: the first line names the columns".to_owned()))
}

fn case(record: &StringRecord, columns: &[Column], place: String, usual: &Call) -> GivenCase {
    if record.len() > columns.len() {
        return GivenCase::refused(place, usual.clone(), "the row has more cells than the head");
    }
    let mut row = Row::default();
    for (cell, column) in record.iter().zip(columns).filter(|(cell, _)| !cell.trim().is_empty()) {
        let text = || Some(cell.trim().to_owned());
        match column {
            Column::Reference => row.reference = Some(cell.to_owned()),
            Column::Image => row.images.push(cell.into()),
            Column::Call => row.call = text(),
            Column::Scale => row.scale = text(),
            Column::BodySite => row.body_site = text(),
            Column::Condition => row.condition = text(),
            Column::Answers => match answers_of_a_cell(cell) {
                Ok(answers) => row.answers = Some(answers),
                Err(sentence) => return GivenCase::refused(place, usual.clone(), sentence),
            },
        }
    }
    row.into_case(place, usual)
}

fn unreadable(path: &Path, row: u64, error: &csv::Error) -> Error {
    let is_limit =
        matches!(error.kind(), csv::ErrorKind::Io(error) if error.kind() == io::ErrorKind::FileTooLarge);
    let why = if is_limit {
        "a row is longer than 1 MiB: a quotation mark may be missing".to_owned()
    } else {
        error.to_string()
    };
    Error::new(ErrorKind::Source, format!("{}, row {row}: {why}", path.display()))
}

/// With room for what the reader takes ahead.
const LONGEST_RECORD: usize = (1 << 20) + (1 << 17);

/// A file of which no more than this is read for one record.
struct Limited {
    file: File,
    left: Rc<Cell<usize>>,
}

impl Read for Limited {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left.get() == 0 {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let most = buffer.len().min(self.left.get());
        let read = self.file.read(&mut buffer[..most])?;
        self.left.set(self.left.get() - read);
        Ok(read)
    }
}
