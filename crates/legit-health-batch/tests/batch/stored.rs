//! What is in the store: nothing of what was to be left out.

use super::device::Device;
use super::{Study, is_done, options, states};
use legit_health_batch::{ErrorKind, Names, Settings};
use std::fs;

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
    fs::rename(study.photos().join("anna-muster.png"), study.photos().join("below/claudia.png")).unwrap();
    let mut options = options();
    options.root = Some(study.photos());
    let report = study.run_with(&device.client(), &options).await.unwrap();
    assert_eq!((is_done(&report), states(&report.counts)), (true, (3, 1, 0, 0)));
    let bytes = study.stored();
    for name in ["anna", "berta", "claudia", "000001", "photos"] {
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
    let bytes = study.stored();
    assert!(!contains(&bytes, "IHDR") && !contains(&bytes, "iVBOR"));
}
