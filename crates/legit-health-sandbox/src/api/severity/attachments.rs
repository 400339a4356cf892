//! The images and boxes of each automatic scale, by the codes and titles of the vendor's tests. Where they lie comes from
//! the pixels, how much they cover from the scenario.

use serde_json::{Map, Value, json};

use crate::api::document::{concept, output_image};
use crate::images::{BoundingBox, Region, RegionMap};
use crate::scenarios::{Finding, FoundItem, Random, Severity};

/// The media of one scale.
pub(super) struct MediaLayout {
    scale: &'static str,
    attachments: Attachments,
    /// Code and text of the number beside the item that is counted.
    pub(super) count: Option<(&'static str, &'static str)>,
}

enum Attachments {
    None,
    /// Two masks for each part; the part that is `tinted` is also shown in the image.
    Masks {
        parts: &'static [MaskedPart],
        tinted: Option<&'static str>,
    },
    /// The image with boxes around what was counted.
    Boxes {
        title: &'static str,
        lesions: &'static [Lesion],
    },
}

/// A part of the image that has masks.
struct MaskedPart {
    /// The masks are `<code>MaskRaw` and `<code>MaskBinary`; without a code, `maskRaw` and `maskBinary`.
    code: &'static str,
    title: &'static str,
    area: Area,
}

/// Where a part lies.
#[derive(Clone, Copy)]
enum Area {
    /// From one part of the lesion to another, in multiples of the finding; `(0.0, 1.0)` is the finding itself.
    Within(f64, f64),
    /// Everywhere but in the finding.
    Around,
    /// Wherever could be skin.
    Skin,
    Nowhere,
}

/// What a box is around: the item that is counted, and the code and text of one box.
struct Lesion {
    item: &'static str,
    code: &'static str,
    text: &'static str,
}

impl MediaLayout {
    pub(super) fn of(scale: &str) -> Option<&'static Self> {
        LAYOUTS.iter().find(|layout| layout.scale == scale)
    }
}

/// Percent of the image that a finding covers if no item says it, from none to severe.
const EXTENT: [f64; 4] = [0.0, 8.0, 18.0, 32.0];

/// Returns `media` of a scale.
pub(super) fn media(
    layout: &MediaLayout,
    severity: Severity,
    found: &[FoundItem],
    regions: &RegionMap<'_>,
    random: &mut Random,
) -> Value {
    match &layout.attachments {
        Attachments::None => json!({"attachment": null, "detection": null}),
        Attachments::Masks { parts, tinted } => {
            let percent = found.iter().find(|found| matches!(found.finding, Finding::Percent));
            let extent = percent.map_or(EXTENT[severity as usize], |found| found.value);
            json!({"attachment": masks(parts, *tinted, extent, regions), "detection": null})
        }
        Attachments::Boxes { title, lesions } => {
            let (lesions, boxes): (Vec<&Lesion>, Vec<BoundingBox>) =
                boxes(lesions, found, regions, random).into_iter().unzip();
            let detections = lesions.iter().zip(&boxes).map(|(lesion, it)| {
                json!({
                    // In percent; whether the device does so is unknown.
                    "confidence": random.percent(78.0, 18.0),
                    "code": concept(lesion.code, lesion.text),
                    "box": {"x1": it.x1, "y1": it.y1, "x2": it.x2, "y2": it.y2},
                })
            });
            let detections: Vec<Value> = detections.collect();
            let annotation = output_image(title, &regions.with_boxes(&boxes));
            json!({"attachment": {"annotation": annotation}, "detection": detections})
        }
    }
}

fn masks(
    parts: &[MaskedPart],
    tinted: Option<&str>,
    extent: f64,
    regions: &RegionMap<'_>,
) -> Map<String, Value> {
    let mut attachments = Map::new();
    for part in parts {
        let region = region(part.area, extent, regions);
        let code = |kind: &str| match part.code {
            "" => format!("mask{kind}"),
            code => format!("{code}Mask{kind}"),
        };
        let title = |kind: &str| format!("{} mask {kind}", part.title);
        attachments.insert(code("Raw"), output_image(&title("raw"), &region.raw_mask()));
        attachments.insert(code("Binary"), output_image(&title("binary"), &region.binary_mask()));
        if tinted == Some(part.code) {
            let image = output_image("Segmentation", &regions.tinted(&region));
            attachments.insert("segmentation".to_owned(), image);
        }
    }
    attachments
}

