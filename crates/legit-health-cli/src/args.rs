//! The command-line arguments. None derives `Debug`, because answers and a condition are about a patient.

pub(crate) mod account;
pub(crate) mod batch;
mod examples;

use crate::account::profile::ProfileName;
use crate::failure::Failure;
use account::{Doctor, Login, Logout, Whoami};
use clap::builder::NonEmptyStringValueParser;
use clap::{ColorChoice, Parser, Subcommand};
use clap_complete::Shell;
use legit_health::Percent;
use legit_health::triage::TriagePolicy;
use legit_health_follow_up::Baseline;
use std::net::IpAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;

const AFTER: &str = "\
Without --sandbox, the program calls the device of --profile, else that of
LEGIT_HEALTH_URL, LEGIT_HEALTH_USERNAME and LEGIT_HEALTH_PASSWORD (or
LEGIT_HEALTH_PASSWORD_FILE), else that of the profile `default`, which
`legit-health login` stores. It never falls back to the sandbox.
LEGIT_HEALTH_CA_FILE, LEGIT_HEALTH_CLIENT_CERT_FILE and
LEGIT_HEALTH_CLIENT_KEY_FILE name the files of certificates where the options
do not.

Exit status: 0 ok, 1 other, 2 usage or configuration, 3 authentication,
4 rejected input, 5 service unavailable after retries, 6 timeout, 7 some of
many cases have no result, 8 certificate not trusted, 9 answered, but the
result could not be stored, 75 the store of a batch is in use, 130
interrupted.

Unofficial: not affiliated with, endorsed or supported by AI Labs Group S.L.;
Legit.Health is its name, used only to identify the API. Intended for software
integration and testing; not intended for any medical purpose; no conformity
assessment. The API's output supports, and does not replace, a qualified
healthcare professional.";

/// Command line for the Legit.Health device API and its sandbox (unofficial)
#[derive(Parser)]
#[command(name = "legit-health", version, max_term_width = 80, after_help = AFTER)]
pub(crate) struct Args {
    /// Print one JSON document, in the API's own field names
    #[arg(long, global = true, help_heading = "Output")]
    pub(crate) json: bool,

    /// Use colors; NO_COLOR and CLICOLOR_FORCE are obeyed, too
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", help_heading = "Output")]
    pub(crate) color: ColorChoice,

    /// Print results and errors only, without notes and progress
    #[arg(short, long, global = true, conflicts_with = "verbose", help_heading = "Output")]
    pub(crate) quiet: bool,

    /// Print all of a result, and the facts of its call
    #[arg(short, long, global = true, help_heading = "Output")]
    pub(crate) verbose: bool,

    #[command(flatten, next_help_heading = "Device")]
    pub(crate) connection: Connection,

    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The device to call, and what is checked before.
#[derive(clap::Args)]
pub(crate) struct Connection {
    /// Start a sandbox inside this process, for this one command
    #[arg(long, global = true)]
    pub(crate) sandbox: bool,

    /// Result of the sandbox for images that do not name a scenario, such as
    /// `psoriasis/moderate`
    #[arg(long, global = true, value_name = "NAME[/SEVERITY]")]
    pub(crate) scenario: Option<String>,

    /// Send images without the full check of their picture data, which finds
    /// data that end early or are damaged
    #[arg(long, global = true)]
    pub(crate) no_verify: bool,

    /// Give up after so many seconds, retries and pauses included; 300 without it
    #[arg(long, global = true, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) timeout: Option<u64>,

    /// Use the account of this profile, which `legit-health login` has stored
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) profile: Option<ProfileName>,

    /// Neither use nor keep the token that later commands share
    #[arg(long, global = true)]
    pub(crate) no_token_cache: bool,

    /// Trust the CA certificates in this PEM file too, besides those of the
    /// system
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) ca_certificate: Option<PathBuf>,

    /// Present the client certificate in this PEM file, which may hold its key
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) client_certificate: Option<PathBuf>,

    /// Private key of the client certificate, in a PEM file of its own
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) client_key: Option<PathBuf>,
}

