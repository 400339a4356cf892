//! Parquet: the rows of the table, with a type for each column.

use super::{cannot_write, columns};
use crate::call::CONTRACT_VERSION;
use crate::error::Error;
use crate::snapshot::Snapshot;
use crate::table::Cells;
use parquet::basic::{Compression, GzipLevel};
use parquet::data_type::{BoolType, ByteArrayType, DataType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::parser::parse_message_type;
use std::io::{self, Write};
use std::mem;
use std::sync::Arc;

/// A group of rows is in memory until it has so many of them, or so many bytes of cells.
const MOST_ROWS: usize = 10_000;
const MOST_BYTES: usize = 16 << 20;

/// The columns that are never empty.
const REQUIRED: [&str; 4] = ["key", "state", "may_have_run", "duplicate"];

type File<'o> = SerializedFileWriter<&'o mut (dyn Write + Send)>;

pub(super) fn write(snapshot: &Snapshot, output: &mut (dyn Write + Send)) -> Result<(), Error> {
    let mut file = begin(output).map_err(failed)?;
    let (mut rows, mut bytes) = (Vec::new(), 0);
    snapshot.each_row(|cells| {
        bytes += cells.iter().map(String::len).sum::<usize>();
        rows.push(cells);
        if rows.len() < MOST_ROWS && bytes < MOST_BYTES {
            return Ok(());
        }
        bytes = 0;
        write_group(&mut file, &mem::take(&mut rows)).map_err(failed)
    })?;
    if !rows.is_empty() {
        write_group(&mut file, &rows).map_err(failed)?;
    }
    file.close().map_err(failed)?;
    Ok(())
}

fn begin(output: &mut (dyn Write + Send)) -> Result<File<'_>, ParquetError> {
    let field = |column| {
        let repetition = if REQUIRED.contains(&column) { "required" } else { "optional" };
        match Cells::of(column) {
            Cells::Text => format!("{repetition} binary {column} (STRING);"),
            Cells::Integer => format!("{repetition} int64 {column};"),
            Cells::Number => format!("{repetition} double {column};"),
            Cells::Truth => format!("{repetition} boolean {column};"),
        }
    };
    let fields: String = columns().into_iter().map(field).collect();
    let schema = parse_message_type(&format!("message cases {{ {fields} }}"))?;
    let contract = KeyValue::new("legit-health.contract-version".to_owned(), CONTRACT_VERSION.to_owned());
    let properties = WriterProperties::builder()
        .set_compression(Compression::GZIP(GzipLevel::default()))
        // In the form `PROGRAM version NUMBER`, by which readers decide whether to trust the statistics.
        .set_created_by(concat!("legit-health-batch version ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_key_value_metadata(Some(vec![contract]))
        .build();
    SerializedFileWriter::new(output, Arc::new(schema), Arc::new(properties))
}

fn write_group(file: &mut File<'_>, rows: &[Vec<String>]) -> Result<(), ParquetError> {
    let mut group = file.next_row_group()?;
    for (place, column) in columns().into_iter().enumerate() {
        // There is one for each field of the schema.
        let Some(mut writer) = group.next_column()? else { break };
        let cells = rows.iter().map(|row| row[place].as_str());
        match Cells::of(column) {
            Cells::Text => write_column::<ByteArrayType>(&mut writer, cells, |cell| Some(cell.into())),
            Cells::Integer => write_column::<Int64Type>(&mut writer, cells, |cell| cell.parse().ok()),
            Cells::Number => write_column::<DoubleType>(&mut writer, cells, |cell| cell.parse().ok()),
            Cells::Truth => write_column::<BoolType>(&mut writer, cells, |cell| cell.parse().ok()),
        }?;
        writer.close()?;
    }
    group.close()?;
    Ok(())
}

fn write_column<'c, T: DataType>(
    writer: &mut SerializedColumnWriter<'_>,
    cells: impl Iterator<Item = &'c str>,
    read: impl Fn(&str) -> Option<T::T>,
) -> Result<(), ParquetError> {
    let (mut values, mut levels) = (Vec::new(), Vec::new());
    for cell in cells {
        let value = Some(cell).filter(|cell| !cell.is_empty()).and_then(&read);
        levels.push(i16::from(value.is_some()));
        values.extend(value);
    }
    writer.typed::<T>().write_batch(&values, Some(&levels), None)?;
    Ok(())
}

/// As for a table of text: the error of `output`, such as a full disk.
fn failed(error: ParquetError) -> Error {
    cannot_write(match error {
        ParquetError::External(error) => match error.downcast() {
            Ok(error) => *error,
            Err(error) => io::Error::other(error),
        },
        error => io::Error::other(error),
    })
}
