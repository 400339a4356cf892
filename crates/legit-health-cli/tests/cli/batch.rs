//! `batch` with the real sandbox: runs that are killed, stopped and out of disk, and what scripts read of them.

use super::home::Served;
use super::{document, failure, program, samples, stderr, stdout};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

/// A folder with photos that differ, and a store: beside it, or in a database.
pub(crate) struct Study {
    folder: tempfile::TempDir,
    store: String,
}

impl Study {
    fn of(photos: u32) -> Self {
        Self::in_store(photos, "study.batch")
    }

    pub(crate) fn in_store(photos: u32, store: &str) -> Self {
        let study = Self { folder: tempfile::tempdir().unwrap(), store: store.to_owned() };
        fs::create_dir(study.path("photos")).unwrap();
        for number in 0..photos {
            fs::write(study.path(&format!("photos/{number:06}.png")), png(number)).unwrap();
        }
        study
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A command about the store.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program();
        command.current_dir(self.folder.path()).args(["--json", "batch"]).args(arguments);
        command.args(["--store", &self.store]);
        command
    }

    pub(crate) fn batch(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    pub(crate) fn run(&self, sandbox: &Served, arguments: &[&str]) -> Command {
        let mut command = self.command(&[&["run"], arguments].concat());
        command
            .env("LEGIT_HEALTH_URL", &sandbox.url)
            .env("LEGIT_HEALTH_USERNAME", &sandbox.username)
            .env("LEGIT_HEALTH_PASSWORD", &sandbox.password);
        command
    }

    pub(crate) fn status(&self) -> Value {
        let status = document(&self.batch(&["status"]));
        let of = |name: &str| status[name].as_u64().unwrap();
        assert_eq!(of("given"), of("recorded") + of("refused") + of("failed") + of("left"), "{status}");
        status
    }

    pub(crate) fn exported(&self) -> Vec<Value> {
        let output = program()
            .current_dir(self.folder.path())
            .args(["batch", "export", "--store", &self.store, "--ndjson"])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", stderr(&output));
        stdout(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// How often the sandbox has worked, or may have: a request whose client has gone may have been answered.
pub(crate) fn analyses(sandbox: &Served) -> u64 {
    let total = sandbox.control("GET", "ledger", "")["total"].take();
    let answered = total["requests"]["diagnosis_support"]["200"].as_u64().unwrap_or(0);
    answered + total["unanswered"]["diagnosis_support"].as_u64().unwrap_or(0)
}

pub(crate) fn slow_down(sandbox: &Served, seconds: f64) {
    let fault = json!({"fault": {"kind": "latency", "seconds": seconds}, "operation": "diagnosis_support", "times": "always"});
    sandbox.control("POST", "faults", &fault.to_string());
}

/// Waits until the store has so many results, without a pause of its own: the run goes on.
pub(crate) fn wait_for(study: &Study, run: &mut Child, recorded: u64) {
    while study.status()["recorded"].as_u64().unwrap() < recorded && run.try_wait().unwrap().is_none() {}
}

/// A sequence that differs and is the same in each test run.
fn random(seed: &mut u64, most: u64) -> u64 {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*seed >> 33) % most
}

pub(crate) fn number_of(variable: &str, usual: u32) -> u32 {
    std::env::var(variable).map_or(usual, |number| number.parse().unwrap())
}

/// The campaign sets the numbers; every test run kills three times.
#[test]
fn killed_at_random_moments_every_case_is_recorded_once() {
    const IN_FLIGHT: u64 = 8;
    let cases = number_of("LEGIT_HEALTH_BATCH_PHOTOS", 60);
    let kills = number_of("LEGIT_HEALTH_BATCH_KILLS", 3);
    let study = Study::of(cases);
    let sandbox = Served::start();
    slow_down(&sandbox, 0.1);
    assert!(study.batch(&["plan", "photos"]).status.success());
    let limit = IN_FLIGHT.to_string();
    let mut seed = u64::from(cases);
    let mut most_memory = 0;
    for kill in 0..kills {
        let mut run = study.run(&sandbox, &["--max-in-flight", &limit, "-q"]);
        let mut run = run.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let before = study.status()["recorded"].as_u64().unwrap();
        let room = (u64::from(cases) - before) / u64::from(kills - kill + 1);
        wait_for(&study, &mut run, before + random(&mut seed, room.max(1) + 1));
        most_memory = most_memory.max(peak_memory(&run));
        run.kill().unwrap();
        run.wait().unwrap();
        assert!(study.exported().len() == cases as usize, "no line is torn");
    }
    let last = study.run(&sandbox, &["--max-in-flight", &limit]).output().unwrap();
    assert_eq!(last.status.code(), Some(0), "{}", stderr(&last));

    let status = study.status();
    assert_eq!((&status["recorded"], &status["left"]), (&cases.into(), &0.into()), "{status}");
    let lines = study.exported();
    let keys: BTreeSet<_> = lines.iter().map(|line| line["key"].as_str().unwrap()).collect();
    let files: BTreeSet<_> = lines.iter().map(|line| line["images"][0]["file"].as_str().unwrap()).collect();
    assert_eq!((lines.len(), keys.len(), files.len()), (cases as usize, cases as usize, cases as usize));
    assert!(lines.iter().all(|line| line["state"] == "recorded" && line["result"].is_object()));
    let again = analyses(&sandbox) - u64::from(cases);
    let told = status["analysedTwice"].as_u64().unwrap();
    let marked = lines.iter().filter(|line| line["mayHaveRun"].as_u64().unwrap() > 1).count();
    assert!(again <= u64::from(kills) * IN_FLIGHT, "{again} analysed again in {kills} kills");
    // A case that was killed twice has been analysed three times, and is one case.
    let runs: u64 = lines.iter().map(|line| line["mayHaveRun"].as_u64().unwrap() - 1).sum();
    assert!(again <= runs && told == marked as u64, "{again} analysed again, {runs} told, {marked} marked");
    println!(
        "{}",
        json!({"photos": cases, "kills": kills, "inFlight": IN_FLIGHT, "recorded": lines.len(), "analysedAgain": again,
            "toldTwice": told, "mostMemoryKiB": most_memory})
    );
}

/// In KiB; 0 if the process has ended.
fn peak_memory(run: &Child) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", run.id())).unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.and_then(|peak| peak.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

#[test]
fn one_signal_lets_the_calls_in_flight_end() {
    let study = Study::of(40);
    let sandbox = Served::start();
    slow_down(&sandbox, 0.2);
    assert!(study.batch(&["plan", "photos"]).status.success());
    let mut run = study.run(&sandbox, &[]);
    let mut run = run.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    wait_for(&study, &mut run, 1);
    let busy = study.batch(&["run"]);
    assert_eq!(busy.status.code(), Some(75), "{}", stderr(&busy));
    assert_eq!(failure(&busy)["kind"], "storeInUse");
    assert_eq!(study.batch(&["plan", "photos"]).status.code(), Some(75));
    assert_eq!(study.batch(&["retry"]).status.code(), Some(75));
    let id = rustix::process::Pid::from_child(&run);
    rustix::process::kill_process(id, rustix::process::Signal::INT).unwrap();
    let output = run.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{}", stderr(&output));
    let counts: Value = serde_json::from_str(&stdout(&output)).unwrap();
    let status = study.status();
    assert_eq!((&counts["recorded"], &status["underWay"]), (&status["recorded"], &0.into()));
    assert_eq!(status["recorded"].as_u64().unwrap(), analyses(&sandbox), "nothing that was paid for is lost");
    assert!(status["left"].as_u64().unwrap() > 0, "{status}");
    let rest = study.run(&sandbox, &[]).output().unwrap();
    assert_eq!((rest.status.code(), analyses(&sandbox)), (Some(0), 40), "{}", stderr(&rest));
}

/// A limit of the size of files is what a full disk is to a program. The signal that comes with it is ignored.
fn with_little_disk(command: &Command, blocks: u32) -> Output {
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\""));
    shell.arg(command.get_program()).args(command.get_args());
    shell.current_dir(command.get_current_dir().unwrap());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    shell.output().unwrap()
}

#[test]
fn a_full_disk_is_one_sentence_and_the_next_run_goes_on() {
    let study = Study::of(60);
    let sandbox = Served::start();
    let plan = study.command(&["plan", "photos"]);
    let output = with_little_disk(&plan, 8);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let kind = failure(&output)["kind"].take();
    assert!(kind == "disk" || kind == "store", "{kind}");
    assert!(study.batch(&["plan", "photos"]).status.success());
    let output = with_little_disk(&study.run(&sandbox, &["-q", "--max-in-flight", "4"]), 300);
    let text = stderr(&output);
    assert_eq!(output.status.code(), Some(9), "{text}");
    let error: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    assert_eq!(error["error"]["kind"], "disk", "{text}");
    assert!(
        error["error"]["message"].as_str().unwrap().contains("make room") || text.contains("disk"),
        "{text}"
    );
    let status = study.status();
    assert!(status["recorded"].as_u64().unwrap() < 60, "{status}");
    let rest = study.run(&sandbox, &[]).output().unwrap();
    assert_eq!(rest.status.code(), Some(0), "{}", stderr(&rest));
    let status = study.status();
    assert_eq!(status["recorded"], 60, "{status}");
    let twice = analyses(&sandbox) - 60;
    assert!(twice <= 4 && twice <= status["analysedTwice"].as_u64().unwrap(), "{twice} {status}");
}

#[test]
fn a_disk_that_cannot_be_written_to_is_one_sentence() {
    let study = Study::of(1);
    let output = study.command(&["plan", "photos"]).args(["--store", "/proc/study.batch"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "the option twice: {}", stderr(&output));
    let output = program()
        .current_dir(study.folder.path())
        .args(["--json", "batch", "plan", "photos", "--store", "/proc/study.batch"])
        .output()
        .unwrap();
    assert_eq!((output.status.code(), failure(&output)["kind"].as_str()), (Some(1), Some("store")));
}

#[test]
fn the_status_of_a_run_says_what_is_missing() {
    let study = Study::of(3);
    fs::write(study.path("photos/cut.png"), &png(9)[..40]).unwrap();
    let sandbox = Served::start();
    let plan = document(&study.batch(&["plan", "photos"]));
    assert_eq!((&plan["given"], &plan["calls"], &plan["refused"]), (&4.into(), &3.into(), &1.into()));
    assert_eq!(plan["refusals"][0]["place"], "cut.png");
    let output = study.run(&sandbox, &["--max-calls", "1"]).output().unwrap();
    assert_eq!(output.status.code(), Some(7));
    let said = stderr(&output);
    assert!(said.contains("the budget of calls is spent"), "{said}");
    let output = study.run(&sandbox, &[]).output().unwrap();
    assert_eq!(output.status.code(), Some(7), "one is refused");
    let counts: Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(
        (&counts["recorded"], &counts["refused"], &counts["calls"]),
        (&3.into(), &1.into(), &2.into())
    );
    let status = study.status();
    assert_eq!(status["kinds"], json!([{"state": "refused", "kind": "invalidImage", "cases": 1}]));
}

#[test]
fn an_export_is_written_whole_for_its_owner_and_over_nothing() {
    use std::os::unix::fs::PermissionsExt;
    let study = Study::of(2);
    assert!(study.batch(&["plan", "photos"]).status.success());
    let export = || {
        let arguments = ["batch", "export", "--store", "study.batch", "--csv", "-o", "results.csv"];
        program().current_dir(study.folder.path()).args(arguments).output().unwrap()
    };
    assert_eq!(export().status.code(), Some(0));
    let file = study.path("results.csv");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::read_to_string(&file).unwrap().lines().count(), 3);
    let again = export();
    assert_eq!(again.status.code(), Some(1));
    assert!(stderr(&again).contains("results.csv"), "{}", stderr(&again));
    assert_eq!(fs::metadata(study.path("study.batch")).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_parquet_file_is_for_files_and_pipes() {
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    let study = Study::of(2);
    assert!(study.batch(&["plan", "photos"]).status.success());
    let export = |more: &[&str]| {
        let mut command = program();
        let arguments = ["batch", "export", "--store", "study.batch", "--parquet"];
        command.current_dir(study.folder.path()).args(arguments).args(more);
        command
    };
    let piped = export(&[]).output().unwrap();
    assert_eq!((piped.status.code(), stderr(&piped).as_str()), (Some(0), ""));
    assert!(piped.stdout.starts_with(b"PAR1") && piped.stdout.ends_with(b"PAR1"));

    let controller = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&controller).unwrap();
    unlockpt(&controller).unwrap();
    let name = ptsname(&controller, Vec::new()).unwrap().into_string().unwrap();
    let in_terminal = |more: &[&str]| {
        let terminal = fs::File::options().write(true).open(&name).unwrap();
        export(more).stdout(terminal).stderr(Stdio::piped()).spawn().unwrap().wait_with_output().unwrap()
    };
    let refused = in_terminal(&[]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(stderr(&refused).contains("a Parquet file is not for a terminal"), "{}", stderr(&refused));
    assert_eq!(in_terminal(&["-o", "results.parquet"]).status.code(), Some(0));
    assert_eq!(fs::read(study.path("results.parquet")).unwrap(), piped.stdout);
}

#[test]
fn an_account_that_is_refused_from_the_start_is_not_waited_for() {
    let study = Study::of(2);
    let sandbox = Served::start();
    assert!(study.batch(&["plan", "photos"]).status.success());
    let output = study.run(&sandbox, &[]).env("LEGIT_HEALTH_PASSWORD", "wrong").output().unwrap();
    assert_eq!((output.status.code(), failure(&output)["kind"].as_str()), (Some(3), Some("authentication")));
    assert_eq!(study.status()["left"], 2);
}

#[test]
fn a_batch_reads_well() {
    let (samples, folder) = (samples(), tempfile::tempdir().unwrap());
    let folder: &Path = folder.path();
    let photos = folder.join("photos");
    fs::create_dir(&photos).unwrap();
    for name in ["acne-moderate.jpg", "eczema-mild.jpg", "psoriasis-moderate.jpg"] {
        fs::copy(samples.path().join(name), photos.join(name)).unwrap();
    }
    fs::copy(photos.join("acne-moderate.jpg"), photos.join("again.jpg")).unwrap();
    fs::write(photos.join("cut.jpg"), &fs::read(photos.join("eczema-mild.jpg")).unwrap()[..2_000]).unwrap();
    fs::write(photos.join("notes.txt"), "notes").unwrap();
    let mut text = String::new();
    for line in [
        "batch plan photos --store study.batch",
        "batch plan photos --store study.batch --keep-media",
        "--sandbox batch run --store study.batch --max-calls 2",
        "--sandbox -q batch run --store study.batch",
        "batch status --store study.batch",
        "batch retry --store study.batch",
        "batch plan photos/eczema-mild.jpg --store study.batch",
        "batch plan missing --store study.batch",
        "batch run --store missing.batch",
        "batch run --store study.batch --no-verify",
        "batch run --store study.batch --max-bytes 1T",
        "batch export --store study.batch",
        "batch status --store postgres://anna:secret@db.example/study",
        "batch status --store postgres://anna@db.example/study?sslmode=disable",
        "batch plan photos --store scale.batch --scale pasi --at armLeft --condition psoriasis",
        "batch plan photos --store scale.batch --scale apasi",
    ] {
        let output = program()
            .current_dir(folder)
            .args(line.split_whitespace())
            .env("COLUMNS", "80")
            .output()
            .unwrap();
        text += &format!("$ legit-health {line}\n{}", stdout(&output));
        if !output.stderr.is_empty() {
            text += &format!("-- stderr\n{}", stderr(&output));
        }
        if let Some(status @ 1..) = output.status.code() {
            text += &format!("-- exit status {status}\n");
        }
        text += "\n";
    }
    insta::assert_snapshot!(text);
}

/// A PNG of four grey pixels that encode a number.
fn png(identity: u32) -> Vec<u8> {
    let mut row = vec![0];
    row.extend(identity.to_be_bytes());
    let mut data = vec![0x78, 0x01, 0x01];
    let length = row.len() as u16;
    data.extend(length.to_le_bytes());
    data.extend((!length).to_le_bytes());
    data.extend(&row);
    let (a, b) = row.iter().fold((1_u32, 0_u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    data.extend((b << 16 | a).to_be_bytes());
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, content) in
        [(b"IHDR", &b"\0\0\0\x04\0\0\0\x01\x08\0\0\0\0"[..]), (b"IDAT", &data), (b"IEND", &[])]
    {
        file.extend((content.len() as u32).to_be_bytes());
        let start = file.len();
        file.extend(kind);
        file.extend(content);
        file.extend(crc_32(&file[start..]).to_be_bytes());
    }
    file
}

fn crc_32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(
            crc ^ u32::from(*byte),
            |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 },
        )
    })
}
