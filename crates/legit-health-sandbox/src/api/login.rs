//! `POST /login`: credentials for a token.

use serde_json::{Value, json};

use super::mark::{Evidence, marked};
use super::operation::Asked;
use super::refusal::Refusal;
use crate::account::Login;
use crate::token::{self, Pass};
use crate::world::World;

pub(super) fn answer(world: &World, asked: &Asked) -> Result<Value, Refusal> {
    let field = |name: &str| asked.body[name].as_str().unwrap_or_default();
    let (username, password) = (field("username"), field("password"));
    let (minutes, generation) = open(world, username, password)?;
    let expires_at = world.clock.unix_seconds() + u64::from(minutes) * 60;
    let pass = Pass { username: username.to_owned(), generation, expires_at };
    let body = json!({
        "access_token": token::issue(&world.secrets, &pass, world.number()),
        "token_type": "Access token",
        // A text, as the guide shows it.
        "expires_in_minutes": minutes.to_string(),
    });
    Ok(marked(body, &[], &[("access_token", &[Evidence::Placeholder])]))
}

/// Life in minutes and generation of the token that these credentials are given. How the device answers for a
/// locked account is unknown.
fn open(world: &World, username: &str, password: &str) -> Result<(u32, u64), Refusal> {
    let mut accounts = world.accounts();
    let account = accounts.state_mut(username);
    match account.map(|account| (account.login(&world.secrets, password, world.clock.now()), account)) {
        Some((Login::Accepted, account)) => {
            Ok((account.token_life.unwrap_or(world.token_life_minutes), account.token_generation))
        }
        Some((Login::Locked, _)) => Err(Refusal::locked()),
        Some((Login::Refused, _)) | None => Err(Refusal::unauthorized("Incorrect username or password")),
    }
}
