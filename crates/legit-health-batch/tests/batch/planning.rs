//! Plans: what is found, what it costs, and that nothing is counted twice.

use super::{Study, device, most_memory, number_of, states};
use legit_health_batch::{
    Call, Check, ErrorKind, LocalSeverity, Media, Names, Plan, Settings, Source, Store,
};
use std::fs;
use std::io::{BufWriter, Write};
use std::time::Instant;

#[test]
fn a_plan_says_what_will_be_sent_and_why_the_rest_is_not() {
    let study = Study::of(3);
    study.photo("again.png", 0);
    fs::create_dir(study.photos().join("more")).unwrap();
    study.photo("more/004.png", 4);
    let cut = &device::png(5)[..50];
    fs::write(study.photos().join("cut.png"), cut).unwrap();
    fs::write(study.photos().join("notes.md"), "notes").unwrap();
    let plan = study.plan();
    assert_eq!((plan.given, plan.new, plan.duplicates, plan.known, plan.refused), (6, 4, 1, 0, 1));
    assert_eq!((plan.images, plan.bytes), (4, 4 * device::png(0).len() as u64));
    assert_eq!(plan.refusals[0].place, "cut.png");
    assert!(plan.refusals[0].sentence.starts_with("truncated PNG"), "{}", plan.refusals[0].sentence);
    assert_eq!((plan.ignored, plan.first_ignored[0].1), (1, "it is not an image"));
    assert!(plan.disk_bytes > 0);
    let counts = study.counts();
    assert_eq!((counts.given, counts.duplicates, states(&counts)), (5, 1, (0, 1, 0, 4)));
}

/// Pairs of few photos are as many cases as are wanted.
#[test]
fn very_many_cases_are_planned_in_little_memory() {
    let cases = number_of("LEGIT_HEALTH_BATCH_PLANNED", 2_000);
    let photos = f64::from(cases).sqrt().ceil() as u32;
    let study = Study::of(photos);
    let mut list = BufWriter::new(fs::File::create(study.photos().join("pairs.ndjson")).unwrap());
    for case in 0..cases {
        let (first, second) = (case / photos, case % photos);
        writeln!(list, "{{\"images\":[\"{first:06}.png\",\"{second:06}.png\"]}}").unwrap();
    }
    drop(list);
    let begun = Instant::now();
    assert_eq!(study.plan_of(&study.photos().join("pairs.ndjson")).unwrap().new, u64::from(cases));
    let planned = begun.elapsed();
    let begun = Instant::now();
    assert_eq!(study.counts().left, u64::from(cases));
    println!(
        "{{\"cases\":{cases},\"plannedPerSecond\":{:.0},\"countedInMilliseconds\":{},\"storeBytes\":{},\"mostMemoryKiB\":{}}}",
        f64::from(cases) / planned.as_secs_f64(),
        begun.elapsed().as_millis(),
        study.store_bytes(),
        most_memory()
    );
}

#[test]
fn planning_again_adds_nothing_and_renamed_files_are_not_sent_again() {
    let study = Study::of(3);
    study.plan();
    let before = study.counts();
    let plan = study.plan();
    assert_eq!((plan.new, plan.duplicates, plan.known), (0, 0, 3));
    assert_eq!(study.counts(), before);
    fs::rename(study.photos().join("000000.png"), study.photos().join("renamed.png")).unwrap();
    let plan = study.plan();
    assert_eq!((plan.new, plan.duplicates, plan.known), (0, 1, 2));
    assert_eq!(study.plan().known, 3, "a duplicate is known, too");
}

#[test]
fn a_file_that_was_corrected_takes_its_own_place() {
    let study = Study::of(1);
    fs::write(study.photos().join("cut.png"), &device::png(5)[..50]).unwrap();
    study.plan();
    assert_eq!(states(&study.counts()), (0, 1, 0, 1));
    study.photo("cut.png", 5);
    let plan = study.plan();
    assert_eq!((plan.new, plan.in_place_of_other, plan.known), (1, 1, 1));
    assert_eq!(states(&study.counts()), (0, 0, 0, 2));
}

#[test]
fn lines_of_json_have_up_to_three_images_and_calls_of_their_own() {
    let study = Study::of(4);
    let list = study.list(
        "cases.ndjson",
        "{\"reference\":\"P-1\",\"images\":[\"000000.png\",\"000001.png\",\"000002.png\"]}\n\
         \n\
         {\"reference\":\"P-1\",\"images\":[\"000003.png\"],\"scale\":\"apasi\",\"bodySite\":\"armLeft\",\
          \"condition\":\"psoriasis\",\"answers\":{\"surface\":2}}\n\
         {\"reference\":\"P-2\",\"images\":[\"000003.png\"],\"scale\":\"apasi\",\"bodySite\":\"armLeft\",\
          \"condition\":\"psoriasis\",\"answers\":{\"surface\":3}}\n\
         {\"images\":[\"000003.png\"],\"call\":\"diagnosisSupport\"}\n",
    );
    let plan = study.plan_of(&list).unwrap();
    assert_eq!((plan.given, plan.new, plan.images, plan.refused), (4, 4, 6, 0), "{:?}", plan.refusals);
    assert_eq!(plan.repeated_references, 1);
}

