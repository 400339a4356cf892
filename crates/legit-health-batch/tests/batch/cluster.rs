//! A PostgreSQL of a test's own, on a socket in a temporary directory. Where it is not installed, the tests say what they skip,
//! unless `LEGIT_HEALTH_POSTGRES_TESTS` is `required`. The tests of the command line use this file, too.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// A server, which ends with this value.
pub(crate) struct Cluster {
    programs: PathBuf,
    /// A server refuses to run as root.
    user: Option<String>,
    folder: tempfile::TempDir,
}

/// Enough for a test, which survives no loss of power.
pub(crate) const QUICK: &str = "-c fsync=off";
/// As somebody runs it.
pub(crate) const DURABLE: &str = "-c fsync=on";

impl Cluster {
    /// Starts a server, or says why the test is skipped.
    pub(crate) fn start(test: &str, settings: &str) -> Option<Self> {
        match Self::try_start(settings) {
            Ok(cluster) => Some(cluster),
            Err(missing) => {
                let is_required =
                    std::env::var_os("LEGIT_HEALTH_POSTGRES_TESTS").is_some_and(|value| value == "required");
                assert!(!is_required, "{test} cannot run: {missing}");
                // Written directly, because the test runner shows what a passing test prints to nobody.
                let message = format!("\nSKIPPED: {test}, because {missing}\n");
                std::io::stderr().write_all(message.as_bytes()).expect("stderr takes a line");
                None
            }
        }
    }

    fn try_start(settings: &str) -> Result<Self, String> {
        let programs = programs().ok_or("PostgreSQL is not installed (`initdb` and `pg_ctl`)")?;
        let folder = tempfile::tempdir().unwrap();
        let mut cluster = Self { programs, user: None, folder };
        if printed("id", &["-u"]) == "0" {
            let user =
                ["postgres", "nobody"].into_iter().find(|user| !printed("id", &["-u", user]).is_empty());
            let user = user.ok_or("it does not run as root, and there is no other user")?;
            let owned = Command::new("chown").arg(user).arg(cluster.folder.path()).status();
            assert!(owned.is_ok_and(|status| status.success()), "the folder is given to {user}");
            cluster.user = Some(user.to_owned());
        }
        let data = cluster.data();
        let options = ["--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "-U", "postgres", "-D"];
        let made = cluster.program("initdb").args(options).arg(&data).output();
        let made = made.map_err(|error| format!("`initdb` cannot be run: {error}"))?;
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let server = format!("-k {} -c listen_addresses= {settings}", cluster.folder.path().display());
        cluster.control("start", &["-o", &server]);
        Ok(cluster)
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A program of PostgreSQL, as the user who owns the data.
    fn program(&self, name: &str) -> Command {
        let program = self.programs.join(name);
        let mut command = match &self.user {
            None => Command::new(program),
            Some(user) => {
                let mut command = Command::new("setpriv");
                command.args(["--reuid", user, "--regid", &printed("id", &["-g", user]), "--clear-groups"]);
                command.arg(program);
                command
            }
        };
        command.current_dir(self.folder.path());
        command
    }

    fn control(&self, what: &str, options: &[&str]) {
        let mut control = self.program("pg_ctl");
        control.args([what, "-w", "-D"]).arg(self.data()).arg("-l").arg(self.folder.path().join("log"));
        // The server would hold our output open.
        let status = control.args(options).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
        let log = || std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        assert!(status.success(), "pg_ctl {what}: {}", log());
    }

    /// Ends the server as a crash does, and starts it.
    pub(crate) fn restart(&self) {
        self.control("restart", &["-m", "immediate"]);
    }

    pub(crate) fn server(&self) -> Server {
        Server { programs: self.programs.clone(), socket: self.folder.path().to_owned() }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if self.data().join("postmaster.pid").exists() {
            self.control("stop", &["-m", "immediate"]);
        }
    }
}

/// How a running server is reached.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) programs: PathBuf,
    pub(crate) socket: PathBuf,
}

impl Server {
    /// Makes a database, and returns its name.
    pub(crate) fn new_database(&self) -> String {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("study_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        self.sql("postgres", &format!("CREATE DATABASE {name}"));
        name
    }

    pub(crate) fn address(&self, database: &str) -> String {
        format!("postgres://postgres@/{database}?host={}", self.socket.display())
    }

    /// Returns what a statement prints, one line for a row.
    pub(crate) fn sql(&self, database: &str, statement: &str) -> String {
        self.client("psql", database, &["-XAtq", "-v", "ON_ERROR_STOP=1", "-c", statement])
    }

    /// The whole database as text.
    pub(crate) fn dump(&self, database: &str) -> String {
        self.client("pg_dump", database, &[])
    }

    /// Lets the lease of every worker end, as time does.
    pub(crate) fn end_leases(&self, database: &str) {
        self.sql(database, "UPDATE legit_health_batch.worker SET lease_until = '-infinity'");
    }

    /// Ends the connections of all workers. Returns how many, as text.
    pub(crate) fn cut_connections(&self, database: &str) -> String {
        let of_workers = "FROM pg_stat_activity WHERE application_name = 'legit-health-batch'";
        self.sql(database, &format!("SELECT count(pg_terminate_backend(pid)) {of_workers}"))
    }

    fn client(&self, program: &str, database: &str, arguments: &[&str]) -> String {
        let mut command = Command::new(self.programs.join(program));
        command.arg("-h").arg(&self.socket).args(["-U", "postgres"]).args(arguments).arg(database);
        let output: Output = command.output().unwrap();
        assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }
}

/// The folder of the programs: on the path, or where Debian has them, the newest first.
fn programs() -> Option<PathBuf> {
    let has_all = |folder: &PathBuf| {
        ["initdb", "pg_ctl", "psql", "pg_dump"].iter().all(|name| folder.join(name).exists())
    };
    let path = std::env::var_os("PATH")?;
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let mut versions: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|entries| entries.filter_map(|entry| Some(entry.ok()?.path().join("bin"))).collect())
        .unwrap_or_default();
    versions.sort_by_key(|folder| number(folder));
    folders.extend(versions.into_iter().rev());
    folders.into_iter().find(has_all)
}

/// The version in `/usr/lib/postgresql/15/bin`.
fn number(folder: &Path) -> Option<u32> {
    folder.parent()?.file_name()?.to_str()?.parse().ok()
}

fn printed(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).stderr(Stdio::null()).output();
    output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default()
}
