//! What is on the disk: readable by its owner, of this version, and without what was to be left out.

use super::device::Device;
use super::{Study, is_done, options, states};
use legit_health_batch::{ErrorKind, Names, Settings, Snapshot, Store};
use std::fs;

/// All bytes of the files of a store.
fn bytes(study: &Study) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in fs::read_dir(study.folder.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            bytes.extend(fs::read(path).unwrap());
        }
    }
    bytes
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[tokio::test(start_paused = true)]
async fn names_that_are_left_out_are_nowhere_on_the_disk_and_images_are_found_by_their_digest() {
    let study = Study::of(2);
    study.photo("anna-muster.png", 7);
    fs::write(study.photos().join("berta-cut.png"), "\u{89}PNG").unwrap();
    let settings = Settings::default().with_names(Names::LeftOut);
    study.plan_with(&study.photos(), settings).unwrap();
    assert_eq!(
        study.plan_with(&study.photos(), settings).unwrap().known,
        3,
        "the same names are known all the same"
    );
    let device = Device::new();
    let error = study.run_with(&device.client(), &options()).await.unwrap_err();
    assert!(error.kind() == ErrorKind::Settings && error.to_string().contains("--root"), "{error}");
    // Renamed meanwhile, and somewhere else.
    fs::create_dir(study.photos().join("below")).unwrap();
    fs::rename(study.photos().join("anna-muster.png"), study.photos().join("below/other.png")).unwrap();
    let mut options = options();
    options.root = Some(study.photos());
    let report = study.run_with(&device.client(), &options).await.unwrap();
    assert_eq!((is_done(&report), states(&report.counts)), (true, (3, 1, 0, 0)));
    let bytes = bytes(&study);
    for name in ["anna", "berta", "other", "000001", "photos"] {
        assert!(!contains(&bytes, name), "{name}");
    }
    assert!(contains(&bytes, "Psoriasis"), "the search finds what is there");
}

#[tokio::test(start_paused = true)]
async fn a_study_that_was_moved_is_found_by_its_new_directory() {
    let study = Study::of(2);
    study.plan();
    fs::rename(study.photos(), study.folder.path().join("moved")).unwrap();
    let mut options = options();
    options.root = Some(study.folder.path().join("moved"));
    let report = study.run_with(&Device::new().client(), &options).await.unwrap();
    assert_eq!(states(&report.counts), (2, 0, 0, 0));
}

#[tokio::test(start_paused = true)]
async fn no_image_is_stored() {
    let study = Study::of(1);
    study.plan();
    study.run(&Device::new()).await;
    let bytes = bytes(&study);
    assert!(!contains(&bytes, "IHDR") && !contains(&bytes, "iVBOR"));
}

#[cfg(unix)]
#[test]
fn a_store_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let study = Study::of(1);
    study.plan();
    let store = Store::open(&study.store()).unwrap();
    for name in ["study.batch", "study.batch-wal", "study.batch-shm", "study.batch.lock"] {
        let metadata = fs::metadata(study.folder.path().join(name));
        if let Ok(metadata) = metadata {
            assert_eq!(metadata.permissions().mode() & 0o777, 0o600, "{name}");
        }
    }
    drop(store);
    fs::set_permissions(study.store(), fs::Permissions::from_mode(0o640)).unwrap();
    let error = Store::open(&study.store()).unwrap_err().to_string();
    assert!(error.contains("others can read the store") && error.contains("chmod 600"), "{error}");
}

#[test]
fn other_files_are_not_taken_for_a_store() {
    let study = Study::of(1);
    let sentence = |error: legit_health_batch::Error| {
        assert_eq!(error.kind(), ErrorKind::Store);
        error.to_string()
    };
    assert!(sentence(Store::open(&study.store()).unwrap_err()).contains("plan the batch first"));
    assert!(sentence(Snapshot::open(&study.store()).unwrap_err()).contains("plan the batch first"));
    fs::write(study.store(), "notes").unwrap();
    #[cfg(unix)]
    fs::set_permissions(study.store(), std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    for error in [study.plan_of(&study.photos()).unwrap_err(), Store::open(&study.store()).unwrap_err()] {
        sentence(error);
    }
    assert_eq!(fs::read(study.store()).unwrap(), b"notes", "it is left as it is");
    fs::remove_file(study.store()).unwrap();
    study.plan();
    let connection = rusqlite::Connection::open(study.store()).unwrap();
    connection.pragma_update(None, "user_version", 2).unwrap();
    drop(connection);
    let error = sentence(Store::open(&study.store()).unwrap_err());
    assert!(error.contains("has version 2, and this program knows version 1"), "{error}");
}
