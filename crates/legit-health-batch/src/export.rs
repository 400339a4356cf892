//! Export: what is committed, as lines of JSON or as a table, each with its key.

use crate::call::{CONTRACT_VERSION, Call};
use crate::error::{Error, ErrorKind};
use crate::snapshot::Snapshot;
use crate::store::{device, exported_key, read_images};
use crate::table::{self, row, text};
use rusqlite::Row;
use serde_json::{Value, json};
use std::io::{self, Write};

/// A case as it is exported.
struct Case {
    id: i64,
    key: String,
    state: &'static str,
    reference: Option<String>,
    images: String,
    call: String,
    may_have_run: u32,
    result: Option<Outcome>,
    error: Option<Value>,
}

struct Outcome {
    device: String,
    request: Value,
    document: String,
    media_left_out: u32,
    cells: Vec<String>,
}

const CASES: &str = "
SELECT item.id, item.key, item.state, item.reference, item.images, call.document, item.runs, device.version, result.request,
  result.document, result.media_left_out, result.cells, error.document
FROM item JOIN call ON call.id = item.call LEFT JOIN result ON result.item = item.id
  LEFT JOIN device ON device.id = result.device LEFT JOIN error ON error.item = item.id
ORDER BY item.id";

const DUPLICATES: &str = "SELECT reference, images FROM duplicate WHERE item = ?1 ORDER BY source";

impl Snapshot {
    /// Writes a line of JSON for each case that was given, whatever has become of it:
    /// `{key, reference, images, state, mayHaveRun, alsoGivenAs, request, mediaLeftOut, result}`, or `error` instead of the last
    /// three. `result` is the document of the device.
    ///
    /// # Errors
    ///
    /// The store cannot be read, or `output` cannot be written.
    pub fn export_ndjson(&self, output: &mut dyn Write) -> Result<(), Error> {
        self.each_case(|case, duplicates| {
            writeln!(output, "{}", case.line(&duplicates)).map_err(cannot_write)
        })
    }

    /// Writes a table with a head, and a row for each case, duplicates included. Texts that a spreadsheet would take for a formula
    /// begin with an apostrophe.
    ///
    /// # Errors
    ///
    /// The store cannot be read, or `output` cannot be written.
    pub fn export_csv(&self, output: &mut dyn Write) -> Result<(), Error> {
        const FIRST: [&str; 6] = ["key", "reference", "images", "state", "may_have_run", "duplicate"];
        let head = FIRST.iter().chain(columns()).chain(&["error", "message"]);
        let mut write = |cells: Vec<String>| {
            let line = row(cells.into_iter()).map_err(cannot_write)?;
            output.write_all(line.as_bytes()).map_err(cannot_write)
        };
        write(head.map(|name| (*name).to_owned()).collect())?;
        self.each_case(|case, duplicates| {
            write(case.cells(case.reference.as_deref(), &case.images, false))?;
            duplicates
                .iter()
                .try_for_each(|(reference, images)| write(case.cells(reference.as_deref(), images, true)))
        })
    }

    fn each_case(
        &self,
        mut take: impl FnMut(Case, Vec<(Option<String>, String)>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let current = device(&self.connection)?.map(|(_, version)| version).unwrap_or_default();
        let mut select = self.connection.prepare(CASES)?;
        let mut select_duplicates = self.connection.prepare(DUPLICATES)?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            let case = read(row, &current)?;
            let duplicates = select_duplicates.query_map([case.id], |row| Ok((row.get(0)?, row.get(1)?)))?;
            let duplicates = duplicates.collect::<Result<Vec<_>, _>>()?;
            take(case, duplicates)?;
        }
        Ok(())
    }
}

/// The cells of every operation.
fn columns() -> impl Iterator<Item = &'static &'static str> {
    table::DIAGNOSIS_SUPPORT.iter().chain(&table::SEVERITY[..table::SEVERITY.len() - 1])
}

