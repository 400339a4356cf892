//! Which scales a request asks for, and with what they are scored.

use std::collections::BTreeMap;

use legit_health_scoring::{Answers, Instrument, Score, ScoringErrorKind};
use serde_json::Value;

use crate::api::refusal::Refusal;
use crate::contract::{Cause, Contract, Fault, Mode, Scale, Step, number_answered};

/// A scale that was asked for and can be scored.
pub(super) struct Chosen<'a, M> {
    pub(super) scale: &'a Scale,
    /// What it is scored with.
    pub(super) means: M,
    /// What the request says of it.
    pub(super) request: &'a Value,
}

/// The scales of a request, in its order.
///
/// A scale of another endpoint is a 422, which is inferred. What nothing here can score is a 501: the contract lets
/// codes through that it does not know, and the sandbox makes no number up for them.
pub(super) fn choose<'a, M>(
    contract: &'a Contract,
    mode: Mode,
    body: &'a Value,
    means: impl Fn(&Scale) -> Option<M>,
) -> Result<Vec<Chosen<'a, M>>, Refusal> {
    let asked = body["scoringSystem"].as_object().into_iter().flatten();
    let (mut chosen, mut faults, mut unscored) = (Vec::new(), Vec::new(), None);
    for (code, request) in asked {
        match contract.scale(code) {
            Some(scale) if scale.modes.contains(&mode) => match means(scale) {
                Some(means) => chosen.push(Chosen { scale, means, request }),
                None => unscored = unscored.or(Some(code)),
            },
            // The vendor speaks of whole-body scores that it gives on request.
            Some(scale) if mode != Mode::Global => faults.push(elsewhere(scale, mode)),
            _ => unscored = unscored.or(Some(code)),
        }
    }
    Refusal::unless_faultless(&faults)?;
    match unscored {
        None => Ok(chosen),
        Some(code) => Err(Refusal::not_yet(format!(
            "the sandbox knows no way to score `{}` here, and makes no number up",
            shortened(code)
        ))),
    }
}

fn elsewhere(scale: &Scale, mode: Mode) -> Fault {
    let modes: Vec<&str> = scale.modes.iter().map(|mode| mode.name()).collect();
    Fault {
        cause: Cause::rule(format!(
            "{} is no {} scale; ask for it in a {} request",
            scale.code,
            mode.name(),
            modes.join(" or ")
        )),
        place: place(&scale.code, &[]),
        input: Value::Null,
    }
}

/// A code may come from anywhere.
fn shortened(code: &str) -> String {
    code.chars().filter(|character| character.is_ascii_alphanumeric()).take(40).collect()
}

/// Where something of a scale stands in the request.
pub(super) fn place(code: &str, rest: &[&str]) -> Vec<Step> {
    ["body", "scoringSystem", code].iter().chain(rest).map(|step| Step::from(*step)).collect()
}

impl<M> Chosen<'_, M> {
    /// What the request answers, by item. What else it may hold is left alone, as the framework does.
    pub(super) fn answers(&self) -> BTreeMap<&str, f64> {
        let given = &self.request["questionnaireResponse"]["item"];
        let answered = self.scale.answers.iter();
        answered.filter_map(|item| Some((item.as_str(), number_answered(&given[item])?))).collect()
    }

    /// The score of these items, or what the request has to change.
    pub(super) fn score(
        &self,
        instrument: &Instrument,
        items: BTreeMap<&str, f64>,
        site: Option<&str>,
    ) -> Result<Score, Box<Fault>> {
        instrument.score(&Answers { items, site }).map_err(|error| {
            let cause = match error.kind() {
                ScoringErrorKind::MissingAnswer { .. } => Cause::Missing,
                // The contract has checked the form; only a count can be too high for the instrument alone.
                ScoringErrorKind::InvalidAnswer { expected, .. } => Cause::AboveMaximum(expected.max()),
                _ => Cause::rule(error.to_string()),
            };
            Box::new(match error.item() {
                Some(item) => {
                    let input = self.request["questionnaireResponse"]["item"][item].clone();
                    let place = place(&self.scale.code, &["questionnaireResponse", "item", item]);
                    Fault { cause, place, input }
                }
                None => Fault {
                    cause,
                    place: vec!["body".into(), "bodySite".into()],
                    input: site.map_or(Value::Null, Value::from),
                },
            })
        })
    }
}
