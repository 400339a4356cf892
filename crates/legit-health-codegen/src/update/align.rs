//! Puts a document of the vendor into our names.
//!
//! Both documents are walked side by side from each shared path and method, and their schemas are paired by use: the
//! vendor's schema at a place is the one of ours at this place, whatever it is called. Names, operations, titles, evidence
//! and extensions come from ours; what differs on the wire comes from theirs. The parts that we do not have get names by
//! where they stand.

mod additions;
mod corrections;
mod fresh;
mod operations;
mod pair;
mod pool;
mod scalars;
mod security;
mod unstated;
mod view;

use std::collections::{BTreeMap, HashSet};

use indexmap::{IndexMap, IndexSet};

use crate::diff::Wire;
use crate::error::{Findings, Result};
use crate::lower::SpecKind;
use crate::spec::{Direction, Directions, Document, Map, Node, Pointer, target};
use crate::update::Note;
use crate::update::align::corrections::Lines;
use crate::update::align::pair::Place;
use crate::update::align::pool::Pool;
use crate::update::merge_extensions::SOURCE;
use crate::update::names::Names;

/// A document of the vendor in our names.
#[derive(Debug)]
pub(super) struct Aligned {
    pub(super) document: Document,
    pub(super) names: Names,
    /// Where theirs says less than ours, and what was left out of theirs.
    pub(super) notes: Vec<Note>,
    /// What is new and not generated.
    pub(super) beyond: Vec<Beyond>,
    /// Where parts of the new document stand in theirs.
    pub(super) origins: Origins,
}

/// Parts of our document, by place and name.
pub(super) type Said = HashSet<String>;

/// Something new that has no place in the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Beyond {
    pub(super) id: &'static str,
    /// What it is called in the map of names.
    pub(super) key: String,
    pub(super) place: String,
    pub(super) at: Pointer,
    pub(super) what: String,
    pub(super) wire: Wire,
}

/// Where parts of the new document stand in theirs.
#[derive(Debug, Default)]
pub(super) struct Origins(BTreeMap<String, Pointer>);

impl Origins {
    fn insert(&mut self, ours: Pointer, theirs: Pointer) {
        self.0.entry(ours.to_string()).or_insert(theirs);
    }

    /// The place in their document of a place in ours: that of the part around it that came from there.
    pub(super) fn theirs(&self, place: &str) -> Option<&Pointer> {
        let mut place = place;
        loop {
            if let Some(found) = self.0.get(place) {
                return Some(found);
            }
            place = &place[..place.rfind('/')?];
        }
    }

    /// A note about our document, with the place in theirs that it comes from.
    pub(super) fn note(&self, note: &Note) -> Note {
        let at = self.theirs(&note.at.to_string()).unwrap_or(&note.at);
        Note { at: at.clone(), what: note.what.clone() }
    }
}

struct Align<'a> {
    ours: &'a Document,
    theirs: &'a Document,
    kind: SpecKind,
    our_ways: Directions<'a>,
    their_ways: Directions<'a>,
    earlier: &'a Names,
    pool: Pool,
    notes: IndexSet<(String, String)>,
    beyond: Vec<Beyond>,
    operations: IndexMap<String, String>,
    left_out: IndexMap<String, String>,
    origins: Origins,
    findings: Findings,
    /// The parts of ours that theirs says at a use.
    said: Said,
    /// The parts of ours that theirs does not say at a use.
    unsaid: Said,
    said_earlier: Option<&'a Said>,
}

/// Puts `theirs`, which is in 3.0, into the names of `ours`. `said_earlier` are the parts that their last document said.
///
/// # Errors
/// Fails if a place that ours describes says something that 3.0 cannot, or if the map of names gives a part that exists another
/// name.
pub(super) fn align(
    kind: SpecKind,
    ours: &Document,
    theirs: &Document,
    earlier: &Names,
    said_earlier: Option<&Said>,
) -> Result<Aligned> {
    let align = Align::over(kind, (ours, theirs), earlier, said_earlier);
    if theirs.root().has("x-evidence-sources") {
        return Ok(align.renamed());
    }
    align.root()
}

