//! The faults that are planned, and the requests they apply to.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::accounts::Account;
use super::secrets::Secrets;
use crate::faults::{InjectedFault, InvalidFaultError};
use crate::operation::Operation;

/// A fault and the requests it applies to.
///
/// At most one [`InjectedFault::Latency`] and one other fault apply to a request: of each the oldest with
/// [`Times::Next`], else the oldest of the others.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Injection {
    /// User name whose requests it applies to; `None`: all requests, with or without an account. The account of a
    /// login is that of its user name, of any other request that of its token, expired and revoked ones included.
    pub account: Option<String>,
    /// Operation it applies to; `None`: all operations of the contract.
    pub operation: Option<Operation>,
    /// Number of requests it applies to.
    pub times: Times,
    /// The fault.
    pub fault: InjectedFault,
}

impl Injection {
    /// Plans a fault for the next request of an account, of any operation.
    #[must_use]
    pub fn for_account(account: &Account, fault: InjectedFault) -> Self {
        Self { account: Some(account.username.clone()), ..Self::for_everyone(fault) }
    }

    /// Plans a fault for the next request of any account.
    #[must_use]
    pub fn for_everyone(fault: InjectedFault) -> Self {
        Self { account: None, operation: None, times: Times::default(), fault }
    }

    pub(crate) fn check(&self) -> Result<(), InvalidFaultError> {
        match self.times {
            Times::Next(0) => Err(InvalidFaultError::new(
                "a fault that meets the next 0 requests meets none; say 1 or more",
            )),
            Times::Share(share) if !(0.0..=1.0).contains(&share) => Err(InvalidFaultError::new(format!(
                "a share of requests goes from 0 to 1, and {share} does not"
            ))),
            _ => self.fault.check(),
        }
    }

    fn applies_to(&self, account: Option<&str>, operation: Operation) -> bool {
        self.account.as_deref().is_none_or(|name| account == Some(name))
            && self.operation.is_none_or(|wanted| wanted == operation)
    }
}

/// Number of requests that a fault applies to. As JSON: `{"next": 3}`, `"always"` or `{"share": 0.01}`.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Times {
    /// The next requests, this many.
    Next(u64),
    /// All requests, until the fault is cleared.
    Always,
    /// Each request with this probability from 0 to 1, until the fault is cleared. With a
    /// [seed](crate::Config::seed) these are the same requests in every run, if they come in the same order.
    Share(f64),
}

impl Default for Times {
    fn default() -> Self {
        Self::Next(1)
    }
}

/// The planned faults of one sandbox.
#[derive(Debug, Default)]
pub(crate) struct FaultPlan {
    injections: Vec<Planned>,
    /// Number of the last injection.
    last: u64,
    /// Random numbers drawn so far.
    draws: u64,
}

/// An injection and the number by which it is removed.
#[derive(Debug, Serialize)]
struct Planned {
    id: u64,
    #[serde(flatten)]
    injection: Injection,
}

/// The faults that apply to one request.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct PlannedFaults {
    pub(crate) latency: Option<Duration>,
    pub(crate) fault: Option<InjectedFault>,
}

impl FaultPlan {
    pub(crate) fn add(&mut self, injection: Injection) {
        self.last += 1;
        self.injections.push(Planned { id: self.last, injection });
    }

    /// Removes one fault, and returns whether it was planned.
    pub(crate) fn remove(&mut self, id: u64) -> bool {
        let before = self.injections.len();
        self.injections.retain(|planned| planned.id != id);
        self.injections.len() < before
    }

    /// Removes the faults of the accounts that are selected.
    pub(crate) fn clear(&mut self, is_selected: impl Fn(Option<&str>) -> bool) {
        self.injections.retain(|planned| !is_selected(planned.injection.account.as_deref()));
    }

    /// Takes the faults that apply to a request out of the plan.
    pub(crate) fn take(
        &mut self,
        account: Option<&str>,
        operation: Operation,
        secrets: &Secrets,
    ) -> PlannedFaults {
        let latency = match self.take_one(account, operation, secrets, true) {
            Some(InjectedFault::Latency { by }) => Some(by),
            _ => None,
        };
        PlannedFaults { latency, fault: self.take_one(account, operation, secrets, false) }
    }

    /// Lists the faults of the accounts that are selected.
    pub(crate) fn to_json(&self, is_selected: impl Fn(Option<&str>) -> bool) -> Value {
        let selected =
            self.injections.iter().filter(|planned| is_selected(planned.injection.account.as_deref()));
        selected.map(|planned| json!(planned)).collect()
    }

    fn take_one(
        &mut self,
        account: Option<&str>,
        operation: Operation,
        secrets: &Secrets,
        latency: bool,
    ) -> Option<InjectedFault> {
        let applies = |injection: &Injection| {
            injection.applies_to(account, operation)
                && matches!(injection.fault, InjectedFault::Latency { .. }) == latency
        };
        let counts_down =
            |it: &Planned| matches!(it.injection.times, Times::Next(_)) && applies(&it.injection);
        if let Some(index) = self.injections.iter().position(counts_down) {
            let injection = &mut self.injections[index].injection;
            return match injection.times {
                Times::Next(left @ 2..) => {
                    injection.times = Times::Next(left - 1);
                    Some(injection.fault.clone())
                }
                _ => Some(self.injections.remove(index).injection.fault),
            };
        }
        let draws = &mut self.draws;
        let mut happens = |injection: &&Injection| match injection.times {
            Times::Share(share) => {
                *draws += 1;
                random_share(secrets, *draws) < share
            }
            Times::Next(_) | Times::Always => true,
        };
        let injections = self.injections.iter().map(|planned| &planned.injection);
        let found = injections.filter(|injection| applies(injection)).find(&mut happens);
        found.map(|injection| injection.fault.clone())
    }
}

