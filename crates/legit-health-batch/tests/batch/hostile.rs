//! Lists and folders that are made to hurt.

use super::{Study, most_memory, number_of, states};
use legit_health_batch::ErrorKind;
use std::fs::{self, File};
use std::io::{Seek, SeekFrom, Write};

#[test]
fn a_line_of_a_gigabyte_is_refused_without_being_held_in_memory() {
    let study = Study::of(2);
    let path = study.list("cases.ndjson", "{\"images\":[\"000000.png\"]}\n");
    let mut file = File::options().write(true).open(&path).unwrap();
    // A hole in the file.
    file.seek(SeekFrom::End(1 << 30)).unwrap();
    file.write_all(b"\n{\"images\":[\"000001.png\"]}\n").unwrap();
    drop(file);
    let plan = study.plan_of(&path).unwrap();
    assert_eq!((plan.given, plan.new, plan.refused), (3, 2, 1));
    assert_eq!(
        (plan.refusals[0].place.as_str(), plan.refusals[0].sentence.as_str()),
        ("line 2", "the line is longer than 1 MiB")
    );
    assert!(most_memory() < 400_000, "{} KiB", most_memory());
}

#[cfg(unix)]
#[test]
fn a_folder_with_very_many_names() {
    let names = number_of("LEGIT_HEALTH_BATCH_NAMES", 2_000);
    let study = Study::of(1);
    for name in 1..names {
        std::os::unix::fs::symlink("000000.png", study.photos().join(format!("{name:06}.png"))).unwrap();
    }
    let begun = std::time::Instant::now();
    let plan = study.plan();
    assert_eq!((plan.given, plan.new, plan.duplicates), (names.into(), 1, u64::from(names) - 1));
    println!(
        "{{\"names\":{names},\"plannedPerSecond\":{:.0},\"storeBytes\":{},\"mostMemoryKiB\":{}}}",
        f64::from(names) / begun.elapsed().as_secs_f64(),
        study.store_bytes(),
        most_memory()
    );
}

#[test]
fn a_quotation_mark_that_is_missing_ends_the_plan_and_nothing_is_planned() {
    let study = Study::of(1);
    let rows = "P,000000.png\n".repeat(150_000);
    let list = study.list("cases.csv", &format!("reference,image\nP-1,000000.png\n\"{rows}"));
    let error = study.plan_of(&list).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Source);
    assert!(error.to_string().contains("a quotation mark may be missing"), "{error}");
    assert_eq!(study.counts().given, 0);
}

#[test]
fn what_is_not_utf_8_is_refused_by_line() {
    let study = Study::of(1);
    let path = study.photos().join("cases.csv");
    fs::write(&path, b"reference,image\n\xFF,000000.png\nP-2,000000.png\n").unwrap();
    let plan = study.plan_of(&path).unwrap();
    assert_eq!((plan.given, plan.new, plan.refused), (2, 1, 1));
    let path = study.photos().join("cases.txt");
    fs::write(&path, b"\xFF\n000000.png\n").unwrap();
    let plan = study.plan_of(&path).unwrap();
    assert_eq!((plan.given, plan.refused, plan.refusals[0].place.as_str()), (2, 1, "line 1"));
}

#[cfg(unix)]
#[test]
fn links_in_circles_and_names_that_are_not_text() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;
    let study = Study::of(1);
    fs::create_dir(study.photos().join("below")).unwrap();
    symlink(study.photos(), study.photos().join("below/circle")).unwrap();
    symlink("000000.png", study.photos().join("link.png")).unwrap();
    symlink("nowhere.png", study.photos().join("dangling.png")).unwrap();
    symlink("loop.png", study.photos().join("loop.png")).unwrap();
    fs::copy(study.photos().join("000000.png"), study.photos().join(OsStr::from_bytes(b"\xFF.png"))).unwrap();
    let plan = study.plan();
    assert_eq!((plan.given, plan.new, plan.duplicates, plan.refused), (5, 1, 1, 3), "{:?}", plan.refusals);
    assert!(plan.refusals.iter().any(|refusal| refusal.sentence.contains("is not UTF-8")));
    assert!(plan.first_ignored.iter().any(|(_, why)| *why == "a link to a directory is not followed"));
}

#[test]
fn the_same_reference_and_hostile_texts_are_kept_as_they_are() {
    let study = Study::of(2);
    let reference = "'; DROP TABLE item; -- \u{202E}\u{0}=1+1";
    let line = |image| serde_json::json!({"reference": reference, "images": [image]}).to_string();
    let list = study.list("cases.ndjson", &format!("{}\n{}\n", line("000000.png"), line("000001.png")));
    let plan = study.plan_of(&list).unwrap();
    assert_eq!((plan.new, plan.repeated_references), (2, 1));
    assert_eq!(states(&study.counts()), (0, 0, 0, 2));
    assert!(study.ndjson().iter().all(|line| line["reference"] == reference));
}

#[test]
fn a_file_that_vanishes_while_it_is_planned_is_refused() {
    let study = Study::of(1);
    let list = study.list("cases.txt", "000000.png\nvanished.png\n");
    let plan = study.plan_of(&list).unwrap();
    assert_eq!((plan.new, plan.refused), (1, 1));
}
