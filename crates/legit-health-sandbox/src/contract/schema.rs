//! Schemas in a form that holds only what can be validated.

/// One schema.
#[derive(Debug)]
pub(crate) struct Schema {
    pub(crate) nullable: bool,
    pub(crate) shape: Shape,
}

/// The shape of a value.
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

/// An object with named members, a rule for the others, or both.
#[derive(Debug)]
pub(crate) struct Object {
    pub(crate) members: Vec<Member>,
    /// Rule for members without a name here; without a rule they are not validated.
    pub(crate) rest: Option<Box<Schema>>,
    /// Name of the schema of the keys (`x-key`).
    pub(crate) key: Option<String>,
    pub(crate) min_members: usize,
}

impl Object {
    /// Whether it has no named members; the framework words the errors of a dictionary differently.
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

/// Rule for a string.
#[derive(Debug)]
pub(crate) enum Text {
    Free,
    Base64,
    Digits,
    /// A closed list. Open lists (`x-extensible-enum`) are [`Text::Free`].
    OneOf(Vec<String>),
}

/// Inclusive bounds of a number.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Bounds {
    pub(crate) min: Option<f64>,
    pub(crate) max: Option<f64>,
}
