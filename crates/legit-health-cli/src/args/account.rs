//! The arguments of `login`, `logout`, `whoami` and `doctor`.

use clap::Args;
use std::path::PathBuf;

const LOGIN_EXAMPLES: &str = "\
Examples:
  legit-health login
      asks for what is missing, in a terminal
  legit-health login --profile clinic
      stores a second account, for commands with `--profile clinic`
  pass show clinic | legit-health login --url https://api.example.org/v2.0 \\
      --username clinic@example.org --password-stdin
      asks for nothing
  legit-health login --password-command 'pass show clinic'
      stores the command instead of the password";

/// Store the account of a device in a profile, after it was checked with a
/// login
///
/// The profile is a file in the user's configuration directory that only its
/// owner can read. It holds the password, unless `--password-file` or
/// `--password-command` names where it is: that is read at each login then.
#[derive(Args)]
#[command(after_help = LOGIN_EXAMPLES)]
pub(crate) struct Login {
    /// Address of the device, version segment included, such as
    /// `https://api.example.org/v2.0`
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<String>,

    /// User name of the account, an e-mail address
    #[arg(long, value_name = "EMAIL")]
    pub(crate) username: Option<String>,

    /// Address of the catalog, if it is not the usual one
    #[arg(long, value_name = "URL")]
    pub(crate) catalog_url: Option<String>,

    /// Read the password from standard input: its first line
    #[arg(long, group = "password")]
    pub(crate) password_stdin: bool,

    /// Read the password from this file at each login: its first line
    #[arg(long, group = "password", value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,

    /// Run this command at each login, in a shell: the first line that it prints
    /// is the password. Put no secret in it
    #[arg(long, group = "password", value_name = "COMMAND")]
    pub(crate) password_command: Option<String>,
}

const LOGOUT_EXAMPLES: &str = "\
Examples:
  legit-health logout
      the next command logs in again
  legit-health logout --profile clinic --forget
      removes the profile `clinic` too";

/// Remove the token that runs of this program share
///
/// The device has no way to revoke a token: it stays valid there until it
/// expires, and is not stored here any more.
#[derive(Args)]
#[command(after_help = LOGOUT_EXAMPLES)]
pub(crate) struct Logout {
    /// Remove the profile too, with the password in it
    #[arg(long)]
    pub(crate) forget: bool,
}

const WHOAMI_EXAMPLES: &str = "\
Examples:
  legit-health whoami
      nothing is sent
  legit-health whoami --check
      asks the device, too
  legit-health whoami --json";

/// Show the account that commands use, where it comes from, and its token
#[derive(Args)]
#[command(after_help = WHOAMI_EXAMPLES)]
pub(crate) struct Whoami {
    /// Ask the device whether it accepts the account
    #[arg(long)]
    pub(crate) check: bool,
}

const DOCTOR_EXAMPLES: &str = "\
Examples:
  legit-health doctor
  legit-health doctor --profile clinic
  legit-health doctor --bundle report.json
      writes what a bug report needs, and nothing of patients or accounts
  legit-health doctor --json";

/// Check the way to the device: address, proxy, certificate, clock, login,
/// versions
///
/// Each line says what to do. The exit status is that of the first check that
/// failed; a warning is none. It costs one login, and sends no image.
#[derive(Args)]
#[command(after_help = DOCTOR_EXAMPLES)]
pub(crate) struct Doctor {
    /// Write what was found to this new file, for a bug report: without
    /// passwords, tokens, names of users, hosts and files
    #[arg(long, value_name = "FILE")]
    pub(crate) bundle: Option<PathBuf>,
}
