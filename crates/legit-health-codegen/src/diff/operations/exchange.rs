//! Request bodies and responses.

use crate::diff::change::Wire::{self, Breaking, Compatible};
use crate::diff::spot::{Owner, Spot, Subject, Walk, component};
use crate::document::{Direction, Node, Pointer};

impl<'a> Walk<'a> {
    pub(super) fn request(&mut self, old: &'a Node, new: &'a Node, operation: &Spot) {
        let spot = Spot {
            words: format!("request of {}", operation.words),
            subject: Subject::Body,
            direction: Some(Direction::Sent),
            ..operation.then("requestBody")
        };
        let needed = |body: &Node| body.is_true("required");
        let body = |document, node: &'a Node| node.get("requestBody").map(|body| component(document, body).1);
        match (body(self.old, old), body(self.new, new)) {
            (None, None) => {}
            (None, Some(is)) if needed(is) => {
                self.note(&spot, "request-body-added-required", Breaking, "a body has to be sent now");
            }
            (None, Some(_)) => {
                self.note(&spot, "request-body-added-optional", Compatible, "a body may be sent now")
            }
            (Some(_), None) => {
                self.note(&spot, "request-body-removed", Breaking, "no body is taken any more")
            }
            (Some(was), Some(is)) => {
                self.words(was, is, &spot);
                self.others(was, is, &["required", "content"], &spot);
                match (needed(was), needed(is)) {
                    (false, true) => {
                        self.note(
                            &spot,
                            "request-body-became-required",
                            Breaking,
                            "the body has to be sent now",
                        );
                    }
                    (true, false) => {
                        self.note(
                            &spot,
                            "request-body-became-optional",
                            Compatible,
                            "the body may be left out now",
                        );
                    }
                    _ => {}
                }
                self.content(was, is, &spot, "request-body-media-type", WIRE_OF_REQUEST);
            }
        }
    }

    pub(super) fn responses(&mut self, old: &'a Node, new: &'a Node, operation: &Spot) {
        for (status, is) in new.members("responses") {
            let spot = response_of(operation, status);
            let was = old.get("responses").and_then(|responses| responses.get(status));
            match was {
                Some(was) => {
                    let (was_name, was) = component(self.old, was);
                    let (is_name, is) = component(self.new, is);
                    // A shared response is compared where it stands.
                    if was_name.is_none() || was_name != is_name {
                        self.response(was, is, &spot);
                    }
                }
                None if is_success(status) => {
                    let what = format!("the call may be answered with {status} now");
                    self.note(&spot, "response-success-status-added", Breaking, what);
                }
                None => {
                    let what = format!("the call may fail with {status} now");
                    self.note(&spot, "response-non-success-status-added", Compatible, what);
                }
            }
        }
        for (status, _) in old.members("responses") {
            if new.get("responses").is_none_or(|responses| !responses.has(status)) {
                let spot = response_of(operation, status);
                let (id, wire) = match is_success(status) {
                    true => ("response-success-status-removed", Breaking),
                    false => ("response-non-success-status-removed", Compatible),
                };
                self.note(&spot, id, wire, format!("the call is no longer answered with {status}"));
            }
        }
    }

    /// The responses that operations share.
    pub(crate) fn shared_responses(&mut self) {
        let section = ["components", "responses"];
        let responses = |root: &'a Node| root.at(&section).into_iter().flat_map(Node::entries);
        for (name, is) in responses(self.new.root()) {
            let Some(was) = self.old.root().at(&["components", "responses", name]) else { continue };
            let spot = Spot {
                owner: Owner::Response(name.to_owned()),
                words: format!("response {name}"),
                at: Pointer::root().then("components").then("responses").then(name),
                subject: Subject::Body,
                direction: Some(Direction::Received),
                optional: false,
                has_room: false,
            };
            self.response(was, is, &spot);
        }
    }

