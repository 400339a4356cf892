//! Credentials that are read anew at every login: from the environment, a file, or another program.

mod command;
mod environment;
mod file;

pub use command::PasswordCommand;
pub(crate) use environment::EnvironmentSource;
pub use file::PasswordFile;

use tokio::sync::oneshot;

/// Runs what blocks on a thread of its own, so that no runtime waits for a slow disk. It needs no runtime either.
async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (done, result) = oneshot::channel();
    std::thread::spawn(move || drop(done.send(work())));
    result.await.ok()
}

/// The first line of what a file or a program gave: editors add a line end that is no part of a password.
pub(crate) fn first_line(text: &str) -> Option<&str> {
    text.lines().next().filter(|line| !line.is_empty())
}
