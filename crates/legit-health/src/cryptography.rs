//! The cryptography of TLS and of digests: AWS-LC, or ring where a program prefers it.

use crate::config::ConfigError;

#[cfg(not(any(feature = "aws-lc-rs", feature = "ring")))]
compile_error!("legit-health needs cryptography: keep the default feature `aws-lc-rs`, or turn on `ring`");

#[cfg(feature = "aws-lc-rs")]
pub(crate) use aws_lc_rs::digest;
#[cfg(all(feature = "ring", not(feature = "aws-lc-rs")))]
pub(crate) use ring::digest;

/// Makes ring the cryptography of TLS in this process, unless another one was installed before.
///
/// A program that turns the feature `aws-lc-rs` off calls this once, before it builds a client. What it installs is what rustls
/// calls the default of the process, so it holds for other users of rustls in the program too; a library leaves it to the
/// program.
///
/// ```
/// legit_health::http_client::install_ring();
/// ```
#[cfg(feature = "ring")]
pub fn install_ring() {
    // The error is that there is one already.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// Fails if TLS has no cryptography. reqwest would panic.
pub(crate) fn is_chosen() -> Result<(), ConfigError> {
    if cfg!(feature = "aws-lc-rs") || rustls::crypto::CryptoProvider::get_default().is_some() {
        return Ok(());
    }
    Err(ConfigError::new(
        "TLS has no cryptography: call legit_health::http_client::install_ring() at the start of the program",
    ))
}
