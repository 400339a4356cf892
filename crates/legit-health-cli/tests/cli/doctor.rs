//! `doctor`: what it finds, what it advises, what its bundle leaves out; and that no command shows or leaves a secret.

use super::home::{Home, Served, masked, transcript};
use super::{samples, stderr, stdout};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::MetadataExt;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// Answers the requests of one connection.
fn answer(stream: impl Read + Write, respond: fn(&str) -> String) {
    let mut reader = BufReader::new(stream);
    loop {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if reader.read_line(&mut head).unwrap_or(0) == 0 {
                return;
            }
        }
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length = length.map_or(0, |length| length.parse().unwrap());
        reader.read_exact(&mut vec![0; length]).unwrap();
        let response = respond(head.split(' ').nth(1).unwrap());
        if reader.get_mut().write_all(response.as_bytes()).is_err() {
            return;
        }
    }
}

/// A server at a loopback address, by its base URL.
fn server(respond: fn(&str) -> String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            std::thread::spawn(move || answer(stream.unwrap(), respond));
        }
    });
    format!("http://{address}/v2.0")
}

fn response(status: &str, date: SystemTime, body: &Value) -> String {
    let body = body.to_string();
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ndate: {}\r\ncontent-length: {}\r\n\r\n{body}",
        httpdate::fmt_http_date(date),
        body.len()
    )
}

const TOKEN: &str = "t0ken-N33DLE-of-jane";
const PASSWORD: &str = "passw0rd-N33DLE-of-jane";
const USER: &str = "jane.doe@clinic.example";

/// A device of another version, whose clock is ten minutes ahead.
fn newer_device(path: &str) -> String {
    let date = SystemTime::now() + Duration::from_secs(600);
    match path.rsplit('/').next().unwrap() {
        "login" => response(
            "200 OK",
            date,
            &json!({"access_token": TOKEN, "token_type": "Access token", "expires_in_minutes": "60"}),
        ),
        "device-information" => response(
            "200 OK",
            date,
            &json!({
                "manufacturer": {"name": "Maker"}, "name": [{"value": "Device"}], "version": [{"value": "9.1"}],
                "recall": "none",
            }),
        ),
        "body-sites" => response("200 OK", date, &json!([{"code": "tail", "name": {"en_GB": "Tail"}}])),
        _ => response("404 Not Found", date, &json!({"detail": "Not Found"})),
    }
}

/// A device that repeats what it was sent, and tries to steer the terminal.
fn talkative_device(path: &str) -> String {
    let now = SystemTime::now();
    // The catalog is sent no secret, so it has none to repeat.
    if path.ends_with("login") || path.ends_with("body-sites") {
        return newer_device(path);
    }
    let text = format!("\u{1b}[2J{TOKEN} {PASSWORD} {USER}\u{202e}");
    let detail = json!([{"type": "x", "loc": ["body", text], "msg": text, "input": text}]);
    response("422 Unprocessable Entity", now, &json!({"detail": detail}))
}

fn with_account<'c>(command: &'c mut Command, url: &str, password: &str) -> &'c mut Command {
    command
        .env("LEGIT_HEALTH_URL", url)
        .env("LEGIT_HEALTH_USERNAME", USER)
        .env("LEGIT_HEALTH_PASSWORD", password)
}

/// Masks durations, and the words of the system for a name that is unknown.
fn steady(text: &str) -> String {
    let mut lines = Vec::new();
    for line in text.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let is_duration = |place: usize| {
            words[place].parse::<u64>().is_ok()
                && words.get(place + 1).is_some_and(|unit| unit.starts_with("ms"))
        };
        let words: Vec<&str> =
            (0..words.len()).map(|place| if is_duration(place) { "N" } else { words[place] }).collect();
        lines.push(words.join(" "));
    }
    lines.join("\n") + "\n"
}

#[test]
fn doctor_reads_well() {
    let (sandbox, home) = (Served::start(), Home::new());
    let mut seen = String::new();
    let mut show = |arguments: &[&str], set: &dyn Fn(&mut Command)| {
        let mut command = home.program();
        set(command.args(arguments));
        let output = command.output().unwrap();
        let text = transcript(arguments, &output, &sandbox, &home);
        assert!(stdout(&output).lines().all(|line| line.chars().count() <= 80), "{text}");
        seen += &steady(&text);
        seen += "\n";
    };
    show(&["doctor"], &|_| {});
    home.log_in(&sandbox, "default");
    show(&["doctor"], &|_| {});
    show(&["doctor"], &|command| {
        with_account(command, &sandbox.url, "wrong");
    });
    show(&["doctor"], &|command| {
        with_account(command, "http://127.0.0.1:9/v2.0", "any");
    });
    show(&["doctor", "--ca-certificate", "absent.pem"], &|_| {});
    show(&["doctor"], &|command| {
        with_account(command, "https://device.example/v2.0", "any")
            .env("HTTPS_PROXY", "socks5://127.0.0.1:9");
    });
    show(&["doctor", "--sandbox"], &|_| {});
    let newer = server(newer_device);
    show(&["doctor"], &|command| {
        with_account(command, &newer, "any");
    });
    let seen = seen.replace(&newer, "http://127.0.0.1:PORT/v2.0");
    insta::assert_snapshot!("doctor", seen);
}

