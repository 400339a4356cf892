//! The scales of the API as far as a change over time needs them: which way is better, what a score is a score of, and which
//! criteria are published.

use crate::criteria;
use crate::criterion::Criterion;
use crate::whole_body::Part;

/// A scale.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Scale {
    /// The code at the API, or `uas7`, the sum of seven scores of `uas`.
    pub code: &'static str,
    /// The published abbreviation, such as `PASI`.
    pub abbreviation: &'static str,
    /// Which way is better.
    pub better: Better,
    /// What kind of number a score is.
    pub measure: Measure,
    /// Who judges the signs.
    pub judged_by: JudgedBy,
    /// What a score is a score of.
    pub covers: Covers,
    /// The highest score, where there is one. A higher number is not a score of the scale.
    pub maximum: Option<f64>,
    /// The parts of the body whose weighted scores add up to that of the whole body.
    pub parts: &'static [Part],
    /// The published criteria.
    pub criteria: &'static [Criterion],
    /// Why there are no criteria, or what else is reported.
    pub note: &'static str,
    /// What was searched where there are no criteria; each criterion has its own source.
    pub source: &'static str,
}

/// Which way a score improves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Better {
    /// A lower score is better.
    Lower,
    /// A higher score is better.
    Higher,
}

/// What kind of number a score is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Measure {
    /// Points from 0, of which a percentage can be taken.
    Points,
    /// Grades, or points of control: a difference means something, a percentage does not.
    Grades,
    /// The result of a screening. Its change is not a course of the disease.
    Screening,
}

/// Who judges the signs that are scored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JudgedBy {
    /// A clinician or the patient.
    Person,
    /// The device, from an image. The scale that a person judges may have a code of its own.
    Device {
        /// The code of the same scale as judged by a person.
        by_a_person: Option<&'static str>,
    },
}

/// What a score is a score of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Covers {
    /// The body site that was given, or the whole body.
    Place,
    /// The patient by definition; scores at different sites are not compared all the same, since they may count only these.
    PatientAtPlace,
    /// The patient, whatever site was given.
    Patient,
}

static SCALES: [Scale; 24] = [
    Scale { parts: &EASI_REGIONS, criteria: &criteria::EASI, ..automatic("aeasi", "EASI", None, Some(72.0)) },
    Scale {
        measure: Measure::Grades,
        criteria: &criteria::GPPGA,
        ..automatic("agppga", "GPPGA", None, Some(4.0))
    },
    Scale { criteria: &criteria::IHS4, ..automatic("aihs4", "IHS4", Some("ihs4"), None) },
    Scale {
        note: "None published. Trials report the change of the lesion count in percent; success by IGA needs an IGA, which \
               this scale is not.",
        source: "Medela et al. 2026, Skin Health Dis, doi:10.1093/skinhd/vzag062",
        ..automatic("aladin", "ALADIN", None, None)
    },
    Scale {
        parts: &PASI_REGIONS,
        criteria: &criteria::PASI,
        ..automatic("apasi", "PASI", Some("pasi"), Some(72.0))
    },
    Scale { parts: &SALT_VIEWS, criteria: &criteria::SALT, ..automatic("asalt", "SALT", None, Some(100.0)) },
    Scale { criteria: &criteria::SCORAD, ..automatic("ascorad", "SCORAD", Some("scorad"), Some(103.0)) },
    Scale {
        criteria: &criteria::UAS7,
        note: "The device scores the wheals of one image. UAS7 counts those of the whole body on seven days.",
        ..automatic("auas", "UAS", Some("uas"), Some(6.0))
    },
    Scale { criteria: &criteria::VASI, ..automatic("avasi", "VASI", None, Some(100.0)) },
    Scale {
        note: "None published. The scale is the vendor's own.",
        source: "The vendor's public description of the method",
        ..automatic("awosi", "AWOSI", None, None)
    },
    Scale { covers: Covers::Patient, criteria: &criteria::DLQI, ..manual("dlqi", "DLQI", Some(30.0)) },
    Scale {
        covers: Covers::Patient,
        note: "None published. Searched in November 2026.",
        source: "Doshi et al. 1997, Int J Dermatol 36:416",
        ..manual("gags", "GAGS", Some(44.0))
    },
    Scale { covers: Covers::PatientAtPlace, criteria: &criteria::IHS4, ..manual("ihs4", "IHS4", None) },
    Scale {
        note: "None published. The scale is the vendor's own.",
        source: "The vendor's public requirements",
        ..automatic("nsil", "NSIL", None, None)
    },
    Scale { parts: &PASI_REGIONS, criteria: &criteria::PASI, ..manual("pasi", "PASI", Some(72.0)) },
    Scale {
        measure: Measure::Grades,
        covers: Covers::PatientAtPlace,
        criteria: &criteria::PGA,
        ..manual("pga", "PGA", Some(4.0))
    },
    Scale {
        measure: Measure::Screening,
        covers: Covers::Patient,
        note: "None published. A screening: any yes is a reason to refer.",
        source: "Audureau et al. 2018, J Eur Acad Dermatol Venereol 32:1950",
        ..manual("pure4", "PURE-4", Some(4.0))
    },
    Scale {
        note: "None published. Searched in November 2026. A falling score means healing.",
        source: "Restrepo-Medrano & Verdú 2012, EWMA J 12(2):39; 2019, Av Salud 3:8, doi:10.21897/25394622.1748",
        ..manual("resvech", "RESVECH", None)
    },
    Scale { criteria: &criteria::SCORAD, ..manual("scorad", "SCORAD", Some(103.0)) },
    Scale {
        covers: Covers::Patient,
        note: "None published. The scale is the vendor's own.",
        source: "The vendor's public requirements",
        ..manual("scovid", "SCOVID", Some(44.0))
    },
    Scale {
        measure: Measure::Screening,
        note: "None published. A screening: a rise between visits matters.",
        source: "MacKie 1990, BMJ 301:1005; Walter et al. 2013, Br J Gen Pract 63:e345",
        ..manual("sevenPc", "7PC", Some(10.0))
    },
    Scale {
        covers: Covers::Patient,
        criteria: &criteria::UAS7,
        note: "One day alone has no criterion. Seven days in a row are added to a UAS7.",
        ..manual("uas", "UAS", Some(6.0))
    },
    Scale {
        covers: Covers::Patient,
        criteria: &criteria::UAS7,
        note: "Not a scale of the API: the sum of `uas` over seven days in a row.",
        ..manual("uas7", "UAS7", Some(42.0))
    },
    Scale {
        better: Better::Higher,
        measure: Measure::Grades,
        covers: Covers::Patient,
        criteria: &criteria::UCT,
        note: "UCT7, over seven days, is another instrument.",
        ..manual("uct", "UCT", Some(16.0))
    },
];

