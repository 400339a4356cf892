//! The arguments of `batch`.

use clap::{Args, Subcommand};
use std::num::NonZeroUsize;
use std::path::PathBuf;

pub(super) const EXAMPLES: &str = "\
Examples:
  legit-health batch plan whole-body --store study.batch
      checks every image, and says what will be sent; sends nothing
  legit-health --sandbox batch run --store study.batch
      sends what is left; interrupt it, and run it again
  legit-health batch status --store study.batch
  legit-health batch export --store study.batch --csv";

const PLAN: &str = "\
SOURCE is a directory (one case for each image below it), a list of paths
(.txt), or cases with up to three images: a table (.csv) with the columns
reference, image, image2, image3, call, scale, bodySite, condition, answers, or
lines of JSON (.ndjson), such as
  {\"reference\": \"P-1\", \"images\": [\"front.jpg\", \"close-up.jpg\"]}
Relative paths start from the directory of SOURCE. `call` is diagnosisSupport or
severityLocal.

The store holds references, digests, results and errors, and no image that was
sent. What a result says about a person is on that disk.

Examples:
  legit-health batch plan whole-body --store views.batch
  legit-health batch plan whole-body --store apasi.batch --scale apasi \\
      --at armLeft --condition psoriasis --answer surface=2
      a severity call for each image
  legit-health batch plan whole-body --store names.batch --no-file-names";

const RUN: &str = "\
The run begins with four calls at a time and finds its speed by the answers of
the server. It waits for a server, a network or an account that does not work.
One Ctrl-C lets the calls in flight end; a second one does not wait for them.
Recorded once; analysed at most once more for each case in flight at a crash.

On a database, the same command may run on several machines: --max-calls and
--max-in-flight are then the limits of all of them together.

Exit status: 0 all recorded, 7 some refused, failed or left, 9 a result could
not be stored, 75 the store is in use, 130 interrupted; else as for one call.

Examples:
  legit-health --sandbox batch run --store study.batch
  legit-health --sandbox batch run --store study.batch --max-calls 500";

const STATUS: &str = "\
Examples:
  legit-health batch status --store study.batch
  legit-health --json batch status --store study.batch
      {given, recorded, refused, failed, left, analysedTwice, …}";

const RETRY: &str = "\
A case that may have been analysed may be billed again.

Examples:
  legit-health batch retry --store study.batch
  legit-health batch retry --store study.batch --kind timeout --kind server";

const EXPORT: &str = "\
Each line has a key: the digest of what was sent, of the call with its
parameters, and of the versions of contract and device.

--parquet needs a program that was built with the cargo feature `parquet`.

Examples:
  legit-health batch export --store study.batch --ndjson -o results.ndjson
  legit-health batch export --store study.batch --csv";

/// The steps of a batch.
#[derive(Subcommand)]
pub(crate) enum Batch {
    Plan(Plan),
    Run(Run),
    /// Show what has become of the cases; a run may go on meanwhile
    #[command(after_help = STATUS)]
    Status(Store),
    Retry(Retry),
    Export(Export),
}

/// The store of a batch.
#[derive(Args)]
pub(crate) struct Store {
    /// File of the batch, created by `batch plan`; only its owner can read it.
    /// Or a database that several machines share: postgres://HOST/DATABASE
    #[arg(long, value_name = "FILE")]
    pub(crate) store: PathBuf,
}

/// Read the cases, check every image, and say what will be sent; sends nothing
#[derive(Args)]
#[command(after_help = PLAN)]
pub(crate) struct Plan {
    /// Directory, or file of cases: .txt, .csv, .ndjson
    pub(crate) source: PathBuf,
    #[command(flatten)]
    pub(crate) store: Store,
    /// Keep heat maps and masks with the results, which takes much more disk
    #[arg(long)]
    pub(crate) keep_media: bool,
    /// Keep no names of files; a run then looks for the images below `--root`
    #[arg(long)]
    pub(crate) no_file_names: bool,
    /// Score severity with this scale, where a case names no call; else
    /// diagnosis support
    #[arg(long, value_name = "CODE", requires_all = ["at", "condition"])]
    pub(crate) scale: Option<String>,
    /// With `--scale`: the body site
    #[arg(long, value_name = "SITE", requires = "scale")]
    pub(crate) at: Option<String>,
    /// With `--scale`: the known condition, in words
    #[arg(long, value_name = "TEXT", requires = "scale")]
    pub(crate) condition: Option<String>,
    /// With `--scale`: an answer; give it once for each item
    #[arg(long = "answer", value_name = "ITEM=VALUE", requires = "scale")]
    pub(crate) answers: Vec<String>,
}

/// Send what is left, and store each result before the next case is sent
#[derive(Args)]
#[command(after_help = RUN)]
pub(crate) struct Run {
    #[command(flatten)]
    pub(crate) store: Store,
    /// Send at most so many calls in this run
    #[arg(long, value_name = "N")]
    pub(crate) max_calls: Option<u64>,
    /// How many calls may be in flight
    #[arg(long, value_name = "N", default_value = "16")]
    pub(crate) max_in_flight: NonZeroUsize,
    /// How many bytes of images these calls may send, such as 64M
    #[arg(long, value_name = "BYTES", default_value = "64M", value_parser = bytes)]
    pub(crate) max_bytes: u64,
    /// Give up if nothing has worked for so many minutes
    #[arg(long, value_name = "MINUTES", default_value = "60",
        value_parser = clap::value_parser!(u64).range(1..1_000_000))]
    pub(crate) give_up_after: u64,
    /// Directory of the images, if they were moved, or if the plan kept no names
    #[arg(long, value_name = "DIR")]
    pub(crate) root: Option<PathBuf>,
    /// Go on if the device has another version than the results so far
    #[arg(long)]
    pub(crate) accept_other_device: bool,
}