fn cannot_write(error: io::Error) -> Error {
    Error::because(ErrorKind::Disk, "the export cannot be written", error)
}

fn read(row: &Row<'_>, current_device: &str) -> rusqlite::Result<Case> {
    let content: [u8; 32] = row.get(1)?;
    let device: Option<String> = row.get(7)?;
    let key = exported_key(&content, CONTRACT_VERSION, device.as_deref().unwrap_or(current_device));
    let json = |column| -> rusqlite::Result<Option<Value>> {
        let document: Option<String> = row.get(column)?;
        // This crate has written it.
        Ok(document.map(|document| serde_json::from_str(&document).unwrap_or_default()))
    };
    let result = match (device, json(8)?, json(11)?) {
        (Some(device), Some(request), Some(cells)) => Some(Outcome {
            device,
            request,
            document: row.get(9)?,
            media_left_out: row.get(10)?,
            cells: serde_json::from_value(cells).unwrap_or_default(),
        }),
        _ => None,
    };
    Ok(Case {
        id: row.get(0)?,
        key: key.to_string(),
        state: ["left", "left", "recorded", "refused", "failed"][row.get::<_, u8>(2)?.min(4) as usize],
        reference: row.get(3)?,
        images: row.get(4)?,
        call: row.get(5)?,
        may_have_run: row.get(6)?,
        result,
        error: json(12)?,
    })
}

impl Case {
    /// The document of the device is written as it came.
    fn line(&self, duplicates: &[(Option<String>, String)]) -> String {
        let duplicate = |(reference, images): &(Option<String>, String)| json!({"reference": reference, "images": value(images)});
        let mut line = json!({
            "key": self.key,
            "reference": self.reference,
            "images": value(&self.images),
            "state": self.state,
            "mayHaveRun": self.may_have_run,
            "alsoGivenAs": duplicates.iter().map(duplicate).collect::<Vec<_>>(),
            "request": self.request(),
        });
        if let Some(result) = &self.result {
            line["mediaLeftOut"] = result.media_left_out.into();
        }
        if let Some(error) = &self.error {
            line["error"] = error.clone();
        }
        let line = line.to_string();
        match &self.result {
            Some(result) => format!("{},\"result\":{}}}", &line[..line.len() - 1], result.document),
            None => line,
        }
    }

    /// What was asked, and of which device.
    fn request(&self) -> Value {
        let mut request = value(&self.call);
        if let Some(result) = &self.result {
            for (name, value) in result.request.as_object().into_iter().flatten() {
                request[name] = value.clone();
            }
            request["device"] = json!({"version": result.device});
        }
        request
    }

    fn cells(&self, reference: Option<&str>, images: &str, is_duplicate: bool) -> Vec<String> {
        let names: Vec<String> = read_images(images).into_iter().filter_map(|image| image.file).collect();
        let mut cells = vec![
            self.key.clone(),
            text(reference.unwrap_or_default()),
            text(&names.join("; ")),
            self.state.to_owned(),
            self.may_have_run.to_string(),
            is_duplicate.to_string(),
        ];
        let own = self.result.as_ref().map(|result| result.cells.as_slice()).unwrap_or_default();
        let names = match serde_json::from_str(&self.call) {
            Ok(Call::SeverityLocal(_)) => table::SEVERITY,
            _ => table::DIAGNOSIS_SUPPORT,
        };
        cells.extend(columns().map(|column| {
            let place = names.iter().position(|name| name == column);
            place.and_then(|place| own.get(place)).cloned().unwrap_or_default()
        }));
        for member in ["kind", "message"] {
            let error = self.error.as_ref().and_then(|error| error[member].as_str());
            cells.push(text(error.unwrap_or_default()));
        }
        cells
    }
}

/// Reads a document of this crate.
fn value(document: &str) -> Value {
    serde_json::from_str(document).unwrap_or_default()
}
