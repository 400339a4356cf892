//! Exports: every case, its key, and nothing that a spreadsheet runs.

use super::device::{self, Device};
use super::{Study, states};
use legit_health_batch::{Media, Settings, Snapshot};
use std::fs;

#[tokio::test(start_paused = true)]
async fn a_line_has_the_document_as_it_came_but_for_its_images() {
    let study = Study::of(1);
    let list = study.list("cases.ndjson", "{\"reference\":\"P-1\",\"images\":[\"000000.png\"]}\n");
    study.plan_of(&list).unwrap();
    study.run(&Device::new()).await;
    let line = study.ndjson().remove(0);
    assert_eq!(
        (&line["reference"], &line["state"], &line["mayHaveRun"]),
        (&"P-1".into(), &"recorded".into(), &1.into())
    );
    assert_eq!(line["key"].as_str().unwrap().len(), 64);
    assert_eq!((&line["images"][0]["file"], line["mediaLeftOut"].as_u64()), (&"000000.png".into(), Some(1)));
    assert_eq!(line["request"]["operation"], "diagnosis_support");
    assert_eq!(line["request"]["device"]["version"], "1.0");
    assert_eq!(line["request"]["requestId"], "request-7");
    let mut expected = device::report();
    expected["imagingAnalysis"][0]["conclusion"][0]["explainability"]["heatMap"]["data"] = "".into();
    assert_eq!(line["result"], expected);
}

/// A full disk ends an export, and not the snapshot.
#[tokio::test(start_paused = true)]
async fn an_export_that_could_not_be_written_can_be_made_again() {
    struct Full;
    impl std::io::Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let study = Study::of(3);
    study.plan();
    let snapshot = Snapshot::open(study.store()).unwrap();
    snapshot.export_ndjson(&mut Full).unwrap_err();
    let mut text = Vec::new();
    snapshot.export_ndjson(&mut text).unwrap();
    assert_eq!(
        (text.iter().filter(|byte| **byte == b'\n').count(), snapshot.counts().unwrap().given),
        (3, 3)
    );
}

#[tokio::test(start_paused = true)]
async fn images_of_the_device_are_kept_on_request() {
    let study = Study::of(1);
    study.plan_with(&study.photos(), Settings::default().with_media(Media::Kept)).unwrap();
    study.run(&Device::new()).await;
    let line = study.ndjson().remove(0);
    assert_eq!((&line["result"], &line["mediaLeftOut"]), (&device::report(), &0.into()));
}

#[tokio::test(start_paused = true)]
async fn a_table_has_a_row_for_each_case_and_no_formula() {
    let study = Study::of(2);
    fs::write(study.photos().join("cut.png"), &device::png(5)[..50]).unwrap();
    let list = study.list(
        "cases.csv",
        "reference,image,scale,bodySite,condition,answers\n\
         =HYPERLINK(1),000000.png,,,,\n\
         P-2,000000.png,,,,\n\
         P-3,000001.png,apasi,armLeft,psoriasis,surface=2\n\
         P-4,cut.png,,,,\n",
    );
    study.plan_of(&list).unwrap();
    let report = study.run(&Device::new()).await;
    let told = study.ndjson();
    assert_eq!((states(&report.counts), report.counts.duplicates), ((2, 1, 0, 0), 1), "{told:?}");
    let text = study.csv();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let head = reader.headers().unwrap().clone();
    let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
    let cell = |row: usize, name: &str| &rows[row][head.iter().position(|column| column == name).unwrap()];
    let references: Vec<_> = (0..4).map(|row| cell(row, "reference")).collect();
    assert_eq!(references, ["'=HYPERLINK(1)", "P-2", "P-3", "P-4"]);
    assert_eq!((cell(0, "condition"), cell(1, "condition")), ("'=Psoriasis", "'=Psoriasis"));
    assert_eq!((cell(0, "duplicate"), cell(1, "duplicate")), ("false", "true"));
    assert_eq!(cell(0, "key"), cell(1, "key"));
    assert_eq!((cell(0, "malignancy"), cell(2, "value"), cell(2, "category")), ("0.6", "7.2", "Moderate"));
    assert_eq!((cell(3, "state"), cell(3, "error")), ("refused", "invalidImage"));
    let keys: std::collections::BTreeSet<_> = (0..4).map(|row| cell(row, "key")).collect();
    assert_eq!(keys.len(), 3);
    let twice = study.ndjson().remove(0);
    assert_eq!(twice["alsoGivenAs"][0]["reference"], "P-2");
}
