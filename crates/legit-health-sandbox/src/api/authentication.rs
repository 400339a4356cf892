//! Who asks: the bearer token of a request.

use axum::http::{HeaderMap, header};

use super::refusal::Refusal;
use crate::token::{self, Pass};
use crate::world::World;

/// Whose token it is, be it still good or not. The sentences here and below are the vendor's; that a missing
/// header is a 401 is inferred.
pub(super) fn identify(world: &World, headers: &HeaderMap) -> Result<Pass, Refusal> {
    let token = bearer(headers).ok_or_else(|| Refusal::unauthorized("Not authenticated"))?;
    let pass = token::read(&world.secrets, token);
    pass.filter(|pass| world.accounts().has(&pass.username))
        .ok_or_else(|| Refusal::unauthorized("Invalid token"))
}

/// Refuses a token that has expired or was revoked. That a revoked one is answered like an expired one is
/// decided here.
pub(super) fn admit(world: &World, pass: &Pass) -> Result<(), Refusal> {
    let generation = world.accounts().state(&pass.username).map(|account| account.token_generation);
    if world.clock.unix_seconds() < pass.expires_at && generation == Some(pass.generation) {
        return Ok(());
    }
    Err(Refusal::unauthorized("Expired token"))
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}
