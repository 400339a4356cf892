//! What goes wrong on the way: each case ends in one state, and nothing is paid for twice without being counted.

use super::device::{Answer, Device};
use super::{Study, is_done, options, states};
use legit_health_batch::{Ending, Retry, Store};
use std::fs;
use std::time::Duration;

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[tokio::test(start_paused = true)]
async fn a_pause_that_the_server_asks_for_holds_for_all() {
    let study = Study::of(30);
    study.plan();
    let device =
        Device::answering(|number, _| if number == 10 { Answer::Pause(429, 90) } else { Answer::Report });
    let report = study.run(&device).await;
    assert_eq!((is_done(&report), states(&report.counts)), (true, (30, 0, 0, 0)));
    let state = device.state();
    let asked = state.times[10];
    let during =
        state.times[11..].iter().filter(|time| **time > asked && **time < asked + seconds(90)).count();
    assert!(during <= 3, "{during} requests in the pause: only those in flight may end in it");
    assert_eq!((state.calls, report.counts.sends), (31, 31));
    assert_eq!(report.counts.analysed_twice, 0, "the device has not worked");
}

#[tokio::test(start_paused = true)]
async fn an_overloaded_server_is_sent_less_and_nothing_is_lost() {
    let study = Study::of(60);
    study.plan();
    let device =
        Device::answering(
            |number, _| if (10..20).contains(&number) { Answer::Status(503) } else { Answer::Report },
        );
    let report = study.run(&device).await;
    assert_eq!((is_done(&report), states(&report.counts), report.calls), (true, (60, 0, 0, 0), 70));
    assert_eq!(report.counts.analysed_twice, 0);
}

#[tokio::test(start_paused = true)]
async fn a_network_that_is_gone_for_a_minute_is_waited_for() {
    let study = Study::of(30);
    study.plan();
    let device = Device::answering(|number, now| match now {
        now if number >= 8 && now < seconds(60) => Answer::Absent,
        _ => Answer::Report,
    });
    let mut waited = Vec::new();
    let store = Store::open(study.store()).unwrap();
    let progress = |progress: &legit_health_batch::Progress| {
        waited.extend(progress.waiting.as_ref().map(|waiting| waiting.error.to_string()));
    };
    let report =
        legit_health_batch::run(store, &device.client(), &options(), std::future::pending(), progress)
            .await
            .unwrap();
    assert_eq!((is_done(&report), states(&report.counts)), (true, (30, 0, 0, 0)));
    assert_eq!(report.calls, 30, "what was not sent is no call");
    assert!(!waited.is_empty(), "it says what it waits for");
    assert!(device.state().calls < 60, "one tries, the others wait");
}

#[tokio::test(start_paused = true)]
async fn a_network_that_does_not_come_back_ends_the_run() {
    let study = Study::of(10);
    study.plan();
    let device = Device::answering(|number, _| if number < 4 { Answer::Report } else { Answer::Absent });
    let report = study.run(&device).await;
    assert!(matches!(report.ending, Ending::GaveUp(_)), "{:?}", report.ending);
    assert_eq!(states(&report.counts), (4, 0, 0, 6));
    assert!(is_done(&study.run(&Device::new()).await));
}

#[tokio::test(start_paused = true)]
async fn a_lost_connection_may_cost_the_work_twice_and_is_counted() {
    let study = Study::of(5);
    study.plan();
    let device = Device::answering(|number, _| if number == 2 { Answer::Lost } else { Answer::Report });
    let report = study.run(&device).await;
    assert_eq!((is_done(&report), states(&report.counts)), (true, (5, 0, 0, 0)));
    assert_eq!((report.counts.analysed_twice, device.analyses()), (1, 6));
}

#[tokio::test(start_paused = true)]
async fn a_case_is_not_sent_a_fourth_time_if_its_work_may_have_been_done_three_times() {
    let study = Study::of(1);
    study.plan();
    let device = Device::answering(|_, _| Answer::Lost);
    let report = study.run(&device).await;
    assert_eq!((is_done(&report), states(&report.counts), device.analyses()), (true, (0, 0, 1, 0), 3));
}

#[tokio::test(start_paused = true)]
async fn what_may_have_been_worked_on_fails_and_is_sent_again_only_when_asked() {
    let study = Study::of(6);
    study.plan();
    let device = Device::answering(|number, _| match number {
        1 => Answer::Status(500),
        2 => Answer::Never,
        3 => Answer::Broken,
        _ => Answer::Report,
    });
    let report = study.run(&device).await;
    assert_eq!((is_done(&report), states(&report.counts)), (true, (3, 0, 3, 0)));
    let mut kinds: Vec<_> =
        study.ndjson().iter().filter_map(|line| Some(line["error"]["kind"].as_str()?.to_owned())).collect();
    kinds.sort();
    assert_eq!(kinds, ["invalidResponse", "server", "timeout"]);
    assert!(is_done(&study.run(&device).await));
    assert_eq!(device.state().calls, 6);

    let retry = |which, kinds: &[&str]| {
        let kinds: Vec<String> = kinds.iter().map(|kind| (*kind).to_owned()).collect();
        Store::open(study.store()).unwrap().retry(which, &kinds).unwrap()
    };
    assert_eq!(retry(Retry::Refused, &[]), 0);
    assert_eq!(retry(Retry::Failed, &["rateLimited"]), 0);
    assert_eq!(retry(Retry::Failed, &["server"]), 1);
    assert_eq!(states(&study.counts()), (3, 0, 2, 1));
    assert_eq!(retry(Retry::Failed, &[]), 2);
    let report = study.run(&device).await;
    assert_eq!((states(&report.counts), report.counts.analysed_twice), ((6, 0, 0, 0), 3));
}

