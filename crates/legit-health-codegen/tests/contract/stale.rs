//! Files on disk: all are written or none, and a stale file has a cause.

use std::fs;

use legit_health_codegen::{
    CATALOG, Cause, Contract, DEVICE, MANIFEST, Output, check, generate, outputs, write,
};

use super::{TOOLS, edited, root, text};

const GENERATED: &str = "crates/legit-health-api/src/generated/device.rs";

fn everything(contract: &Contract) -> Vec<Output> {
    outputs(contract, generate(contract).unwrap(), &TOOLS)
}

fn contract() -> Contract {
    Contract::read(root()).unwrap()
}

fn changed_contract() -> Contract {
    let device = edited(DEVICE, &[("A UUID so far", "Usually a UUID")]);
    Contract::parse(&device, &text(CATALOG)).unwrap()
}

#[test]
fn nothing_in_this_workspace_is_stale() {
    let stale = check(root(), &everything(&contract())).unwrap();
    let said: Vec<String> = stale.iter().map(ToString::to_string).collect();
    assert!(said.is_empty(), "{}", said.join("\n"));
}

#[test]
fn written_files_are_not_stale_and_are_not_written_again() {
    let folder = tempfile::tempdir().unwrap();
    let outputs = everything(&contract());
    assert_eq!(check(folder.path(), &outputs).unwrap().len(), outputs.len());
    let all: Vec<&str> = outputs.iter().map(|output| output.path).collect();
    assert_eq!(write(folder.path(), &outputs).unwrap(), all);
    assert_eq!(check(folder.path(), &outputs).unwrap(), []);
    assert_eq!(write(folder.path(), &outputs).unwrap(), [""; 0]);
    let beside = fs::read_dir(folder.path().join(GENERATED).parent().unwrap()).unwrap();
    assert_eq!(beside.count(), 5, "nothing temporary is left");
}

#[test]
fn every_cause_of_a_stale_file_is_distinguished() {
    let folder = tempfile::tempdir().unwrap();
    let outputs = everything(&contract());
    write(folder.path(), &outputs).unwrap();
    let path = folder.path().join(GENERATED);
    let said = |outputs: &[Output]| -> Vec<String> {
        let stale = check(folder.path(), outputs).unwrap();
        stale
            .iter()
            .map(|stale| format!("{}: {:?}", stale.path.rsplit('/').next().unwrap(), stale.cause))
            .collect()
    };

    fs::write(&path, outputs[0].text.replace("pub text", "pub words")).unwrap();
    assert_eq!(said(&outputs), ["device.rs: EditedByHand"]);
    fs::remove_file(&path).unwrap();
    assert_eq!(said(&outputs), ["device.rs: Missing"]);
    fs::write(&path, &outputs[0].text).unwrap();

    let changed = changed_contract();
    assert_eq!(
        said(&everything(&changed)),
        ["device.rs", "device.json", "manifest.json"]
            .map(|name| format!("{name}: ContractChanged([{DEVICE:?}])"))
    );

    let mut otherwise = outputs.clone();
    otherwise[0].text.push_str("// from a newer generator\n");
    assert_eq!(said(&otherwise), ["device.rs: Unexplained"]);
    let record = &outputs.last().unwrap().text;
    let newer = record.replace("\"progenitor\": \"0.15.1 sha256:", "\"progenitor\": \"0.15.2 sha256:");
    assert_ne!(&newer, record);
    otherwise.last_mut().unwrap().text = newer;
    assert_eq!(
        said(&otherwise),
        ["device.rs", "manifest.json"]
            .map(|name| format!("{name}: GeneratorChanged([\"progenitor from 0.15.1 to 0.15.2\"])"))
    );

    fs::write(folder.path().join(MANIFEST), "{}").unwrap();
    assert_eq!(said(&otherwise), ["device.rs: NoRecord", "manifest.json: NoRecord"]);
}

#[test]
fn a_stale_file_is_one_line_with_the_cause() {
    let stale = |cause| legit_health_codegen::Stale { path: GENERATED, cause }.to_string();
    for (cause, why) in [
        (Cause::Missing, "it is missing"),
        (Cause::NoRecord, "the record of the last generation is missing or broken"),
        (Cause::EditedByHand, "it was edited by hand, which the next generation undoes"),
        (
            Cause::ContractChanged(vec![DEVICE.into(), CATALOG.into()]),
            "openapi/device.yaml and openapi/catalog.yaml changed",
        ),
        (
            Cause::GeneratorChanged(vec!["the code of legit-health-codegen".into(), "syn".into()]),
            "the generator changed: the code of legit-health-codegen, syn",
        ),
        (Cause::Unexplained, "no recorded input changed"),
    ] {
        assert_eq!(stale(cause), format!("{GENERATED} is stale: {why}"));
    }
}

#[test]
fn one_file_that_cannot_be_written_leaves_the_others_as_they_were() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &everything(&contract())).unwrap();
    let changed = everything(&changed_contract());
    let before = fs::read_to_string(folder.path().join(GENERATED)).unwrap();
    // A folder where the text of the last file would be put beside it.
    fs::create_dir(folder.path().join(format!("{MANIFEST}.new"))).unwrap();
    let said = write(folder.path(), &changed).unwrap_err().to_string();
    assert!(said.starts_with("openapi/manifest.json: cannot be written: "), "{said}");
    assert_eq!(fs::read_to_string(folder.path().join(GENERATED)).unwrap(), before);
    let left: Vec<String> = changed.iter().map(|output| format!("{}.new", output.path)).collect();
    let left: Vec<&String> = left.iter().filter(|path| folder.path().join(path).is_file()).collect();
    assert!(left.is_empty(), "{left:?}");
}
