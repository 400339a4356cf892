//! Instruments for acne, and for hidradenitis suppurativa (acne inversa).

use super::{Computed, Instrument, Observed, ValidAnswers};
use crate::item::{Item, LevelNames};
use crate::score::{Band, Evidence, Intensity};

const WORST_LESION: LevelNames = LevelNames::Each(&["None", "Comedones", "Papules", "Pustules", "Nodules"]);
const LESION_COUNT: LevelNames =
    LevelNames::From(&[(0.0, "None"), (1.0, "Mild"), (15.0, "Moderate"), (51.0, "Severe")]);
const PRESENCE: LevelNames = LevelNames::From(&[(0.0, "None"), (1.0, "Present")]);

/// GAGS: the worst acne lesion of six regions, each weighted.
///
/// Twice forehead and cheeks, once nose and chin, three times chest and upper back, 0 to 44. Literature (Doshi 1997).
/// The vendor's requirements speak of a plain sum of the regions; whether its device weights them is unknown.
pub(super) const GAGS: Instrument = Instrument {
    code: "gags",
    name: "Global Acne Grading System",
    sources: &["Doshi et al. 1997, Int J Dermatol 36:416"],
    value_evidence: Evidence::Literature,
    items: &[
        Item::whole(4, "forehead", "Forehead").levels(WORST_LESION),
        Item::whole(4, "rightCheek", "Right cheek").levels(WORST_LESION),
        Item::whole(4, "leftCheek", "Left cheek").levels(WORST_LESION),
        Item::whole(4, "nose", "Nose").levels(WORST_LESION),
        Item::whole(4, "chin", "Chin").levels(WORST_LESION),
        Item::whole(4, "chestAndUpperBack", "Chest and upper back").levels(WORST_LESION),
    ],
    bands: &[
        Band::up_to(0.0, "None", Intensity::None, Evidence::Literature),
        Band::up_to(18.0, "Mild", Intensity::Low, Evidence::Literature),
        Band::up_to(30.0, "Moderate", Intensity::Moderate, Evidence::Literature),
        Band::up_to(38.0, "Severe", Intensity::High, Evidence::Literature),
        Band::above("Very severe", Intensity::High, Evidence::Literature),
    ],
    observed: None,
    formula: |answers| {
        let twice = answers.sum_of(&["forehead", "rightCheek", "leftCheek"]);
        let once = answers.sum_of(&["nose", "chin"]);
        Ok((2.0 * twice + once + 3.0 * answers["chestAndUpperBack"]).into())
    },
};

/// ALADIN: acne lesions in an image.
///
/// A placeholder. The vendor's formula of count and density has unpublished constants and a scale of 0 to 4, which
/// does not fit what its tests assert: "Grade 4" and "Moderate" for 33 lesions, at a number of at least 30. Here the
/// number is the count, the grade goes up every ten lesions to 10, and the intensity follows Lehmann's counts (2002).
pub(super) const ALADIN: Instrument = Instrument {
    code: "aladin",
    name: "Acne Lesion And Density INdex",
    sources: &[
        "Medela et al. 2026, Skin Health Dis, doi:10.1093/skinhd/vzag062 (without the constants of the formula)",
        "Lehmann et al. 2002, J Am Acad Dermatol 47:231 (counts)",
    ],
    value_evidence: Evidence::Unknown,
    items: &[Item::count("acne", "Number of acne lesions").levels(LESION_COUNT)],
    bands: &[
        Band::up_to(0.0, "Grade 0", Intensity::None, Evidence::Unknown),
        Band::up_to(10.0, "Grade 1", Intensity::Low, Evidence::Unknown),
        Band::below(15.0, "Grade 2", Intensity::Low, Evidence::Unknown),
        Band::up_to(20.0, "Grade 2", Intensity::Moderate, Evidence::Unknown),
        Band::up_to(30.0, "Grade 3", Intensity::Moderate, Evidence::Unknown),
        Band::up_to(40.0, "Grade 4", Intensity::Moderate, Evidence::Unknown),
        Band::up_to(50.0, "Grade 5", Intensity::Moderate, Evidence::Unknown),
        Band::up_to(60.0, "Grade 6", Intensity::High, Evidence::Unknown),
        Band::up_to(70.0, "Grade 7", Intensity::High, Evidence::Unknown),
        Band::up_to(80.0, "Grade 8", Intensity::High, Evidence::Unknown),
        Band::up_to(90.0, "Grade 9", Intensity::High, Evidence::Unknown),
        Band::above("Grade 10", Intensity::High, Evidence::Unknown),
    ],
    observed: Some(Observed::category(&[33.0])),
    formula: |answers| Ok(answers["acne"].into()),
};

/// IHS4: lesions of hidradenitis suppurativa, counted by a clinician.
///
/// Nodules, plus twice the abscesses, plus four times the draining tunnels; there is no upper limit. Literature
/// (Zouboulis 2017), which calls the highest band "Severe"; the vendor's tests call it "Intense". The mildest band
/// begins at 0 in the paper and in the vendor's table; what the device reports without any lesion is unknown.
pub(super) const IHS4: Instrument = Instrument {
    code: "ihs4",
    name: "International Hidradenitis Suppurativa Severity Score System",
    sources: &[ZOUBOULIS_2017],
    value_evidence: Evidence::Literature,
    items: &[
        Item::count("nodule", "Nodules").levels(PRESENCE),
        Item::count("abscess", "Abscesses").levels(PRESENCE),
        Item::count("drainingTunnel", "Draining tunnels").levels(PRESENCE),
    ],
    bands: IHS4_BANDS,
    observed: None,
    formula: |answers| Ok(weighted_count(answers)),
};

/// AIHS4: the lesions of IHS4, counted in one image.
///
/// Formula and bands are those of IHS4. Literature (Zouboulis 2017, Hernández Montilla 2023); "Intense" for eight
/// nodules and three draining tunnels is exact.
pub(super) const AIHS4: Instrument = Instrument {
    code: "aihs4",
    name: "Automatic International Hidradenitis Suppurativa Severity Score System",
    sources: &[
        ZOUBOULIS_2017,
        "Hernández Montilla et al. 2023, Skin Res Technol 29:e13357, doi:10.1111/srt.13357",
    ],
    items: &[
        Item::count("nodule", "Number of nodules"),
        Item::count("abscess", "Number of abscesses"),
        Item::count("drainingTunnel", "Number of draining tunnels"),
    ],
    observed: Some(Observed::category(&[8.0, 0.0, 3.0])),
    ..IHS4
};

const ZOUBOULIS_2017: &str = "Zouboulis et al. 2017, Br J Dermatol 177:1401, doi:10.1111/bjd.15748";

const IHS4_BANDS: &[Band] = &[
    Band::up_to(3.0, "Mild", Intensity::Low, Evidence::Literature),
    Band::up_to(10.0, "Moderate", Intensity::Moderate, Evidence::Literature),
    Band::above("Intense", Intensity::High, Evidence::Literature),
];

fn weighted_count(answers: &ValidAnswers<'_>) -> Computed {
    (answers["nodule"] + 2.0 * answers["abscess"] + 4.0 * answers["drainingTunnel"]).into()
}
