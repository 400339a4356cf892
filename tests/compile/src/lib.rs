//! Programs that must not compile; see the test.