const PASI_REGIONS: [Part; 4] = [
    Part::new("head", 7.2),
    Part::new("upperLimbs", 14.4),
    Part::new("trunk", 21.6),
    Part::new("lowerLimbs", 28.8),
];

/// As for PASI, and at most those of children younger than eight.
const EASI_REGIONS: [Part; 4] = [
    Part::new("head", 14.4),
    Part::new("upperLimbs", 14.4),
    Part::new("trunk", 21.6),
    Part::new("lowerLimbs", 28.8),
];

const SALT_VIEWS: [Part; 4] = [
    Part::new("headTop", 40.0),
    Part::new("headBack", 24.0),
    Part::new("headLeft", 18.0),
    Part::new("headRight", 18.0),
];

const fn manual(code: &'static str, abbreviation: &'static str, maximum: Option<f64>) -> Scale {
    Scale {
        code,
        abbreviation,
        better: Better::Lower,
        measure: Measure::Points,
        judged_by: JudgedBy::Person,
        covers: Covers::Place,
        maximum,
        parts: &[],
        criteria: &[],
        note: "",
        source: "",
    }
}

const fn automatic(
    code: &'static str,
    abbreviation: &'static str,
    by_a_person: Option<&'static str>,
    maximum: Option<f64>,
) -> Scale {
    Scale { judged_by: JudgedBy::Device { by_a_person }, ..manual(code, abbreviation, maximum) }
}

impl Scale {
    /// Returns the scale with this code.
    pub fn find(code: &str) -> Option<&'static Self> {
        SCALES.iter().find(|scale| scale.code == code)
    }

    /// Returns every scale, sorted by code.
    pub fn all() -> &'static [Self] {
        &SCALES
    }

    /// Returns the criterion of this name. Case and blanks do not matter, and `<=` may stand for `≤`.
    pub fn criterion(&self, name: &str) -> Option<&'static Criterion> {
        let wanted = folded(name);
        self.criteria.iter().find(|criterion| folded(criterion.name) == wanted)
    }

    /// Returns how much better `current` is than `baseline`, in points; negative if it is worse.
    pub fn improvement(&self, baseline: f64, current: f64) -> f64 {
        match self.better {
            Better::Lower => baseline - current,
            Better::Higher => current - baseline,
        }
    }

    /// Returns the improvement in percent of the baseline; `None` if the baseline is 0, or if a percentage of this scale means
    /// nothing.
    pub fn percent(&self, baseline: f64, current: f64) -> Option<f64> {
        let has_percent = self.measure == Measure::Points && baseline > 0.0;
        has_percent.then(|| 100.0 * self.improvement(baseline, current) / baseline)
    }

    /// Whether this and another code are one scale, judged by the device and by a person.
    pub(crate) fn is_judged_otherwise(&self, code: &str) -> bool {
        let pair = |scale: &Self, other: &str| matches!(scale.judged_by, JudgedBy::Device { by_a_person: Some(person) } if person == other);
        pair(self, code) || Self::find(code).is_some_and(|other| pair(other, self.code))
    }
}

fn folded(name: &str) -> String {
    let text: String = name.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
    text.replace("<=", "≤").replace(">=", "≥").replace(['–', '/'], "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_are_sorted_and_codes_are_unique() {
        assert!(SCALES.windows(2).all(|pair| pair[0].code.to_lowercase() < pair[1].code.to_lowercase()));
    }

    #[test]
    fn a_scale_has_criteria_or_says_why_not() {
        for scale in &SCALES {
            assert!(
                !scale.criteria.is_empty() || scale.note.starts_with("None published."),
                "{}",
                scale.code
            );
        }
    }

    #[test]
    fn criteria_are_found_by_name_however_it_is_typed() {
        for scale in &SCALES {
            for criterion in scale.criteria {
                assert_eq!(scale.criterion(criterion.name), Some(criterion), "{}", criterion.name);
            }
        }
        let pasi = Scale::find("pasi").unwrap();
        assert_eq!(pasi.criterion("pasi <= 3").unwrap().name, "PASI≤3");
        assert_eq!(Scale::find("dlqi").unwrap().criterion("dlqi 0-1").unwrap().name, "DLQI 0/1");
        assert!(pasi.criterion("PASI95").is_none());
    }

    #[test]
    fn one_scale_may_have_two_codes() {
        let (pasi, apasi) = (Scale::find("pasi").unwrap(), Scale::find("apasi").unwrap());
        assert!(pasi.is_judged_otherwise("apasi") && apasi.is_judged_otherwise("pasi"));
        assert!(!pasi.is_judged_otherwise("scorad") && !pasi.is_judged_otherwise("pasi"));
    }
}
