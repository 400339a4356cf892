//! Access tokens: JSON Web Tokens under HS256 that only this sandbox has signed and can read.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::secrets::Secrets;

const PURPOSE: &str = "access token";

/// Why a token opens nothing.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    Invalid,
    Expired,
}

/// A token for an account. `number` makes it unlike every other.
pub(crate) fn issue(secrets: &Secrets, username: &str, number: u64, expires_at: u64) -> String {
    let header = json!({"alg": "HS256", "typ": "JWT"});
    let claims = json!({"sub": username, "exp": expires_at, "jti": secrets.uuid("jti", number)});
    let signed = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string())).join(".");
    let signature = URL_SAFE_NO_PAD.encode(secrets.sign(PURPOSE, signed.as_bytes()));
    format!("{signed}.{signature}")
}

/// The account of a token that is genuine and still alive. `now` in seconds since 1970.
pub(crate) fn read(secrets: &Secrets, token: &str, now: u64) -> Result<String, Refused> {
    let (signed, signature) = token.rsplit_once('.').ok_or(Refused::Invalid)?;
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| Refused::Invalid)?;
    if !secrets.is_signed(PURPOSE, signed.as_bytes(), &signature) {
        return Err(Refused::Invalid);
    }
    let claims = signed.split('.').nth(1).and_then(|claims| URL_SAFE_NO_PAD.decode(claims).ok());
    let claims: Value =
        serde_json::from_slice(&claims.ok_or(Refused::Invalid)?).map_err(|_| Refused::Invalid)?;
    match (claims["sub"].as_str(), claims["exp"].as_u64()) {
        (Some(_), Some(expires_at)) if now >= expires_at => Err(Refused::Expired),
        (Some(username), Some(_)) => Ok(username.to_owned()),
        _ => Err(Refused::Invalid),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lives_until_the_second_it_expires() {
        let secrets = Secrets::seeded(1);
        let token = issue(&secrets, "a@example.org", 1, 3600);
        assert_eq!(read(&secrets, &token, 3599), Ok("a@example.org".to_owned()));
        assert_eq!(read(&secrets, &token, 3600), Err(Refused::Expired));
    }

    #[test]
    fn no_two_are_alike() {
        let secrets = Secrets::seeded(1);
        assert_ne!(issue(&secrets, "a@example.org", 1, 9), issue(&secrets, "a@example.org", 2, 9));
    }

    #[test]
    fn anything_but_the_very_token_is_invalid() {
        let secrets = Secrets::seeded(1);
        let token = issue(&secrets, "a@example.org", 1, 3600);
        assert_eq!(read(&Secrets::seeded(2), &token, 0), Err(Refused::Invalid));
        for index in 0..token.len() {
            let mut forged = token.clone().into_bytes();
            forged[index] = if forged[index] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(forged).unwrap();
            assert_eq!(read(&secrets, &forged, 0), Err(Refused::Invalid), "{index}");
        }
        let unsigned = format!("{}.", token.rsplit_once('.').unwrap().0);
        for garbled in ["", ".", "..", "abc", unsigned.as_str()] {
            assert_eq!(read(&secrets, garbled, 0), Err(Refused::Invalid), "{garbled}");
        }
    }
}
