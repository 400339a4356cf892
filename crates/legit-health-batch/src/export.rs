//! Export: what is committed, as lines of JSON or as a table, each with its key.

#[cfg(feature = "parquet")]
mod parquet;

use crate::call::{CONTRACT_VERSION, Call};
use crate::error::{Error, ErrorKind};
use crate::snapshot::Snapshot;
use crate::store::{StoredCase, exported_key, read_images};
use crate::table::{self, row};
use serde_json::{Value, json};
use std::io::{self, Write};

/// A case as it is exported.
struct Case {
    key: String,
    stored: StoredCase,
}

impl Snapshot {
    /// Writes a line of JSON for each case that was given, whatever has become of it:
    /// `{key, reference, images, state, mayHaveRun, alsoGivenAs, request, mediaLeftOut, result}`, or `error` instead of the last
    /// three. `result` is the document of the device.
    ///
    /// # Errors
    ///
    /// The store cannot be read, or `output` cannot be written.
    pub fn export_ndjson(&self, output: &mut dyn Write) -> Result<(), Error> {
        self.each_case(|case| writeln!(output, "{}", case.line()).map_err(cannot_write))
    }

    /// Writes a table with a head, and a row for each case, duplicates included. Texts that a spreadsheet would take for a formula
    /// begin with an apostrophe.
    ///
    /// # Errors
    ///
    /// The store cannot be read, or `output` cannot be written.
    pub fn export_csv(&self, output: &mut dyn Write) -> Result<(), Error> {
        let columns = columns();
        let mut write = |cells: &mut dyn Iterator<Item = String>| {
            let line = row(cells).map_err(cannot_write)?;
            output.write_all(line.as_bytes()).map_err(cannot_write)
        };
        write(&mut columns.iter().map(|name| (*name).to_owned()))?;
        self.each_row(|cells| write(&mut table::safe(&columns, cells)))
    }

    /// Writes the same table as a Parquet file (feature `parquet`): texts are exact, numbers are numbers, and empty cells are
    /// nulls. The columns and their types are the same for every batch. At most 10,000 rows are in memory at a time.
    ///
    /// # Errors
    ///
    /// The store cannot be read, or `output` cannot be written. [`ErrorKind::Settings`]: this build has no Parquet.
    pub fn export_parquet(&self, output: &mut (dyn Write + Send)) -> Result<(), Error> {
        write_parquet(self, output)
    }

    /// A row for each case that was given, duplicates included. Texts are exact.
    fn each_row(&self, mut take: impl FnMut(Vec<String>) -> Result<(), Error>) -> Result<(), Error> {
        self.each_case(|case| {
            take(case.cells(case.stored.reference.as_deref(), &case.stored.images, false))?;
            let duplicates = &case.stored.duplicates;
            duplicates
                .iter()
                .try_for_each(|(reference, images)| take(case.cells(reference.as_deref(), images, true)))
        })
    }

    fn each_case(&self, mut take: impl FnMut(Case) -> Result<(), Error>) -> Result<(), Error> {
        let current = self.reader.device()?.unwrap_or_default();
        self.reader.each_case(&mut |stored| take(Case::read(stored, &current)))
    }
}

#[cfg(feature = "parquet")]
fn write_parquet(snapshot: &Snapshot, output: &mut (dyn Write + Send)) -> Result<(), Error> {
    parquet::write(snapshot, output)
}

#[cfg(not(feature = "parquet"))]
fn write_parquet(_snapshot: &Snapshot, _output: &mut (dyn Write + Send)) -> Result<(), Error> {
    Err(Error::new(
        ErrorKind::Settings,
        "this program was built without Parquet: build it with the feature `parquet`, or export CSV or lines of JSON",
    ))
}

/// The columns of the table.
fn columns() -> Vec<&'static str> {
    const FIRST: [&str; 6] = ["key", "reference", "images", "state", "may_have_run", "duplicate"];
    FIRST.iter().chain(result_columns()).chain(&["error", "message"]).copied().collect()
}

/// Those of the results of every operation.
fn result_columns() -> impl Iterator<Item = &'static &'static str> {
    table::DIAGNOSIS_SUPPORT.iter().chain(&table::SEVERITY[..table::SEVERITY.len() - 1])
}

fn cannot_write(error: io::Error) -> Error {
    Error::because(ErrorKind::Disk, "the export cannot be written", error)
}

impl Case {
    fn read(stored: StoredCase, current_device: &str) -> Self {
        let device = stored.result.as_ref().map_or(current_device, |result| &result.device);
        let key = exported_key(&stored.content, CONTRACT_VERSION, device).to_string();
        Self { key, stored }
    }

    fn state(&self) -> &'static str {
        ["left", "left", "recorded", "refused", "failed"][usize::from(self.stored.state.min(4))]
    }

    /// The document of the device is written as it came.
    fn line(&self) -> String {
        let duplicate = |(reference, images): &(Option<String>, String)| json!({"reference": reference, "images": value(images)});
        let mut line = json!({
            "key": self.key,
            "reference": self.stored.reference,
            "images": value(&self.stored.images),
            "state": self.state(),
            "mayHaveRun": self.stored.runs,
            "alsoGivenAs": self.stored.duplicates.iter().map(duplicate).collect::<Vec<_>>(),
            "request": self.request(),
        });
        if let Some(result) = &self.stored.result {
            line["mediaLeftOut"] = result.media_left_out.into();
        }
        if let Some(error) = &self.stored.error {
            line["error"] = value(error);
        }
        let line = line.to_string();
        match &self.stored.result {
            Some(result) => format!("{},\"result\":{}}}", &line[..line.len() - 1], result.document),
            None => line,
        }
    }

    /// What was asked, and of which device.
    fn request(&self) -> Value {
        let mut request = value(&self.stored.call);
        if let Some(result) = &self.stored.result {
            for (name, value) in value(&result.request).as_object().into_iter().flatten() {
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
            reference.unwrap_or_default().to_owned(),
            names.join("; "),
            self.state().to_owned(),
            self.stored.runs.to_string(),
            is_duplicate.to_string(),
        ];
        let own = self.stored.result.as_ref().and_then(|result| serde_json::from_str(&result.cells).ok());
        let own: Vec<String> = own.unwrap_or_default();
        let names = match serde_json::from_str(&self.stored.call) {
            Ok(Call::SeverityLocal(_)) => table::SEVERITY,
            _ => table::DIAGNOSIS_SUPPORT,
        };
        cells.extend(result_columns().map(|column| {
            let place = names.iter().position(|name| name == column);
            place.and_then(|place| own.get(place)).cloned().unwrap_or_default()
        }));
        let error = self.stored.error.as_deref().map(value).unwrap_or_default();
        cells.extend(["kind", "message"].map(|member| error[member].as_str().unwrap_or_default().to_owned()));
        cells
    }
}

/// Reads a document of this crate.
fn value(document: &str) -> Value {
    serde_json::from_str(document).unwrap_or_default()
}
