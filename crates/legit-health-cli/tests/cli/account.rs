//! Profiles, the token that runs share, `login`, `logout` and `whoami`; and that no secret is shown or left anywhere.
#![cfg(target_os = "linux")]

use super::{failure, program, stderr, stdout};
use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

/// A home directory of its own, and a program that uses it.
pub(crate) struct Home(tempfile::TempDir);

impl Home {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn program(&self) -> Command {
        let mut command = program();
        command.env("HOME", self.path()).env_remove("LEGIT_HEALTH_NO_TOKEN_CACHE").stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.program().args(arguments).output().unwrap()
    }

    pub(crate) fn run_with_stdin(&self, arguments: &[&str], text: &str) -> Output {
        let mut command = self.program();
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // It may not read it.
        let _ = child.stdin.take().unwrap().write_all(text.as_bytes());
        child.wait_with_output().unwrap()
    }

    pub(crate) fn log_in(&self, sandbox: &Served, profile: &str) {
        let output = self.run_with_stdin(
            &[
                "login",
                "--profile",
                profile,
                "--url",
                &sandbox.url,
                "--username",
                &sandbox.username,
                "--password-stdin",
            ],
            &format!("{}\n", sandbox.password),
        );
        assert!(output.status.success(), "{}", stderr(&output));
    }

    fn profile(&self, name: &str) -> PathBuf {
        self.path().join(format!(".config/legit-health/profiles/{name}.json"))
    }

    /// The file of the only token.
    fn token(&self) -> PathBuf {
        let tokens = files(&self.path().join(".cache")).into_iter();
        let tokens: Vec<_> = tokens.filter(|path| path.extension().unwrap() == "json").collect();
        assert_eq!(tokens.len(), 1, "{tokens:?}");
        tokens[0].clone()
    }
}

/// All files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else { return found };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

/// A sandbox in a process of its own.
pub(crate) struct Served {
    child: Child,
    pub(crate) url: String,
    pub(crate) username: String,
    pub(crate) password: String,
}

impl Served {
    pub(crate) fn start() -> Self {
        let mut command = program();
        command.args(["sandbox", "--port", "0"]).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut value =
            |name: &str| lines.next().unwrap().unwrap().strip_prefix(name).expect(name).to_owned();
        let (url, username, password) = (value("listening on "), value("username: "), value("password: "));
        // Until it has written all of it, it would end with its output.
        value("catalogue on ");
        Self { child, url, username, password }
    }

