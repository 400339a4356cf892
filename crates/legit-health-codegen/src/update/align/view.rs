//! Reads a schema as it is used: references followed, wrappers and nulls taken off, forms of the same meaning as one.

use indexmap::IndexMap;

use crate::spec::{Document, Node, Pointer, target};
use crate::update::convert::UNSAYABLE_MARK;

/// More references or wrappers than any schema needs; a circle of references ends here.
const DEEPEST: usize = 16;

/// A schema at one of its uses.
#[derive(Debug, Clone)]
pub(super) struct View<'a> {
    /// The component that it is, if it has a name.
    pub(super) name: Option<&'a str>,
    pub(super) node: &'a Node,
    /// The place of `node`.
    pub(super) at: Pointer,
    pub(super) nullable: bool,
    /// The description at the use, not that of the component.
    pub(super) description: Option<&'a str>,
    pub(super) default: Option<&'a Node>,
}

impl<'a> View<'a> {
    pub(super) fn of(document: &'a Document, node: &'a Node, at: &Pointer) -> Self {
        let mut view = Self {
            name: None,
            node,
            at: at.clone(),
            nullable: false,
            description: None,
            default: node.get("default"),
        };
        for _ in 0..DEEPEST {
            view.nullable |= view.node.is_true("nullable");
            if view.name.is_none() {
                view.description = view.description.or_else(|| view.node.text("description"));
            }
            if let Some((name, schema)) =
                target(view.node).and_then(|name| Some((name, document.named_schema(name)?)))
            {
                view.name = Some(name);
                view.at = Pointer::to_schema(name);
                view.node = schema;
                continue;
            }
            let Some((key, index, only)) = only_arm(view.node) else { break };
            view.nullable |= view.node.list(key).len() > 1;
            view.at = view.at.then(key).then(index);
            view.node = only;
        }
        view
    }
}

/// The only alternative that is not null.
fn only_arm(node: &Node) -> Option<(&'static str, usize, &Node)> {
    ["allOf", "anyOf", "oneOf"].into_iter().find_map(|key| {
        let mut arms = node.list(key).iter().enumerate().filter(|(_, arm)| !arm.says("type", "null"));
        match (arms.next(), arms.next()) {
            (Some((index, only)), None) => Some((key, index, only)),
            _ => None,
        }
    })
}

/// The alternatives of a union, nulls left out.
pub(super) fn arms<'a>(document: &'a Document, view: &View<'a>) -> Vec<View<'a>> {
    let arms = |key: &'static str| {
        let is_schema = |arm: &Node| !arm.says("type", "null") && !is_rule(arm);
        let arms = view.node.list(key).iter().enumerate().filter(move |(_, arm)| is_schema(arm));
        arms.map(move |(index, arm)| (key, index, arm))
    };
    let all = ["anyOf", "oneOf"].into_iter().flat_map(arms);
    all.map(|(key, index, arm)| View::of(document, arm, &view.at.then(key).then(index))).collect()
}

/// Whether an alternative only says which members of the whole are needed.
pub(super) fn is_rule(arm: &Node) -> bool {
    arm.has("required")
        && arm.entries().all(|(key, _)| ["required", "not", "title", "description"].contains(&key))
}

/// The types of JSON that a schema lets in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kinds {
    /// It says nothing about the type.
    Any,
    Some(Vec<&'static str>),
}

impl Kinds {
    pub(super) fn of(document: &Document, view: &View<'_>) -> Self {
        Self::within(document, view, DEEPEST)
    }

    fn within(document: &Document, view: &View<'_>, depth: usize) -> Self {
        const TYPES: [&str; 6] = ["string", "integer", "number", "boolean", "array", "object"];
        if depth == 0 {
            return Self::Any;
        }
        if let Some(kind) = view.node.text("type") {
            return Self::Some(TYPES.into_iter().filter(|known| *known == kind).collect());
        }
        let several: Vec<View<'_>> = arms(document, view);
        if !several.is_empty() {
            let mut found = Vec::new();
            for arm in &several {
                match Self::within(document, arm, depth - 1) {
                    Self::Any => return Self::Any,
                    Self::Some(kinds) => found.extend(kinds),
                }
            }
            return Self::Some(found);
        }
        if view.node.has("properties") || !view.node.list("allOf").is_empty() {
            return Self::Some(vec!["object"]);
        }
        if view.node.has("items") {
            return Self::Some(vec!["array"]);
        }
        match view.node.list("enum").first() {
            Some(Node::Text(_)) => Self::Some(vec!["string"]),
            Some(Node::Number(number)) if number.is_i64() => Self::Some(vec!["integer"]),
            _ => Self::Any,
        }
    }

    /// Whether a value of every type is among these.
    pub(super) fn all_in(&self, readable: &[&str]) -> bool {
        let fits =
            |kind: &&str| readable.contains(kind) || (*kind == "integer" && readable.contains(&"number"));
        match self {
            Self::Any => true,
            Self::Some(kinds) => kinds.iter().all(fits),
        }
    }

