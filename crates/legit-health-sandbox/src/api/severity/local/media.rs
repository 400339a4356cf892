//! The pictures and boxes of a scale. Where they lie comes from the pixels, how much there is from the scenario.

use serde_json::{Map, Value, json};

use super::layout::{Attached, Find, Layout, Lies, Part};
use crate::api::parts::{concept, picture};
use crate::pixels::{Frame, Region, Terrain};
use crate::scenario::{Draw, Found, Kind, Severity};

/// How much of the picture a finding takes when no item says it, in percent from none to severe.
const EXTENT: [f64; 4] = [0.0, 8.0, 18.0, 32.0];

/// `media` of a scale.
pub(super) fn of_scale(
    layout: &Layout,
    severity: Severity,
    found: &[Found],
    terrain: &Terrain<'_>,
    draw: &mut Draw,
) -> Value {
    match &layout.attached {
        Attached::Nothing => json!({"attachment": null, "detection": null}),
        Attached::Masks { parts, outlined } => {
            let measured = found.iter().find(|found| matches!(found.kind, Kind::Percent));
            let extent = measured.map_or(EXTENT[severity as usize], |found| found.value);
            json!({"attachment": masks(parts, *outlined, extent, terrain), "detection": null})
        }
        Attached::Boxes { title, finds } => {
            let boxes = boxes(finds, found, terrain, draw);
            let frames: Vec<Frame> = boxes.iter().map(|(_, frame)| *frame).collect();
            let detection: Vec<Value> =
                boxes.iter().map(|(find, frame)| detection(find, frame, draw)).collect();
            let annotation = picture(title, &terrain.framed(&frames));
            json!({"attachment": {"annotation": annotation}, "detection": detection})
        }
    }
}

fn masks(parts: &[Part], outlined: Option<&str>, extent: f64, terrain: &Terrain<'_>) -> Map<String, Value> {
    let mut attached = Map::new();
    for part in parts {
        let region = region(part.lies, extent, terrain);
        let code = |kind: &str| match part.code {
            "" => format!("mask{kind}"),
            code => format!("{code}Mask{kind}"),
        };
        attached.insert(code("Raw"), picture(&format!("{} mask raw", part.words), &region.raw()));
        attached.insert(code("Binary"), picture(&format!("{} mask binary", part.words), &region.binary()));
        if outlined == Some(part.code) {
            attached.insert("segmentation".to_owned(), picture("Segmentation", &terrain.tinted(&region)));
        }
    }
    attached
}

fn region(lies: Lies, extent: f64, terrain: &Terrain<'_>) -> Region {
    match lies {
        Lies::Within(from, to) => terrain.warmest(from * extent, to * extent),
        Lies::Around => terrain.warmest(extent, 100.0),
        Lies::Skin => terrain.skin(),
        Lies::Nowhere => terrain.warmest(0.0, 0.0),
    }
}

fn boxes<'a>(
    finds: &'a [Find],
    found: &[Found],
    terrain: &Terrain<'_>,
    draw: &mut Draw,
) -> Vec<(&'a Find, Frame)> {
    let mut boxes = Vec::new();
    for find in finds {
        let counted = found.iter().find(|found| found.item == find.item);
        if let Some(Found { kind: Kind::Count { number, .. }, .. }) = counted {
            let frames = terrain.frames(*number, &mut || draw.unit());
            boxes.extend(frames.into_iter().map(|frame| (find, frame)));
        }
    }
    boxes
}

/// The confidence is given in percent; whether the device does is unknown.
fn detection(find: &Find, frame: &Frame, draw: &mut Draw) -> Value {
    json!({
        "confidence": draw.percent(78.0, 18.0),
        "code": concept(find.code, find.text),
        "box": {"x1": frame.x1, "y1": frame.y1, "x2": frame.x2, "y2": frame.y2},
    })
}