impl Connection {
    /// An option that is given, and is about an account or its device.
    pub(crate) fn of_an_account(&self) -> Option<&'static str> {
        let options = [
            ("profile", self.profile.is_some()),
            ("ca-certificate", self.ca_certificate.is_some()),
            ("client-certificate", self.client_certificate.is_some()),
            ("client-key", self.client_key.is_some()),
        ];
        options.into_iter().find_map(|(name, is_given)| is_given.then_some(name))
    }
}

/// What a sandbox serves, and where.
#[derive(clap::Args)]
pub(crate) struct Serve {
    /// Port to listen on; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    pub(crate) port: u16,
    /// Address to listen on; one that other machines reach needs
    /// --allow-non-loopback
    #[arg(long, default_value = "127.0.0.1")]
    pub(crate) address: IpAddr,
    /// Let other machines reach the sandbox and its controls
    #[arg(long)]
    pub(crate) allow_non_loopback: bool,
    /// Further name under which its controls answer, such as that of a
    /// container; may be repeated
    #[arg(long, value_name = "NAME")]
    pub(crate) allow_host: Vec<String>,
    /// Serve HTTPS, and write the certificate that clients have to trust to
    /// this file; it is made anew at each start
    #[arg(long, value_name = "FILE")]
    pub(crate) https: Option<PathBuf>,
    /// User name of its account; also LEGIT_HEALTH_SANDBOX_USERNAME
    #[arg(long, value_name = "NAME", requires = "password_file")]
    pub(crate) username: Option<String>,
    /// File whose first line is the password of its account; also
    /// LEGIT_HEALTH_SANDBOX_PASSWORD, the password itself
    #[arg(long, value_name = "FILE", requires = "username")]
    pub(crate) password_file: Option<PathBuf>,
    /// Make password, tokens and values the same in every run
    #[arg(long, value_name = "NUMBER")]
    pub(crate) seed: Option<u64>,
    /// Lifetime of a token
    #[arg(long, value_name = "MINUTES", default_value_t = 60)]
    pub(crate) token_life: u32,
    /// Keep no bodies for the console, which otherwise shows those of the
    /// latest requests, from memory; those of a login are never kept
    #[arg(long)]
    pub(crate) no_bodies: bool,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Show what the API does, step by step, on sample images; needs no account
    #[command(after_help = examples::DEMO)]
    Demo,
    /// Rank likely conditions from one to three images of the same case
    #[command(visible_alias = "dx", after_help = examples::DIAGNOSIS_SUPPORT)]
    DiagnosisSupport {
        /// JPEG, PNG or WebP; metadata is removed before anything is sent
        #[arg(
            required_unless_present = "each",
            conflicts_with_all = ["each", "max_in_flight", "max_megabytes"],
            value_name = "IMAGE"
        )]
        images: Vec<PathBuf>,
        /// Write the heat maps to this directory; no file is overwritten
        #[arg(long, value_name = "DIR", conflicts_with = "each")]
        save_images: Option<PathBuf>,
        /// The patient or case, kept in the member `request` of the document; it is never
        /// sent
        #[arg(long, value_name = "REF", value_parser = NonEmptyStringValueParser::new())]
        reference: Option<String>,
        #[command(flatten)]
        thresholds: Thresholds,
        #[command(flatten)]
        each: Each,
    },
    /// Send many cases, durably: plan them, run, stop, go on, export
    #[command(subcommand, after_help = batch::EXAMPLES)]
    Batch(batch::Batch),
    /// Show what an image is, what of it would be sent and what is removed;
    /// nothing is sent
    #[command(after_help = examples::INSPECT)]
    Inspect(Inspect),
    /// Score how severe a known condition is
    #[command(subcommand)]
    Severity(Severity),
    /// Follow one patient's scores of one scale over time, from stored documents;
    /// nothing is sent
    #[command(after_help = examples::FOLLOW_UP)]
    FollowUp(FollowUp),
    /// Make a page of stored documents for a clinician, with photographs and the
    /// courses of scores; nothing is sent
    #[command(after_help = examples::REPORT)]
    Report(Report),
    /// Show the electronic label of the device
    #[command(after_help = examples::DEVICE)]
    Device,
    /// List the scenarios of the sandbox, which `--scenario` takes
    #[command(after_help = examples::SCENARIOS)]
    Scenarios,
    Login(Login),
    Logout(Logout),
    Whoami(Whoami),
    Doctor(Doctor),
    /// Run a sandbox on this machine until interrupted
    #[command(after_help = examples::SANDBOX)]
    Sandbox(Serve),
    /// List the body sites that a request may name; needs no account
    #[command(after_help = examples::SITES)]
    Sites,
    /// List the scales, or the items of one scale; needs no account
    #[command(after_help = examples::SCALES)]
    Scales {
        /// The code of a scale, such as `pasi`
        #[arg(conflicts_with = "condition")]
        scale: Option<String>,
        /// The scales that the catalog lists for a condition, by its ICD-11 code
        #[arg(long, value_name = "ICD11")]
        condition: Option<String>,
    },
    /// Print a script that completes commands and options in a shell
    #[command(after_help = examples::COMPLETIONS)]
    Completions {
        /// The shell; its manual says where the script belongs
        shell: Shell,
    },
    /// Write a manual page for each command
    #[command(after_help = examples::MAN)]
    Man {
        /// Directory to write to, created if missing, such as
        /// `~/.local/share/man/man1`
        directory: PathBuf,
    },
    /// Write sample skin images to try the sandbox with
    #[command(after_help = examples::SAMPLES)]
    Samples {
        /// Directory to write to, created if missing; no file is overwritten
        directory: PathBuf,
    },
}

