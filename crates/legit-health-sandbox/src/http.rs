//! HTTP without anything of the API: the server, the in-process connection, response bodies and `Retry-After`.

mod body;
#[cfg(feature = "tls")]
mod certificate;
mod connection;
mod retry_after;
mod server;
mod timed_body;

pub use body::Coding;
pub(crate) use body::{BrokenBody, GeneratedBody, GuardedBody};
#[cfg(feature = "tls")]
pub(crate) use certificate::ServerCertificate;
pub(crate) use connection::FlushSignal;
pub use connection::{Connection, ConnectionLostError};
pub use retry_after::RetryAfter;
pub(crate) use server::{Transport, serve};