/// Put cases that failed back, for the next run
#[derive(Args)]
#[command(after_help = RETRY)]
pub(crate) struct Retry {
    #[command(flatten)]
    pub(crate) store: Store,
    /// Those that failed; this is what is meant without it
    #[arg(long, conflicts_with = "refused")]
    pub(crate) failed: bool,
    /// Those that the device refused
    #[arg(long)]
    pub(crate) refused: bool,
    /// Only those of this kind, which `batch status` lists; may be repeated
    #[arg(long = "kind", value_name = "KIND")]
    pub(crate) kinds: Vec<String>,
}

/// Print every case, with its result or error
#[derive(Args)]
#[command(after_help = EXPORT)]
#[command(group = clap::ArgGroup::new("form").required(true))]
pub(crate) struct Export {
    #[command(flatten)]
    pub(crate) store: Store,
    /// One line of JSON for each case, with the document of the device
    #[arg(long, group = "form")]
    pub(crate) ndjson: bool,
    /// A table for a spreadsheet, with a row for each case
    #[arg(long, group = "form")]
    pub(crate) csv: bool,
    /// The same table as a Parquet file: exact texts, numbers as numbers
    #[arg(long, group = "form")]
    pub(crate) parquet: bool,
    /// Write to this file, which only its owner can read; no file is overwritten
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// A number of bytes, with K, M or G for its multiples of 1024.
fn bytes(text: &str) -> Result<u64, &'static str> {
    const WRONG: &str = "give a number of bytes, such as 500000, 64M or 2G";
    let (digits, shift) = match text.char_indices().next_back() {
        Some((end, 'K' | 'k')) => (&text[..end], 10),
        Some((end, 'M' | 'm')) => (&text[..end], 20),
        Some((end, 'G' | 'g')) => (&text[..end], 30),
        _ => (text, 0),
    };
    let number: u64 = digits.parse().map_err(|_| WRONG)?;
    number.checked_mul(1 << shift).filter(|bytes| *bytes > 0).ok_or(WRONG)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_written_with_and_without_a_unit() {
        for (text, expected) in
            [("7", Some(7)), ("2k", Some(2048)), ("64M", Some(64 << 20)), ("1G", Some(1 << 30))]
        {
            assert_eq!(bytes(text).ok(), expected, "{text}");
        }
        for text in ["", "M", "-1", "0", "1.5M", "99999999999G", "1T", "1é"] {
            assert!(bytes(text).is_err(), "{text}");
        }
    }
}
