//! Batches against a device without sockets, in virtual time: nothing here sleeps.
#![allow(clippy::unwrap_used)]

mod device;
mod export;
mod hostile;
mod planning;
mod running;
mod stored;
mod trouble;

use device::Device;
use legit_health::Client;
use legit_health_batch::{
    Call, Counts, Ending, Error, Plan, Report, RunOptions, Settings, Snapshot, Source, Store,
};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A folder with photos, and a store beside it.
struct Study {
    folder: tempfile::TempDir,
}

impl Study {
    fn new() -> Self {
        let study = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(study.photos()).unwrap();
        study
    }

    /// With photos that differ.
    fn of(photos: u32) -> Self {
        let study = Self::new();
        for number in 0..photos {
            study.photo(&format!("{number:06}.png"), number);
        }
        study
    }

    fn photos(&self) -> PathBuf {
        self.folder.path().join("photos")
    }

    fn store(&self) -> PathBuf {
        self.folder.path().join("study.batch")
    }

    fn photo(&self, name: &str, identity: u32) {
        fs::write(self.photos().join(name), device::png(identity)).unwrap();
    }

    /// A file of cases beside the photos.
    fn list(&self, name: &str, text: &str) -> PathBuf {
        let path = self.photos().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    fn plan(&self) -> Plan {
        self.plan_of(&self.photos()).unwrap()
    }

    fn plan_of(&self, source: &Path) -> Result<Plan, Error> {
        self.plan_with(source, Settings::default())
    }

    fn plan_with(&self, source: &Path, settings: Settings) -> Result<Plan, Error> {
        let source = Source::detect(source, Call::DiagnosisSupport)?;
        Plan::make(&mut Store::create(&self.store(), settings)?, &source, |_| ())
    }

    async fn run(&self, device: &Device) -> Report {
        self.run_with(&device.client(), &options()).await.unwrap()
    }

    async fn run_with(&self, client: &Client, options: &RunOptions) -> Result<Report, Error> {
        legit_health_batch::run(Store::open(&self.store())?, client, options, std::future::pending(), |_| ())
            .await
    }

    fn counts(&self) -> Counts {
        let counts = Snapshot::open(&self.store()).unwrap().counts().unwrap();
        assert!(counts.adds_up(), "{counts}");
        counts
    }

    fn ndjson(&self) -> Vec<serde_json::Value> {
        let mut text = Vec::new();
        Snapshot::open(&self.store()).unwrap().export_ndjson(&mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn csv(&self) -> String {
        let mut text = Vec::new();
        Snapshot::open(&self.store()).unwrap().export_csv(&mut text).unwrap();
        String::from_utf8(text).unwrap()
    }
}

fn options() -> RunOptions {
    let mut options = RunOptions::default();
    options.report_every = Duration::from_secs(1);
    options
}

/// Recorded, refused, failed and left.
fn states(counts: &Counts) -> (u64, u64, u64, u64) {
    (counts.recorded, counts.refused, counts.failed, counts.left)
}

fn is_done(report: &Report) -> bool {
    matches!(report.ending, Ending::Done)
}
