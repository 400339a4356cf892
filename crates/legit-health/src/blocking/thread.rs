//! The thread on which connections live and tokens are renewed, between calls too.

use crate::config::ConfigError;
use crate::error::{Error, ErrorKind};
use std::sync::Arc;
use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

/// Ends with its last clone. Nobody waits for its end, so it can be dropped anywhere.
#[derive(Clone)]
pub(super) struct Thread(Arc<Running>);

struct Running {
    runtime: Handle,
    /// The thread runs as long as this exists.
    _until: oneshot::Sender<()>,
}

impl Thread {
    pub(super) fn start() -> Result<Self, ConfigError> {
        let refused = |_| {
            ConfigError::new(
                "the system allows no further thread, and the blocking client needs one of its own",
            )
        };
        let runtime = Builder::new_current_thread().enable_all().build().map_err(refused)?;
        let handle = runtime.handle().clone();
        let (until, dropped) = oneshot::channel::<()>();
        std::thread::Builder::new()
            .name("legit-health".to_owned())
            // Either way nobody is left.
            .spawn(move || drop(runtime.block_on(dropped)))
            .map_err(refused)?;
        Ok(Self(Arc::new(Running { runtime: handle, _until: until })))
    }

    /// Runs a call on the thread of the caller; what it leaves behind moves on here.
    pub(super) fn run<F, T>(&self, call: impl FnOnce() -> F) -> Result<T, Error>
    where
        F: Future<Output = Result<T, Error>>,
    {
        if Handle::try_current().is_ok() {
            return Err(Error::before_sending(
                ErrorKind::Configuration,
                "the blocking client was called inside an async runtime, where it would hold up everybody else: use \
                 the async client and `.await`",
            ));
        }
        self.0.runtime.block_on(async { call().await })
    }
}
