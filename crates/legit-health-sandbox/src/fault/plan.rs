//! Which fault meets which request.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Fault;
use crate::account::Account;
use crate::operation::Operation;
use crate::secrets::Secrets;

/// A fault, and the requests it is for.
///
/// A request meets at most one [`Fault::Latency`] and one other fault: of each the oldest that counts down and is
/// for it, else the oldest that stays.
#[derive(Clone, Debug, PartialEq)]
pub struct Injection {
    /// Whose requests; `None`: all, those of nobody too. A login is whose user name it has, every other request
    /// whose token it bears, be it expired or revoked.
    pub account: Option<String>,
    /// Which requests; `None`: all that are in the contract.
    pub operation: Option<Operation>,
    /// How many of them.
    pub times: Times,
    /// What becomes of them.
    pub fault: Fault,
}

impl Injection {
    /// A fault for the next request of an account, whatever it asks.
    #[must_use]
    pub fn for_account(account: &Account, fault: Fault) -> Self {
        Self { account: Some(account.username.clone()), ..Self::for_everyone(fault) }
    }

    /// A fault for the next request, whosever it is.
    #[must_use]
    pub fn for_everyone(fault: Fault) -> Self {
        Self { account: None, operation: None, times: Times::default(), fault }
    }

    fn is_for(&self, account: Option<&str>, operation: Operation) -> bool {
        self.account.as_deref().is_none_or(|name| account == Some(name))
            && self.operation.is_none_or(|wanted| wanted == operation)
    }

    fn to_json(&self) -> Value {
        json!({
            "account": self.account,
            "operation": self.operation,
            "times": self.times,
            "fault": self.fault,
        })
    }
}

/// How many requests meet a fault. As JSON: `{"next": 3}`, `"always"` or `{"share": 0.01}`.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Times {
    /// So many, then it is gone.
    Next(u64),
    /// All, until it is cleared.
    Always,
    /// Each with a probability from 0 to 1, until it is cleared. With a [seed](crate::Config::seed) it is always
    /// the same ones, as long as the requests come in the same order.
    Share(f64),
}

impl Default for Times {
    fn default() -> Self {
        Self::Next(1)
    }
}

/// The faults that are still to come.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    injections: Vec<Injection>,
    draws: u64,
}

/// What a request meets.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Met {
    pub(crate) latency: Option<Duration>,
    pub(crate) fault: Option<Fault>,
}

impl Plan {
    pub(crate) fn add(&mut self, injection: Injection) {
        self.injections.push(injection);
    }

    pub(crate) fn clear(&mut self, doomed: impl Fn(Option<&str>) -> bool) {
        self.injections.retain(|injection| !doomed(injection.account.as_deref()));
    }

    pub(crate) fn meet(&mut self, account: Option<&str>, operation: Operation, secrets: &Secrets) -> Met {
        let latency = match self.take(account, operation, secrets, true) {
            Some(Fault::Latency { by }) => Some(by),
            _ => None,
        };
        Met { latency, fault: self.take(account, operation, secrets, false) }
    }

    pub(crate) fn to_json(&self, shown: impl Fn(Option<&str>) -> bool) -> Value {
        let shown = self.injections.iter().filter(|injection| shown(injection.account.as_deref()));
        shown.map(Injection::to_json).collect()
    }

    fn take(
        &mut self,
        account: Option<&str>,
        operation: Operation,
        secrets: &Secrets,
        latency: bool,
    ) -> Option<Fault> {
        let is_for = |injection: &Injection| {
            injection.is_for(account, operation)
                && matches!(injection.fault, Fault::Latency { .. }) == latency
        };
        let counting = |injection: &Injection| matches!(injection.times, Times::Next(_)) && is_for(injection);
        if let Some(index) = self.injections.iter().position(counting) {
            let injection = &mut self.injections[index];
            return match injection.times {
                Times::Next(left @ 2..) => {
                    injection.times = Times::Next(left - 1);
                    Some(injection.fault.clone())
                }
                _ => Some(self.injections.remove(index).fault),
            };
        }
        let mut happens = |injection: &&Injection| match injection.times {
            Times::Share(share) => {
                self.draws += 1;
                draw(secrets, self.draws) < share
            }
            Times::Next(_) | Times::Always => true,
        };
        self.injections
            .iter()
            .filter(|injection| is_for(injection))
            .find(&mut happens)
            .map(|it| it.fault.clone())
    }
}

