//! Batches against a device without sockets, in virtual time: nothing here sleeps. The store of every test is a file, or a
//! database if `postgres.rs` says so.
#![allow(clippy::unwrap_used)]

mod cluster;
mod device;
mod export;
mod file;
mod hostile;
mod parquet_export;
mod planning;
mod postgres;
mod running;
mod stored;
mod trouble;

use cluster::Server;
use device::Device;
use legit_health::Client;
use legit_health_batch::{
    Call, Counts, Ending, Error, Location, Plan, Report, RunOptions, Settings, Snapshot, Source, Store,
};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The programs and the socket of the server that has the stores of all tests.
const IN_DATABASES: [&str; 2] = ["LEGIT_HEALTH_TEST_POSTGRES_PROGRAMS", "LEGIT_HEALTH_TEST_POSTGRES_SOCKET"];

/// A folder with photos, and a store: beside it, or in a database.
struct Study {
    folder: tempfile::TempDir,
    database: Option<(Server, String)>,
}

impl Study {
    fn new() -> Self {
        let [programs, socket] = IN_DATABASES.map(|name| std::env::var_os(name).map(PathBuf::from));
        Self::of_in(0, programs.zip(socket).map(|(programs, socket)| Server { programs, socket }))
    }

    /// With photos that differ.
    fn of(photos: u32) -> Self {
        let study = Self::new();
        study.add_photos(photos);
        study
    }

    fn of_in(photos: u32, server: Option<Server>) -> Self {
        let database = server.map(|server| {
            let name = server.new_database();
            (server, name)
        });
        let study = Self { folder: tempfile::tempdir().unwrap(), database };
        fs::create_dir(study.photos()).unwrap();
        study.add_photos(photos);
        study
    }

    fn add_photos(&self, photos: u32) {
        for number in 0..photos {
            self.photo(&format!("{number:06}.png"), number);
        }
    }

    fn photos(&self) -> PathBuf {
        self.folder.path().join("photos")
    }

    fn store(&self) -> Location {
        match &self.database {
            Some((server, name)) => Location::parse(server.address(name)).unwrap(),
            None => Location::from(&self.file()),
        }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("study.batch")
    }

    fn database(&self) -> &str {
        &self.database.as_ref().unwrap().1
    }

    /// All that the store holds, as bytes.
    fn stored(&self) -> Vec<u8> {
        match &self.database {
            Some((server, name)) => server.dump(name).into_bytes(),
            None => fs::read_dir(self.folder.path())
                .unwrap()
                .map(|entry| entry.unwrap().path())
                .filter(|path| path.is_file())
                .flat_map(|path| fs::read(path).unwrap())
                .collect(),
        }
    }

    fn store_bytes(&self) -> u64 {
        match &self.database {
            Some((server, name)) => {
                server.sql(name, "SELECT pg_database_size(current_database())").parse().unwrap()
            }
            None => fs::metadata(self.file()).unwrap().len(),
        }
    }

    /// A worker that was killed keeps its cases for a while, where others could have them.
    fn end_leases(&self) {
        if let Some((server, name)) = &self.database {
            server.end_leases(name);
        }
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
        Plan::make(&mut Store::create(self.store(), settings)?, &source, |_| ())
    }

    async fn run(&self, device: &Device) -> Report {
        self.run_with(&device.client(), &options()).await.unwrap()
    }

    async fn run_with(&self, client: &Client, options: &RunOptions) -> Result<Report, Error> {
        legit_health_batch::run(Store::open(self.store())?, client, options, std::future::pending(), |_| ())
            .await
    }

    fn counts(&self) -> Counts {
        let counts = Snapshot::open(self.store()).unwrap().counts().unwrap();
        assert!(counts.adds_up(), "{counts}");
        counts
    }

    fn ndjson(&self) -> Vec<serde_json::Value> {
        let mut text = Vec::new();
        Snapshot::open(self.store()).unwrap().export_ndjson(&mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn parquet(&self) -> Vec<u8> {
        let mut file = Vec::new();
        Snapshot::open(self.store()).unwrap().export_parquet(&mut file).unwrap();
        file
    }

    fn csv(&self) -> String {
        let mut text = Vec::new();
        Snapshot::open(self.store()).unwrap().export_csv(&mut text).unwrap();
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

/// CI runs small numbers; the campaign sets larger ones.
fn number_of(variable: &str, usual: u32) -> u32 {
    std::env::var(variable).map_or(usual, |number| number.parse().unwrap())
}

/// The most memory that this process has used, in KiB; 0 where the system does not say.
fn most_memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.and_then(|peak| peak.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

fn is_done(report: &Report) -> bool {
    matches!(report.ending, Ending::Done)
}