#[tokio::test(start_paused = true)]
async fn what_the_device_refuses_is_refused() {
    let study = Study::of(5);
    study.plan();
    let device =
        Device::answering(|number, _| if number == 2 { Answer::Status(422) } else { Answer::Report });
    let report = study.run(&device).await;
    assert_eq!((is_done(&report), states(&report.counts)), (true, (4, 1, 0, 0)));
    let mut store = Store::open(study.store()).unwrap();
    assert_eq!(store.retry(Retry::Refused, &[]).unwrap(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_device_that_refuses_everything_is_not_sent_the_rest() {
    for status in [500, 422] {
        let study = Study::of(200);
        study.plan();
        let device = Device::answering(move |_, _| Answer::Status(status));
        let report = study.run(&device).await;
        assert!(matches!(report.ending, Ending::Hopeless(_)), "{:?}", report.ending);
        assert!(device.state().calls < 45, "{} calls", device.state().calls);
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_that_is_revoked_costs_one_login() {
    let study = Study::of(20);
    study.plan();
    let device =
        Device::answering(|number, _| if number == 7 { Answer::RevokeTokens } else { Answer::Report });
    let report = study.run(&device).await;
    assert_eq!((is_done(&report), states(&report.counts)), (true, (20, 0, 0, 0)));
    assert_eq!(device.state().logins, 2);
}

#[tokio::test(start_paused = true)]
async fn a_case_that_waited_too_long_for_a_login_was_not_sent_and_is_sent_again() {
    let study = Study::of(20);
    study.plan();
    let device =
        Device::answering(|number, _| if number == 7 { Answer::RevokeTokens } else { Answer::Report });
    device.state().silent_login = Some(1);
    let report = study.run(&device).await;
    assert_eq!((is_done(&report), states(&report.counts)), (true, (20, 0, 0, 0)));
    assert_eq!((device.analyses(), report.counts.analysed_twice), (20, 0));
}

#[tokio::test(start_paused = true)]
async fn a_password_that_is_changed_is_waited_for_without_burning_the_account() {
    let study = Study::of(30);
    study.plan();
    let device =
        Device::answering(|number, _| if number == 6 { Answer::ChangePassword } else { Answer::Report });
    let mut said = Vec::new();
    let begun = tokio::time::Instant::now();
    let progress = |progress: &legit_health_batch::Progress| {
        if let Some(waiting) = &progress.waiting {
            said.push(waiting.for_account);
            if begun.elapsed() > seconds(600) {
                device.give_password("new");
            }
        }
    };
    let client = device.client();
    let store = Store::open(study.store()).unwrap();
    let report =
        legit_health_batch::run(store, &client, &options(), std::future::pending(), progress).await.unwrap();
    assert_eq!((is_done(&report), states(&report.counts)), (true, (30, 0, 0, 0)));
    assert!(said.contains(&true), "it says what it waits for");
    assert!(begun.elapsed() < seconds(1_200), "a new password is used at once");
    let state = device.state();
    assert!(
        (1..=8).contains(&state.refused_logins),
        "{} refused logins in ten minutes",
        state.refused_logins
    );
}

#[tokio::test(start_paused = true)]
async fn a_photo_that_has_changed_or_vanished_is_not_sent() {
    let study = Study::of(4);
    study.plan();
    study.photo("000001.png", 77);
    fs::remove_file(study.photos().join("000002.png")).unwrap();
    let device = Device::new();
    let report = study.run(&device).await;
    assert_eq!((is_done(&report), states(&report.counts), device.analyses()), (true, (2, 0, 2, 0), 2));
    let lines = study.ndjson();
    let message = |place: usize| lines[place]["error"]["message"].as_str().unwrap();
    assert!(message(1).starts_with("the image is not the one that was planned"), "{}", message(1));
    assert_eq!(
        (&lines[2]["error"]["kind"], &lines[2]["error"]["delivery"]),
        (&"image".into(), &"notSent".into())
    );

    study.photo("000001.png", 1);
    study.photo("000002.png", 2);
    Store::open(study.store()).unwrap().retry(Retry::Failed, &["image".to_owned()]).unwrap();
    assert_eq!(states(&study.run(&device).await.counts), (4, 0, 0, 0));
    assert_eq!(device.state().analysed.keys().filter(|body| body.len() > 1).count(), 4);
}
