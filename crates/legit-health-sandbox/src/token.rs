//! Access tokens: JSON Web Tokens under HS256 that only this sandbox has signed and can read.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::secrets::Secrets;

const PURPOSE: &str = "access token";

/// What a genuine token says; whether it still opens anything is for its account to say.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Pass {
    pub(crate) username: String,
    /// Older than its account's when the token was revoked.
    pub(crate) generation: u64,
    /// Seconds since 1970 at which it has expired.
    pub(crate) expires_at: u64,
}

/// A token for an account. `number` makes it unlike every other.
pub(crate) fn issue(secrets: &Secrets, pass: &Pass, number: u64) -> String {
    let header = json!({"alg": "HS256", "typ": "JWT"});
    let claims = json!({
        "sub": pass.username,
        "exp": pass.expires_at,
        "jti": secrets.uuid("jti", number),
        "generation": pass.generation,
    });
    let signed = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string())).join(".");
    let signature = URL_SAFE_NO_PAD.encode(secrets.sign(PURPOSE, signed.as_bytes()));
    format!("{signed}.{signature}")
}

/// What a token says, if it is genuine.
pub(crate) fn read(secrets: &Secrets, token: &str) -> Option<Pass> {
    let (signed, signature) = token.rsplit_once('.')?;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    if !secrets.is_signed(PURPOSE, signed.as_bytes(), &signature) {
        return None;
    }
    let claims = URL_SAFE_NO_PAD.decode(signed.split('.').nth(1)?).ok()?;
    let claims: Value = serde_json::from_slice(&claims).ok()?;
    Some(Pass {
        username: claims["sub"].as_str()?.to_owned(),
        generation: claims["generation"].as_u64()?,
        expires_at: claims["exp"].as_u64()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pass() -> Pass {
        Pass { username: "a@example.org".to_owned(), generation: 2, expires_at: 3600 }
    }

    #[test]
    fn says_what_it_was_issued_for() {
        let secrets = Secrets::seeded(1);
        assert_eq!(read(&secrets, &issue(&secrets, &pass(), 1)), Some(pass()));
    }

    #[test]
    fn no_two_are_alike() {
        let secrets = Secrets::seeded(1);
        assert_ne!(issue(&secrets, &pass(), 1), issue(&secrets, &pass(), 2));
    }

    #[test]
    fn anything_but_the_very_token_is_none() {
        let secrets = Secrets::seeded(1);
        let token = issue(&secrets, &pass(), 1);
        assert_eq!(read(&Secrets::seeded(2), &token), None);
        for index in 0..token.len() {
            let mut forged = token.clone().into_bytes();
            forged[index] = if forged[index] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(forged).unwrap();
            assert_eq!(read(&secrets, &forged), None, "{index}");
        }
        let unsigned = format!("{}.", token.rsplit_once('.').unwrap().0);
        for garbled in ["", ".", "..", "abc", unsigned.as_str()] {
            assert_eq!(read(&secrets, garbled), None, "{garbled}");
        }
    }
}
