//! The named schemas of the new document, while their names are not yet decided.
//!
//! A schema of ours that the vendor writes differently in different places becomes several; one of them keeps the name.

use std::collections::{HashMap, HashSet, VecDeque};

use heck::ToUpperCamelCase;
use indexmap::{IndexMap, IndexSet};

use crate::diff::without_words;
use crate::lint::{is_type_name, makes_type};
use crate::scale::AnswerKind;
use crate::spec::{Document, Map, Node, Pointer};
use crate::update::align::fresh::TEXT_LIMITS;
use crate::update::names::Names;

/// Begins a name that is not decided; no real name can.
const UNDECIDED: char = '\u{1}';
const PREFIX: &str = "#/components/schemas/";

/// Where the name of a schema will come from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Origin {
    /// A schema of ours.
    Ours(String),
    /// A schema of theirs that we do not have.
    Theirs(String),
    /// A schema without a name in their text: its place in words.
    Inline(String),
}

#[derive(Debug)]
struct Entry {
    origin: Origin,
    body: Option<Node>,
    /// The name made of the place of the first use.
    stem: String,
    uses: usize,
    same_as: Option<usize>,
}

#[derive(Debug)]
pub(super) struct Pool {
    /// Ours come first, in their order and as they are.
    entries: Vec<Entry>,
    of_ours: IndexMap<String, Vec<usize>>,
    of_theirs: HashMap<String, usize>,
    paired: HashMap<(String, usize), usize>,
    /// Schemas of ours that a schema of theirs was found to be.
    pairs: IndexMap<String, IndexMap<String, usize>>,
    /// Schemas of ours where theirs has one without a name, by the name made of the place.
    unnamed: HashMap<String, usize>,
    /// Places in schemas of ours that were written without the bounds of theirs.
    pub(super) unbounded: Vec<Pointer>,
    queue: VecDeque<(usize, String)>,
}

/// The decided names, and the schemas.
pub(super) struct Decided {
    pub(super) schemas: Map,
    /// Also of the schemas that have the same name in both.
    pub(super) names: Names,
    /// The names of ours where theirs has a schema without one, by the name made of the place.
    pub(super) unnamed: HashMap<String, String>,
    /// What a reference becomes: the name of a schema, or a plain type.
    becomes: Vec<Option<Node>>,
}

impl Pool {
    pub(super) fn of(ours: &Document) -> Self {
        let of_ours =
            ours.named_schemas().enumerate().map(|(index, (name, _))| (name.to_owned(), vec![index]));
        let mut pool = Self {
            entries: Vec::new(),
            of_ours: of_ours.collect(),
            of_theirs: HashMap::new(),
            paired: HashMap::new(),
            pairs: IndexMap::new(),
            unnamed: HashMap::new(),
            unbounded: Vec::new(),
            queue: VecDeque::new(),
        };
        for (name, node) in ours.named_schemas() {
            let body = Some(pool.kept(node));
            let origin = Origin::Ours(name.to_owned());
            pool.entries.push(Entry { origin, body, stem: name.to_owned(), uses: 0, same_as: None });
        }
        pool
    }

    /// A part of ours as it is.
    pub(super) fn kept(&self, node: &Node) -> Node {
        match node {
            Node::Map(map) => {
                let of_ours = map.get("$ref").and_then(Node::as_text).and_then(|to| to.strip_prefix(PREFIX));
                match of_ours.and_then(|name| self.of_ours.get(name)) {
                    Some(variants) => reference(variants[0]),
                    None => Node::Map(map.iter().map(|(key, node)| (key.clone(), self.kept(node))).collect()),
                }
            }
            Node::List(list) => Node::List(list.iter().map(|node| self.kept(node)).collect()),
            other => other.clone(),
        }
    }

    /// The schema of ours that was paired with this node of theirs before.
    pub(super) fn already_paired(&mut self, ours: &str, theirs: &Node) -> Option<Node> {
        let index = *self.paired.get(&(ours.to_owned(), address(theirs)))?;
        self.entries[index].uses += 1;
        Some(reference(index))
    }

