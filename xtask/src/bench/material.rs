//! The photographs, in a folder that goes away with them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use super::client::said;

pub(super) struct Material {
    folder: TempDir,
    written: Instant,
    digests: BTreeMap<String, Digests>,
}

/// Length and CRC-32 of a file, as it is and without its metadata.
pub(super) struct Digests {
    pub(super) file: String,
    pub(super) clean: String,
}

/// What one request can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Payload {
    /// For cold starts.
    Tiny,
    One,
    Five,
    Twenty,
    /// Seventeen views of 3 MB.
    Views,
}

impl Payload {
    pub(super) const ALL: [Self; 4] = [Self::One, Self::Five, Self::Twenty, Self::Views];

    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Tiny => "3 kB",
            Self::One => "1 MB",
            Self::Five => "5 MB",
            Self::Twenty => "20 MB",
            Self::Views => "17 × 3 MB",
        }
    }

    pub(super) fn mb(self) -> f64 {
        match self {
            Self::Tiny => 0.003,
            Self::One => 1.0,
            Self::Five => 5.0,
            Self::Twenty => 20.0,
            Self::Views => 51.0,
        }
    }

    fn files(self) -> Vec<String> {
        match self {
            Self::Tiny => vec!["tiny".into()],
            Self::One => vec!["1".into()],
            Self::Five => vec!["5".into()],
            Self::Twenty => vec!["20".into()],
            Self::Views => (0..17).map(|view| format!("3-{view:02}")).collect(),
        }
    }
}

impl Material {
    pub(super) fn written(program: &Path) -> Result<Self, String> {
        let folder =
            tempfile::tempdir().map_err(|error| format!("there is no place for photographs: {error}"))?;
        let lines = said("bench-material", &[program.into(), folder.path().into()])?;
        let digests = lines.lines().map(|line| {
            let document: Value = serde_json::from_str(line).ok()?;
            let text = |name: &str| document.get(name).and_then(Value::as_str).map(str::to_owned);
            Some((text("name")?, Digests { file: text("file")?, clean: text("clean")? }))
        });
        let digests = digests.collect::<Option<_>>().ok_or("bench-material is not understood")?;
        Ok(Self { folder, written: Instant::now(), digests })
    }

    /// Waits until the files are old enough for a client to tell by their times that nobody changes them any more.
    pub(super) fn settle(&self) {
        const SETTLED: Duration = Duration::from_secs(11);
        std::thread::sleep(SETTLED.saturating_sub(self.written.elapsed()));
    }

    pub(super) fn files(&self, payload: Payload) -> Vec<PathBuf> {
        payload.files().iter().map(|name| self.folder.path().join(format!("{name}.jpg"))).collect()
    }

    pub(super) fn digests(&self, payload: Payload) -> impl Iterator<Item = &Digests> {
        payload.files().into_iter().filter_map(|name| self.digests.get(&name))
    }

    /// A place for files of the measurement.
    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }
}
