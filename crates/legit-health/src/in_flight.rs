//! Many calls at once, within limits of their number and of the bytes they send.

use futures_util::stream::{FuturesUnordered, Stream};
use std::fmt;
use std::num::NonZeroUsize;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// How many calls, and how many bytes of them, may be in flight at the same time; made for directories of images.
///
/// ```no_run
/// use legit_health::calls::InFlight;
/// use legit_health::{Client, Image};
///
/// # async fn example(paths: Vec<std::path::PathBuf>) -> Result<(), legit_health::Error> {
/// let client = Client::from_env()?;
/// let calls = paths.into_iter().map(|path| {
///     let image = Image::stream(&path);
///     let bytes = image.as_ref().map_or(0, Image::len);
///     let client = client.clone();
///     (path, bytes, async move { client.diagnosis_support(image?).await })
/// });
///
/// let mut running = InFlight::default().run(calls);
/// while let Some((path, result)) = running.next().await {
///     let path = path.display();
///     match result {
///         Ok(report) => println!("{path}: {} conditions", report.conclusions.len()),
///         Err(error) => eprintln!("{path}: {error}"),
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InFlight {
    /// The limit of calls: 4.
    pub calls: NonZeroUsize,
    /// The limit of bytes that these calls send: 64 MiB. A call that is larger than that runs alone.
    pub bytes: u64,
}

impl Default for InFlight {
    fn default() -> Self {
        Self { calls: const { NonZeroUsize::new(4).expect("not zero") }, bytes: 64 << 20 }
    }
}

impl InFlight {
    /// Sets the limit of calls.
    #[must_use]
    pub fn with_calls(self, calls: NonZeroUsize) -> Self {
        Self { calls, ..self }
    }

    /// Sets the limit of bytes.
    #[must_use]
    pub fn with_bytes(self, bytes: u64) -> Self {
        Self { bytes, ..self }
    }

    /// Runs calls, each of them with a name of yours for it, and with the number of bytes that it will send.
    ///
    /// A call begins in its turn, as soon as the limits allow it: none overtakes another, and at most one is taken from the
    /// iterator before it can begin. An iterator that returns `None` is asked again each time that [`Running::next`] waits, so it
    /// can hold calls back, and give them later. Results come in the order in which the calls end. A call that fails does not stop the
    /// others. If the [`Running`] is dropped, so are the calls in it.
    pub fn run<K, F: Future, I: IntoIterator<Item = (K, u64, F)>>(
        self,
        calls: I,
    ) -> Running<K, F, I::IntoIter> {
        Running {
            limits: self,
            waiting: calls.into_iter(),
            next: None,
            running: FuturesUnordered::new(),
            bytes: 0,
        }
    }
}

/// Calls that run within the limits of an [`InFlight`]: a stream of the name and the result of each.
#[must_use = "nothing is sent until this is polled"]
pub struct Running<K, F: Future, I> {
    limits: InFlight,
    waiting: I,
    /// Taken from `waiting`, and too large for now.
    next: Option<Call<K, F>>,
    running: FuturesUnordered<Call<K, F>>,
    /// What the running calls send.
    bytes: u64,
}

impl<K, F: Future, I: Iterator<Item = (K, u64, F)>> Running<K, F, I> {
    /// Waits for the next call that ends. Returns `None` after the last one.
    ///
    /// Dropping the future that this returns loses nothing.
    pub async fn next(&mut self) -> Option<(K, F::Output)> {
        std::future::poll_fn(|context| self.poll_end(context)).await
    }

    /// Returns how many calls are in flight.
    pub fn in_flight(&self) -> usize {
        self.running.len()
    }

    fn poll_end(&mut self, context: &mut Context<'_>) -> Poll<Option<(K, F::Output)>> {
        self.begin();
        let ended = ready!(Pin::new(&mut self.running).poll_next(context));
        Poll::Ready(ended.map(|(key, bytes, output)| {
            self.bytes -= bytes;
            (key, output)
        }))
    }

    /// Begins the calls for which there is room.
    fn begin(&mut self) {
        while self.running.len() < self.limits.calls.get() {
            let Some(call) = self.next.take().or_else(|| self.waiting.next().map(Call::new)) else { return };
            let has_room = self.bytes.saturating_add(call.bytes) <= self.limits.bytes;
            if !has_room && !self.running.is_empty() {
                self.next = Some(call);
                return;
            }
            self.bytes += call.bytes;
            self.running.push(call);
        }
    }
}

/// Neither the names nor the iterator are pinned, and the calls are in boxes.
impl<K, F: Future, I> Unpin for Running<K, F, I> {}

impl<K, F: Future, I: Iterator<Item = (K, u64, F)>> Stream for Running<K, F, I> {
    type Item = (K, F::Output);

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_end(context)
    }
}

/// Hides names, which may identify a patient.
impl<K, F: Future, I> fmt::Debug for Running<K, F, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running")
            .field("limits", &self.limits)
            .field("in_flight", &self.running.len())
            .finish_non_exhaustive()
    }
}

struct Call<K, F> {
    /// `None` once the call has ended.
    key: Option<K>,
    bytes: u64,
    future: Pin<Box<F>>,
}

impl<K, F> Call<K, F> {
    fn new((key, bytes, future): (K, u64, F)) -> Self {
        Self { key: Some(key), bytes, future: Box::pin(future) }
    }
}

impl<K, F> Unpin for Call<K, F> {}