#[test]
fn every_mistake_in_a_line_is_one_sentence_about_that_line() {
    let study = Study::of(4);
    let image = "\"images\":[\"000000.png\"]";
    for (line, sentence) in [
        ("{\"images\":[]}".to_owned(), "the case has 0 images, and its call takes 1 to 3 images"),
        ("{}".to_owned(), "the case has 0 images, and its call takes 1 to 3 images"),
        (
            "{\"images\":[\"a\",\"b\",\"c\",\"d\"]}".to_owned(),
            "the case has 4 images, and its call takes 1 to 3 images",
        ),
        (format!("{{{image},\"refernce\":\"P\"}}"), "the line is not a case: unknown field `refernce`"),
        ("[\"P\",[\"000000.png\"]]".to_owned(), "the line is not a JSON object"),
        ("{1".to_owned(), "the line is not a case"),
        (format!("{{{image},\"call\":\"dx\"}}"), "`call` is neither `diagnosisSupport` nor `severityLocal`"),
        (format!("{{{image},\"scale\":\"apasi\"}}"), "`bodySite` is missing"),
        (
            format!(
                "{{{image},\"scale\":\"pasi\",\"bodySite\":\"armLeft\",\"condition\":\"x\",\"answers\":{{\"surface\":1,\"erythema\":1,\"induration\":1,\"desquamation\":1}}}}"
            ),
            "`pasi` is not scored from one image",
        ),
        (
            format!("{{{image},\"scale\":\"apasi\",\"bodySite\":\"armLeft\",\"condition\":\"x\"}}"),
            "`answers`: `surface` is not answered",
        ),
        (
            format!("{{{image},\"scale\":\"apasi\",\"bodySite\":\"elbow\",\"condition\":\"x\"}}"),
            "`bodySite`: ",
        ),
        (
            format!("{{{image},\"call\":\"diagnosisSupport\",\"condition\":\"x\"}}"),
            "`diagnosisSupport` takes no",
        ),
        ("{\"images\":[\"absent.png\"]}".to_owned(), ""),
    ] {
        let list = study.list("cases.ndjson", &format!("\n{line}\n"));
        let plan = study.plan_of(&list).unwrap();
        assert_eq!((plan.given, plan.refused), (1, 1), "{line}");
        let refusal = &plan.refusals[0];
        assert_eq!(refusal.place, "line 2");
        assert!(
            refusal.sentence.starts_with(sentence) && !refusal.sentence.contains('\n'),
            "{}",
            refusal.sentence
        );
    }
}

#[test]
fn a_table_is_read_by_the_names_of_its_columns() {
    let study = Study::of(4);
    let list = study.list(
        "cases.csv",
        "\u{FEFF}reference,image,image2,scale,bodySite,condition,answers\r\n\
         P-1,000000.png,000001.png,,,,\r\n\
         \"P,2\",000002.png,,apasi,armLeft,psoriasis,surface=2\r\n\
         P-3,000003.png,,apasi,armLeft,psoriasis,\"{\"\"surface\"\": 3}\"\r\n\
         P-4,000003.png,,apasi,armLeft,psoriasis,surface\r\n\
         P-5,000003.png,,,,,,more\r\n",
    );
    let plan = study.plan_of(&list).unwrap();
    assert_eq!((plan.given, plan.new, plan.images, plan.refused), (5, 3, 4, 2), "{:?}", plan.refusals);
    assert_eq!((plan.refusals[0].place.as_str(), plan.refusals[1].place.as_str()), ("row 5", "row 6"));
    for (head, sentence) in [
        ("image,age\n", "column 2 has an unknown name"),
        ("reference\n", "there is no column `image`"),
        ("image,call,call\n", "the column `call` is there twice"),
    ] {
        let list = study.list("cases.csv", head);
        let error = study.plan_of(&list).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Source);
        assert!(error.to_string().contains(sentence), "{error}");
    }
}

#[test]
fn a_list_has_a_path_on_each_line() {
    let study = Study::of(2);
    let absolute = study.photos().join("000001.png");
    let list = study.list("cases.txt", &format!("000000.png\r\n\n{}\n000000.png\n", absolute.display()));
    let plan = study.plan_of(&list).unwrap();
    assert_eq!((plan.given, plan.new, plan.known), (3, 2, 1));
    let photo = study.photos().join("000000.png");
    let error = study.plan_of(&photo).unwrap_err();
    assert!(error.to_string().contains("is not a source of cases"), "{error}");
    assert_eq!(study.plan_of(&study.photos().join("absent.csv")).unwrap_err().kind(), ErrorKind::Source);
}

#[test]
fn a_call_for_every_image_can_be_given() {
    let study = Study::of(2);
    let answers = serde_json::json!({"surface": 2});
    let scale = legit_health::scale::AnyScale::from_json("apasi", &answers).unwrap();
    let local = LocalSeverity::new(scale, legit_health::BodySite::ArmLeft, "psoriasis").unwrap();
    let source = Source::detect(study.photos(), Call::SeverityLocal(local)).unwrap();
    let mut store = Store::create(study.store(), Settings::default()).unwrap();
    let plan = Plan::make(&mut store, &source, |_| ()).unwrap();
    drop(store);
    assert_eq!(plan.new, 2);
    assert_eq!(study.plan().new, 2, "another call is another case");
}

#[test]
fn a_store_keeps_the_settings_of_its_first_plan() {
    let study = Study::of(1);
    study.plan();
    for settings in [
        Settings::default().with_media(Media::Kept),
        Settings::default().with_names(Names::LeftOut),
        Settings::default().with_check(Check::Structure),
    ] {
        let error = study.plan_with(&study.photos(), settings).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Settings, "{error}");
    }
}