/// From 0 to below 1.
fn draw(secrets: &Secrets, number: u64) -> f64 {
    let bytes = secrets.sign("fault", &number.to_be_bytes());
    let high = bytes.iter().take(4).fold(0_u32, |value, byte| value << 8 | u32::from(*byte));
    f64::from(high) / (f64::from(u32::MAX) + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Option<&str> = Some("a");

    fn status(status: u16) -> Fault {
        Fault::EarlyStatus { status }
    }

    fn plan(injections: impl IntoIterator<Item = Injection>) -> Plan {
        Plan { injections: injections.into_iter().collect(), draws: 0 }
    }

    fn met(plan: &mut Plan, account: Option<&str>, operation: Operation) -> Option<u16> {
        match plan.meet(account, operation, &Secrets::seeded(1)).fault {
            Some(Fault::EarlyStatus { status }) => Some(status),
            None => None,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_counts_down_comes_first_and_in_order() {
        let everyone = |fault, times| Injection { times, ..Injection::for_everyone(fault) };
        let mut plan = plan([
            everyone(status(500), Times::Always),
            everyone(status(501), Times::Next(2)),
            everyone(status(502), Times::Next(1)),
        ]);
        let statuses: Vec<_> = (0..5).map(|_| met(&mut plan, A, Operation::Login)).collect();
        assert_eq!(statuses, [Some(501), Some(501), Some(502), Some(500), Some(500)]);
    }

    #[test]
    fn accounts_and_operations_do_not_meet() {
        let account = Some("a".to_owned());
        let operation = Some(Operation::Login);
        let fault = Injection { account, operation, ..Injection::for_everyone(status(500)) };
        let mut plan = plan([fault]);
        assert_eq!(met(&mut plan, Some("b"), Operation::Login), None);
        assert_eq!(met(&mut plan, None, Operation::Login), None);
        assert_eq!(met(&mut plan, A, Operation::DiagnosisSupport), None);
        assert_eq!(met(&mut plan, A, Operation::Login), Some(500));
        assert_eq!(met(&mut plan, A, Operation::Login), None);
    }

    #[test]
    fn latency_comes_on_top_of_another_fault() {
        let latency = |seconds| Fault::Latency { by: Duration::from_secs(seconds) };
        let mut plan = plan([latency(1), status(500), latency(2)].map(Injection::for_everyone));
        let secrets = Secrets::seeded(1);
        let mut meet = || plan.meet(A, Operation::Login, &secrets);
        let second = Some(Duration::from_secs(1));
        assert_eq!(meet(), Met { latency: second, fault: Some(status(500)) });
        assert_eq!(meet(), Met { latency: second.map(|second| 2 * second), fault: None });
        assert_eq!(meet(), Met::default());
    }

    #[test]
    fn a_share_is_about_that_share_and_repeats() {
        let met = || {
            let share = Injection { times: Times::Share(0.25), ..Injection::for_everyone(status(500)) };
            let mut plan = plan([share]);
            (0..4000).map(|_| met(&mut plan, A, Operation::Login).is_some()).collect::<Vec<_>>()
        };
        let hits = met().iter().filter(|hit| **hit).count();
        assert!((900..1100).contains(&hits), "{hits}");
        assert_eq!(met(), met());
    }

    #[test]
    fn clearing_leaves_the_others() {
        let of =
            |name: &str| Injection { account: Some(name.to_owned()), ..Injection::for_everyone(status(500)) };
        let mut plan = plan([of("a"), of("b"), Injection::for_everyone(status(501))]);
        plan.clear(|account| account == A);
        assert_eq!(met(&mut plan, A, Operation::Login), Some(501));
        assert_eq!(plan.to_json(|_| true).as_array().unwrap().len(), 1);
        assert_eq!(met(&mut plan, Some("b"), Operation::Login), Some(500));
    }
}
