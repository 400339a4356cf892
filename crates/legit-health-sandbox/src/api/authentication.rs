//! Who asks: the bearer token of a request.

use axum::http::{HeaderMap, header};

use super::refusal::Refusal;
use crate::token::{self, Refused};
use crate::world::World;

/// The account of a request. The three sentences are the vendor's; that a missing header is a 401 is
/// inferred.
pub(super) fn authenticate(world: &World, headers: &HeaderMap) -> Result<String, Refusal> {
    let token = bearer(headers).ok_or_else(|| Refusal::unauthorized("Not authenticated"))?;
    let username =
        token::read(&world.secrets, token, world.clock.unix_seconds()).map_err(|refused| match refused {
            Refused::Invalid => Refusal::unauthorized("Invalid token"),
            Refused::Expired => Refusal::unauthorized("Expired token"),
        })?;
    if world.accounts().has(&username) { Ok(username) } else { Err(Refusal::unauthorized("Invalid token")) }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}