    /// Adds what a schema of ours becomes at a use. The same again gives the same reference.
    pub(super) fn pair(
        &mut self,
        ours: &str,
        (their_name, theirs): (Option<&str>, &Node),
        stem: &str,
        mut body: Node,
    ) -> Node {
        if !body.has("x-scalar") && !body.has("x-scale") {
            without_bounds(&mut body, &Pointer::to_schema(ours), &mut self.unbounded);
        }
        let plain = without_words(&body);
        let variants = self.of_ours.entry(ours.to_owned()).or_default();
        let is_same = |index: &usize| {
            self.entries[*index].body.as_ref().is_some_and(|other| without_words(other) == plain)
        };
        let index = match variants.iter().copied().find(is_same) {
            Some(index) => {
                // Its words may be new.
                if self.entries[index].uses == 0 {
                    self.entries[index].body = Some(body);
                }
                index
            }
            None => {
                let index = self.entries.len();
                variants.push(index);
                let origin = Origin::Ours(ours.to_owned());
                self.entries.push(Entry {
                    origin,
                    body: Some(body),
                    stem: stem.to_owned(),
                    uses: 0,
                    same_as: None,
                });
                index
            }
        };
        self.entries[index].uses += 1;
        self.paired.insert((ours.to_owned(), address(theirs)), index);
        match their_name {
            Some(name) => {
                self.pairs.entry(name.to_owned()).or_default().entry(ours.to_owned()).or_insert(index);
            }
            None => {
                self.unnamed.entry(stem.to_owned()).or_insert(index);
            }
        }
        reference(index)
    }

    /// The schemas of theirs that are one of ours, which is nothing else of theirs.
    pub(super) fn pairs_one_to_one(&self) -> Vec<(String, String)> {
        let mut users: HashMap<&str, usize> = HashMap::new();
        self.pairs.values().flat_map(IndexMap::keys).for_each(|ours| *users.entry(ours).or_default() += 1);
        let single =
            |(theirs, ours): (&String, &IndexMap<String, usize>)| match ours.keys().collect::<Vec<_>>()[..] {
                [only] if users[only.as_str()] == 1 => Some((theirs.clone(), only.clone())),
                _ => None,
            };
        self.pairs.iter().filter_map(single).collect()
    }

    /// A reference to a schema of theirs, which may turn out to be one of ours.
    pub(super) fn theirs(&mut self, name: &str) -> Node {
        if let Some(index) = self.of_theirs.get(name) {
            return reference(*index);
        }
        let index = self.add(Origin::Theirs(name.to_owned()), None, name);
        self.of_theirs.insert(name.to_owned(), index);
        self.queue.push_back((index, name.to_owned()));
        reference(index)
    }

    /// Adds a schema that has no name in their text.
    pub(super) fn inline(&mut self, label: &str, stem: &str, body: Node) -> Node {
        reference(self.add(Origin::Inline(label.to_owned()), Some(body), stem))
    }

    fn add(&mut self, origin: Origin, body: Option<Node>, stem: &str) -> usize {
        self.entries.push(Entry { origin, body, stem: stem.to_owned(), uses: 1, same_as: None });
        self.entries.len() - 1
    }

    /// Forgets pairs with any JSON, where a schema of theirs is something else of ours, too: it contains itself there.
    pub(super) fn forget_circles(&mut self) {
        let is_any = |index: &usize| {
            self.entries[*index].body.as_ref().is_some_and(|body| body.says("x-scalar", "any_json"))
        };
        for ours in self.pairs.values_mut().filter(|ours| !ours.values().all(is_any)) {
            ours.retain(|_, index| !is_any(index));
        }
    }

    /// The next schema of theirs that has no schema of ours, to be described with [`describe`](Self::describe).
    pub(super) fn next_unknown(&mut self, earlier: &Names) -> Option<(usize, String)> {
        while let Some((index, name)) = self.queue.pop_front() {
            let found = self.pairs.get(&name).and_then(|ours| {
                let wanted = earlier.schemas.get(&name).and_then(|names| names.first());
                let by_name = wanted.and_then(|wanted| ours.get(wanted)).or_else(|| ours.get(&name));
                by_name.or_else(|| ours.values().max_by_key(|index| self.entries[**index].uses))
            });
            match found {
                Some(same) => self.entries[index].same_as = Some(*same),
                None => return Some((index, name)),
            }
        }
        None
    }

    pub(super) fn describe(&mut self, index: usize, body: Node) {
        self.entries[index].body = Some(body);
    }

