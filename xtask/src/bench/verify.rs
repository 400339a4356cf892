//! Before anything is measured: do all clients send what they were told to?

use serde_json::Value;

use super::Bench;
use super::client::{Amount, Client, Load, Sends};
use super::material::Payload;
use super::programs::{CEILING_FILE, CEILING_MEMORY, OURS_FILE, OURS_MEMORY, OURS_MULTI};

pub(super) fn all(bench: &Bench) -> Result<(), String> {
    let own = [OURS_FILE, OURS_MEMORY, OURS_MULTI, CEILING_FILE, CEILING_MEMORY];
    let clients = own.map(|name| bench.programs.own(name)).into_iter().chain(bench.programs.others());
    for client in clients {
        for payload in [Payload::One, Payload::Views] {
            let load = Load {
                url: bench.sink.url.clone(),
                images: bench.material.files(payload),
                response: "verify",
                amount: Amount::Requests(1),
                warm: 0,
                concurrency: 1,
            };
            client.run(&load)?;
            let sent = expected(bench, &client, payload);
            fault(&bench.sink.seen()?, &sent)
                .map_or(Ok(()), |fault| Err(format!("{}, {}: {fault}.", client.name, payload.title())))?;
        }
    }
    Ok(())
}

fn expected<'a>(bench: &'a Bench, client: &Client, payload: Payload) -> Vec<&'a str> {
    let digests = bench.material.digests(payload);
    let digest = digests.map(|digests| match client.sends {
        Sends::CleanImages => digests.clean.as_str(),
        Sends::WholeFiles => digests.file.as_str(),
    });
    digest.collect()
}

/// What is wrong with a request, if anything is.
fn fault(seen: &Value, sent: &[&str]) -> Option<&'static str> {
    if seen["announced"].is_null() || seen["announced"] != seen["received"] {
        return Some("the length of the body was not announced");
    }
    if seen["authorised"] != true {
        return Some("the request was sent without the token");
    }
    (seen["images"] != Value::from(sent)).then_some("other images arrived than were sent")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_what_is_whole_passes() {
        let sent = ["3:0a", "4:0b"];
        let good = json!({"announced": 9, "received": 9, "authorised": true, "images": sent});
        assert_eq!(fault(&good, &sent), None);
        for (member, value) in [
            ("announced", json!(null)),
            ("received", json!(8)),
            ("authorised", json!(false)),
            ("images", json!(["4:0b", "3:0a"])),
            ("images", json!(["3:0a"])),
        ] {
            let mut bad = good.clone();
            bad[member] = value;
            assert!(fault(&bad, &sent).is_some(), "{bad}");
        }
    }
}
