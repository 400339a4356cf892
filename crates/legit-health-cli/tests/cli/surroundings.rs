//! Odd names, odd servers and odd machines: one sentence each, and nothing that steers a terminal.

use super::{failure, program, run, stderr, stdout};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::{Command, Output, Stdio};

const STEERING: [&str; 4] = ["\u{1b}", "\u{9b}", "\u{202E}", "\u{200B}"];

fn assert_steers_nothing(output: &Output) {
    for text in [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned()) {
        assert!(STEERING.iter().all(|steering| !text.contains(steering)), "{text:?}");
        assert!(!text.contains("panicked"), "{text}");
    }
}

#[test]
fn the_name_of_a_file_cannot_steer_a_terminal() {
    let name = format!("a{}b.jpg", STEERING.concat());
    for arguments in [&["dx", &name][..], &["--json", "dx", &name], &["dx", "a.jpg", "--save-images"]] {
        let output = program().args(arguments).output().unwrap();
        assert_ne!(output.status.code(), Some(0));
        assert_steers_nothing(&output);
    }
    for arguments in [&[&*name][..], &["--json", &name], &["scales", &name], &["--json", "scales", &name]] {
        let output = program().args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert_steers_nothing(&output);
    }
}

/// A server that answers every request so.
fn server(response: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = [0; 8192];
            let mut length = 0;
            while !request[..length].windows(4).any(|end| end == b"\r\n\r\n") {
                match stream.read(&mut request[length..]) {
                    Ok(0) | Err(_) => break,
                    Ok(count) => length += count,
                }
            }
            // The client may be gone.
            let _ = stream.write_all(response.as_bytes());
        }
    });
    format!("http://{address}/v2.0")
}

/// `legit-health device` with an account at this address, without its password.
fn device(url: &str) -> Command {
    let mut command = program();
    command.arg("device").env("LEGIT_HEALTH_URL", url).env("LEGIT_HEALTH_USERNAME", "clinic@example.org");
    command
}

#[test]
fn how_long_to_wait_is_shown() {
    let url = server(
        "HTTP/1.1 429 Too Many Requests\r\nretry-after: 300\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
    );
    let call = |options: &[&str]| {
        program()
            .args(options)
            .arg("device")
            .env("LEGIT_HEALTH_URL", &url)
            .env("LEGIT_HEALTH_USERNAME", "clinic@example.org")
            .env("LEGIT_HEALTH_PASSWORD", "s3cret")
            .output()
            .unwrap()
    };
    let output = call(&[]);
    assert_eq!(output.status.code(), Some(5), "{}", stderr(&output));
    assert!(stderr(&output).contains("\n  retry after: 300 s\n"), "{}", stderr(&output));
    assert_eq!(failure(&call(&["--json"]))["retryAfter"], 300);
}

#[test]
fn what_a_server_repeats_of_a_secret_is_not_printed() {
    let url = server(
        "HTTP/1.1 422 Unprocessable Entity\r\ncontent-type: application/json\r\nx-request-id: id-of-s3cret\r\n\
         content-length: 115\r\nconnection: close\r\n\r\n\
         {\"detail\": [{\"type\": \"s3cret_type\", \"loc\": [\"body\", \"s3cret\"], \"msg\": \"not s3cret\", \"input\": \"s3cret\", \"ctx\": {}}]}",
    );
    for options in [&[][..], &["--json"]] {
        let output = device(&url).args(options).env("LEGIT_HEALTH_PASSWORD", "s3cret").output().unwrap();
        assert_eq!(output.status.code(), Some(4), "{}", stderr(&output));
        assert!(!stderr(&output).contains("s3cret"), "{}", stderr(&output));
        assert!(stderr(&output).contains("(hidden: it may repeat a secret)"), "{}", stderr(&output));
    }
}

/// Reading it a second time would wait for a second writer.
#[test]
#[cfg(unix)]
fn a_password_may_come_from_a_pipe() {
    let url = server("HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("password");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let program =
        device(&url).env("LEGIT_HEALTH_PASSWORD_FILE", &pipe).stderr(Stdio::piped()).spawn().unwrap();
    std::fs::write(&pipe, "s3cret\n").unwrap();
    let output = program.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
}

#[test]
#[cfg(target_os = "linux")]
fn no_other_program_can_read_the_memory_of_this_one() {
    use std::os::unix::fs::MetadataExt;
    let mut program = program().args(["sandbox", "--port", "0"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(program.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let folder = format!("/proc/{}", program.id());
    let limits = std::fs::read_to_string(format!("{folder}/limits")).unwrap();
    let owner = std::fs::metadata(format!("{folder}/environ")).unwrap().uid();
    program.kill().unwrap();
    program.wait().unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().collect::<Vec<_>>()[4..], ["0", "0", "bytes"], "{core}");
    assert_eq!(owner, 0, "what belongs to root only is how the system hides memory");
}

/// A thread with a stack of 64 TiB cannot be started.
#[test]
fn a_machine_without_threads_gets_a_sentence() {
    let output = program()
        .args(["--sandbox", "device"])
        .env("RUST_MIN_STACK", (1_u64 << 46).to_string())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(stderr(&output).starts_with("error: cannot start a thread"), "{}", stderr(&output));
    assert_eq!(stderr(&output).lines().count(), 1);
}

#[test]
fn the_proxy_of_a_cgi_program_is_not_passed_over() {
    let output = program()
        .arg("device")
        .env("LEGIT_HEALTH_URL", "https://device.invalid/v2.0")
        .env("LEGIT_HEALTH_USERNAME", "clinic@example.org")
        .env("LEGIT_HEALTH_PASSWORD", "s3cret")
        .env("REQUEST_METHOD", "GET")
        .env("HTTPS_PROXY", "http://127.0.0.1:9")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    assert!(stderr(&output).contains("the proxy in HTTPS_PROXY cannot be used"), "{}", stderr(&output));
}

#[test]
fn shells_and_man_learn_the_commands() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = run(&["completions", shell]);
        assert!(output.status.success() && stderr(&output).is_empty(), "{}", stderr(&output));
        let script = stdout(&output);
        assert!(script.contains("diagnosis-support") && script.contains("save-images"), "{shell}");
    }
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("man1");
    assert!(program().arg("man").arg(&pages).output().unwrap().status.success());
    let local = std::fs::read_to_string(pages.join("legit-health-severity-local.1")).unwrap();
    assert!(local.contains("ITEM=VALUE") && local.contains("\\-\\-each"), "{local}");
    assert!(pages.join("legit-health.1").exists());
}

#[test]
fn a_call_ends_at_the_limit_that_was_given() {
    // It accepts connections and never responds.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let output = program()
        .args(["--json", "--timeout", "1", "device"])
        .env("LEGIT_HEALTH_URL", format!("http://{}/v2.0", silent.local_addr().unwrap()))
        .env("LEGIT_HEALTH_USERNAME", "clinic@example.org")
        .env("LEGIT_HEALTH_PASSWORD", "s3cret")
        .output()
        .unwrap();
    assert_eq!((output.status.code(), failure(&output)["kind"].as_str()), (Some(6), Some("timeout")));
    assert_eq!(run(&["--timeout", "0", "device"]).status.code(), Some(2));
}
