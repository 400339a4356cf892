//! Profiles, the token that runs share, `login`, `logout` and `whoami`; and that no secret is shown or left anywhere.

use super::home::{Home, Served, files, masked, transcript};
use super::{failure, stderr};
use serde_json::Value;
use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::process::{Child, Command, Stdio};

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
