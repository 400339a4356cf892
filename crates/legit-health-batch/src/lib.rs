//! Durable batches of calls of the Legit.Health device API: planned before anything is sent, resumable at any moment, and
//! every result recorded exactly once.
//!
//! **Unofficial**: not affiliated with, endorsed or supported by AI Labs Group S.L.; Legit.Health is its name, used only to
//! identify the API. Intended for software integration and testing; not intended for any medical purpose; no conformity
//! assessment. The API's output supports, and does not replace, a qualified healthcare professional.
//!
//! ```no_run
//! use legit_health::Client;
//! use legit_health_batch::{Call, Plan, RunOptions, Settings, Snapshot, Source, Store};
//! use std::path::Path;
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let path = Path::new("study.batch");
//! let source = Source::detect("photos", Call::DiagnosisSupport)?;
//! let plan = Plan::make(&mut Store::create(path, Settings::default())?, &source, |_| ())?;
//! println!("{} calls, {} images refused", plan.new, plan.refused);
//!
//! let (client, options) = (Client::from_env()?, RunOptions::default());
//! let until_interrupted = async { drop(tokio::signal::ctrl_c().await) };
//! let store = Store::open(path)?;
//! let run = legit_health_batch::run(store, &client, &options, until_interrupted, |_| ());
//! let report = run.await?;
//! println!("{}", report.counts);
//!
//! Snapshot::open(path)?.export_ndjson(&mut std::io::stdout())?;
//! # Ok(())
//! # }
//! ```
//!
//! The store is a file. With the feature `postgres`, [`Location::parse`] also takes the address of a PostgreSQL database, which
//! several workers share. With the feature `parquet`, [`Snapshot::export_parquet`] writes a table with types.
//!
//! # What is promised
//!
//! - Every case that was given is in exactly one state: recorded, refused, failed or left. Duplicates are counted beside it.
//! - A result is on the disk before its place is given to another case. What is exported is committed.
//! - **Recorded exactly once; analysed at most once more for each case that was in flight at a crash.** The API has no
//!   idempotency key, so a program that was killed cannot know whether the device has done the work. [`Counts`] says how many
//!   cases this may be, and the export says which.
//! - The [`key`](CONTRACT_VERSION) of a case is the digest of what is sent, of the call with its parameters, and of the versions
//!   of contract and device. Renamed files are not sent again.
//! - A photo that has changed since it was planned is not sent.
//!
//! # What is stored
//!
//! References, digests, results and errors, in a file that only its owner can read, or in a database. **What a result says about a person is on that
//! disk.** Images that were sent are never stored; images of the device only with [`Media::Kept`]; names of files not with
//! [`Names::LeftOut`].

mod call;
mod error;
mod export;
mod images;
mod media;
mod pace;
mod plan;
mod run;
mod snapshot;
mod source;
mod store;
pub mod table;
mod verdict;

pub use call::{CONTRACT_VERSION, Call, InvalidCallError, LocalSeverity};
pub use error::{Error, ErrorKind};
pub use plan::{Plan, Refusal};
pub use run::{Ending, OtherDevice, Progress, Report, RunOptions, Waiting, run};
pub use snapshot::{Counts, Kind, Snapshot};
pub use source::Source;
pub use store::{Check, Location, Media, Names, Retry, Settings, Store};