    /// Whether values of this type are let in.
    pub(super) fn has(&self, kind: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Some(kinds) => kinds.contains(&kind) || (kind == "integer" && kinds.contains(&"number")),
        }
    }

    pub(super) fn in_words(&self) -> String {
        match self {
            Self::Any => "any value".into(),
            Self::Some(kinds) => kinds.join(" or "),
        }
    }
}

/// The values that a schema lists, in a list of its own or in alternatives that each list some.
pub(super) fn listed(document: &Document, view: &View<'_>) -> Option<Vec<Node>> {
    for key in ["enum", "x-extensible-enum"] {
        if let Some(Node::List(values)) = view.node.get(key) {
            return Some(values.iter().filter(|value| **value != Node::Null).cloned().collect());
        }
    }
    let several = arms(document, view);
    if several.is_empty() {
        return None;
    }
    let mut found: Vec<Node> = Vec::new();
    for arm in &several {
        for value in listed(document, arm)? {
            if !found.contains(&value) {
                found.push(value);
            }
        }
    }
    Some(found)
}

/// A member of an object.
#[derive(Debug, Clone)]
pub(super) struct Member<'a> {
    pub(super) node: &'a Node,
    pub(super) at: Pointer,
    pub(super) required: bool,
}

/// What kind of object a schema describes.
#[derive(Debug, Clone)]
pub(super) enum Form<'a> {
    /// These members.
    Members(IndexMap<&'a str, Member<'a>>),
    /// Values of one kind under any key.
    Map { values: &'a Node, at: Pointer },
    /// An object of which nothing is said.
    Open,
    /// No object.
    Other,
}

impl<'a> Form<'a> {
    pub(super) fn of(document: &'a Document, view: &View<'a>) -> Self {
        Self::within(document, view, DEEPEST)
    }

    fn within(document: &'a Document, view: &View<'a>, depth: usize) -> Self {
        let node = view.node;
        if depth == 0 || node.has(UNSAYABLE_MARK) {
            return Self::Other;
        }
        let parts: Vec<View<'a>> = node
            .list("allOf")
            .iter()
            .enumerate()
            .map(|(index, part)| View::of(document, part, &view.at.then("allOf").then(index)))
            .collect();
        if !parts.is_empty() {
            return Self::merged(document, view, &parts, depth);
        }
        let several = arms(document, view);
        if !several.is_empty() {
            return Self::of_alternatives(document, &several, depth);
        }
        if node.members("properties").next().is_some() {
            return Self::Members(own_members(view));
        }
        if !node.says("type", "object") && !node.has("additionalProperties") {
            return Self::Other;
        }
        match node.get("additionalProperties") {
            Some(values) if values.entries().next().is_some() => {
                Self::Map { values, at: view.at.then("additionalProperties") }
            }
            _ => Self::Open,
        }
    }

    /// All members of the parts, and those beside them.
    fn merged(document: &'a Document, view: &View<'a>, parts: &[View<'a>], depth: usize) -> Self {
        let mut all = own_members(view);
        for part in parts {
            match Self::within(document, part, depth - 1) {
                Self::Members(members) => all.extend(members),
                Self::Open => {}
                _ => return Self::Other,
            }
        }
        let also: Vec<&str> = view.node.texts("required").collect();
        all.iter_mut().for_each(|(name, member)| member.required |= also.contains(name));
        Self::Members(all)
    }

    /// The members of all alternatives; required is what all of them require.
    fn of_alternatives(document: &'a Document, several: &[View<'a>], depth: usize) -> Self {
        let mut all: IndexMap<&str, Member<'_>> = IndexMap::new();
        let mut seen: IndexMap<&str, usize> = IndexMap::new();
        let mut is_open = false;
        for arm in several {
            match Self::within(document, arm, depth - 1) {
                Self::Members(members) => {
                    for (name, member) in members {
                        *seen.entry(name).or_default() += usize::from(member.required);
                        all.entry(name).or_insert(member);
                    }
                }
                Self::Open | Self::Map { .. } => is_open = true,
                Self::Other => return Self::Other,
            }
        }
        if all.is_empty() {
            return if is_open { Self::Open } else { Self::Other };
        }
        all.iter_mut().for_each(|(name, member)| member.required = seen[name] == several.len());
        Self::Members(all)
    }
}

fn own_members<'a>(view: &View<'a>) -> IndexMap<&'a str, Member<'a>> {
    let at = view.at.then("properties");
    let required: std::collections::HashSet<&str> = view.node.texts("required").collect();
    let member = |(name, node): (&'a str, &'a Node)| {
        (name, Member { node, at: at.then(name), required: required.contains(name) })
    };
    view.node.members("properties").map(member).collect()
}
