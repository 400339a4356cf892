//! Exports in Parquet, read back: the rows of the CSV with exact texts, types and nulls.

use super::device::{self, Answer, Device};
use super::{Study, states};
use bytes::Bytes;
use legit_health_batch::{CONTRACT_VERSION, ErrorKind, Settings, Snapshot, Store, table};
use parquet::basic::Compression;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use parquet::schema::printer::print_schema;
use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};

const SCHEMA: &str = "\
message cases {
  REQUIRED BYTE_ARRAY key (STRING);
  OPTIONAL BYTE_ARRAY reference (STRING);
  OPTIONAL BYTE_ARRAY images (STRING);
  REQUIRED BYTE_ARRAY state (STRING);
  REQUIRED INT64 may_have_run;
  REQUIRED BOOLEAN duplicate;
  OPTIONAL BYTE_ARRAY condition (STRING);
  OPTIONAL BYTE_ARRAY icd11 (STRING);
  OPTIONAL DOUBLE probability;
  OPTIONAL DOUBLE malignancy;
  OPTIONAL DOUBLE pigmented_lesion;
  OPTIONAL DOUBLE urgent_referral;
  OPTIONAL DOUBLE high_priority_referral;
  OPTIONAL BOOLEAN usable;
  OPTIONAL BYTE_ARRAY scale (STRING);
  OPTIONAL DOUBLE value;
  OPTIONAL BYTE_ARRAY category (STRING);
  OPTIONAL BYTE_ARRAY error (STRING);
  OPTIONAL BYTE_ARRAY message (STRING);
}
";

/// A file that is read back.
struct Read {
    reader: SerializedFileReader<Bytes>,
    rows: Vec<Vec<(String, Field)>>,
}

impl Read {
    fn of(study: &Study) -> Self {
        let reader = SerializedFileReader::new(Bytes::from(study.parquet())).unwrap();
        let rows = reader.get_row_iter(None).unwrap().map(|row| row.unwrap().into_columns()).collect();
        Self { reader, rows }
    }

    fn schema(&self) -> String {
        let mut schema = Vec::new();
        print_schema(&mut schema, self.reader.metadata().file_metadata().schema());
        String::from_utf8(schema).unwrap()
    }

    fn column(&self, name: &str) -> Vec<Field> {
        let field =
            |row: &Vec<(String, Field)>| row.iter().find(|(column, _)| column == name).unwrap().1.clone();
        self.rows.iter().map(field).collect()
    }

    /// The rows in each group.
    fn groups(&self) -> Vec<i64> {
        self.reader.metadata().row_groups().iter().map(|group| group.num_rows()).collect()
    }

    /// As cells of CSV.
    fn cells(&self) -> Vec<Vec<String>> {
        let cell = |(_, field): &(String, Field)| match field {
            Field::Null => String::new(),
            Field::Str(exact) => table::text(exact),
            Field::Long(number) => number.to_string(),
            Field::Double(number) => number.to_string(),
            Field::Bool(is_true) => is_true.to_string(),
            other => panic!("{other}"),
        };
        self.rows.iter().map(|row| row.iter().map(cell).collect()).collect()
    }
}

fn csv(study: &Study) -> (Vec<String>, Vec<Vec<String>>) {
    let text = study.csv();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let owned = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect::<Vec<_>>();
    (owned(reader.headers().unwrap()), reader.records().map(|record| owned(&record.unwrap())).collect())
}

fn text(text: &str) -> Field {
    Field::Str(text.to_owned())
}

