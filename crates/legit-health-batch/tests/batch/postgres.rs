//! PostgreSQL: the whole suite once more, and what several workers do at the same time.

use super::cluster::{Cluster, DURABLE, QUICK};
use super::device::{Answer, Device};
use super::{IN_DATABASES, Study, is_done, options, states};
use legit_health_batch::{Ending, ErrorKind, Location, Report, RunOptions, Store};
use std::num::NonZeroUsize;
use std::process::{Command, Output};
use std::time::Duration;

/// Runs tests of this suite with stores in databases.
fn in_databases(cluster: &Cluster, arguments: &[&str]) -> Output {
    let server = cluster.server();
    Command::new(std::env::current_exe().unwrap())
        .env(IN_DATABASES[0], &server.programs)
        .env(IN_DATABASES[1], &server.socket)
        .args(arguments)
        .output()
        .unwrap()
}

#[test]
fn the_whole_suite_holds_in_databases() {
    let Some(cluster) = Cluster::start("the tests of batches in PostgreSQL", QUICK) else { return };
    let output = in_databases(&cluster, &["--skip", "postgres::", "--skip", "file::"]);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(
        said.contains("running::every_case_is_recorded_once_and_a_second_run_sends_nothing ... ok"),
        "{said}"
    );
}

/// The campaign sets the numbers of cases, and reads what these print.
#[test]
fn many_cases_and_how_many_a_second() {
    println!("{}", measured("running::many_cases_and_how_many_a_second"));
}

#[test]
fn very_many_cases_are_planned_in_little_memory() {
    println!("{}", measured("planning::very_many_cases_are_planned_in_little_memory"));
}

/// What a test of the suite prints, or nothing if it is skipped.
fn measured(test: &str) -> String {
    let Some(cluster) = Cluster::start("measurements of batches in PostgreSQL", DURABLE) else {
        return String::new();
    };
    let output = in_databases(&cluster, &["--exact", test, "--nocapture"]);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    said.lines().find_map(|line| line.find('{').map(|start| line[start..].to_owned())).unwrap()
}

/// A study in a database of its own.
fn shared(test: &str, photos: u32) -> Option<(Cluster, Study)> {
    let cluster = Cluster::start(test, QUICK)?;
    let study = Study::of_in(photos, Some(cluster.server()));
    study.plan();
    Some((cluster, study))
}

/// Three workers at the same time.
async fn three(study: &Study, device: &Device, options: &RunOptions) -> [Report; 3] {
    // The device has one account, of which the last token is valid.
    let client = device.client();
    let (one, two, three) = tokio::join!(
        study.run_with(&client, options),
        study.run_with(&client, options),
        study.run_with(&client, options)
    );
    [one.unwrap(), two.unwrap(), three.unwrap()]
}

#[tokio::test(start_paused = true)]
async fn limits_are_those_of_all_workers() {
    let Some((_cluster, study)) = shared("shared limits in PostgreSQL", 60) else { return };
    let device = Device::answering(|number, _| match number {
        7 => Answer::Status(503),
        11 => Answer::Absent,
        _ => Answer::Report,
    });
    let mut options = options();
    options.max_in_flight = NonZeroUsize::new(5).unwrap();
    options.max_calls = Some(40);
    let reports = three(&study, &device, &options).await;
    assert!(reports.iter().any(|report| matches!(report.ending, Ending::Budget)));
    let (calls, most_in_flight) = {
        let state = device.state();
        (state.calls, state.most_in_flight)
    };
    // One had no connection, so it was no call.
    assert_eq!((calls, reports.iter().map(|report| report.calls).sum::<u64>()), (41, 40));
    assert!(most_in_flight <= 5, "{most_in_flight}");
    assert_eq!(states(&study.counts()), (39, 0, 0, 21));

    options.max_calls = None;
    let reports = three(&study, &device, &options).await;
    assert!(reports.iter().all(is_done));
    assert_eq!((states(&study.counts()), device.analyses()), ((60, 0, 0, 0), 60));
    assert!(device.state().most_in_flight <= 5);
    assert_eq!(study.counts().analysed_twice, 0);
}

#[tokio::test(start_paused = true)]
async fn a_worker_with_other_limits_is_refused_while_others_run() {
    let Some((cluster, study)) = shared("limits that differ in PostgreSQL", 3) else { return };
    let device = Device::answering(|_, _| Answer::Never);
    let (client, mut options) = (device.client(), options());
    let killed = tokio::time::timeout(Duration::from_secs(1), study.run_with(&client, &options)).await;
    assert!(killed.is_err(), "its lease is left");
    options.max_calls = Some(7);
    let error = study.run_with(&client, &options).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Settings);
    assert!(error.to_string().contains("at most 16 calls in flight and no limit of calls"), "{error}");
    cluster.server().end_leases(study.database());
    let report = study.run_with(&Device::new().client(), &options).await.unwrap();
    assert_eq!((is_done(&report), report.recovered, report.counts.analysed_twice), (true, 3, 3));
}

/// The clock of the server alone decides on leases. When it jumps, workers lose what they have while they work on it.
#[tokio::test(start_paused = true)]
async fn nothing_is_lost_when_the_clock_jumps_and_connections_are_cut() {
    let Some((cluster, study)) = shared("a clock that jumps in PostgreSQL", 90) else { return };
    let (server, database) = (cluster.server(), study.database().to_owned());
    let device = Device::answering(move |number, _| {
        match number % 20 {
            _ if number == 50 => cluster.restart(),
            5 => server.end_leases(&database),
            15 => drop(server.cut_connections(&database)),
            _ => {}
        }
        Answer::Report
    });
    let reports = three(&study, &device, &options()).await;
    assert!(reports.iter().all(is_done), "{reports:?}");
    let counts = study.counts();
    assert_eq!(states(&counts), (90, 0, 0, 0));
    let (again, lines) = (u64::from(device.analyses()) - 90, study.ndjson());
    let told: u64 = lines.iter().map(|line| line["mayHaveRun"].as_u64().unwrap() - 1).sum();
    assert!(again <= told, "{again} analysed again, {told} told");
    let keys: std::collections::BTreeSet<_> =
        lines.iter().map(|line| line["key"].as_str().unwrap()).collect();
    assert_eq!(keys.len(), 90);
}

#[test]
fn other_databases_are_not_taken_for_a_store() {
    let Some(cluster) = Cluster::start("databases that hold no batch in PostgreSQL", QUICK) else { return };
    let server = cluster.server();
    let database = server.new_database();
    let location = |database: &str| Location::parse(server.address(database)).unwrap();
    let sentence = |database: &str| {
        let error = Store::open(location(database)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Store, "{error}");
        error.to_string()
    };
    assert!(sentence(&database).contains("plan it first"));
    assert!(sentence("absent").contains("database \"absent\" does not exist"));
    Store::create(location(&database), Default::default()).unwrap();
    Store::open(location(&database)).unwrap();
    server.sql(&database, "UPDATE legit_health_batch.setting SET value = '2' WHERE name = 'version'");
    assert!(sentence(&database).contains("has version 2, and this program knows version 1"));
}
