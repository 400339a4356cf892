//! What comes with each automatic scale: pictures, boxes and figures, by the codes and titles of the vendor's tests.

/// What an answer of one scale holds besides score and items.
pub(super) struct Layout {
    pub(super) scale: &'static str,
    pub(super) attached: Attached,
    /// Code and text of the figure beside the item that is counted.
    pub(super) counted: Option<(&'static str, &'static str)>,
}

pub(super) enum Attached {
    Nothing,
    /// Two masks for each part; what is `outlined` is also tinted in the picture.
    Masks {
        parts: &'static [Part],
        outlined: Option<&'static str>,
    },
    /// The picture with boxes around what was counted.
    Boxes {
        title: &'static str,
        finds: &'static [Find],
    },
}

/// A part of the picture that has masks.
pub(super) struct Part {
    /// Its masks are called `<code>MaskRaw` and `<code>MaskBinary`; without a code, `maskRaw` and `maskBinary`.
    pub(super) code: &'static str,
    pub(super) words: &'static str,
    pub(super) lies: Lies,
}

/// Where a part lies.
#[derive(Clone, Copy)]
pub(super) enum Lies {
    /// From one warmth to another, in multiples of the whole finding; `(0.0, 1.0)` is the finding itself.
    Within(f64, f64),
    /// Everywhere but in the finding.
    Around,
    /// Wherever could be skin.
    Skin,
    Nowhere,
}

/// What a box is around: an item that is counted, and the code and text of one of them.
pub(super) struct Find {
    pub(super) item: &'static str,
    pub(super) code: &'static str,
    pub(super) text: &'static str,
}

impl Layout {
    pub(super) fn of(scale: &str) -> Option<&'static Self> {
        LAYOUTS.iter().find(|layout| layout.scale == scale)
    }
}

const fn part(code: &'static str, words: &'static str, lies: Lies) -> Part {
    Part { code, words, lies }
}

const fn find(item: &'static str, code: &'static str, text: &'static str) -> Find {
    Find { item, code, text }
}

const fn masks(scale: &'static str, outlined: Option<&'static str>, parts: &'static [Part]) -> Layout {
    Layout { scale, attached: Attached::Masks { parts, outlined }, counted: None }
}

const fn boxes(
    scale: &'static str,
    title: &'static str,
    finds: &'static [Find],
    counted: Option<(&'static str, &'static str)>,
) -> Layout {
    Layout { scale, attached: Attached::Boxes { title, finds }, counted }
}

const LESION: &[Part] = &[part("", "Lesion", Lies::Within(0.0, 1.0))];

#[rustfmt::skip]
static LAYOUTS: [Layout; 11] = [
    masks("aeasi", Some(""), LESION),
    masks("apasi", Some(""), LESION),
    masks("ascorad", Some(""), LESION),
    masks("asalt", Some("baldness"), &[
        part("hair", "Hair", Lies::Around),
        part("baldness", "Baldness", Lies::Within(0.0, 1.0)),
    ]),
    masks("avasi", Some("depigmentation"), &[
        part("skin", "Skin", Lies::Skin),
        part("depigmentation", "Depigmentation", Lies::Within(0.0, 1.0)),
    ]),
    masks("awosi", None, &[
        part("erythema", "Erythema", Lies::Within(1.0, 1.6)),
        part("wound", "Wound", Lies::Within(0.0, 1.0)),
        part("angiogenesisAndGranulatedTissue", "Angiogenesis and granulated tissue", Lies::Within(0.5, 1.0)),
        part("biofilmAndSlough", "Biofilm and slough", Lies::Within(0.15, 0.5)),
        part("necrosis", "Necrosis", Lies::Within(0.0, 0.15)),
        part("maceration", "Maceration", Lies::Within(1.0, 1.25)),
        part("orthopedic", "Orthopedic", Lies::Nowhere),
        part("boneCartilageOrTendon", "Bone cartilage or tendon", Lies::Nowhere),
    ]),
    Layout { scale: "agppga", attached: Attached::Nothing, counted: None },
    boxes("aihs4", "Annotated image with bounding boxes highlighting HS inflammatory lesions", &[
        find("nodule", "nodule", "Nodule"),
        find("drainingTunnel", "drainingTunnel", "Draining tunnel"),
        find("abscess", "abscess", "Abscess"),
    ], None),
    boxes("aladin", "Annotated image with bounding boxes highlighting acne pimples",
        &[find("acne", "acne", "Acne")], None),
    boxes("auas", "Annotated image with bounding boxes highlighting urticaria wheals",
        &[find("wheals", "wheal", "Wheal")], Some(("whealsCount", "Number of hives/wheals"))),
    // The code of its boxes is inferred.
    boxes("nsil", "Annotated image with bounding boxes highlighting inflammatory lesions",
        &[find("inflammations", "inflammatoryLesion", "Inflammatory lesion")],
        Some(("inflammatoryLesionCount", "Number of inflammatory lesions"))),
];
