//! The known members of each response, for [`operations`](crate::operations), which is generated from the contract.
//!
//! Take the [`Operation`] of a call: its `response` says which members of a document are known.
//!
//! Generated types ignore the members that they do not know. A shape is used to find these members in a document: a device
//! that is newer than this crate sends members that are in no shape.

/// An operation of the contract.
#[derive(Debug)]
pub struct Operation {
    /// The name in the contract, such as `diagnosis_support`.
    pub id: &'static str,
    /// The shape of the successful response.
    pub response: &'static Shape,
}

/// The known members of a JSON value.
///
/// A shape has neither types nor required members, which the generated types check. It may be recursive.
#[derive(Debug)]
pub enum Shape {
    /// Any value, whose members are all known.
    Any,
    /// An object.
    Object {
        /// The members that have a name in the contract.
        members: &'static [(&'static str, &'static Shape)],
        /// The shape of every other member, if their names are codes or free. `None` if other members are unknown, even if a
        /// generated type keeps them.
        others: Option<&'static Shape>,
    },
    /// A list, with the shape of its elements.
    List(&'static Shape),
}