impl<K, F: Future> Future for Call<K, F> {
    type Output = (K, u64, F::Output);

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let output = ready!(self.future.as_mut().poll(context));
        let key = self.key.take().expect("a call is not polled after it has ended");
        Poll::Ready((key, self.bytes, output))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;
    use std::cell::RefCell;
    use std::rc::Rc;
    use tokio::sync::oneshot;

    /// Calls that end when told, and a log of those that began.
    #[derive(Default)]
    struct Calls {
        begun: Rc<RefCell<Vec<usize>>>,
        ends: Vec<Option<oneshot::Sender<()>>>,
    }

    impl Calls {
        fn of_sizes<'a>(
            &mut self,
            sizes: &'a [u64],
        ) -> impl Iterator<Item = (usize, u64, impl Future<Output = ()> + use<>)> + use<'a> {
            let (ends, mut waits): (Vec<_>, Vec<_>) = sizes
                .iter()
                .map(|_| {
                    let (sender, receiver) = oneshot::channel();
                    (Some(sender), Some(receiver))
                })
                .unzip();
            self.ends = ends;
            let begun = self.begun.clone();
            sizes.iter().enumerate().map(move |(number, size)| {
                let (begun, wait) = (begun.clone(), waits[number].take().unwrap());
                let call = async move {
                    begun.borrow_mut().push(number);
                    wait.await.unwrap();
                };
                (number, *size, call)
            })
        }

        fn end(&mut self, number: usize) {
            self.ends[number].take().unwrap().send(()).unwrap();
        }

        fn begun(&self) -> Vec<usize> {
            self.begun.borrow().clone()
        }
    }

    fn limits(calls: usize, bytes: u64) -> InFlight {
        InFlight::default().with_calls(NonZeroUsize::new(calls).unwrap()).with_bytes(bytes)
    }

    #[test]
    fn no_more_calls_than_the_limit_run() {
        let mut calls = Calls::default();
        let mut running = limits(2, 100).run(calls.of_sizes(&[1, 1, 1, 1]));
        assert_eq!(running.next().now_or_never(), None);
        assert_eq!((calls.begun(), running.in_flight()), (vec![0, 1], 2));
        calls.end(1);
        assert_eq!(running.next().now_or_never(), Some(Some((1, ()))), "in the order in which they end");
        assert_eq!(running.next().now_or_never(), None);
        assert_eq!(calls.begun(), [0, 1, 2]);
        calls.end(0);
        calls.end(2);
        let mut ended = [running.next().now_or_never(), running.next().now_or_never()]
            .map(|end| end.flatten().unwrap().0);
        ended.sort_unstable();
        assert_eq!(ended, [0, 2]);
        assert_eq!(running.next().now_or_never(), None);
        calls.end(3);
        assert_eq!(running.next().now_or_never(), Some(Some((3, ()))));
        assert_eq!(running.next().now_or_never(), Some(None));
        assert_eq!(running.next().now_or_never(), Some(None), "after the end as well");
    }

    #[test]
    fn no_more_bytes_than_the_limit_are_sent_and_nobody_overtakes() {
        let mut calls = Calls::default();
        let mut running = limits(4, 10).run(calls.of_sizes(&[6, 5, 1]));
        assert_eq!(running.next().now_or_never(), None);
        assert_eq!(calls.begun(), [0], "the second does not fit, and the third waits for it");
        calls.end(0);
        assert_eq!(running.next().now_or_never(), Some(Some((0, ()))));
        assert_eq!(running.next().now_or_never(), None);
        assert_eq!(calls.begun(), [0, 1, 2]);
    }

    #[test]
    fn a_call_larger_than_the_limit_runs_alone() {
        let mut calls = Calls::default();
        let mut running = limits(4, 10).run(calls.of_sizes(&[1, u64::MAX, 1]));
        assert_eq!(running.next().now_or_never(), None);
        assert_eq!(calls.begun(), [0]);
        calls.end(0);
        assert_eq!(running.next().now_or_never(), Some(Some((0, ()))));
        assert_eq!(running.next().now_or_never(), None);
        assert_eq!(calls.begun(), [0, 1]);
        calls.end(1);
        assert_eq!(running.next().now_or_never(), Some(Some((1, ()))));
        assert_eq!(running.next().now_or_never(), None);
        assert_eq!(calls.begun(), [0, 1, 2]);
    }

    #[test]
    fn an_iterator_that_holds_calls_back_is_asked_again() {
        let may_begin = std::cell::Cell::new(false);
        let mut numbers = 0..2;
        let calls = std::iter::from_fn(|| {
            if !may_begin.replace(false) {
                return None;
            }
            numbers.next().map(|number| (number, 1, std::future::ready(())))
        });
        let mut running = InFlight::default().run(calls);
        assert_eq!(running.next().now_or_never(), Some(None));
        may_begin.set(true);
        assert_eq!(running.next().now_or_never(), Some(Some((0, ()))));
        assert_eq!(running.next().now_or_never(), Some(None));
        may_begin.set(true);
        assert_eq!(running.next().now_or_never(), Some(Some((1, ()))));
    }

    #[test]
    fn names_are_not_printed() {
        let running = InFlight::default().run([("anna.jpg", 1, std::future::ready(()))]);
        let printed = format!("{running:?}");
        assert!(printed.contains("in_flight: 0") && !printed.contains("anna"), "{printed}");
    }
}
