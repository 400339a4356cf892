//! `POST /login`: credentials for a token.

use serde_json::{Value, json};

use super::mark::{Evidence, marked};
use super::operation::Asked;
use super::refusal::Refusal;
use crate::token;
use crate::world::World;

/// `account` is set as soon as the user name is known, so that a refused login counts in the right ledger.
pub(super) fn answer(world: &World, asked: &Asked, account: &mut Option<String>) -> Result<Value, Refusal> {
    let field = |name: &str| asked.body[name].as_str().unwrap_or_default();
    let (username, password) = (field("username"), field("password"));
    let known = world.accounts().has(username);
    if known {
        *account = Some(username.to_owned());
    }
    if !world.secrets.same(password, &world.secrets.password(username)) || !known {
        return Err(Refusal::unauthorized("Incorrect username or password"));
    }
    let minutes = world.token_life_minutes;
    let expires_at = world.clock.unix_seconds() + u64::from(minutes) * 60;
    let body = json!({
        "access_token": token::issue(&world.secrets, username, world.number(), expires_at),
        "token_type": "Access token",
        // A text, as the guide shows it.
        "expires_in_minutes": minutes.to_string(),
    });
    Ok(marked(body, &[], &[("access_token", &[Evidence::Placeholder])]))
}