fn region(area: Area, extent: f64, regions: &RegionMap<'_>) -> Region {
    match area {
        Area::Within(from, to) => regions.innermost(from * extent, to * extent),
        Area::Around => regions.innermost(extent, 100.0),
        Area::Skin => regions.skin(),
        Area::Nowhere => regions.innermost(0.0, 0.0),
    }
}

fn boxes<'a>(
    lesions: &'a [Lesion],
    found: &[FoundItem],
    regions: &RegionMap<'_>,
    random: &mut Random,
) -> Vec<(&'a Lesion, BoundingBox)> {
    let mut boxes = Vec::new();
    for lesion in lesions {
        let counted = found.iter().find(|found| found.item == lesion.item);
        if let Some(FoundItem { finding: Finding::Count { number, .. }, .. }) = counted {
            boxes.extend((0..*number).map(|_| (lesion, regions.random_box(&mut || random.unit()))));
        }
    }
    boxes
}

const fn part(code: &'static str, title: &'static str, area: Area) -> MaskedPart {
    MaskedPart { code, title, area }
}

const fn lesion(item: &'static str, code: &'static str, text: &'static str) -> Lesion {
    Lesion { item, code, text }
}

const fn masks_of(
    scale: &'static str,
    tinted: Option<&'static str>,
    parts: &'static [MaskedPart],
) -> MediaLayout {
    MediaLayout { scale, attachments: Attachments::Masks { parts, tinted }, count: None }
}

const fn boxes_of(
    scale: &'static str,
    title: &'static str,
    lesions: &'static [Lesion],
    count: Option<(&'static str, &'static str)>,
) -> MediaLayout {
    MediaLayout { scale, attachments: Attachments::Boxes { title, lesions }, count }
}

const LESION: &[MaskedPart] = &[part("", "Lesion", Area::Within(0.0, 1.0))];

#[rustfmt::skip]
static LAYOUTS: [MediaLayout; 11] = [
    masks_of("aeasi", Some(""), LESION),
    masks_of("apasi", Some(""), LESION),
    masks_of("ascorad", Some(""), LESION),
    masks_of("asalt", Some("baldness"), &[
        part("hair", "Hair", Area::Around),
        part("baldness", "Baldness", Area::Within(0.0, 1.0)),
    ]),
    masks_of("avasi", Some("depigmentation"), &[
        part("skin", "Skin", Area::Skin),
        part("depigmentation", "Depigmentation", Area::Within(0.0, 1.0)),
    ]),
    masks_of("awosi", None, &[
        part("erythema", "Erythema", Area::Within(1.0, 1.6)),
        part("wound", "Wound", Area::Within(0.0, 1.0)),
        part("angiogenesisAndGranulatedTissue", "Angiogenesis and granulated tissue", Area::Within(0.5, 1.0)),
        part("biofilmAndSlough", "Biofilm and slough", Area::Within(0.15, 0.5)),
        part("necrosis", "Necrosis", Area::Within(0.0, 0.15)),
        part("maceration", "Maceration", Area::Within(1.0, 1.25)),
        part("orthopedic", "Orthopedic", Area::Nowhere),
        part("boneCartilageOrTendon", "Bone cartilage or tendon", Area::Nowhere),
    ]),
    MediaLayout { scale: "agppga", attachments: Attachments::None, count: None },
    boxes_of("aihs4", "Annotated image with bounding boxes highlighting HS inflammatory lesions", &[
        lesion("nodule", "nodule", "Nodule"),
        lesion("drainingTunnel", "drainingTunnel", "Draining tunnel"),
        lesion("abscess", "abscess", "Abscess"),
    ], None),
    boxes_of("aladin", "Annotated image with bounding boxes highlighting acne pimples",
        &[lesion("acne", "acne", "Acne")], None),
    boxes_of("auas", "Annotated image with bounding boxes highlighting urticaria wheals",
        &[lesion("wheals", "wheal", "Wheal")], Some(("whealsCount", "Number of hives/wheals"))),
    // The code of its boxes is inferred.
    boxes_of("nsil", "Annotated image with bounding boxes highlighting inflammatory lesions",
        &[lesion("inflammations", "inflammatoryLesion", "Inflammatory lesion")],
        Some(("inflammatoryLesionCount", "Number of inflammatory lesions"))),
];
