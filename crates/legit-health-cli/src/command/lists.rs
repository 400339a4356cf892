//! `legit-health device`, `sites` and `scales`: facts about the device, and lists.

use crate::args::Connection;
use crate::connect::{Device, Lists};
use crate::failure::Failure;
use crate::output::Output;
use crate::progress;
use crate::render;
use crate::scales;
use legit_health::codes::Mode;
use legit_health::scale::{self, AnswerKind, Item, ScaleInfo};
use serde_json::{Value, json};

pub(crate) async fn device(connection: &Connection, output: &mut Output) -> Result<(), Failure> {
    let device = Device::connect(connection, output).await?;
    let call = device.client.device_information().reply();
    let reply = output.progress().during(|| progress::waiting(0), call).await?;
    output.detail(&progress::facts(&reply.provenance));
    if output.is_json() {
        output.answer(&reply.json.expect("the call keeps the document of a label"))?;
    } else {
        output.answer(&render::device_information(&reply.value))?;
    }
    Ok(())
}

pub(crate) async fn sites(connection: &Connection, output: &mut Output) -> Result<(), Failure> {
    let lists = Lists::connect(connection, output).await?;
    let call = lists.catalog.body_sites().reply();
    let reply = output.progress().during(|| progress::waiting(0), call).await?;
    if output.is_json() {
        output.answer(&reply.json.expect("the call keeps the document of a list"))?;
    } else {
        output.answer(&render::sites(&reply.value))?;
    }
    Ok(())
}

pub(crate) fn all_scales(output: &mut Output) -> Result<(), Failure> {
    let scales = scale::all();
    if output.is_json() {
        let entries: Vec<Value> = scales.iter().map(document).collect();
        output.data(&json!({"scales": entries}).to_string())?;
    } else {
        output.data(&render::scales(scales))?;
    }
    Ok(())
}

pub(crate) fn one_scale(code: &str, output: &mut Output) -> Result<(), Failure> {
    let scale = scales::named(code)?;
    if output.is_json() {
        output.data(&document(scale).to_string())?;
    } else {
        output.data(&render::scale(scale))?;
    }
    Ok(())
}

pub(crate) async fn scales_for_condition(
    connection: &Connection,
    icd11: &str,
    output: &mut Output,
) -> Result<(), Failure> {
    if icd11.trim().is_empty() {
        return Err(Failure::usage("`--condition` is empty: give an ICD-11 code, such as EA90"));
    }
    let lists = Lists::connect(connection, output).await?;
    let call = lists.catalog.questionnaires(icd11).reply();
    let reply = output.progress().during(|| progress::waiting(0), call).await?;
    if output.is_json() {
        output.answer(&reply.json.expect("the call keeps the document of a list"))?;
    } else {
        output.answer(&render::questionnaires(&reply.value, icd11))?;
    }
    Ok(())
}

/// The facts of a scale, in the words of the contract.
fn document(scale: &ScaleInfo) -> Value {
    let conditions = scale.conditions.iter().map(|known| json!({"icd11": known.icd11, "text": known.text}));
    json!({
        "code": scale.code,
        "title": scale.title,
        "modes": scale.modes.iter().map(Mode::as_str).collect::<Vec<_>>(),
        "conditions": conditions.collect::<Vec<_>>(),
        "acceptedSites": scale.accepted_sites,
        "refusedSites": scale.refused_sites,
        "items": scale.items.iter().map(item).collect::<Vec<_>>(),
    })
}

fn item(item: &Item) -> Value {
    let (kind, min, max) = match item.kind {
        AnswerKind::YesNo => ("yesNo", 0, Some(1)),
        AnswerKind::Count => ("count", 0, None),
        AnswerKind::Percent => ("percent", 0, Some(100)),
        AnswerKind::Whole { min, max } => ("whole", min, Some(max)),
        _ => return json!({"code": item.code, "label": item.label}),
    };
    json!({"code": item.code, "label": item.label, "kind": kind, "min": min, "max": max})
}
