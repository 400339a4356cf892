//! What the programs that `cargo xtask bench` runs have in common. See `docs/performance.md`.

pub mod answer;
pub mod load;
pub mod measure;
pub mod photograph;
pub mod request;

/// Whatever keeps a program from measuring.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;
