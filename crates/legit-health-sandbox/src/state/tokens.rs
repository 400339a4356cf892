//! Access tokens: JSON Web Tokens (HS256), which only the sandbox that issued them accepts.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::secrets::Secrets;

const PURPOSE: &str = "access token";

/// The claims of a token with a valid signature. It may still be expired or revoked.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TokenClaims {
    pub(crate) username: String,
    /// Lower than that of its account when the token is revoked.
    pub(crate) generation: u64,
    /// Expiry in seconds since 1970.
    pub(crate) expires_at: u64,
}

/// Issues a token. `number` makes it unique.
pub(crate) fn issue(secrets: &Secrets, claims: &TokenClaims, number: u64) -> String {
    let header = json!({"alg": "HS256", "typ": "JWT"});
    let claims = json!({
        "sub": claims.username,
        "exp": claims.expires_at,
        "jti": secrets.uuid("jti", number),
        "generation": claims.generation,
    });
    let signed = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string())).join(".");
    let signature = URL_SAFE_NO_PAD.encode(secrets.sign(PURPOSE, signed.as_bytes()));
    format!("{signed}.{signature}")
}

/// Returns the claims of a token if its signature is valid.
pub(crate) fn verify(secrets: &Secrets, token: &str) -> Option<TokenClaims> {
    let (signed, signature) = token.rsplit_once('.')?;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    if !secrets.verify(PURPOSE, signed.as_bytes(), &signature) {
        return None;
    }
    let claims = URL_SAFE_NO_PAD.decode(signed.split('.').nth(1)?).ok()?;
    let claims: Value = serde_json::from_slice(&claims).ok()?;
    Some(TokenClaims {
        username: claims["sub"].as_str()?.to_owned(),
        generation: claims["generation"].as_u64()?,
        expires_at: claims["exp"].as_u64()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims() -> TokenClaims {
        TokenClaims { username: "a@example.org".to_owned(), generation: 2, expires_at: 3600 }
    }

    #[test]
    fn a_token_returns_its_claims() {
        let secrets = Secrets::seeded(1);
        assert_eq!(verify(&secrets, &issue(&secrets, &claims(), 1)), Some(claims()));
    }

    #[test]
    fn tokens_are_unique() {
        let secrets = Secrets::seeded(1);
        assert_ne!(issue(&secrets, &claims(), 1), issue(&secrets, &claims(), 2));
    }

    #[test]
    fn a_changed_token_is_rejected() {
        let secrets = Secrets::seeded(1);
        let token = issue(&secrets, &claims(), 1);
        assert_eq!(verify(&Secrets::seeded(2), &token), None);
        for index in 0..token.len() {
            let mut forged = token.clone().into_bytes();
            forged[index] = if forged[index] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(forged).unwrap();
            assert_eq!(verify(&secrets, &forged), None, "{index}");
        }
        let unsigned = format!("{}.", token.rsplit_once('.').unwrap().0);
        for garbled in ["", ".", "..", "abc", unsigned.as_str()] {
            assert_eq!(verify(&secrets, garbled), None, "{garbled}");
        }
    }
}
