//! The published criteria, by scale.

use crate::criterion::{AppliesTo, Certainty, Criterion, Quantity, Rule};
use AppliesTo::{Face, SevenDays, WholeBody, ZoneOrWholeBody};
use Certainty::{Established, Published, Varies};

const MROWIETZ: &str = "Mrowietz et al. 2011, Arch Dermatol Res 303:1";
const PASI_TRIALS: &str =
    "Percentages of Fredriksson & Pettersson 1978, Dermatologica 157:238; Mrowietz et al. 2011";

pub(crate) static PASI: [Criterion; 9] = [
    percent("PASI50", 50.0, "PASI at least 50 % lower than at the baseline", PASI_TRIALS),
    percent("PASI75", 75.0, "PASI at least 75 % lower than at the baseline", PASI_TRIALS),
    percent("PASI90", 90.0, "PASI at least 90 % lower than at the baseline", PASI_TRIALS),
    percent("PASI100", 100.0, "PASI 0, from a baseline above 0", PASI_TRIALS),
    target("PASI≤1", 1.0, "PASI of the whole body of at most 1", MROWIETZ),
    target("PASI≤2", 2.0, "PASI of the whole body of at most 2", MROWIETZ),
    target("PASI≤3", 3.0, "PASI of the whole body of at most 3", MROWIETZ),
    target("PASI≤5", 5.0, "PASI of the whole body of at most 5", MROWIETZ),
    Criterion {
        rule: Rule::PercentOrOther { percent: 75.0, with_other: 50.0, other: "dlqi", at_most: 5.0 },
        ..percent(
            "PASI75 or PASI50 with DLQI≤5",
            75.0,
            "Treatment goal: PASI at least 75 % lower; or 50 % lower and a DLQI of at most 5, at most seven days before or after",
            MROWIETZ,
        )
    },
];

const SCHRAM: &str = "Schram et al. 2012, Allergy 67:99";

pub(crate) static EASI: [Criterion; 4] = [
    percent("EASI50", 50.0, "EASI at least 50 % lower than at the baseline", SCHRAM),
    percent("EASI75", 75.0, "EASI at least 75 % lower than at the baseline", SCHRAM),
    percent("EASI90", 90.0, "EASI at least 90 % lower than at the baseline", SCHRAM),
    points(
        "EASI MCID 6.6",
        6.6,
        "EASI of the whole body at least 6.6 points lower than at the baseline",
        SCHRAM,
    ),
];

pub(crate) static SCORAD: [Criterion; 4] = [
    percent("SCORAD50", 50.0, "SCORAD at least 50 % lower than at the baseline", SCHRAM),
    percent("SCORAD75", 75.0, "SCORAD at least 75 % lower than at the baseline", SCHRAM),
    points(
        "SCORAD MCID 8.7",
        8.7,
        "SCORAD of the whole body at least 8.7 points lower than at the baseline",
        SCHRAM,
    ),
    Criterion {
        quantity: Quantity::ScoreWithout(&["pruritus", "sleeplessness"]),
        ..points(
            "objective SCORAD MCID 8.2",
            8.2,
            "SCORAD of the whole body without pruritus and sleeplessness at least 8.2 points lower than at the baseline",
            SCHRAM,
        )
    },
];

pub(crate) static PGA: [Criterion; 1] = [Criterion {
    rule: Rule::TargetWithPoints { target: 1.0, points: 2.0 },
    ..target(
        "PGA 0/1",
        1.0,
        "PGA of 0 or 1, and at least two grades lower than at the baseline",
        "Langley et al. 2015, J Dermatolog Treat 26:23",
    )
}];

const BACHELEZ: &str = "Bachelez et al. 2021, N Engl J Med 385:2431";

pub(crate) static GPPGA: [Criterion; 2] = [
    target("GPPGA 0/1", 1.0, "GPPGA of 0 or 1", BACHELEZ),
    Criterion {
        quantity: Quantity::Items(&["pustulation"]),
        ..target("GPPGA pustulation 0", 0.0, "No visible pustules: the item pustulation is 0", BACHELEZ)
    },
];

pub(crate) static IHS4: [Criterion; 2] = [
    percent(
        "IHS4-55",
        55.0,
        "IHS4 at least 55 % lower than at the baseline",
        "Tzellos et al. 2023, J Eur Acad Dermatol Venereol 37:395; external validation: doi:10.1159/000528968",
    ),
    Criterion {
        quantity: Quantity::Items(&["nodule", "abscess"]),
        rule: Rule::PercentWithoutRise { percent: 50.0, items: &["abscess", "drainingTunnel"] },
        applies_to: WholeBody,
        ..percent(
            "HiSCR",
            50.0,
            "At least 50 % fewer nodules and abscesses than at the baseline, and no more abscesses or draining tunnels",
            "Kimball et al. 2016, J Eur Acad Dermatol Venereol 30:989",
        )
    },
];