/// The parts of ours that a document of theirs says wherever it has their place.
pub(super) fn said_by(kind: SpecKind, ours: &Document, theirs: &Document, earlier: &Names) -> Said {
    let mut align = Align::over(kind, (ours, theirs), earlier, None);
    drop(align.paths());
    drop(align.shared_responses());
    align.said.retain(|part| !align.unsaid.contains(part));
    align.said
}

impl<'a> Align<'a> {
    fn over(
        kind: SpecKind,
        (ours, theirs): (&'a Document, &'a Document),
        earlier: &'a Names,
        said_earlier: Option<&'a Said>,
    ) -> Self {
        Self {
            ours,
            theirs,
            kind,
            our_ways: Directions::of(ours),
            their_ways: Directions::of(theirs),
            earlier,
            pool: Pool::of(ours),
            notes: IndexSet::new(),
            beyond: Vec::new(),
            operations: IndexMap::new(),
            left_out: IndexMap::new(),
            origins: Origins::default(),
            findings: Findings::of(theirs.file()),
            said: Said::new(),
            unsaid: Said::new(),
            said_earlier,
        }
    }

    fn root(mut self) -> Result<Aligned> {
        let mut paths = self.paths();
        let mut responses = self.shared_responses();
        self.pool.forget_circles();
        self.unknown_schemas();
        let mut unbounded = std::mem::take(&mut self.pool.unbounded);
        pool::without_bounds(&mut paths, &Pointer::root().then("paths"), &mut unbounded);
        for at in unbounded {
            let at = self.origins.theirs(&at.to_string()).cloned().unwrap_or(at);
            self.note(&at, "a range that has no type in Rust; any number is read and sent");
        }
        let circles = self.pool.break_circles();
        for name in circles {
            let at = Pointer::to_schema(&name);
            self.note(&at, "the schema contains itself; what is inside is read as any JSON");
        }
        let mut notes: Vec<Note> =
            self.notes.into_iter().map(|(at, what)| Note { at: Pointer::parsed(&at), what }).collect();
        self.findings.into_result().map_err(|error| error.with_notes(&notes))?;
        let decided = self.pool.decide(&[&paths, &responses], self.earlier);
        decided.name(&mut paths);
        decided.name(&mut responses);
        let (ours, theirs) = (self.ours.root(), self.theirs.root());
        let mut root = Map::new();
        for (key, mine) in ours.entries() {
            let node = match key {
                "info" => info(mine, theirs),
                "servers" => theirs.get("servers").unwrap_or(mine).clone(),
                "paths" => std::mem::replace(&mut paths, Node::Null),
                "components" => {
                    let mut components = Map::new();
                    for (section, mine) in mine.entries() {
                        let node = match section {
                            "schemas" => Node::Map(decided.schemas.clone()),
                            "responses" => std::mem::replace(&mut responses, Node::Null),
                            "securitySchemes" => security::schemes(mine, self.theirs),
                            _ => mine.clone(),
                        };
                        components.insert(section.to_owned(), node);
                    }
                    Node::Map(components)
                }
                _ => mine.clone(),
            };
            root.insert(key.to_owned(), node);
        }
        let mut document = self.theirs.clone();
        *document.root_mut() = Node::Map(root);
        let (operations, left_out) = (self.operations, self.left_out);
        let found = Names { operations, left_out, ..decided.names.clone() };
        let (ours, theirs, kind) = (self.ours, self.theirs, self.kind);
        let names = Lines { ours, theirs, kind, decided: &decided, notes: &mut notes }
            .reconciled(found, self.earlier)
            .map_err(|error| error.with_notes(&notes))?;
        Ok(Aligned { document, names, notes, beyond: self.beyond, origins: self.origins })
    }