#[derive(Subcommand)]
pub(crate) enum Severity {
    /// Score answers; a terminal is asked for those that are missing
    #[command(after_help = examples::MANUAL)]
    Manual {
        #[command(flatten)]
        about: About,
        /// Answers, such as `erythema=3`; `legit-health scales SCALE` lists the items
        #[arg(value_name = "ITEM=VALUE")]
        answers: Vec<String>,
    },
    /// Score one image of one body site, and the answers that the scale asks for
    #[command(after_help = examples::LOCAL)]
    Local {
        #[command(flatten)]
        about: About,
        /// JPEG, PNG or WebP; metadata is removed before anything is sent. Left out with
        /// `--each`
        #[arg(required_unless_present = "each")]
        image: Option<PathBuf>,
        /// Answers, if the scale asks for any, such as `pruritus=2`
        #[arg(value_name = "ITEM=VALUE")]
        answers: Vec<String>,
        /// Write masks and overlays to this directory; no file is overwritten
        #[arg(long, value_name = "DIR", conflicts_with = "each")]
        save_images: Option<PathBuf>,
        #[command(flatten)]
        each: Each,
    },
    /// Score 17 views of the whole body
    #[command(after_help = examples::GLOBAL)]
    Global {
        /// The code of the scale; `legit-health scales` lists them
        scale: String,
        /// Directory with one image per view, named after it, such as faceFront.jpg;
        /// other images in it are an error
        directory: PathBuf,
        /// The known condition, in words, such as `vitiligo`
        #[arg(long, value_name = "TEXT")]
        condition: String,
        /// Score the views that are there if some are missing
        #[arg(long)]
        partial: bool,
        /// Write masks and overlays to this directory; no file is overwritten
        #[arg(long, value_name = "DIR")]
        save_images: Option<PathBuf>,
        /// The patient or case, kept in the member `request` of the document; it is never
        /// sent
        #[arg(long, value_name = "REF", value_parser = NonEmptyStringValueParser::new())]
        reference: Option<String>,
    },
}

/// Thresholds of the user's own, by which the priority of a case is told. There are no defaults.
#[derive(clap::Args)]
pub(crate) struct Thresholds {
    /// Say how urgent the case is by thresholds of your own, in percent: of (U)rgent
    /// referral, (M)alignancy and (H)igh-priority referral
    #[arg(long, value_name = "PERCENT", num_args = 3, value_names = ["U", "M", "H"],
        conflicts_with = "each")]
    pub(crate) thresholds: Vec<f64>,
}

impl Thresholds {
    pub(crate) fn policy(&self) -> Result<Option<TriagePolicy>, Failure> {
        let [urgent_referral, malignancy, high_priority_referral] = self.thresholds[..] else {
            return Ok(None);
        };
        let percent = |value| {
            Percent::new(value).map_err(|_| Failure::usage("`--thresholds` takes percentages from 0 to 100"))
        };
        Ok(Some(TriagePolicy {
            urgent_referral: percent(urgent_referral)?,
            malignancy: percent(malignancy)?,
            high_priority_referral: percent(high_priority_referral)?,
        }))
    }
}

