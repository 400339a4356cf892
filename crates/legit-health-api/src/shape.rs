//! What an answer has a place for, as the contract says it. [`operations`](crate::operations) is generated from it.
//!
//! Generated types read what they know and pass over the rest. With a shape, whoever holds the document can tell what the
//! rest is: a device that is newer than this crate sends members that no shape names.

/// A call that the contract describes.
#[derive(Debug)]
pub struct Operation {
    /// Its name in the contract, such as `diagnosis_support`.
    pub id: &'static str,
    /// The shape of its successful response.
    pub response: &'static Shape,
}

/// What a JSON value has a place for.
///
/// A shape tells nothing about types and about what is required: that is what the generated types are for. It may lead
/// back to itself.
#[derive(Debug)]
pub enum Shape {
    /// The value is taken as it is, whatever stands in it.
    Any,
    /// An object.
    Object {
        /// The members that have a name in the contract.
        members: &'static [(&'static str, &'static Shape)],
        /// What every other member is, where the names are codes or anybody's choice. Without it there is no place for one,
        /// even if a generated type keeps what it does not know.
        others: Option<&'static Shape>,
    },
    /// A list, with what each element is.
    List(&'static Shape),
}
