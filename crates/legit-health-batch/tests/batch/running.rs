//! Runs that go well, stop, go on, or are limited.

use super::device::{Answer, Device};
use super::{Study, is_done, most_memory, number_of, options, states};
use legit_health_batch::{Ending, ErrorKind, OtherDevice, Store};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::time::Instant;

#[tokio::test(start_paused = true)]
async fn every_case_is_recorded_once_and_a_second_run_sends_nothing() {
    let study = Study::of(40);
    study.plan();
    let device = Device::new();
    let report = study.run(&device).await;
    assert!(is_done(&report), "{:?}", report.ending);
    assert_eq!((states(&report.counts), report.calls, report.recovered), ((40, 0, 0, 0), 40, 0));
    assert_eq!(report.counts, study.counts());
    let (analysed, logins, most_in_flight) = {
        let state = device.state();
        (state.analysed.len(), state.logins, state.most_in_flight)
    };
    assert_eq!((analysed, logins), (40, 1));
    assert!(most_in_flight <= 16, "{most_in_flight}");
    let keys: BTreeSet<_> =
        study.ndjson().iter().map(|line| line["key"].as_str().unwrap().to_owned()).collect();
    assert_eq!(keys.len(), 40);
    let report = study.run(&device).await;
    assert_eq!((is_done(&report), report.calls, device.analyses()), (true, 0, 40));
}

#[tokio::test]
async fn many_cases_and_how_many_a_second() {
    let cases = number_of("LEGIT_HEALTH_BATCH_CASES", 2_000);
    let study = Study::of(cases);
    let begun = Instant::now();
    assert_eq!(study.plan().new, u64::from(cases));
    let planned = begun.elapsed();
    let device = Device::new();
    let mut options = options();
    options.max_in_flight = NonZeroUsize::new(64).unwrap();
    let begun = Instant::now();
    let report = study.run_with(&device.client(), &options).await.unwrap();
    let ran = begun.elapsed();
    // Before all lines of the export are read at once.
    let memory = most_memory();
    assert_eq!((states(&report.counts), report.counts.analysed_twice), ((u64::from(cases), 0, 0, 0), 0));
    assert_eq!((device.analyses(), device.state().analysed.len()), (cases, cases as usize));
    let begun = Instant::now();
    assert_eq!(study.ndjson().len(), cases as usize);
    println!(
        "{{\"cases\":{cases},\"plannedPerSecond\":{:.0},\"ranPerSecond\":{:.0},\"exportedPerSecond\":{:.0},\"storeBytes\":{},\"mostMemoryKiB\":{}}}",
        f64::from(cases) / planned.as_secs_f64(),
        f64::from(cases) / ran.as_secs_f64(),
        f64::from(cases) / begun.elapsed().as_secs_f64(),
        study.store_bytes(),
        memory,
    );
}

#[tokio::test(start_paused = true)]
async fn a_budget_of_calls_is_kept_and_the_next_run_goes_on() {
    let study = Study::of(10);
    study.plan();
    // Each answer of the server counts, whatever it is.
    let device =
        Device::answering(|number, _| if number == 1 { Answer::Status(503) } else { Answer::Report });
    let mut options = options();
    options.max_calls = Some(4);
    let report = study.run_with(&device.client(), &options).await.unwrap();
    assert!(matches!(report.ending, Ending::Budget), "{:?}", report.ending);
    assert_eq!((report.calls, device.state().calls, states(&report.counts)), (4, 4, (3, 0, 0, 7)));
    options.max_calls = Some(7);
    let report = study.run_with(&device.client(), &options).await.unwrap();
    assert_eq!((is_done(&report), states(&report.counts)), (true, (10, 0, 0, 0)), "it is just enough");
}

#[tokio::test(start_paused = true)]
async fn no_more_calls_than_allowed_are_in_flight() {
    let study = Study::of(30);
    study.plan();
    let device = Device::new();
    let mut options = options();
    options.max_in_flight = NonZeroUsize::new(2).unwrap();
    study.run_with(&device.client(), &options).await.unwrap();
    assert_eq!(device.state().most_in_flight, 2);
    let study = Study::of(5);
    study.plan();
    let device = Device::new();
    options.max_bytes = 1;
    study.run_with(&device.client(), &options).await.unwrap();
    assert_eq!(
        device.state().most_in_flight,
        1,
        "each is larger than the limit of bytes, so each runs alone"
    );
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_stopped_stores_what_is_in_flight() {
    let study = Study::of(30);
    study.plan();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let stop = RefCell::new(Some(stop));
    let device = Device::answering(move |number, _| {
        if number == 5 {
            drop(stop.borrow_mut().take());
        }
        Answer::Report
    });
    let stopped = async { drop(stopped.await) };
    let store = Store::open(study.store()).unwrap();
    let report = legit_health_batch::run(store, &device.client(), &options(), stopped, |_| ()).await.unwrap();
    assert!(matches!(report.ending, Ending::Stopped));
    let counts = report.counts;
    assert!((6..12).contains(&counts.recorded), "{counts}");
    assert_eq!((counts.recorded, counts.under_way), (u64::from(device.analyses()), 0));
    assert!(is_done(&study.run(&device).await));
    assert_eq!((device.analyses(), study.counts().analysed_twice), (30, 0));
}

/// As by a crash: nobody waits for the calls in flight.
#[tokio::test(start_paused = true)]
async fn what_was_in_flight_when_a_run_was_dropped_is_sent_again_and_counted() {
    let study = Study::of(20);
    study.plan();
    let device = Device::answering(|number, _| if number < 6 { Answer::Report } else { Answer::Never });
    let mut options = options();
    options.max_in_flight = NonZeroUsize::new(3).unwrap();
    let client = device.client();
    let run = study.run_with(&client, &options);
    let ended = tokio::time::timeout(std::time::Duration::from_secs(60), run).await;
    assert!(ended.is_err());
    // The task that writes ends after the run.
    while Store::open(study.store()).is_err() {
        tokio::task::yield_now().await;
    }
    let counts = study.counts();
    assert_eq!((states(&counts), counts.under_way), ((6, 0, 0, 14), 3));
    study.end_leases();
    let patient = Device::new();
    let report = study.run(&patient).await;
    assert_eq!((report.recovered, states(&report.counts)), (3, (20, 0, 0, 0)));
    assert_eq!((report.counts.analysed_twice, patient.analyses()), (3, 14));
    let twice = study.ndjson().iter().filter(|line| line["mayHaveRun"] == 2).count();
    assert_eq!(twice, 3, "the export says which");
}

#[tokio::test(start_paused = true)]
async fn results_of_another_version_of_the_device_are_not_mixed_in_unnoticed() {
    let study = Study::of(4);
    study.plan();
    let device = Device::new();
    let mut options = options();
    options.max_calls = Some(2);
    study.run_with(&device.client(), &options).await.unwrap();
    device.state().version = "2.0";
    options.max_calls = None;
    let error = study.run_with(&device.client(), &options).await.unwrap_err();
    assert_eq!((error.kind(), device.state().calls), (ErrorKind::Settings, 2));
    assert!(error.to_string().contains("version 2.0") && error.to_string().contains("from 1.0"), "{error}");
    options.other_device = OtherDevice::Accept;
    assert!(is_done(&study.run_with(&device.client(), &options).await.unwrap()));
    let versions: Vec<_> = study
        .ndjson()
        .iter()
        .map(|line| line["request"]["device"]["version"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(versions, ["1.0", "1.0", "2.0", "2.0"]);
}
