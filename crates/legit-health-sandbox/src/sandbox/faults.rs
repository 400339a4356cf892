//! The levers that break things.

use super::Sandbox;
use crate::account::Account;
use crate::fault::{Injection, UnusableFault};

impl Sandbox {
    /// Plans a fault, after those that are planned already.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use legit_health_sandbox::{Fault, Injection, Operation, RetryAfter, Sandbox, StatusBody, Times};
    ///
    /// let sandbox = Sandbox::in_process();
    /// let fault = Fault::Status { status: 502, body: StatusBody::Html, retry_after: RetryAfter::Absent };
    /// sandbox.inject(Injection {
    ///     operation: Some(Operation::DiagnosisSupport),
    ///     times: Times::Next(2),
    ///     ..Injection::for_account(sandbox.account(), fault)
    /// })?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// When it cannot happen as it is described, such as a status of 99.
    pub fn inject(&self, injection: Injection) -> Result<(), UnusableFault> {
        injection.check()?;
        self.world.plan().add(injection);
        Ok(())
    }

    /// Takes back all faults that are planned, whosever they are. A request that is held back stays so.
    pub fn clear_faults(&self) {
        self.world.plan().clear(|_| true);
    }

    /// Takes back the faults that are planned for one account.
    pub fn clear_faults_of(&self, account: &Account) {
        self.world.plan().clear(|planned| planned == Some(&account.username));
    }
}
