//! Every client once a round, each time in another order, so that whatever else the machine does meets all of them.

use super::client::{Client, Cost, Load};
use super::spread::Spread;

/// What all clients came to in all rounds.
pub(super) struct Rounds {
    clients: Vec<Client>,
    /// By client, then by round.
    costs: Vec<Vec<Cost>>,
}

impl Rounds {
    pub(super) fn run(clients: Vec<Client>, rounds: usize, load: &Load) -> Result<Self, String> {
        let mut costs = vec![Vec::new(); clients.len()];
        for round in 0..rounds {
            for place in order(clients.len(), round) {
                costs[place].push(clients[place].run(load)?);
            }
        }
        Ok(Self { clients, costs })
    }

    fn costs(&self, name: &str) -> &[Cost] {
        let place = self.clients.iter().position(|client| client.name == name);
        place.map_or(&[], |place| &self.costs[place])
    }

    /// The names of those that took part.
    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.clients.iter().map(|client| client.name)
    }

    pub(super) fn took_part(&self, name: &str) -> bool {
        self.names().any(|known| known == name)
    }

    pub(super) fn spread(&self, name: &str, figure: impl Fn(&Cost) -> f64) -> Spread {
        Spread::of(self.costs(name).iter().map(figure))
    }

    /// How many times the figure of `below` the one of `above` is.
    pub(super) fn ratio(&self, above: &str, below: &str, figure: impl Fn(&Cost) -> f64) -> Spread {
        let figures = |name| self.costs(name).iter().map(&figure).collect::<Vec<f64>>();
        Spread::of_pairs(&figures(above), &figures(below))
    }

    /// A line for each client: processor time, memory and page faults.
    pub(super) fn lines(&self, first: &str) -> Vec<Vec<String>> {
        let line = |name: &'static str| {
            vec![
                first.to_owned(),
                name.to_owned(),
                self.spread(name, Cost::cpu_per_request).to_string(),
                self.spread(name, Cost::per_second).to_string(),
                self.spread(name, Cost::peak_mb).to_string(),
                self.spread(name, Cost::faults_per_request).to_string(),
            ]
        };
        self.names().map(line).collect()
    }
}

/// The heads of [`Rounds::lines`].
pub(super) const HEADS: [&str; 6] =
    ["", "client", "CPU ms per request", "requests per s", "peak MB", "page faults per request"];

fn order(clients: usize, round: usize) -> impl Iterator<Item = usize> {
    (0..clients).map(move |place| (place + round) % clients)
}

#[cfg(test)]
mod tests {
    use super::order;

    #[test]
    fn everybody_comes_once_a_round_and_is_first_in_turn() {
        assert_eq!(order(3, 0).collect::<Vec<_>>(), [0, 1, 2]);
        assert_eq!(order(3, 1).collect::<Vec<_>>(), [1, 2, 0]);
        assert_eq!(order(3, 5).collect::<Vec<_>>(), [2, 0, 1]);
    }
}
