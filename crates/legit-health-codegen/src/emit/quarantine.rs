//! Runs code that may panic, so that its panic becomes a message and nothing else is printed.

use std::any::Any;
use std::panic;
use std::sync::Once;
use std::thread;

/// The name of the threads whose panics are kept quiet.
const THREAD: &str = "legit-health-codegen quarantine";

/// Deeply nested input recurses deeply; the default stack of a thread is small.
const STACK: usize = 64 << 20;

/// What `work` returns, or what it panicked with.
pub(super) fn run<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, String> {
    silence();
    thread::scope(|scope| {
        let builder = thread::Builder::new().name(THREAD.to_owned()).stack_size(STACK);
        match builder.spawn_scoped(scope, work) {
            Ok(running) => running.join().map_err(|payload| message(payload.as_ref())),
            Err(error) => Err(format!("no thread could be started for it: {error}")),
        }
    })
}

/// The panic hook belongs to the whole process: it is wrapped once, and only threads of this name are quiet.
fn silence() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if thread::current().name() != Some(THREAD) {
                usual(info);
            }
        }));
    });
}

fn message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| payload.downcast_ref::<&str>().copied());
    text.unwrap_or("a panic without a message").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_its_message() {
        assert_eq!(run(|| 1), Ok(1));
        assert_eq!(run(|| -> u8 { panic!("plain") }), Err("plain".into()));
        assert_eq!(run(|| -> u8 { panic!("with {}", 7) }), Err("with 7".into()));
        assert_eq!(run(|| -> u8 { panic::panic_any(7) }), Err("a panic without a message".into()));
    }
}