    /// Describes the schemas of theirs that turned out to be none of ours.
    fn unknown_schemas(&mut self) {
        while let Some((index, name)) = self.pool.next_unknown(self.earlier) {
            let theirs = self.theirs;
            let body = match theirs.named_schema(&name) {
                Some(node) => {
                    let direction = self.their_ways.of_schema(&name).unwrap_or(Direction::Both);
                    let place =
                        Place::component(Pointer::to_schema(&name), &pool::type_name(&name), direction);
                    self.describe_component(node, &place)
                }
                None => Node::Map(Map::new()),
            };
            self.pool.describe(index, body);
        }
    }

    fn note(&mut self, at: &Pointer, what: impl Into<String>) {
        self.notes.insert((at.to_string(), what.into()));
    }

    /// Notes that ours stays, and why.
    fn stays(&mut self, other: &view::View<'_>, why: impl Into<String>) {
        self.note(&other.at.clone(), format!("{}; ours stays", why.into()));
    }

    /// Remembers that theirs says a part of ours.
    fn says(&mut self, place: &str, part: &str) {
        self.said.insert(format!("{place} {part}"));
    }

    /// Whether a part of ours that theirs does not say stays. It does, unless their last document said it: then it is gone.
    fn was_never_said(&mut self, place: &str, part: &str) -> bool {
        let part = format!("{place} {part}");
        let was_said = self.said_earlier.is_some_and(|said| said.contains(&part));
        self.unsaid.insert(part);
        !was_said
    }

    /// A document in our own form keeps its facts; only the names are paired.
    fn renamed(mut self) -> Aligned {
        drop(self.paths());
        drop(self.shared_responses());
        let names = self.pool.pairs_one_to_one();
        let mut document = self.theirs.clone();
        let has = |name: &str| self.theirs.named_schema(name).is_some();
        let renamed: IndexMap<String, String> =
            names.into_iter().filter(|(theirs, ours)| theirs != ours && !has(ours)).collect();
        rename(document.root_mut(), &renamed);
        if let Some(Node::Map(schemas)) = document.root_mut().at_mut(&["components", "schemas"]) {
            let old = std::mem::take(schemas);
            schemas.extend(
                old.into_iter().map(|(name, node)| (renamed.get(&name).cloned().unwrap_or(name), node)),
            );
        }
        for (path, method, _, theirs) in self.theirs.operations() {
            let Some(ours) =
                self.ours.root().at(&["paths", path, method]).and_then(|node| node.text("operationId"))
            else {
                continue;
            };
            let taken = self.theirs.operations().any(|(_, _, _, other)| other.says("operationId", ours));
            if let (false, Some(node)) = (
                taken || theirs.says("operationId", ours),
                document.root_mut().at_mut(&["paths", path, method]),
            ) && let Some(map) = node.as_map_mut()
            {
                map.insert("operationId".into(), ours.into());
            }
        }
        let names = self.earlier.still_in(&document, renamed);
        Aligned { document, names, notes: Vec::new(), beyond: Vec::new(), origins: Origins::default() }
    }
}

fn rename(node: &mut Node, names: &IndexMap<String, String>) {
    let to = target(node).and_then(|name| names.get(name)).map(|name| Pointer::to_schema(name));
    if let (Some(to), Some(map)) = (to, node.as_map_mut()) {
        map.insert("$ref".into(), Node::Text(format!("#{to}")));
    }
    for (_, inner) in node.children_mut() {
        rename(inner, names);
    }
}

/// Ours, with their version.
fn info(ours: &Node, theirs: &Node) -> Node {
    let mut info = ours.clone();
    if let (Some(map), Some(version)) =
        (info.as_map_mut(), theirs.at(&["info", "version"]).and_then(Node::as_text))
    {
        map.insert("version".into(), version.into());
    }
    info
}

/// The types of JSON that a hand-written type reads.
fn scalar_kinds(scalar: &str) -> Option<&'static [&'static str]> {
    Some(match scalar {
        "minutes" | "location_part" => &["string", "integer"],
        "issue_time" | "username" => &["string"],
        "answer_value" => &["number", "boolean"],
        "any_scale" => &["object"],
        _ => return None,
    })
}