    /// Replaces references by which a new schema contains itself. Returns the names of these schemas.
    pub(super) fn break_circles(&mut self) -> Vec<String> {
        let mut found = Vec::new();
        let mut state: Vec<u8> = vec![0; self.entries.len()];
        for start in 0..self.entries.len() {
            let mut way = vec![(start, false)];
            while let Some((index, is_left)) = way.pop() {
                if is_left {
                    state[index] = 2;
                    continue;
                }
                if state[index] != 0 {
                    continue;
                }
                state[index] = 1;
                way.push((index, true));
                let mut to = Vec::new();
                self.entries[index].body.iter().for_each(|body| undecided(body, &mut to));
                let back: Vec<usize> = to.iter().copied().filter(|to| state[self.target(*to)] == 1).collect();
                if !back.is_empty() {
                    found.push(self.entries[index].stem.clone());
                    let any = [("x-scalar".to_owned(), Node::from("any_json"))].into_iter().collect();
                    let stem = format!("{}Inner", self.entries[index].stem);
                    let any = self.inline(&stem, &stem, Node::Map(any));
                    if let Some(body) = &mut self.entries[index].body {
                        each_reference(body, &mut |to| back.contains(&to).then(|| any.clone()));
                    }
                }
                let forth = to
                    .into_iter()
                    .map(|to| self.target(to))
                    .filter(|to| *to < state.len() && state[*to] == 0);
                way.extend(forth.map(|to| (to, false)));
            }
        }
        found
    }

    /// Decides every name. `roots` are the parts outside of the schemas, which refer to them.
    pub(super) fn decide(mut self, roots: &[&Node], earlier: &Names) -> Decided {
        let used = self.used(roots);
        let mut names: Vec<Option<String>> = vec![None; self.entries.len()];
        for (name, variants) in &self.of_ours {
            // The first is ours as it is.
            let used: Vec<usize> = variants.iter().copied().filter(|index| used.contains(index)).collect();
            let most =
                || used.iter().max_by_key(|index| (self.entries[**index].uses, std::cmp::Reverse(**index)));
            if let Some(index) = used.iter().find(|index| **index == variants[0]).or_else(most) {
                names[*index] = Some(name.clone());
            }
        }
        let mut taken: HashSet<String> = self.of_ours.keys().cloned().collect();
        let mut record = Names::default();
        for (index, entry) in self.entries.iter().enumerate() {
            if !used.contains(&index)
                || names[index].is_some()
                || entry.same_as.is_some()
                || self.plain(index).is_some()
            {
                continue;
            }
            let wanted = match &entry.origin {
                Origin::Ours(_) => None,
                Origin::Theirs(name) => earlier.schemas.get(name).and_then(|names| names.first()),
                Origin::Inline(label) => earlier.inline.get(label),
            };
            let wish = wanted.cloned().unwrap_or_else(|| type_name(&entry.stem));
            let name = free(&wish, &mut taken);
            match &entry.origin {
                Origin::Ours(_) => {}
                Origin::Theirs(theirs) => {
                    record.schemas.insert(theirs.clone(), vec![name.clone()]);
                }
                Origin::Inline(label) => {
                    record.inline.insert(label.clone(), name.clone());
                }
            }
            names[index] = Some(name);
        }
        for (theirs, ours) in &self.pairs {
            let of = |index: &usize| names[*index].clone();
            let has_name = |index: &&usize| used.contains(*index) && self.plain(**index).is_none();
            let found = ours.values().filter(has_name).filter_map(of);
            let found: Vec<String> = found.collect::<IndexSet<_>>().into_iter().collect();
            if !found.is_empty() {
                record.schemas.insert(theirs.clone(), found);
            }
        }
        let unnamed =
            self.unnamed.iter().filter_map(|(stem, index)| Some((stem.clone(), names[*index].clone()?)));
        let unnamed = unnamed.collect();
        let becomes = |index: usize| {
            let index = self.target(index);
            self.plain(index).or_else(|| names[index].as_deref().map(named))
        };
        let becomes = (0..self.entries.len()).map(becomes).collect();
        let mut decided = Decided { schemas: Map::new(), names: record, unnamed, becomes };
        let plain: Vec<bool> = (0..self.entries.len()).map(|index| self.plain(index).is_some()).collect();
        for (index, entry) in self.entries.iter_mut().enumerate() {
            if let (Some(name), None, false) = (&names[index], entry.same_as, plain[index])
                && let Some(mut body) = entry.body.take()
            {
                decided.name(&mut body);
                decided.schemas.insert(name.clone(), body);
            }
        }
        // In our order, then in that of their uses.
        let order: HashMap<&str, usize> =
            self.of_ours.keys().enumerate().map(|(place, name)| (name.as_str(), place)).collect();
        let place = |name: &String| order.get(name.as_str()).copied().unwrap_or(usize::MAX);
        decided.schemas.sort_by(|one, _, other, _| place(one).cmp(&place(other)));
        decided
    }

    fn target(&self, index: usize) -> usize {
        self.entries[index].same_as.unwrap_or(index)
    }

