//! What may have become of a request.

/// Whether the device may have done the work of a failed call. A call may be billed and has no idempotency key, so this
/// is what a program needs to know before it repeats one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Delivery {
    /// No byte of the request has left, or none that anybody could read, or it was given up before it was whole because
    /// the file of a photo failed: repeating it is safe.
    #[default]
    NotSent,
    /// The request, or a part of it, was sent, and for at least one attempt no whole answer came.
    MayHaveRun,
    /// Every attempt that was sent got a whole answer.
    Responded,
}
