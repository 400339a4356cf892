//! A schema after reading: only shapes the validator can judge exist.

/// One schema.
#[derive(Debug)]
pub(crate) struct Schema {
    pub(crate) nullable: bool,
    pub(crate) shape: Shape,
}

/// What a value must look like.
#[derive(Debug)]
pub(crate) enum Shape {
    /// Any JSON.
    Anything,
    /// Another schema of the same document, by name.
    Reference(String),
    Object(Object),
    List {
        items: Box<Schema>,
        min: usize,
        max: Option<usize>,
    },
    Text(Text),
    Integer(Bounds),
    Number(Bounds),
    Boolean,
    /// Any one of these.
    OneOf(Vec<Schema>),
}

/// An object: named members, a rule for the others, or both.
#[derive(Debug)]
pub(crate) struct Object {
    pub(crate) members: Vec<Member>,
    /// The rule for members without a name here; none means that they are let through unread.
    pub(crate) rest: Option<Box<Schema>>,
    /// Name of the schema of the keys (`x-key`).
    pub(crate) key: Option<String>,
    pub(crate) min_members: usize,
}

impl Object {
    /// A dictionary has no named members; the framework words its faults differently.
    pub(crate) fn is_dictionary(&self) -> bool {
        self.members.is_empty() && self.rest.is_some()
    }
}

/// A named member of an object.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) required: bool,
    pub(crate) schema: Schema,
}

/// What a string must hold.
#[derive(Debug)]
pub(crate) enum Text {
    Free,
    Base64,
    Digits,
    /// A closed list; open lists (`x-extensible-enum`) are [`Text::Free`].
    OneOf(Vec<String>),
}

/// Inclusive limits of a number.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Bounds {
    pub(crate) min: Option<f64>,
    pub(crate) max: Option<f64>,
}
