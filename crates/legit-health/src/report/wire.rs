//! From generated types to ours. `From` would do, and would make the generated names part of our public API.

/// Made from what arrived.
pub(crate) trait FromWire<W>: Sized {
    fn from_wire(wire: W) -> Self;
}

/// The same, from the other side, where the type is known.
pub(crate) trait IntoReport<T> {
    fn into_report(self) -> T;
}

impl<W, T: FromWire<W>> IntoReport<T> for W {
    fn into_report(self) -> T {
        T::from_wire(self)
    }
}