#[test]
fn a_name_that_is_unknown_ends_the_way_to_the_device() {
    let home = Home::new();
    let mut command = home.program();
    for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        command.env_remove(name);
    }
    let output = with_account(command.args(["doctor", "--json"]), "https://device.invalid/v2.0", "any")
        .env("LEGIT_HEALTH_CATALOG_URL", "http://127.0.0.1:9/v2.0")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(5), "{}", stderr(&output));
    let document: Value = serde_json::from_str(&stdout(&output)).unwrap();
    let statuses: Vec<(&str, &str)> = document["checks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|check| (check["name"].as_str().unwrap(), check["status"].as_str().unwrap()))
        .collect();
    assert_eq!(
        statuses,
        [
            ("account", "ok"),
            ("address", "failed"),
            ("proxy", "ok"),
            ("tls", "notTried"),
            ("login", "notTried"),
            ("clock", "notTried"),
            ("token", "notTried"),
            ("device", "notTried"),
            ("latency", "notTried"),
            ("catalog", "failed"),
        ]
    );
    let error: Value = serde_json::from_str(&stderr(&output)).unwrap();
    assert_eq!(error["error"]["kind"], "checks");
}

#[test]
fn a_bundle_holds_what_it_says_and_nobody() {
    let (sandbox, home) = (Served::start(), Home::new());
    home.log_in(&sandbox, "default");
    let path = home.path().join("report.json");
    let arguments = ["doctor", "--bundle", path.to_str().unwrap()];
    let output = home.run(&arguments);
    assert!(output.status.success(), "{}", stderr(&output));
    insta::assert_snapshot!("bundle_is_announced", masked(&stderr(&output), &sandbox, &home));
    assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
    let text = fs::read_to_string(&path).unwrap();
    for private in [&sandbox.username, &sandbox.password, home.path().to_str().unwrap(), "127.0.0.1"] {
        assert!(!text.contains(private), "{private}: {text}");
    }
    let mut bundle: Value = serde_json::from_str(&text).unwrap();
    for check in bundle["checks"].as_array_mut().unwrap() {
        for (_, fact) in
            check["facts"].as_object_mut().unwrap().iter_mut().filter(|(name, _)| name.ends_with('s'))
        {
            if fact.is_number() {
                *fact = "N".into();
            }
        }
    }
    for member in ["version", "system", "architecture"] {
        assert!(bundle["program"][member].take().is_string());
    }
    assert!(bundle["settings"]["variablesSet"].take().is_array());
    insta::assert_snapshot!("bundle", masked(&format!("{bundle:#}"), &sandbox, &home));
    let again = home.run(&arguments);
    assert_eq!(again.status.code(), Some(1));
    assert!(
        stderr(&again).contains("cannot write the bundle ~/report.json: File exists"),
        "{}",
        stderr(&again)
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
}

/// A server with a certificate of an authority that nobody knows, and a proxy that connects to it, by its address.
fn behind_a_proxy() -> (String, String) {
    let authority_key = KeyPair::generate().unwrap();
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.distinguished_name.push(DnType::CommonName, "Inspecting CA");
    authority.distinguished_name.push(DnType::OrganizationName, "St. N33DLE Hospital");
    let pem = authority.self_signed(&authority_key).unwrap().pem();
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["device.clinic.example".to_owned()]).unwrap();
    let certificate = certificate.signed_by(&key, &Issuer::new(authority, authority_key)).unwrap();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let proxy = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (stream, config) = (stream.unwrap(), config.clone());
            std::thread::spawn(move || {
                tunnel(&stream);
                answer(StreamOwned::new(ServerConnection::new(config).unwrap(), stream), newer_device);
            });
        }
    });
    (proxy, pem)
}

/// Answers `CONNECT`, as a proxy whose other end is this process.
fn tunnel(mut stream: &TcpStream) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        if stream.read(&mut byte).unwrap_or(0) == 0 {
            return;
        }
        head.push(byte[0]);
    }
    assert!(head.starts_with(b"CONNECT device.clinic.example:443 "));
    stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
}

