//! The set that an endpoint takes: it lists exactly the scales of its mode.

use crate::error::Findings;
use crate::scale::{Mode, Scale, ScaleSet};
use crate::spec::{Node, Pointer, target};

pub(super) fn read(name: &str, schema: &Node, scales: &[Scale], findings: &mut Findings) -> Option<ScaleSet> {
    let at = Pointer::to_schema(name);
    let Some(mode) = schema.text("x-mode").and_then(Mode::named) else {
        findings.add(at.then("x-mode"), "no mode", "use one of manual, local, global");
        return None;
    };
    if !name.ends_with("Scales") {
        findings.add(
            &at,
            "a set of scales with another name",
            "end it in `Scales`; one of them is an `…Input`",
        );
    }
    let listed: Vec<(&str, Option<&str>)> =
        schema.members("properties").map(|(code, node)| (code, target(node))).collect();
    let taken = || scales.iter().filter(|scale| scale.modes.contains(&mode));
    for scale in taken() {
        if !listed.contains(&(scale.code.as_str(), Some(scale.name.as_str()))) {
            let what = format!("`{}` has mode {} and is not listed", scale.code, mode.word());
            let remedy = format!("add `{}: {{$ref: '#/components/schemas/{}'}}`", scale.code, scale.name);
            findings.add(at.then("properties"), what, remedy);
        }
    }
    for (code, target) in listed {
        if !taken().any(|scale| scale.code == code && target == Some(&scale.name)) {
            let what = format!("no scale with this code has mode {}", mode.word());
            findings.add(
                at.then("properties").then(code),
                what,
                "correct its `x-scale`, or take it off the list",
            );
        }
    }
    let scales = taken().map(|scale| scale.name.clone()).collect();
    Some(ScaleSet { name: name.to_owned(), mode, scales })
}
