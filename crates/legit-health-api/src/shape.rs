//! The members that the contract names in a response. [`operations`](crate::operations) is generated from it.
//!
//! Generated types read the members they know and ignore the rest. A shape tells which members these are: a device that is
//! newer than this crate sends members that no shape names.

/// A call that the contract describes.
#[derive(Debug)]
pub struct Operation {
    /// Its name in the contract, such as `diagnosis_support`.
    pub id: &'static str,
    /// The shape of its successful response.
    pub response: &'static Shape,
}

/// The members that the contract names in a JSON value.
///
/// A shape holds neither types nor what is required; the generated types do. It may refer to itself.
#[derive(Debug)]
pub enum Shape {
    /// Any value, with whatever members.
    Any,
    /// An object.
    Object {
        /// The members that have a name in the contract.
        members: &'static [(&'static str, &'static Shape)],
        /// The shape of every other member, where the names are codes or free. `None` if every other member is unknown, even
        /// if a generated type keeps it.
        others: Option<&'static Shape>,
    },
    /// A list, with the shape of its elements.
    List(&'static Shape),
}