    /// The plain type of a component that needs no name: a number with bounds that have no type in Rust, or a text of
    /// theirs. It is written at every use.
    fn plain(&self, index: usize) -> Option<Node> {
        const NAMED: [&str; 4] = ["x-scalar", "enum", "x-extensible-enum", "x-defined-in"];
        let Entry { body, origin, .. } = &self.entries[index];
        let body = body.as_ref()?;
        let is_plain = match body.text("type")? {
            "integer" | "number" => AnswerKind::of(body).is_none(),
            "string" | "boolean" => matches!(origin, Origin::Theirs(_)),
            _ => false,
        };
        let is_type = body.text("format").is_some_and(makes_type);
        let kept = body.entries().filter(|(key, _)| *key == "type" || TEXT_LIMITS.contains(key));
        let plain = Node::Map(kept.map(|(key, node)| (key.to_owned(), node.clone())).collect());
        (is_plain && !is_type && !NAMED.iter().any(|key| body.has(key))).then_some(plain)
    }

    /// The schemas that can be reached from the roots.
    fn used(&self, roots: &[&Node]) -> HashSet<usize> {
        let mut used = HashSet::new();
        let mut open: Vec<usize> = Vec::new();
        roots.iter().for_each(|root| undecided(root, &mut open));
        while let Some(index) = open.pop() {
            let index = self.target(index);
            if used.insert(index)
                && let Some(body) = &self.entries[index].body
            {
                undecided(body, &mut open);
            }
        }
        used
    }
}

impl Decided {
    /// Writes the decided names into the references of a part.
    pub(super) fn name(&self, node: &mut Node) {
        each_reference(node, &mut |index| self.becomes[index].clone());
    }
}

/// Takes the bounds off numbers inside of a part that have no name, and with these bounds no type in Rust. A new number is
/// written without them, too. Adds their places to `found`.
pub(super) fn without_bounds(part: &mut Node, at: &Pointer, found: &mut Vec<Pointer>) {
    const BOUNDS: [&str; 2] = ["minimum", "maximum"];
    for (key, inner) in part.children_mut() {
        let at = at.then(key);
        let is_number = matches!(inner.text("type"), Some("integer" | "number"));
        if is_number && BOUNDS.iter().any(|key| inner.has(key)) && AnswerKind::of(inner).is_none() {
            inner
                .as_map_mut()
                .into_iter()
                .for_each(|map| map.retain(|key, _| !BOUNDS.contains(&key.as_str())));
            found.push(at);
        } else {
            without_bounds(inner, &at, found);
        }
    }
}

fn address(node: &Node) -> usize {
    std::ptr::from_ref(node) as usize
}

fn reference(index: usize) -> Node {
    named(&format!("{UNDECIDED}{index}"))
}

fn named(name: &str) -> Node {
    Node::Map([("$ref".to_owned(), Node::Text(format!("{PREFIX}{name}")))].into_iter().collect())
}

fn index_of(node: &Node) -> Option<usize> {
    node.text("$ref")?.strip_prefix(PREFIX)?.strip_prefix(UNDECIDED)?.parse().ok()
}

fn undecided(node: &Node, found: &mut Vec<usize>) {
    found.extend(index_of(node));
    match node {
        Node::Map(map) => map.values().for_each(|node| undecided(node, found)),
        Node::List(list) => list.iter().for_each(|node| undecided(node, found)),
        _ => {}
    }
}

/// Replaces undecided references. A plain type in place of one needs no `allOf` around it.
fn each_reference(node: &mut Node, becomes: &mut impl FnMut(usize) -> Option<Node>) {
    if let Some(found) = index_of(node).and_then(&mut *becomes) {
        *node = found;
        return;
    }
    match node {
        Node::Map(map) => {
            map.values_mut().for_each(|node| each_reference(node, becomes));
            if let Some(Node::List(parts)) = map.get("allOf")
                && let [Node::Map(only)] = &parts[..]
                && only.contains_key("type")
            {
                let only = only.clone();
                map.shift_remove("allOf");
                map.extend(only);
            }
        }
        Node::List(list) => list.iter_mut().for_each(|node| each_reference(node, becomes)),
        _ => {}
    }
}

/// A name as a Rust type: `app__models__Report-Output` is `AppModelsReportOutput`.
pub(super) fn type_name(name: &str) -> String {
    let camel = name.to_upper_camel_case();
    match is_type_name(&camel) {
        true => camel,
        // A digit first, or a name that Rust has.
        false => format!("The{camel}"),
    }
}

fn free(wish: &str, taken: &mut HashSet<String>) -> String {
    let mut name = wish.to_owned();
    let mut number = 2;
    while !taken.insert(name.clone()) {
        name = format!("{wish}{number}");
        number += 1;
    }
    name
}