#[tokio::test(start_paused = true)]
async fn a_parquet_file_has_the_rows_of_the_csv_with_exact_texts_and_types() {
    let study = Study::of(4);
    study.photo("grün 大.png", 9);
    fs::write(study.photos().join("cut.png"), &device::png(5)[..50]).unwrap();
    let list = study.list(
        "recorded.csv",
        "reference,image,scale,bodySite,condition,answers\n\
         =HYPERLINK(1),000000.png,,,,\n\
         '=1,000000.png,,,,\n\
         -12,000001.png,apasi,armLeft,psoriasis,surface=2\n\
         \"Größe; \"\"大\"\"\n2\",000002.png,,,,\n\
         ,cut.png,,,,\n",
    );
    study.plan_of(&list).unwrap();
    study.run(&Device::new()).await;
    study.plan_of(&study.list("failed.txt", "000003.png\n")).unwrap();
    study.run(&Device::answering(|_, _| Answer::Status(500))).await;
    study.plan_of(&study.list("left.ndjson", "{\"images\":[\"000002.png\",\"grün 大.png\"]}\n")).unwrap();
    assert_eq!(states(&study.counts()), (3, 1, 1, 1));

    let read = Read::of(&study);
    let (head, rows) = csv(&study);
    assert_eq!(read.rows[0].iter().map(|(name, _)| name.clone()).collect::<Vec<_>>(), head);
    assert_eq!(read.cells(), rows, "texts get an apostrophe in CSV only");
    assert_eq!(read.schema(), SCHEMA);

    let states = ["recorded", "recorded", "recorded", "recorded", "refused", "failed", "left"].map(text);
    assert_eq!(read.column("state"), states);
    let column = |name| <[Field; 7]>::try_from(read.column(name)).unwrap();
    let references = ["=HYPERLINK(1)", "'=1", "-12", "Größe; \"大\"\n2"].map(text);
    assert_eq!(column("reference")[..4], references);
    assert_eq!(column("reference")[4..], [Field::Null, Field::Null, Field::Null]);
    assert_eq!(column("images")[6], text("000002.png; grün 大.png"));
    assert_eq!(column("duplicate")[..3], [false, true, false].map(Field::Bool));
    assert_eq!(column("may_have_run"), [1, 1, 1, 1, 0, 1, 0].map(Field::Long));
    assert_eq!(column("condition")[1..3], [text("=Psoriasis"), Field::Null]);
    assert_eq!(column("probability")[1..3], [Field::Double(78.4), Field::Null]);
    assert_eq!(column("usable")[2..5], [Field::Bool(true), Field::Bool(true), Field::Null]);
    assert_eq!(column("value")[1..3], [Field::Null, Field::Double(7.2)]);
    assert_eq!(column("category")[2..4], [text("Moderate"), Field::Null]);
    assert_eq!(column("error")[3..7], [Field::Null, text("invalidImage"), text("server"), Field::Null]);

    let told = study.ndjson();
    let keys: BTreeSet<_> = told.iter().map(|line| line["key"].as_str().unwrap().to_owned()).collect();
    assert_eq!(keys.len(), 6);
    let exported = read.column("key").into_iter().map(|key| match key {
        Field::Str(key) => key,
        other => panic!("{other}"),
    });
    assert_eq!(exported.collect::<BTreeSet<_>>(), keys);
    assert_eq!(column("message")[4], text(told[3]["error"]["message"].as_str().unwrap()));
}

#[test]
fn the_types_are_those_of_every_batch_and_the_file_says_who_wrote_it() {
    let study = Study::new();
    drop(Store::create(study.store(), Settings::default()).unwrap());
    let read = Read::of(&study);
    assert_eq!((read.rows.len(), read.schema().as_str()), (0, SCHEMA));
    let file = read.reader.metadata().file_metadata();
    assert_eq!(file.created_by(), Some(concat!("legit-health-batch version ", env!("CARGO_PKG_VERSION"))));
    let pairs = file.key_value_metadata().unwrap().iter();
    let pairs: Vec<_> = pairs.map(|pair| (pair.key.as_str(), pair.value.as_deref())).collect();
    assert_eq!(pairs, [("legit-health.contract-version", Some(CONTRACT_VERSION))]);
}

#[test]
fn a_group_of_rows_is_bounded_by_their_number() {
    let study = Study::of(1);
    let rows = (0..10_002).map(|row| format!("{{\"reference\":\"P-{row}\",\"images\":[\"000000.png\"]}}\n"));
    let list = study.list("cases.ndjson", &rows.collect::<String>());
    assert_eq!(study.plan_of(&list).unwrap().duplicates, 10_001);
    let read = Read::of(&study);
    assert_eq!(read.groups(), [10_000, 2]);
    assert_eq!(read.cells(), csv(&study).1);
    let compressed = |group: &parquet::file::metadata::RowGroupMetaData| {
        group.columns().iter().all(|column| matches!(column.compression(), Compression::GZIP(_)))
    };
    assert!(read.reader.metadata().row_groups().iter().all(compressed));
}

#[test]
fn a_group_of_rows_is_bounded_by_their_bytes() {
    let study = Study::of(1);
    let long = "x".repeat(1_000_000);
    let rows = (10..50).map(|row| format!("{{\"reference\":\"{row}{long}\",\"images\":[\"000000.png\"]}}\n"));
    study.plan_of(&study.list("cases.ndjson", &rows.collect::<String>())).unwrap();
    let read = Read::of(&study);
    assert_eq!(read.groups(), [17, 17, 6]);
    assert!(
        read.column("reference")
            .iter()
            .all(|reference| matches!(reference, Field::Str(text) if text.len() == 1_000_002))
    );
}

/// A disk with room for so many bytes.
struct Disk(usize);

impl Write for Disk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::StorageFull)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_full_disk_is_the_error_that_it_is_for_csv() {
    let study = Study::of(200);
    study.plan();
    let snapshot = Snapshot::open(study.store()).unwrap();
    let csv = snapshot.export_csv(&mut Disk(100)).unwrap_err();
    let whole = study.parquet().len();
    snapshot.export_parquet(&mut Disk(whole)).unwrap();
    for room in [0, 100, whole / 2, whole - 1] {
        let error = snapshot.export_parquet(&mut Disk(room)).unwrap_err();
        assert_eq!((error.kind(), error.to_string()), (ErrorKind::Disk, csv.to_string()), "{room}");
    }
}
