//! The thread of a blocking client, which runs its connections and renews its token.

use crate::config::ConfigError;
use crate::error::{Error, ErrorKind};
use std::sync::Arc;
use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

/// A thread that ends when its last clone is dropped. Dropping it does not block.
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
                "the thread of the blocking client could not be started: raise the system's limit of threads",
            )
        };
        let runtime = Builder::new_current_thread().enable_all().build().map_err(refused)?;
        let handle = runtime.handle().clone();
        let (until, dropped) = oneshot::channel::<()>();
        std::thread::Builder::new()
            .name("legit-health".to_owned())
            // It ends when the sender is dropped.
            .spawn(move || drop(runtime.block_on(dropped)))
            .map_err(refused)?;
        Ok(Self(Arc::new(Running { runtime: handle, _until: until })))
    }

    /// Runs a call on the caller's thread. Tasks that outlive the call continue on this thread.
    pub(super) fn run<F, T>(&self, call: impl FnOnce() -> F) -> Result<T, Error>
    where
        F: Future<Output = Result<T, Error>>,
    {
        if Handle::try_current().is_ok() {
            return Err(Error::before_sending(
                ErrorKind::Configuration,
                "the blocking client was called inside an async runtime, which it would block: use the async client \
                 and `.await`",
            ));
        }
        self.0.runtime.block_on(async { call().await })
    }
}
