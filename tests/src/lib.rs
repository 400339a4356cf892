//! Behaviour across crates; see the tests.
