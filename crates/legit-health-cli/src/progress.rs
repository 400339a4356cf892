//! Progress: one line on standard error, in a terminal only, while something takes long.

use crate::terminal::plain;
use legit_health::calls::Provenance;
use std::cell::Cell;
use std::future::Future;
use std::io::{self, IsTerminal, Write};
use std::pin::pin;
use std::time::{Duration, Instant};

/// Shows a line while a future runs, and clears it before anything else is printed.
pub(crate) struct Progress {
    is_shown: bool,
    is_drawn: Cell<bool>,
}

/// What is over sooner needs no line.
const FIRST: Duration = Duration::from_millis(400);
const NEXT: Duration = Duration::from_millis(120);

impl Progress {
    /// Shows nothing unless standard error is a terminal that can clear a line.
    pub(crate) fn new(is_wanted: bool) -> Self {
        let can_clear = std::env::var_os("TERM").is_none_or(|terminal| terminal != "dumb");
        Self { is_shown: is_wanted && can_clear && io::stderr().is_terminal(), is_drawn: Cell::new(false) }
    }

    pub(crate) fn is_shown(&self) -> bool {
        self.is_shown
    }

    /// Runs `work`, and shows meanwhile what `text` returns, with the time that it takes so far.
    pub(crate) async fn during<T>(&self, text: impl Fn() -> String, work: impl Future<Output = T>) -> T {
        self.since(Instant::now(), text, work).await
    }

    /// Like [`during`](Self::during), for a part of something that has begun before.
    pub(crate) async fn since<T>(
        &self,
        begin: Instant,
        text: impl Fn() -> String,
        work: impl Future<Output = T>,
    ) -> T {
        if !self.is_shown {
            return work.await;
        }
        let mut work = pin!(work);
        let _cleared = Cleared(self);
        let mut pause = FIRST.saturating_sub(begin.elapsed());
        loop {
            tokio::select! {
                biased;
                done = &mut work => return done,
                () = tokio::time::sleep(pause) => {
                    self.draw(&text(), begin.elapsed());
                    pause = NEXT;
                }
            }
        }
    }

    fn draw(&self, text: &str, elapsed: Duration) {
        const FRAMES: [&str; 8] = ["⠋", "⠙", "⠸", "⠴", "⠦", "⠇", "⠏", "⠹"];
        let frame = FRAMES[(elapsed.as_millis() / NEXT.as_millis()) as usize % FRAMES.len()];
        let columns = crate::output::columns(&io::stderr()).unwrap_or(80);
        let line = format!("{frame} {text}: {} s", elapsed.as_secs());
        let line: String = line.chars().take(columns.saturating_sub(1)).collect();
        // Nothing can be done if standard error is gone.
        let _ = write!(io::stderr().lock(), "\r{line}\x1b[K");
        self.is_drawn.set(true);
    }

    /// Clears the line, if there is one.
    pub(crate) fn clear(&self) {
        if self.is_drawn.take() {
            // Nothing can be done if standard error is gone.
            let _ = write!(io::stderr().lock(), "\r\x1b[K");
        }
    }
}

/// Clears the line also when the work is dropped.
struct Cleared<'a>(&'a Progress);

impl Drop for Cleared<'_> {
    fn drop(&mut self) {
        self.0.clear();
    }
}

/// What is shown while the device works.
pub(crate) fn waiting(images: usize) -> String {
    match images {
        0 => "waiting for the device".to_owned(),
        1 => "sending 1 image and waiting for the device".to_owned(),
        images => format!("sending {images} images and waiting for the device"),
    }
}

/// What `--verbose` says about a call.
pub(crate) fn facts(provenance: &Provenance) -> String {
    let attempts = if provenance.attempts == 1 { "attempt" } else { "attempts" };
    let took = provenance.ended.duration_since(provenance.started).unwrap_or_default();
    let id = provenance.request_id.as_deref().map_or_else(|| "none".to_owned(), plain);
    format!(
        "{}: {} {attempts}, {:.1} s, request id {id}",
        provenance.operation,
        provenance.attempts,
        took.as_secs_f64()
    )
}
