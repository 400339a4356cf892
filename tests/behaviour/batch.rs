//! What batches and the contract have in common.

/// The key of every case holds it, so it has to be the version that the client is generated from.
#[test]
fn the_version_of_the_contract_is_that_of_the_document() {
    let document = include_str!("../../openapi/device.yaml");
    let info = document.split("\ninfo:\n").nth(1).unwrap();
    let version = info.lines().find_map(|line| line.strip_prefix("  version: ")).unwrap();
    assert_eq!(version, legit_health_batch::CONTRACT_VERSION);
}

/// A program may run a batch in a task of its own.
#[test]
fn a_run_can_be_spawned() {
    fn is_send(_: impl Send) {}
    let run = |store, client: &legit_health::Client, options: &legit_health_batch::RunOptions| {
        is_send(legit_health_batch::run(store, client, options, std::future::pending(), |_| ()));
    };
    let _ = run;
}