#[derive(clap::Args)]
pub(crate) struct Inspect {
    /// JPEG, PNG or WebP, or directories of them
    #[arg(required = true, value_name = "IMAGE|DIR")]
    pub(crate) images: Vec<PathBuf>,
    /// Write the images as they would be sent: one to this file, several to this
    /// directory; no file is overwritten
    #[arg(short, long, value_name = "FILE|DIR")]
    pub(crate) output: Option<PathBuf>,
    /// Overwrite files of `--output`, but never an image that is inspected
    #[arg(long, requires = "output")]
    pub(crate) force: bool,
}

#[derive(clap::Args)]
pub(crate) struct FollowUp {
    /// Documents that `severity … --json`, `--each` or `batch export --ndjson` printed,
    /// one a line; `-` for standard input
    #[arg(value_name = "VISITS.ndjson")]
    pub(crate) visits: PathBuf,
    /// The code of the scale, where the file holds several
    #[arg(long, value_name = "SCALE")]
    pub(crate) scale: Option<String>,
    /// The body site, or `wholeBody`, if not that of the earliest visit
    #[arg(long, value_name = "SITE")]
    pub(crate) at: Option<String>,
    /// The patient or case, if not that of the earliest visit
    #[arg(long, value_name = "REF")]
    pub(crate) reference: Option<String>,
    /// Compare with the visit of this date, such as 2026-03-02, and not with the
    /// first one
    #[arg(long, value_name = "DATE")]
    pub(crate) baseline: Option<Baseline>,
    /// Judge this criterion, such as PASI75, and not all of the scale; may be repeated
    #[arg(long, value_name = "NAME")]
    pub(crate) criterion: Vec<String>,
    /// Write a chart to this new file
    #[arg(long, value_name = "FILE")]
    pub(crate) svg: Option<PathBuf>,
    /// Write the chart to this new file as a picture
    #[arg(long, value_name = "FILE")]
    pub(crate) png: Option<PathBuf>,
    /// Overwrite a chart that is there
    #[arg(long)]
    pub(crate) force: bool,
}

#[derive(clap::Args)]
pub(crate) struct Report {
    /// Documents that `diagnosis-support` or `severity` printed with `--json` or `--each`, or
    /// `batch export --ndjson`; `-` for standard input
    #[arg(required = true, value_name = "DOCUMENT")]
    pub(crate) documents: Vec<PathBuf>,
    /// Photographs that were sent; each is shown with the documents that have its digest
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(crate) image: Vec<PathBuf>,
    /// Write the page to this new file
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
    /// Overwrite a page that is there
    #[arg(long)]
    pub(crate) force: bool,
}

/// Many cases instead of one.
#[derive(clap::Args)]
pub(crate) struct Each {
    /// One case for each of these images, and for each image in these directories;
    /// prints one line of JSON for each result, as it comes
    #[arg(long, value_name = "FILE|DIR", num_args = 1..)]
    pub(crate) each: Vec<PathBuf>,
    /// With `--each`: print CSV for a spreadsheet
    #[arg(long, requires = "each", conflicts_with = "json")]
    pub(crate) csv: bool,
    /// With `--each`: how many calls may run at the same time
    #[arg(long, value_name = "N", default_value = "4", requires = "each")]
    pub(crate) max_in_flight: NonZeroUsize,
    /// With `--each`: how many MiB of images these calls may send at the same time
    #[arg(long, value_name = "MIB", default_value = "64", requires = "each",
        value_parser = clap::value_parser!(u64).range(1..1 << 20))]
    pub(crate) max_megabytes: u64,
}

/// The scale, the body site and the condition.
#[derive(clap::Args)]
pub(crate) struct About {
    /// The code of the scale; `legit-health scales` lists them
    pub(crate) scale: String,
    /// The body site; `legit-health sites` lists them
    #[arg(long, value_name = "SITE")]
    pub(crate) at: String,
    /// The known condition, in words, such as `psoriasis`
    #[arg(long, value_name = "TEXT")]
    pub(crate) condition: String,
    /// The patient or case, kept in the member `request` of the document; it is never
    /// sent
    #[arg(long, value_name = "REF", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) reference: Option<String>,
}