#[test]
fn an_inspecting_proxy_is_named() {
    let home = Home::new();
    let (proxy, pem) = behind_a_proxy();
    let (ca, bundle) = (home.path().join("ca.pem"), home.path().join("report.json"));
    fs::write(&ca, pem).unwrap();
    let run = |arguments: &[&str]| {
        let mut command = home.program();
        with_account(command.args(arguments), "https://device.clinic.example/v2.0", PASSWORD)
            .env("LEGIT_HEALTH_CATALOG_URL", server(newer_device))
            .env("HTTPS_PROXY", &proxy)
            .env_remove("NO_PROXY")
            .env_remove("no_proxy")
            .output()
            .unwrap()
    };
    let output = run(&["doctor", "--bundle", bundle.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(8), "{}{}", stdout(&output), stderr(&output));
    let unwrapped = stdout(&output).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(unwrapped.contains("signed by Inspecting CA (St. N33DLE Hospital)"), "{unwrapped}");
    assert!(unwrapped.contains("device.clinic.example, which the proxy looks up"), "{unwrapped}");
    let bundle = fs::read_to_string(bundle).unwrap();
    for private in ["N33DLE", "clinic", "jane", &proxy[7..]] {
        assert!(!bundle.contains(private), "{private}: {bundle}");
    }

    let output = run(&["doctor", "--ca-certificate", ca.to_str().unwrap()]);
    assert!(output.status.success(), "{}{}", stdout(&output), stderr(&output));
    assert!(
        stdout(&output).contains("trusted, signed by Inspecting CA (St. N33DLE Hospital)"),
        "{}",
        stdout(&output)
    );
}

#[test]
fn no_command_shows_or_leaves_a_secret() {
    let home = Home::new();
    let url = server(talkative_device);
    let images = samples();
    let image = images.path().join("psoriasis-moderate.jpg");
    let image = image.to_str().unwrap();
    let bundle = home.path().join("report.json");
    let login = ["login", "--url", &url, "--username", USER, "--password-stdin"];
    let mut commands = vec![login.to_vec(), vec!["whoami", "--check"], vec!["device"], vec!["dx", image]];
    let views = images.path().join("whole-body");
    let saved = home.path().join("maps");
    commands.extend([
        vec!["dx", image, "--save-images", saved.to_str().unwrap()],
        vec!["dx", "--each", image, image],
        vec!["inspect", image],
        vec!["severity", "global", "avasi", views.to_str().unwrap(), "--condition", "vitiligo"],
    ]);
    let local = ["apasi", "surface=2", "--at", "headLeft", "--condition", "psoriasis"];
    commands.push([&["severity", "local"], &local[..1], &[image], &local[1..]].concat());
    commands.push([&["severity", "local"], &local[..], &["--each", image]].concat());
    commands.push(vec![
        "severity",
        "manual",
        "uas",
        "--at",
        "armLeft",
        "--condition",
        "urticaria",
        "pruritus=1",
        "wheals=1",
    ]);
    commands.extend([vec!["sites"], vec!["doctor", "--bundle", bundle.to_str().unwrap()], vec!["logout"]]);
    for json in [&[][..], &["--json"]] {
        for command in &commands {
            let _ = fs::remove_file(&bundle);
            let arguments = [&command[..], json].concat();
            let output = home.run_with_stdin(&arguments, &format!("{PASSWORD}\n"));
            let printed = stdout(&output) + &stderr(&output);
            for secret in [TOKEN, PASSWORD, "N33DLE", "\u{1b}", "\u{202e}"] {
                assert!(!printed.contains(secret), "{arguments:?}: {printed}");
            }
            let names_the_user = ["login", "whoami", "doctor"].contains(&command[0]);
            assert!(names_the_user || !printed.contains(USER), "{arguments:?}: {printed}");
            let mut folders = vec![home.path().to_owned()];
            while let Some(folder) = folders.pop() {
                for entry in fs::read_dir(folder).unwrap() {
                    let path = entry.unwrap().path();
                    if path.is_dir() {
                        folders.push(path);
                        continue;
                    }
                    let text = fs::read_to_string(&path).unwrap();
                    let is = |name: &str| path.to_str().unwrap().contains(name);
                    assert!(is("profiles") || !text.contains(PASSWORD), "{}: {text}", path.display());
                    assert!(is("tokens") || !text.contains(TOKEN), "{}: {text}", path.display());
                    assert!(!is("report.json") || !text.contains(USER), "{text}");
                    assert_eq!(fs::metadata(&path).unwrap().mode() & 0o077, 0, "{}", path.display());
                }
            }
        }
    }
    let output = home.run(&["doctor", "--json", "--profile", "absent"]);
    assert_eq!((output.status.code(), stderr(&output).contains("\"checks\"")), (Some(2), true));
}
