//! Operations: what can be called, with what, and what comes back.

mod exchange;
mod parameters;

use super::change::Wire::{self, Breaking, Compatible, Same};
use super::spot::{Owner, Spot, Subject, Walk};
use crate::document::{Document, Node, Pointer};

/// What has a rule of its own.
const OF_OPERATION: [&str; 8] =
    ["operationId", "deprecated", "tags", "security", "parameters", "requestBody", "responses", "servers"];
const OF_PATH: [&str; 10] =
    ["get", "put", "post", "delete", "options", "head", "patch", "trace", "parameters", "servers"];

/// An operation and where it stands.
#[derive(Clone, Copy)]
pub(super) struct Operation<'a> {
    pub(super) path: &'a str,
    pub(super) method: &'a str,
    pub(super) node: &'a Node,
    pub(super) item: &'a Node,
}

impl<'a> Operation<'a> {
    fn all(document: &'a Document) -> Vec<Self> {
        let item = |path: &str| document.root().at(&["paths", path]).unwrap_or(document.root());
        document
            .operations()
            .map(|(path, method, _, node)| Self { path, method, node, item: item(path) })
            .collect()
    }

    pub(super) fn spot(&self) -> Spot {
        let (path, method) = (self.path, self.method);
        let id = self.node.text("operationId").unwrap_or(path);
        Spot {
            owner: Owner::Operation(id.to_owned()),
            words: format!("operation `{id}` ({} {path})", method.to_uppercase()),
            at: Pointer::root().then("paths").then(path).then(method),
            subject: Subject::Body,
            direction: None,
            optional: false,
            has_room: false,
        }
    }
}

impl<'a> Walk<'a> {
    pub(super) fn operations(&mut self) {
        let (old, new) = (Operation::all(self.old), Operation::all(self.new));
        let paths = |operations: &[Operation<'a>]| operations.iter().map(|it| it.path).collect::<Vec<_>>();
        let (old_paths, new_paths) = (paths(&old), paths(&new));
        let same = |a: &Operation<'_>, b: &Operation<'_>| (a.path, a.method) == (b.path, b.method);
        for was in &old {
            if let Some(is) = new.iter().find(|is| same(was, is)) {
                self.operation(was, is);
                continue;
            }
            let what = if new_paths.contains(&was.path) { "removed" } else { "path-removed" };
            let with = if was.node.is_true("deprecated") { "with" } else { "without" };
            let moved = new.iter().find(|is| is.node.text("operationId") == was.node.text("operationId"));
            let moved =
                moved.map(|is| format!("; the same name is at {} {} now", is.method.to_uppercase(), is.path));
            let sentence = format!("it cannot be called any more{}", moved.unwrap_or_default());
            self.note(&was.spot(), format!("api-{what}-{with}-deprecation"), Breaking, sentence);
        }
        for (path, is) in self.new.root().members("paths") {
            if let Some(was) = self.old.root().at(&["paths", path]) {
                let at = Pointer::root().then("paths").then(path);
                let spot =
                    Spot { owner: Owner::Document, words: format!("path {path}"), at, ..Spot::document() };
                self.others(was, is, &OF_PATH, &spot);
                self.servers(was, is, &spot);
            }
        }
        for is in &new {
            if !old.iter().any(|was| same(was, is)) {
                let place = if old_paths.contains(&is.path) { "on a known path" } else { "on a new path" };
                self.note(&is.spot(), "endpoint-added", Compatible, format!("new operation {place}"));
            }
        }
    }

    fn operation(&mut self, old: &Operation<'a>, new: &Operation<'a>) {
        let spot = new.spot();
        self.words(old.node, new.node, &spot);
        match (old.node.text("operationId"), new.node.text("operationId")) {
            (was, is) if was == is => {}
            (Some(was), is) => {
                let is = is.map_or_else(|| "there is none".to_owned(), |is| format!("it is `{is}`"));
                self.note(&spot, "api-operation-id-removed", Same, format!("the name `{was}` is gone, {is}"));
            }
            (None, Some(is)) => {
                self.note(&spot, "api-operation-id-added", Same, format!("it is called `{is}` now"))
            }
            (None, None) => {}
        }
        match (old.node.is_true("deprecated"), new.node.is_true("deprecated")) {
            (false, true) => self.note(&spot, "endpoint-deprecated", Same, "it is deprecated now"),
            (true, false) => self.note(&spot, "endpoint-reactivated", Same, "it is no longer deprecated"),
            _ => {}
        }
        self.others(old.node, new.node, &OF_OPERATION, &spot);
        self.tags(old.node, new.node, &spot);
        self.security(
            old.node.get("security"),
            new.node.get("security"),
            "api-security",
            &spot.then("security"),
        );
        self.servers(old.node, new.node, &spot);
        self.parameters(old, new);
        self.request(old.node, new.node, &spot);
        self.responses(old.node, new.node, &spot);
    }

    fn tags(&mut self, old: &Node, new: &Node, spot: &Spot) {
        let texts = |node: &Node| node.texts("tags").map(str::to_owned).collect::<Vec<_>>();
        let (was, is) = (texts(old), texts(new));
        for tag in is.iter().filter(|tag| !was.contains(tag)) {
            self.note(spot, "api-tag-added", Same, format!("new tag `{tag}`"));
        }
        for tag in was.iter().filter(|tag| !is.contains(tag)) {
            self.note(spot, "api-tag-removed", Same, format!("tag `{tag}` removed"));
        }
    }

    /// The schemes that may be used. A scheme more to choose from breaks nobody; one that is needed does.
    pub(super) fn security(&mut self, old: Option<&Node>, new: Option<&Node>, id: &str, spot: &Spot) {
        let schemes = |node: Option<&Node>| -> Vec<String> {
            let alternatives = match node {
                Some(Node::List(list)) => &list[..],
                _ => &[],
            };
            alternatives.iter().flat_map(Node::entries).map(|(scheme, _)| scheme.to_owned()).collect()
        };
        let (was, is) = (schemes(old), schemes(new));
        let breaks_when = |breaks: bool| if breaks { Breaking } else { Compatible };
        for scheme in is.iter().filter(|scheme| !was.contains(scheme)) {
            // A call without `security` of its own keeps that of the document.
            let wire: Wire = breaks_when(was.is_empty() && (old.is_some() || id == "api-global-security"));
            self.note(spot, format!("{id}-added"), wire, format!("security `{scheme}` added"));
        }
        for scheme in was.iter().filter(|scheme| !is.contains(scheme)) {
            let wire = breaks_when(!is.is_empty());
            self.note(spot, format!("{id}-removed"), wire, format!("security `{scheme}` removed"));
        }
    }
}
