//! What can be named in a request: body sites and scales.

use super::{document, failure, program, run, stderr, stdout};

fn narrow(text: &str) {
    assert!(text.lines().all(|line| line.chars().count() <= 80), "a line is wider than 80 columns:\n{text}");
}

#[test]
fn sites_are_listed_with_their_names() {
    let output = run(&["--sandbox", "sites"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let text = stdout(&output);
    narrow(&text);
    assert!(text.starts_with("SANDBOX: "), "{text}");
    assert!(text.contains("\narmLeft                   Left arm\n"), "{text}");
    assert_eq!(text.lines().count(), 2 + 34);

    let document = document(&run(&["--sandbox", "--json", "sites"]));
    assert_eq!(document[0]["code"], "headFront");
    assert_eq!(document[0]["name"]["es_ES"], "Parte frontal de la cabeza");
}

#[test]
fn scales_are_listed_without_any_connection() {
    let output = run(&["scales"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    narrow(&stdout(&output));
    insta::assert_snapshot!("scales", stdout(&output));

    let document = document(&run(&["--json", "scales"]));
    let avasi = document["scales"].as_array().unwrap().iter().find(|scale| scale["code"] == "avasi").unwrap();
    assert_eq!(avasi["modes"], serde_json::json!(["local", "global"]));
}

#[test]
fn a_scale_says_what_it_asks() {
    let mut text = String::new();
    for scale in ["pasi", "ascorad", "asalt", "sevenPc", "ihs4"] {
        text += &stdout(&run(&["scales", scale]));
        text += "\n";
    }
    narrow(&text);
    insta::assert_snapshot!("scale", text);

    let document = document(&run(&["--json", "scales", "ascorad"]));
    assert_eq!(
        document["items"][1],
        serde_json::json!({"code": "pruritus", "label": "Itch", "kind": "whole", "min": 0, "max": 10})
    );
}

/// The sandbox reads the contract by itself, so this also holds our list against a second reading of it.
#[test]
fn the_catalogue_knows_the_scales_of_a_condition_as_we_do() {
    let ours = document(&run(&["--json", "scales"]));
    for icd11 in ["EA89", "ED63.0", "2F20.Z"] {
        let mut expected = Vec::new();
        for scale in ours["scales"].as_array().unwrap() {
            if scale["conditions"].as_array().unwrap().iter().any(|known| known["icd11"] == icd11) {
                let modes = scale["modes"].as_array().unwrap().iter();
                expected.extend(modes.map(|mode| (scale["code"].clone(), mode.clone())));
            }
        }
        let listed = document(&run(&["--sandbox", "--json", "scales", "--condition", icd11]));
        let listed: Vec<_> = listed
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| (entry["code"].clone(), entry["mode"].clone()))
            .collect();
        assert_eq!(listed, expected, "{icd11}");
    }
    let text = stdout(&run(&["--sandbox", "scales", "--condition", "ED63.0"]));
    narrow(&text);
    assert!(text.contains("\navasi       global  Automatic Vitiligo Area Scoring Index\n"), "{text}");
    let none = stdout(&run(&["--sandbox", "scales", "--condition", "EA9"]));
    assert_eq!(none, "The catalog lists no scale for EA9.\n");
}

#[test]
fn lists_need_no_account_and_fall_back_to_no_sandbox() {
    let unused = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let output = program()
        .args(["--json", "sites"])
        .env("LEGIT_HEALTH_CATALOG_URL", format!("http://127.0.0.1:{unused}/v2.0"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(5), "{}", stderr(&output));
    assert_eq!(failure(&output)["kind"], "connection");
}

#[test]
fn a_scale_that_does_not_exist_is_a_wrong_use() {
    let output = run(&["--json", "scales", "apsi"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        failure(&output)["message"],
        "there is no scale `apsi`; did you mean `pasi` or `apasi`? (`legit-health scales` lists them)"
    );
    let output = run(&["--sandbox", "--json", "scales", "--condition", " "]);
    assert_eq!((output.status.code(), failure(&output)["kind"].as_str()), (Some(2), Some("usage")));
    let output = run(&["--json", "scales", "pasi", "--condition", "EA90"]);
    assert_eq!((output.status.code(), failure(&output)["kind"].as_str()), (Some(2), Some("usage")));
    let output = run(&["--json", "--scenario", "psoriasis", "sites"]);
    assert_eq!((output.status.code(), failure(&output)["kind"].as_str()), (Some(2), Some("usage")));
}
