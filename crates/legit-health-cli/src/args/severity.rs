//! The command line of `severity`.

use clap::Subcommand;
use std::path::PathBuf;

#[derive(Subcommand)]
pub(crate) enum Severity {
    /// Score answers alone; in a terminal, what is not given is asked for
    Manual {
        #[command(flatten)]
        about: About,
        /// Answers, such as `erythema=3`; `legit-health scales SCALE` says what is asked
        #[arg(value_name = "ITEM=VALUE")]
        answers: Vec<String>,
    },
    /// Score one image of one body site, and what the scale asks beside it
    Local {
        #[command(flatten)]
        about: About,
        /// JPEG, PNG or WebP; metadata is removed before anything is sent
        image: PathBuf,
        /// Answers, if the scale asks for any, such as `pruritus=2`
        #[arg(value_name = "ITEM=VALUE")]
        answers: Vec<String>,
        /// Write masks and overlays to this directory; no file is overwritten
        #[arg(long, value_name = "DIR")]
        save_images: Option<PathBuf>,
    },
    /// Score seventeen views of the whole body
    Global {
        /// The code of the scale; `legit-health scales` lists them
        scale: String,
        /// A photo for each view, named after it: faceFront.jpg and so on
        directory: PathBuf,
        /// The known condition, in words, such as `vitiligo`
        #[arg(long, value_name = "TEXT")]
        condition: String,
        /// Score the views that are there, although some are missing
        #[arg(long)]
        partial: bool,
        /// Write masks and overlays to this directory; no file is overwritten
        #[arg(long, value_name = "DIR")]
        save_images: Option<PathBuf>,
    },
}

/// What is scored, and where.
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
}
