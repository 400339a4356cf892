//! Time that passes only when nothing else can happen. No runtime, no sockets, no sleeping.

use legit_health::BoxFuture;
use legit_health::clock::Clock;
use std::collections::BTreeMap;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

/// Clones are the same time.
#[derive(Clone, Default)]
pub struct VirtualTime(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    now: Duration,
    sleepers: BTreeMap<(Duration, u64), Waker>,
    next_id: u64,
}

impl VirtualTime {
    /// Runs a future to its end. Whenever it waits for nothing but time, time moves on to the next who sleeps.
    pub fn run<F: Future>(&self, future: F) -> F::Output {
        let woken = Arc::new(Woken(AtomicBool::new(true)));
        let waker = Waker::from(woken.clone());
        let mut future = pin!(future);
        loop {
            while woken.0.swap(false, Ordering::AcqRel) {
                if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
                    return output;
                }
            }
            self.wake_next();
        }
    }

    fn wake_next(&self) {
        let waker = {
            let mut state = self.0.lock().unwrap();
            let ((at, _), waker) = state.sleepers.pop_first().expect("nothing moves, and nobody sleeps");
            state.now = state.now.max(at);
            waker
        };
        waker.wake();
    }

    /// Time passes for everybody, without those who should have been woken in between.
    pub fn jump(&self, by: Duration) {
        self.0.lock().unwrap().now += by;
    }

    pub fn seconds(&self) -> u64 {
        self.now().as_secs()
    }

    pub fn sleepers(&self) -> usize {
        self.0.lock().unwrap().sleepers.len()
    }

    pub async fn sleep(&self, duration: Duration) {
        self.sleep_until(self.now() + duration).await;
    }
}

impl Clock for VirtualTime {
    fn now(&self) -> Duration {
        self.0.lock().unwrap().now
    }

    fn sleep_until(&self, at: Duration) -> BoxFuture<'static, ()> {
        Box::pin(Sleep { time: self.clone(), at, id: None })
    }
}

struct Sleep {
    time: VirtualTime,
    at: Duration,
    id: Option<u64>,
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let time = self.time.clone();
        let mut state = time.0.lock().unwrap();
        if state.now >= self.at {
            return Poll::Ready(());
        }
        let id = *self.id.get_or_insert_with(|| {
            state.next_id += 1;
            state.next_id
        });
        state.sleepers.insert((self.at, id), context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Some(id) = self.id {
            self.time.0.lock().unwrap().sleepers.remove(&(self.at, id));
        }
    }
}

struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Release);
    }
}
