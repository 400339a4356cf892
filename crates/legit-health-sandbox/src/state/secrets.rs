//! Everything random in a sandbox, derived from one key, which is random itself or made from a seed.

use std::fmt;

use hmac::{Hmac, Mac};
use sha2::Sha256;

/// The key of one sandbox.
pub(crate) struct Secrets {
    key: [u8; 32],
}

impl Secrets {
    pub(crate) fn random() -> Self {
        let mut key = [0; 32];
        getrandom::fill(&mut key).expect("the operating system provides random bytes");
        Self { key }
    }

    /// Derives the key from a seed, for repeatable tests.
    pub(crate) fn seeded(seed: u64) -> Self {
        let key = mac(b"legit-health-sandbox seed", &[&seed.to_be_bytes()]);
        Self { key: key.finalize().into_bytes().into() }
    }

    /// Signs a message for one purpose.
    pub(crate) fn sign(&self, purpose: &str, message: &[u8]) -> [u8; 32] {
        self.mac(purpose, message).finalize().into_bytes().into()
    }

    /// Checks a signature in constant time.
    pub(crate) fn verify(&self, purpose: &str, message: &[u8], signature: &[u8]) -> bool {
        self.mac(purpose, message).verify_slice(signature).is_ok()
    }

    /// Returns the password of an account after a number of rotations: 24 letters and digits, without those that
    /// are easily misread.
    pub(crate) fn password(&self, username: &str, rotations: u32) -> String {
        const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz123456789";
        let purpose = if rotations == 0 { "password".to_owned() } else { format!("password {rotations}") };
        let bytes = self.sign(&purpose, username.as_bytes());
        bytes.iter().take(24).map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect()
    }

    /// Compares two texts in constant time.
    pub(crate) fn equal(&self, one: &str, other: &str) -> bool {
        self.verify("compare", one.as_bytes(), &self.sign("compare", other.as_bytes()))
    }

    /// Returns a version 4 UUID for a number.
    pub(crate) fn uuid(&self, purpose: &str, number: u64) -> String {
        let mut bytes = self.sign(purpose, &number.to_be_bytes());
        bytes[6] = bytes[6] & 0x0F | 0x40;
        bytes[8] = bytes[8] & 0x3F | 0x80;
        let hex: String = bytes[..16].iter().map(|byte| format!("{byte:02x}")).collect();
        [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
    }

    fn mac(&self, purpose: &str, message: &[u8]) -> Hmac<Sha256> {
        mac(&self.key, &[purpose.as_bytes(), &[0], message])
    }
}

fn mac(key: &[u8], parts: &[&[u8]]) -> Hmac<Sha256> {
    let mut mac = Hmac::new_from_slice(key).expect("HMAC takes a key of any length");
    parts.iter().for_each(|part| mac.update(part));
    mac
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets { .. }")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_secrets_and_random_keys_differ() {
        let password = |secrets: Secrets| secrets.password("a@example.org", 0);
        assert_eq!(password(Secrets::seeded(1)), password(Secrets::seeded(1)));
        assert_ne!(password(Secrets::seeded(1)), password(Secrets::seeded(2)));
        assert_ne!(password(Secrets::random()), password(Secrets::random()));
    }

    #[test]
    fn passwords_need_no_quoting() {
        for number in 0..200 {
            let password = Secrets::seeded(7).password(&format!("{number}@example.org"), number);
            assert!(password.len() == 24 && password.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        }
    }

    #[test]
    fn a_signature_is_valid_for_its_purpose_only() {
        let secrets = Secrets::seeded(1);
        let signature = secrets.sign("token", b"message");
        assert!(secrets.verify("token", b"message", &signature));
        assert!(!secrets.verify("other", b"message", &signature));
        assert!(!secrets.verify("token", b"other", &signature));
        assert!(!secrets.verify("token", b"message", &signature[..31]));
    }

    #[test]
    fn uuids_are_version_4() {
        let uuid = Secrets::seeded(1).uuid("report", 1);
        assert_eq!(uuid.len(), 36);
        assert_eq!(&uuid[14..15], "4");
        assert!("89ab".contains(&uuid[19..20]));
        assert_ne!(uuid, Secrets::seeded(1).uuid("report", 2));
    }
}
