//! Every answer of every scale, at its bounds and beyond, as the contract defines them.

use legit_health_sandbox::Sandbox;
use legit_health_scoring::Instrument;
use serde_json::{Map, Value, json};

use crate::support::{Response, answers, post_with, sandbox, severity, token, unmarked};

struct Item {
    name: String,
    whole: bool,
    min: f64,
    max: Option<f64>,
}

struct Scale {
    code: String,
    path: &'static str,
    items: Vec<Item>,
}

/// Returns the scales of the contract that take answers.
fn scales() -> Vec<Scale> {
    let document: Value = serde_json::from_str(include_str!("../../contract/device.json")).expect("JSON");
    let schemas = &document["components"]["schemas"];
    let answered = schemas.as_object().expect("the schemas").values().filter_map(|schema| {
        let scale = schema.get("x-scale")?;
        let rule = &schema["properties"]["questionnaireResponse"]["properties"]["item"];
        let items = rule["properties"].as_object()?;
        assert_eq!(rule["required"].as_array().expect("a list").len(), items.len());
        let path = if scale["modes"] == json!(["manual"]) {
            "/severity-assessment/manual"
        } else {
            "/severity-assessment/automatic/local"
        };
        let items = items.iter().map(|(name, item)| read(name, item, schemas)).collect();
        Some(Scale { code: scale["code"].as_str()?.to_owned(), path, items })
    });
    answered.collect()
}

fn read(name: &str, item: &Value, schemas: &Value) -> Item {
    let reference = item["allOf"][0]["$ref"].as_str().expect("a reference");
    let rule = &schemas[reference.rsplit('/').next().expect("a name")];
    Item {
        name: name.to_owned(),
        whole: rule["type"] == "integer",
        min: rule["minimum"].as_f64().expect("a bound"),
        max: rule["maximum"].as_f64(),
    }
}

impl Scale {
    fn lowest(&self) -> Map<String, Value> {
        self.items.iter().map(|item| (item.name.clone(), json!(item.min))).collect()
    }

    fn place(&self, item: &Item) -> Value {
        json!(["body", "scoringSystem", self.code, "questionnaireResponse", "item", item.name])
    }

    async fn send(&self, sandbox: &Sandbox, token: &str, items: Map<String, Value>) -> Response {
        let image = (self.path != "/severity-assessment/manual").then(|| unmarked(1));
        let body = severity("armLeft", json!({&self.code: answers(items.into())}), image.as_deref());
        post_with(sandbox, self.path, token, &[], body).await
    }
}

#[tokio::test]
async fn every_missing_answer_is_exactly_one_error() {
    let sandbox = sandbox();
    let token = token(&sandbox, sandbox.account()).await;
    let mut checked = 0;
    for scale in scales() {
        for item in &scale.items {
            let mut items = scale.lowest();
            items.remove(&item.name);
            let response = scale.send(&sandbox, &token, items).await;
            assert_eq!(response.errors(), [("missing", scale.place(item))]);
            assert_eq!(response.body["detail"][0]["msg"], "Field required");
            checked += 1;
        }
    }
    assert!(checked > 80, "{checked}");
}

#[tokio::test]
async fn every_bound_is_checked_on_both_sides_and_integers_take_no_fraction() {
    let sandbox = sandbox();
    let token = token(&sandbox, sandbox.account()).await;
    for scale in scales() {
        for item in &scale.items {
            // A count has no upper bound; a large one is accepted.
            let highest = item.max.unwrap_or(1000.0);
            let mut tried = vec![
                (json!(item.min - 1.0), Some("greater_than_equal")),
                (json!(item.min), None),
                (json!(highest), None),
            ];
            if item.max.is_some() {
                tried.push((json!(highest + 1.0), Some("less_than_equal")));
            }
            let fraction = item.min + 0.5;
            tried.push((json!(fraction), item.whole.then_some("int_from_float")));
            for (answer, fault) in tried {
                let mut items = scale.lowest();
                items.insert(item.name.clone(), answer.clone());
                let response = scale.send(&sandbox, &token, items).await;
                match fault {
                    Some(kind) => assert_eq!(response.errors(), [(kind, scale.place(item))], "{answer}"),
                    None => {
                        // A valid request is scored, or its scale has no formula here.
                        let status = if Instrument::find(&scale.code).is_some() { 200 } else { 501 };
                        assert_eq!(
                            response.status, status,
                            "{} {}: {}",
                            scale.code, item.name, response.body
                        );
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn a_count_has_no_upper_bound_as_in_the_contract() {
    let sandbox = sandbox();
    let token = token(&sandbox, sandbox.account()).await;
    let scales = scales();
    let ihs4 = scales.iter().find(|scale| scale.code == "ihs4").unwrap();
    let send = async |count: Value| {
        let mut items = ihs4.lowest();
        items.insert("abscess".to_owned(), count);
        ihs4.send(&sandbox, &token, items).await
    };
    let response = send(json!(5_000_000_000_u64)).await;
    assert_eq!(response.body["patientEvolution"]["ihs4"]["score"]["value"], 10_000_000_000_u64);
    // Twice as many are more than a number of JSON can be.
    assert_eq!(
        send(json!(1e308)).await.errors(),
        [("value_error", json!(["body", "scoringSystem", "ihs4"]))]
    );
}
