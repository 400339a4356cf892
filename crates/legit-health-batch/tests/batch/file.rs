//! A store that is a file: for one run at a time, readable by its owner, of this version.

use super::device::Device;
use super::{Study, is_done};
use legit_health_batch::{ErrorKind, Snapshot, Store};
use std::fs;

#[tokio::test(start_paused = true)]
async fn a_store_is_used_by_one_run_and_read_meanwhile() {
    let study = Study::of(1);
    study.plan();
    let store = Store::open(study.file()).unwrap();
    let error = Store::open(study.file()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InUse);
    assert!(error.to_string().contains("is in use by another run"), "{error}");
    assert_eq!(Snapshot::open(study.file()).unwrap().counts().unwrap().left, 1);
    drop(store);
    assert!(is_done(&study.run(&Device::new()).await));
}

#[cfg(unix)]
#[test]
fn a_store_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let study = Study::of(1);
    study.plan();
    let store = Store::open(study.file()).unwrap();
    for name in ["study.batch", "study.batch-wal", "study.batch-shm", "study.batch.lock"] {
        let metadata = fs::metadata(study.folder.path().join(name));
        if let Ok(metadata) = metadata {
            assert_eq!(metadata.permissions().mode() & 0o777, 0o600, "{name}");
        }
    }
    drop(store);
    fs::set_permissions(study.file(), fs::Permissions::from_mode(0o640)).unwrap();
    let error = Store::open(study.file()).unwrap_err().to_string();
    assert!(error.contains("others can read the store") && error.contains("chmod 600"), "{error}");
}

#[test]
fn other_files_are_not_taken_for_a_store() {
    let study = Study::of(1);
    let sentence = |error: legit_health_batch::Error| {
        assert_eq!(error.kind(), ErrorKind::Store);
        error.to_string()
    };
    assert!(sentence(Store::open(study.file()).unwrap_err()).contains("plan the batch first"));
    assert!(sentence(Snapshot::open(study.file()).unwrap_err()).contains("plan the batch first"));
    fs::write(study.file(), "notes").unwrap();
    #[cfg(unix)]
    fs::set_permissions(study.file(), std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    for error in [study.plan_of(&study.photos()).unwrap_err(), Store::open(study.file()).unwrap_err()] {
        sentence(error);
    }
    assert_eq!(fs::read(study.file()).unwrap(), b"notes", "it is left as it is");
    fs::remove_file(study.file()).unwrap();
    study.plan();
    let connection = rusqlite::Connection::open(study.file()).unwrap();
    connection.pragma_update(None, "user_version", 2).unwrap();
    drop(connection);
    let error = sentence(Store::open(study.file()).unwrap_err());
    assert!(error.contains("has version 2, and this program knows version 1"), "{error}");
}