/// Returns a number from 0 to below 1.
fn random_share(secrets: &Secrets, number: u64) -> f64 {
    let bytes = secrets.sign("fault", &number.to_be_bytes());
    let high = bytes.iter().take(4).fold(0_u32, |value, byte| value << 8 | u32::from(*byte));
    f64::from(high) / (f64::from(u32::MAX) + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Option<&str> = Some("a");

    fn status(status: u16) -> InjectedFault {
        InjectedFault::EarlyStatus { status }
    }

    fn plan(injections: impl IntoIterator<Item = Injection>) -> FaultPlan {
        let mut plan = FaultPlan::default();
        injections.into_iter().for_each(|injection| plan.add(injection));
        plan
    }

    fn taken(plan: &mut FaultPlan, account: Option<&str>, operation: Operation) -> Option<u16> {
        match plan.take(account, operation, &Secrets::seeded(1)).fault {
            Some(InjectedFault::EarlyStatus { status }) => Some(status),
            None => None,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn faults_that_count_down_come_first_and_in_order() {
        let everyone = |fault, times| Injection { times, ..Injection::for_everyone(fault) };
        let mut plan = plan([
            everyone(status(500), Times::Always),
            everyone(status(501), Times::Next(2)),
            everyone(status(502), Times::Next(1)),
        ]);
        let statuses: Vec<_> = (0..5).map(|_| taken(&mut plan, A, Operation::Login)).collect();
        assert_eq!(statuses, [Some(501), Some(501), Some(502), Some(500), Some(500)]);
    }

    #[test]
    fn a_fault_applies_to_its_account_and_operation_only() {
        let account = Some("a".to_owned());
        let operation = Some(Operation::Login);
        let fault = Injection { account, operation, ..Injection::for_everyone(status(500)) };
        let mut plan = plan([fault]);
        assert_eq!(taken(&mut plan, Some("b"), Operation::Login), None);
        assert_eq!(taken(&mut plan, None, Operation::Login), None);
        assert_eq!(taken(&mut plan, A, Operation::DiagnosisSupport), None);
        assert_eq!(taken(&mut plan, A, Operation::Login), Some(500));
        assert_eq!(taken(&mut plan, A, Operation::Login), None);
    }

    #[test]
    fn latency_applies_beside_another_fault() {
        let latency = |seconds| InjectedFault::Latency { by: Duration::from_secs(seconds) };
        let mut plan = plan([latency(1), status(500), latency(2)].map(Injection::for_everyone));
        let secrets = Secrets::seeded(1);
        let mut take = || plan.take(A, Operation::Login, &secrets);
        let second = Some(Duration::from_secs(1));
        assert_eq!(take(), PlannedFaults { latency: second, fault: Some(status(500)) });
        assert_eq!(take(), PlannedFaults { latency: second.map(|second| 2 * second), fault: None });
        assert_eq!(take(), PlannedFaults::default());
    }

    #[test]
    fn a_share_is_about_that_share_and_repeatable() {
        let taken = || {
            let share = Injection { times: Times::Share(0.25), ..Injection::for_everyone(status(500)) };
            let mut plan = plan([share]);
            (0..4000).map(|_| taken(&mut plan, A, Operation::Login).is_some()).collect::<Vec<_>>()
        };
        let hits = taken().iter().filter(|hit| **hit).count();
        assert!((900..1100).contains(&hits), "{hits}");
        assert_eq!(taken(), taken());
    }

    #[test]
    fn clearing_one_account_keeps_the_faults_of_others() {
        let of =
            |name: &str| Injection { account: Some(name.to_owned()), ..Injection::for_everyone(status(500)) };
        let mut plan = plan([of("a"), of("b"), Injection::for_everyone(status(501))]);
        plan.clear(|account| account == A);
        assert_eq!(taken(&mut plan, A, Operation::Login), Some(501));
        assert_eq!(plan.to_json(|_| true).as_array().unwrap().len(), 1);
        assert_eq!(taken(&mut plan, Some("b"), Operation::Login), Some(500));
    }

    #[test]
    fn one_fault_is_removed_by_its_number_which_is_not_used_again() {
        let mut plan = plan([status(500), status(501)].map(Injection::for_everyone));
        assert!(plan.remove(2) && !plan.remove(2));
        plan.add(Injection::for_everyone(status(502)));
        let listed = plan.to_json(|_| true);
        assert_eq!((&listed[0]["id"], &listed[1]["id"]), (&json!(1), &json!(3)));
        assert_eq!(listed[1]["fault"], json!({"kind": "early_status", "status": 502}));
    }

    #[test]
    fn an_impossible_number_of_requests_is_rejected() {
        for (times, message) in [
            (Times::Next(0), "say 1 or more"),
            (Times::Share(1.1), "0 to 1, and 1.1"),
            (Times::Share(-0.1), "0 to 1"),
            (Times::Share(f64::NAN), "and NaN does not"),
        ] {
            let injection = Injection { times, ..Injection::for_everyone(InjectedFault::Stall) };
            let error = injection.check().unwrap_err();
            assert!(error.to_string().contains(message), "{error}");
        }
        for times in [Times::Next(1), Times::Always, Times::Share(0.0), Times::Share(1.0)] {
            let injection = Injection { times, ..Injection::for_everyone(InjectedFault::Stall) };
            assert!(injection.check().is_ok());
        }
    }
}
