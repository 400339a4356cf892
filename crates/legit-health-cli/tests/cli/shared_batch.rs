//! `batch` on PostgreSQL, with several programs at the same time.

use super::batch::{Study, analyses, number_of, slow_down, wait_for};
use super::cluster::{Cluster, QUICK};
use super::home::Served;
use super::stderr;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;
use std::collections::BTreeSet;
use std::process::{Child, Stdio};

const IN_FLIGHT: u64 = 8;

/// The campaign sets the number of photos.
#[test]
fn three_workers_of_which_one_is_killed_and_one_stopped_record_every_case_once() {
    let Some(cluster) = Cluster::start("three programs on PostgreSQL", QUICK) else { return };
    let server = cluster.server();
    let database = server.new_database();
    let cases = number_of("LEGIT_HEALTH_BATCH_PHOTOS", 60);
    let study = Study::in_store(cases, &server.address(&database));
    let sandbox = Served::start();
    // Slow enough that much is left at each step, even on a machine that has other work.
    slow_down(&sandbox, 0.5);
    let plan = study.batch(&["plan", "photos"]);
    assert!(plan.status.success(), "{}", stderr(&plan));
    let start = || {
        let mut run = study.run(&sandbox, &["--max-in-flight", &IN_FLIGHT.to_string(), "-q"]);
        run.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let [mut killed, mut stopped, mut last] = [start(), start(), start()];
    let part = |sixths: u32| u64::from(cases * sixths / 6);

    wait_for(&study, &mut last, part(1));
    killed.kill().unwrap();
    killed.wait().unwrap();
    kill_process(Pid::from_child(&stopped), Signal::STOP).unwrap();
    // What time does. The last one lives, and renews its own; the server may still work on the last request of the others, which
    // renews theirs once more.
    let workers =
        || server.sql(&database, "SELECT count(*) FROM legit_health_batch.worker").parse::<u32>().unwrap();
    while workers() > 1 {
        server.end_leases(&database);
    }
    wait_for(&study, &mut last, part(2));
    cluster.restart();
    // It may be between two connections.
    while server.cut_connections(&database) == "0" && last.try_wait().unwrap().is_none() {}
    wait_for(&study, &mut last, part(3));
    assert_eq!(end_of(last), (Some(0), String::new()));
    let before = study.status();
    assert_eq!((&before["recorded"], &before["left"]), (&cases.into(), &0.into()), "{before}");

    // It has results of items that others have recorded meanwhile.
    assert!(stopped.try_wait().unwrap().is_none(), "it is stopped, and has not ended");
    kill_process(Pid::from_child(&stopped), Signal::CONT).unwrap();
    assert_eq!(end_of(stopped), (Some(0), String::new()));
    assert_eq!(study.status(), before);
    let lines = study.exported();
    let keys: BTreeSet<_> = lines.iter().map(|line| line["key"].as_str().unwrap()).collect();
    assert_eq!((lines.len(), keys.len()), (cases as usize, cases as usize));
    assert!(lines.iter().all(|line| line["state"] == "recorded" && line["result"].is_object()));
    let again = analyses(&sandbox) - u64::from(cases);
    let told: u64 = lines.iter().map(|line| line["mayHaveRun"].as_u64().unwrap() - 1).sum();
    assert!(again <= told && told <= IN_FLIGHT, "{again} analysed again, {told} told");
    println!(
        "{}",
        json!({"photos": cases, "workers": 3, "inFlight": IN_FLIGHT, "recorded": lines.len(), "analysedAgain": again,
            "toldTwice": told})
    );
}

fn end_of(run: Child) -> (Option<i32>, String) {
    let output = run.wait_with_output().unwrap();
    (output.status.code(), stderr(&output))
}
