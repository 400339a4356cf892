//! Parameters in paths, queries and headers. Each is an argument of the generated method.

use super::Operation;
use crate::diff::change::Wire::{Breaking, Compatible, Same};
use crate::diff::spot::{Spot, Subject, Walk, component};
use crate::document::{Direction, Document, Node, Pointer};

struct Parameter<'a> {
    node: &'a Node,
    at: Pointer,
}

impl Parameter<'_> {
    fn key(&self) -> (Option<&str>, Option<&str>) {
        (self.node.text("in"), self.node.text("name"))
    }

    fn is_required(&self) -> bool {
        self.node.is_true("required") || self.node.says("in", "path")
    }
}

impl<'a> Walk<'a> {
    pub(super) fn parameters(&mut self, old: &Operation<'a>, new: &Operation<'a>) {
        let (was, is) = (listed(self.old, old), listed(self.new, new));
        for parameter in &is {
            let spot = spot(new, parameter);
            match was.iter().find(|other| other.key() == parameter.key()) {
                Some(other) => self.parameter(other, parameter, &spot),
                None => {
                    let (id, wire) = match (parameter.node.text("in"), parameter.is_required()) {
                        (Some("path"), _) => ("new-request-path-parameter", Breaking),
                        (_, true) => ("new-required-request-parameter", Breaking),
                        (_, false) => ("new-optional-request-parameter", Compatible),
                    };
                    let need = if parameter.is_required() { "required" } else { "optional" };
                    self.note(&spot, id, wire, format!("new {need} parameter"));
                }
            }
        }
        for parameter in was.iter().filter(|parameter| !is.iter().any(|other| other.key() == parameter.key()))
        {
            let id = match parameter.node.is_true("deprecated") {
                true => "request-parameter-removed-with-deprecation",
                false => "request-parameter-removed",
            };
            self.note(
                &spot(old, parameter),
                id,
                Compatible,
                "the parameter is gone; most servers ignore what they do not know",
            );
        }
    }

    fn parameter(&mut self, old: &Parameter<'a>, new: &Parameter<'a>, spot: &Spot) {
        self.words(old.node, new.node, spot);
        match (old.is_required(), new.is_required()) {
            (false, true) => {
                self.note(spot, "request-parameter-became-required", Breaking, "it has to be sent now")
            }
            (true, false) => {
                self.note(spot, "request-parameter-became-optional", Compatible, "it may be left out now")
            }
            _ => {}
        }
        match (old.node.is_true("deprecated"), new.node.is_true("deprecated")) {
            (false, true) => self.note(spot, "request-parameter-deprecated", Same, "it is deprecated now"),
            (true, false) => {
                self.note(spot, "request-parameter-reactivated", Same, "it is no longer deprecated")
            }
            _ => {}
        }
        self.others(old.node, new.node, &["in", "name", "required", "deprecated", "schema"], spot);
        if let (Some(was), Some(is)) = (old.node.get("schema"), new.node.get("schema")) {
            self.schema(was, is, &spot.then("schema"));
        }
    }
}

/// The parameters of an operation and of its path, references followed.
fn listed<'a>(document: &'a Document, operation: &Operation<'a>) -> Vec<Parameter<'a>> {
    let path = Pointer::root().then("paths").then(operation.path).then("parameters");
    let own = operation.spot().at.then("parameters");
    let at = |place: &Pointer, nodes: &'a [Node]| -> Vec<Parameter<'a>> {
        let parameter = |(index, node): (usize, &'a Node)| Parameter {
            node: component(document, node).1,
            at: place.then(index),
        };
        nodes.iter().enumerate().map(parameter).collect()
    };
    let own = at(&own, operation.node.list("parameters"));
    let shared = at(&path, operation.item.list("parameters"));
    let shared = shared.into_iter().filter(|shared| !own.iter().any(|own| own.key() == shared.key()));
    let shared: Vec<_> = shared.collect();
    own.into_iter().chain(shared).collect()
}

fn spot(operation: &Operation<'_>, parameter: &Parameter<'_>) -> Spot {
    let of = operation.spot();
    let name = parameter.node.text("name").unwrap_or("without a name");
    Spot {
        words: format!("parameter `{name}` of {}", of.words),
        at: parameter.at.clone(),
        subject: Subject::Parameter,
        direction: Some(Direction::Sent),
        ..of
    }
}