    fn response(&mut self, old: &'a Node, new: &'a Node, spot: &Spot) {
        self.words(old, new, spot);
        self.others(old, new, &["headers", "content", "$ref"], spot);
        self.headers(old, new, spot);
        self.content(old, new, spot, "response-media-type", WIRE_OF_RESPONSE);
    }

    fn content(&mut self, old: &'a Node, new: &'a Node, spot: &Spot, id: &str, wires: (Wire, Wire)) {
        for (media, is) in new.members("content") {
            let spot = spot.then("content").then(media);
            match old.get("content").and_then(|content| content.get(media)) {
                None => self.note(&spot, format!("{id}-added"), wires.0, format!("new media type {media}")),
                Some(was) => {
                    self.words(was, is, &spot);
                    self.others(was, is, &["schema"], &spot);
                    let part = id
                        .strip_prefix("response-")
                        .map_or("request-body-media-type", |_| "response-body-media-type");
                    match (was.get("schema"), is.get("schema")) {
                        (Some(was), Some(is)) => self.schema(was, is, &spot.then("schema")),
                        (None, Some(_)) => {
                            let wire = if part.starts_with("request") { Breaking } else { Compatible };
                            self.note(
                                &spot,
                                format!("{part}-schema-added"),
                                wire,
                                "its content is described now",
                            );
                        }
                        (Some(_), None) => {
                            let wire = if part.starts_with("request") { Compatible } else { Breaking };
                            let what = "its content is no longer described";
                            self.note(&spot, format!("{part}-schema-removed"), wire, what);
                        }
                        (None, None) => {}
                    }
                }
            }
        }
        for (media, _) in old.members("content") {
            if new.get("content").is_none_or(|content| !content.has(media)) {
                let spot = spot.then("content").then(media);
                self.note(&spot, format!("{id}-removed"), wires.1, format!("media type {media} removed"));
            }
        }
    }

    /// Headers are read by hand, each as optional text, so that none of them breaks anything.
    fn headers(&mut self, old: &'a Node, new: &'a Node, of: &Spot) {
        let spot_of = |name: &str| Spot {
            words: format!("header {name} of {}", of.words),
            subject: Subject::Header,
            optional: true,
            has_room: true,
            ..of.then("headers").then(name)
        };
        for (name, is) in new.members("headers") {
            let spot = spot_of(name);
            let is = component(self.new, is).1;
            let Some(was) = old.get("headers").and_then(|headers| headers.get(name)) else {
                self.note(&spot, "response-header-added", Compatible, "new header");
                continue;
            };
            let was = component(self.old, was).1;
            self.words(was, is, &spot);
            self.others(was, is, &["required", "schema"], &spot);
            match (was.is_true("required"), is.is_true("required")) {
                (true, false) => {
                    self.note(&spot, "response-header-became-optional", Compatible, "it may be missing now");
                }
                (false, true) => {
                    self.note(&spot, "response-header-became-required", Compatible, "it is always there now")
                }
                _ => {}
            }
            if let (Some(was), Some(is)) = (was.get("schema"), is.get("schema")) {
                self.schema(was, is, &spot.then("schema"));
            }
        }
        for (name, was) in old.members("headers") {
            if new.get("headers").is_none_or(|headers| !headers.has(name)) {
                let need = if was.is_true("required") { "required" } else { "optional" };
                self.note(
                    &spot_of(name),
                    format!("{need}-response-header-removed"),
                    Compatible,
                    "the header is gone",
                );
            }
        }
    }
}

/// What it means that a media type came or went: the generated client sends and reads the one it knows.
const WIRE_OF_REQUEST: (Wire, Wire) = (Compatible, Breaking);
const WIRE_OF_RESPONSE: (Wire, Wire) = (Compatible, Breaking);

fn is_success(status: &str) -> bool {
    status.starts_with('2')
}

fn response_of(operation: &Spot, status: &str) -> Spot {
    Spot {
        words: format!("answer {status} of {}", operation.words),
        subject: Subject::Body,
        direction: Some(Direction::Received),
        ..operation.then("responses").then(status)
    }
}