    pub(crate) fn control(&self, method: &str, path: &str, body: &str) -> Value {
        let host = self.url.strip_prefix("http://").unwrap().strip_suffix("/v2.0").unwrap();
        let mut stream = TcpStream::connect(host).unwrap();
        write!(
            stream,
            "{method} /_sandbox/{path} HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\n\
             content-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).unwrap();
        let (head, body) = response.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 2"), "{response}");
        serde_json::from_str(body).unwrap_or(Value::Null)
    }

    pub(crate) fn logins(&self) -> usize {
        let ledger = self.control("GET", "ledger", "");
        usize::try_from(ledger["total"]["loginsAccepted"].as_u64().unwrap()).unwrap()
    }

    /// The environment of this account.
    fn environment<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command
            .env("LEGIT_HEALTH_URL", &self.url)
            .env("LEGIT_HEALTH_USERNAME", &self.username)
            .env("LEGIT_HEALTH_PASSWORD", &self.password)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Replaces what differs from run to run.
pub(crate) fn masked(text: &str, sandbox: &Served, home: &Home) -> String {
    let text = text
        .replace(&sandbox.url, "http://127.0.0.1:PORT/v2.0")
        .replace(home.path().to_str().unwrap(), "HOME");
    let text = mask(&text, "dddd-dd-dd dd:dd", "YYYY-MM-DD hh:mm");
    let text = mask(&text, "dddd-dd-ddTdd:dd:ddZ", "YYYY-MM-DDThh:mm:ssZ");
    let text = mask(&text, "in dd min", "in NN min");
    let text = mask(&text, "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh", "REQUEST-ID");
    mask(&mask(&mask(&text, "(d ms)", "(N ms)"), "(dd ms)", "(N ms)"), "(ddd ms)", "(N ms)")
}

/// Replaces what fits a pattern in which `d` is a digit and `h` a hexadecimal one.
fn mask(text: &str, pattern: &str, replacement: &str) -> String {
    let fits = |rest: &str| {
        rest.len() >= pattern.len()
            && rest.bytes().zip(pattern.bytes()).all(|(byte, expected)| match expected {
                b'd' => byte.is_ascii_digit(),
                b'h' => byte.is_ascii_hexdigit(),
                expected => byte == expected,
            })
    };
    let mut masked = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if fits(rest) {
            masked += replacement;
            rest = &rest[pattern.len()..];
        } else {
            masked.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    masked
}

/// What a person sees of a command.
pub(crate) fn transcript(arguments: &[&str], output: &Output, sandbox: &Served, home: &Home) -> String {
    let text = format!(
        "$ legit-health {}\n{}{}[{}]\n\n",
        arguments.join(" "),
        stdout(output),
        stderr(output),
        output.status.code().unwrap()
    );
    masked(&text, sandbox, home)
}

#[test]
fn login_reads_well() {
    let (sandbox, home) = (Served::start(), Home::new());
    let (url, password) = (sandbox.url.as_str(), sandbox.password.as_str());
    let secret = home.path().join("secret.txt");
    fs::write(&secret, format!("{password}\n")).unwrap();
    let account = ["--url", url, "--username", &sandbox.username];
    let mut seen = String::new();
    for (arguments, typed) in [
        (&["--password-stdin"][..], format!("{password}\n")),
        (&["--profile", "ward-7", "--password-file", secret.to_str().unwrap()], String::new()),
        (&["--profile", "vault", "--password-command", "cat ~/secret.txt"], String::new()),
        // The five likeliest mistakes, and some more.
        (&["--profile", "new", "--password-stdin"], "wrong\n".to_owned()),
        (&["--profile", "new", "--password-stdin"], "\n".to_owned()),
        (&["--profile", "new", "--password-file", "absent.txt"], String::new()),
        (&["--profile", "new", "--password-command", "exit 3"], String::new()),
        (&["--profile", "new", "--password-stdin", "--password-file", "secret.txt"], String::new()),
        (&["--profile", "../new", "--password-stdin"], String::new()),
        (&["--sandbox"], String::new()),
    ] {
        let arguments = [&["login"], &account[..], arguments].concat();
        seen += &transcript(&arguments, &home.run_with_stdin(&arguments, &typed), &sandbox, &home);
    }
    for arguments in [
        &["login", "--profile", "new"][..],
        &[
            "login",
            "--profile",
            "new",
            "--url",
            "http://device.example/v2.0",
            "--username",
            "a",
            "--password-stdin",
        ],
        &[
            "login",
            "--profile",
            "new",
            "--url",
            "http://127.0.0.1:9/v2.0",
            "--username",
            "a",
            "--password-stdin",
        ],
        // The profile of before has the address and the user name.
        &["login", "--password-stdin"],
    ] {
        let typed = if arguments.len() == 2 { password } else { "any" };
        seen += &transcript(arguments, &home.run_with_stdin(arguments, typed), &sandbox, &home);
    }
    assert!(!seen.contains(password));
    insta::assert_snapshot!("login", seen);
    let mut names: Vec<_> = files(&home.path().join(".config"))
        .into_iter()
        .map(|path| path.file_name().unwrap().to_owned())
        .collect();
    names.sort();
    assert_eq!(names, ["default.json", "vault.json", "ward-7.json"], "a refused account leaves nothing");
}

#[test]
fn whoami_and_logout_read_well() {
    let (sandbox, home) = (Served::start(), Home::new());
    let mut seen = String::new();
    let mut show = |arguments: &[&str], set: &dyn Fn(&mut Command)| {
        let mut command = home.program();
        set(command.args(arguments));
        seen += &transcript(arguments, &command.output().unwrap(), &sandbox, &home);
    };
    let as_it_is = |_: &mut Command| {};
    show(&["whoami"], &as_it_is);
    show(&["logout"], &as_it_is);
    home.log_in(&sandbox, "default");
    home.log_in(&sandbox, "ward-7");
    show(&["whoami"], &as_it_is);
    show(&["whoami", "--check"], &as_it_is);
    show(&["whoami", "--json"], &as_it_is);
    show(&["whoami", "--profile", "ward-7", "--no-token-cache"], &as_it_is);
    show(&["whoami", "--profile", "absent"], &as_it_is);
    show(&["whoami", "--sandbox"], &as_it_is);
    show(&["whoami"], &|command| {
        sandbox.environment(command);
    });
    show(&["whoami", "--profile", "ward-7"], &|command| {
        sandbox.environment(command);
    });
    show(&["whoami"], &|command| {
        sandbox.environment(command).env("LEGIT_HEALTH_PROFILE", "ward-7");
    });
    show(&["whoami"], &|command| {
        command.env("LEGIT_HEALTH_USERNAME", "clinic@example.org");
    });
    show(&["whoami"], &|command| {
        command.env("LEGIT_HEALTH_PROFILE", "a/b");
    });
    show(&["logout"], &as_it_is);
    show(&["logout"], &as_it_is);
    show(&["whoami"], &as_it_is);
    show(&["logout", "--profile", "ward-7", "--forget", "--json"], &as_it_is);
    show(&["logout", "--profile", "ward-7", "--forget"], &as_it_is);
    show(&["logout", "--forget"], &as_it_is);
    assert!(!seen.contains(&sandbox.password));
    insta::assert_snapshot!("whoami_and_logout", seen);
    assert!(files(home.path()).iter().all(|path| path.extension().unwrap() == "lock"));
}

#[test]
fn twenty_commands_at_once_and_a_loop_log_in_once() {
    let (sandbox, home) = (Served::start(), Home::new());
    home.log_in(&sandbox, "default");
    assert!(home.run(&["logout"]).status.success());
    assert_eq!(sandbox.logins(), 1);
    let spawn = || {
        let mut command = home.program();
        command.arg("device").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let running: Vec<Child> = (0..20).map(|_| spawn()).collect();
    for child in running {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success() && stderr(&output).is_empty(), "{}", stderr(&output));
    }
    assert_eq!(sandbox.logins(), 2, "one for all twenty");
    for _ in 0..10 {
        assert!(home.run(&["device"]).status.success());
    }
    assert_eq!(sandbox.logins(), 2);

    let mut command = home.program();
    for _ in 0..3 {
        assert!(sandbox.environment(command.arg("device")).output().unwrap().status.success());
        command = home.program();
    }
    assert_eq!(sandbox.logins(), 3, "the account of the environment has a token of its own");
}

#[test]
fn a_token_that_has_ended_is_replaced_once() {
    let (sandbox, home) = (Served::start(), Home::new());
    home.log_in(&sandbox, "default");
    sandbox.control("DELETE", &format!("accounts/{}/tokens", sandbox.username), "");
    for _ in 0..3 {
        assert!(home.run(&["device"]).status.success());
    }
    assert_eq!(sandbox.logins(), 2, "the device refused it");
    // Without the device: by its own clock it has expired.
    let text = fs::read_to_string(home.token()).unwrap();
    let mut stored: Value = serde_json::from_str(&text).unwrap();
    for member in ["issuedAt", "expiresAt"] {
        stored[member] = (stored[member].as_u64().unwrap() - 4_000).into();
    }
    fs::write(home.token(), stored.to_string()).unwrap();
    assert!(home.run(&["device"]).status.success());
    assert_eq!(sandbox.logins(), 3);
}

#[test]
fn a_cache_that_cannot_be_used_is_replaced() {
    let (sandbox, home) = (Served::start(), Home::new());
    home.log_in(&sandbox, "default");
    let whole = fs::read_to_string(home.token()).unwrap();
    let mut expected = 1;
    for text in [
        String::new(),
        whole[..40].to_owned(),
        whole.replace("\"form\":1", "\"form\":9"),
        whole.replace(&sandbox.username, "other@example.org"),
        whole.replace(&sandbox.url, "https://other.example/v2.0"),
    ] {
        fs::write(home.token(), text).unwrap();
        let output = home.run(&["device"]);
        assert!(output.status.success() && stderr(&output).is_empty(), "{}", stderr(&output));
        expected += 1;
        assert_eq!(sandbox.logins(), expected);
    }
    fs::set_permissions(home.token(), PermissionsExt::from_mode(0o644)).unwrap();
    assert!(home.run(&["device"]).status.success());
    assert_eq!(sandbox.logins(), expected + 1, "others may have written it");
    assert_eq!(fs::metadata(home.token()).unwrap().mode() & 0o777, 0o600);
}

#[test]
fn a_cache_that_cannot_be_written_is_a_note() {
    let (sandbox, home) = (Served::start(), Home::new());
    home.log_in(&sandbox, "default");
    assert!(home.run(&["logout"]).status.success());
    fs::remove_dir_all(home.path().join(".cache")).unwrap();
    // A file in the place of the directory, as root can write anywhere.
    fs::write(home.path().join(".cache"), "").unwrap();
    let output = home.run(&["device"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let note = stderr(&output);
    assert_eq!(note.lines().count(), 1, "{note}");
    assert!(note.starts_with("note: the next run has to log in again: the folder ~/.cache"), "{note}");
    let output = home.run(&["device", "--json"]);
    assert!(output.status.success() && stderr(&output).is_empty());
    for quiet in [
        home.program().args(["device", "--no-token-cache"]),
        home.program().arg("device").env("LEGIT_HEALTH_NO_TOKEN_CACHE", "1"),
    ] {
        let output = quiet.output().unwrap();
        assert!(output.status.success() && stderr(&output).is_empty(), "{}", stderr(&output));
    }
}

#[test]
fn a_profile_that_others_can_read_is_refused() {
    let (sandbox, home) = (Served::start(), Home::new());
    home.log_in(&sandbox, "default");
    let profile = home.profile("default");
    for path in [&profile, &home.token()] {
        assert_eq!(fs::metadata(path).unwrap().mode() & 0o777, 0o600);
        assert_eq!(fs::metadata(path.parent().unwrap()).unwrap().mode() & 0o777, 0o700);
    }
    fs::set_permissions(&profile, PermissionsExt::from_mode(0o640)).unwrap();
    for arguments in
        [&["device", "--json"][..], &["whoami", "--json"], &["logout", "--json"], &["sites", "--json"]]
    {
        let output = home.run(arguments);
        let error = failure(&output);
        assert_eq!((output.status.code(), error["kind"].as_str()), (Some(2), Some("configuration")));
        let message = error["message"].as_str().unwrap();
        assert!(
            message.contains("other users can read ~/.config") && message.contains("chmod 600"),
            "{message}"
        );
    }
    home.log_in(&sandbox, "default");
    assert!(home.run(&["device"]).status.success(), "a new login writes it anew");
}

/// A run that dies while it logs in, or hangs, does not keep the others from their work.
#[test]
fn a_lock_that_is_held_does_not_outlast_the_time_limit_of_a_command() {
    let (sandbox, home) = (Served::start(), Home::new());
    home.log_in(&sandbox, "default");
    assert!(home.run(&["logout"]).status.success());
    let lock = files(&home.path().join(".cache"));
    let held = fs::File::options().write(true).open(&lock[0]).unwrap();
    held.lock().unwrap();
    let output = home.run(&["--timeout", "1", "--json", "device"]);
    assert_eq!((output.status.code(), failure(&output)["kind"].as_str()), (Some(6), Some("timeout")));
    drop(held);
    assert!(home.run(&["device"]).status.success());
}

/// Typed into a terminal: what is asked is shown, the password is not, and Ctrl-C leaves the terminal as it was.
#[test]
fn a_terminal_is_asked() {
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    use rustix::termios::{LocalModes, tcgetattr};
    let (sandbox, home) = (Served::start(), Home::new());
    let open = || {
        let controller = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&controller).unwrap();
        unlockpt(&controller).unwrap();
        rustix::io::ioctl_fionbio(&controller, true).unwrap();
        let name = ptsname(&controller, Vec::new()).unwrap().into_string().unwrap();
        (fs::File::from(controller), fs::File::options().read(true).write(true).open(name).unwrap())
    };
    let start = |arguments: &[&str], terminal: &fs::File| {
        let mut command = home.program();
        let share = || Stdio::from(terminal.try_clone().unwrap());
        command.args(arguments).stdin(share()).stdout(share()).stderr(share()).spawn().unwrap()
    };
    let until = |controller: &mut fs::File, child: &mut Child, seen: &mut String, end: &str| {
        let from = seen.len();
        while !seen[from..].contains(end) {
            let has_ended = child.try_wait().unwrap().is_some();
            let mut bytes = [0; 1024];
            match controller.read(&mut bytes) {
                Ok(count) => seen.push_str(&String::from_utf8_lossy(&bytes[..count])),
                Err(_) => assert!(!has_ended, "{seen}"),
            }
        }
    };

    let (mut controller, terminal) = open();
    let mut child = start(&["login"], &terminal);
    let mut seen = String::new();
    until(&mut controller, &mut child, &mut seen, "v2.0: ");
    writeln!(controller, "device.example").unwrap();
    until(&mut controller, &mut child, &mut seen, "v2.0: ");
    writeln!(controller, "{}", sandbox.url).unwrap();
    until(&mut controller, &mut child, &mut seen, "address): ");
    writeln!(controller, "{}", sandbox.username).unwrap();
    until(&mut controller, &mut child, &mut seen, "(not shown): ");
    while tcgetattr(&terminal).unwrap().local_modes.contains(LocalModes::ECHO) {
        std::thread::yield_now();
    }
    writeln!(controller, "{}", sandbox.password).unwrap();
    until(&mut controller, &mut child, &mut seen, "names another.");
    assert!(child.wait().unwrap().success(), "{seen}");
    assert!(!seen.contains(&sandbox.password), "{seen}");
    insta::assert_snapshot!("login_in_a_terminal", masked(&seen.replace("\r\n", "\n"), &sandbox, &home));

    let (mut controller, terminal) = open();
    let mut child = start(&["login", "--profile", "b", "--url", &sandbox.url, "--username", "b"], &terminal);
    let mut seen = String::new();
    until(&mut controller, &mut child, &mut seen, "(not shown): ");
    while tcgetattr(&terminal).unwrap().local_modes.contains(LocalModes::ECHO) {
        std::thread::yield_now();
    }
    controller.write_all(b"half\x03").unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(tcgetattr(&terminal).unwrap().local_modes.contains(LocalModes::ECHO));
    assert!(!home.profile("b").exists());
}

/// What a password command could read of this program.
#[test]
fn a_command_does_not_inherit_the_password_of_the_environment() {
    let (sandbox, home) = (Served::start(), Home::new());
    let seen = home.path().join("seen");
    let script = format!("env > {0}; cat /proc/$PPID/cmdline >> {0}; cat ~/secret.txt", seen.display());
    fs::write(home.path().join("secret.txt"), &sandbox.password).unwrap();
    let mut command = home.program();
    command
        .args([
            "login",
            "--url",
            &sandbox.url,
            "--username",
            &sandbox.username,
            "--password-command",
            &script,
        ])
        .env("LEGIT_HEALTH_PASSWORD", "N33DLE")
        .env("LEGIT_HEALTH_MARK", "inherited");
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    let seen = fs::read_to_string(seen).unwrap();
    assert!(seen.contains("LEGIT_HEALTH_MARK=inherited") && seen.contains("login"), "{seen}");
    assert!(!seen.contains("N33DLE") && !seen.contains(&sandbox.password), "{seen}");
}