const BASRA: &str = "Basra et al. 2015, Dermatology 230:27";

pub(crate) static DLQI: [Criterion; 2] = [
    points("DLQI MCID 4", 4.0, "DLQI at least 4 points lower than at the baseline", BASRA),
    target(
        "DLQI 0/1",
        1.0,
        "DLQI of 0 or 1: no effect on the patient's life",
        "Hongbo et al. 2005, J Invest Dermatol 125:659",
    ),
];

const STULL: &str = "Stull et al. 2017, Br J Dermatol 177:1093";

pub(crate) static UAS7: [Criterion; 3] = [
    Criterion {
        applies_to: SevenDays,
        certainty: Varies,
        ..points(
            "UAS7 MID 10",
            10.0,
            "UAS7 at least 10 points lower than at the baseline (published as 9.5 to 10.5)",
            "Mathias et al. 2012, Ann Allergy Asthma Immunol 108:20, PMID 22192960",
        )
    },
    Criterion {
        applies_to: SevenDays, ..target("UAS7≤6", 6.0, "UAS7 of at most 6: well controlled", STULL)
    },
    Criterion { applies_to: SevenDays, ..target("UAS7=0", 0.0, "UAS7 of 0: free of urticaria", STULL) },
];

const WELLER: &str = "Weller et al. 2014, J Allergy Clin Immunol 133:1365";

pub(crate) static UCT: [Criterion; 3] = [
    points(
        "UCT MID 3",
        3.0,
        "UCT at least 3 points higher than at the baseline",
        "Ohanyan et al. 2017, J Allergy Clin Immunol 140:1710",
    ),
    target("UCT≥12", 12.0, "UCT of at least 12: well controlled", WELLER),
    target("UCT=16", 16.0, "UCT of 16: completely controlled", WELLER),
];

const KING: &str = "King et al. 2022, N Engl J Med 386:1687";

pub(crate) static SALT: [Criterion; 5] = [
    percent("SALT50", 50.0, "SALT at least 50 % lower than at the baseline", KING),
    percent("SALT75", 75.0, "SALT at least 75 % lower than at the baseline", KING),
    percent("SALT90", 90.0, "SALT at least 90 % lower than at the baseline", KING),
    Criterion {
        certainty: Established,
        ..target("SALT≤20", 20.0, "SALT of the whole scalp of at most 20", KING)
    },
    target("SALT≤1", 1.0, "SALT of the whole scalp of 0 or 1", KING),
];

const ROSMARIN: &str =
    "Rosmarin et al. 2022, N Engl J Med 387:1445; Kitchen et al. 2022, Dermatol Ther 12:1623";

/// That of 2024 names the smaller changes that patients called meaningful.
const MEANINGFUL: &str = "JAMA Dermatology 2024, changes that are meaningful to patients";

pub(crate) static VASI: [Criterion; 4] = [
    Criterion {
        applies_to: WholeBody,
        certainty: Published,
        ..percent(
            "T-VASI30",
            30.0,
            "VASI of the whole body at least 30 % lower than at the baseline",
            MEANINGFUL,
        )
    },
    Criterion {
        applies_to: WholeBody,
        ..percent(
            "T-VASI50",
            50.0,
            "VASI of the whole body at least 50 % lower than at the baseline",
            ROSMARIN,
        )
    },
    Criterion {
        applies_to: Face,
        certainty: Published,
        ..percent("F-VASI50", 50.0, "VASI of the face at least 50 % lower than at the baseline", MEANINGFUL)
    },
    Criterion {
        applies_to: Face,
        ..percent("F-VASI75", 75.0, "VASI of the face at least 75 % lower than at the baseline", ROSMARIN)
    },
];

/// A percentage holds for a zone too, since a weight cancels out.
const fn percent(
    name: &'static str,
    percent: f64,
    definition: &'static str,
    source: &'static str,
) -> Criterion {
    Criterion {
        name,
        definition,
        quantity: Quantity::Score,
        rule: Rule::Percent(percent),
        applies_to: ZoneOrWholeBody,
        source,
        certainty: Established,
    }
}

/// A minimal important difference, which is defined in points of the whole scale.
const fn points(
    name: &'static str,
    points: f64,
    definition: &'static str,
    source: &'static str,
) -> Criterion {
    Criterion {
        rule: Rule::Points(points),
        applies_to: WholeBody,
        certainty: Published,
        ..percent(name, 0.0, definition, source)
    }
}

const fn target(
    name: &'static str,
    target: f64,
    definition: &'static str,
    source: &'static str,
) -> Criterion {
    Criterion {
        rule: Rule::Target(target),
        applies_to: WholeBody,
        certainty: Published,
        ..percent(name, 0.0, definition, source)
    }
}
