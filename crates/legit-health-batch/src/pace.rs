//! `Pace`: how many calls may run at the same time, found by the answers of the server, and pauses that hold for all.

use std::time::Duration;

/// Additive increase, and halving when the server is overloaded; a pause for all after each halving, or for as long as the
/// server asks. Times are those of a clock that never goes backwards.
#[derive(Debug)]
pub(crate) struct Pace {
    most: usize,
    limit: f64,
    /// Calls that began before the last halving have no further say: they met the same overload.
    generation: u64,
    /// Pauses in a row without a success between them.
    trouble: u32,
    resumes: Duration,
    last_success: Duration,
}

/// The first limit.
const FIRST: usize = 4;
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// The client itself sends refused credentials again after 30 s at the earliest.
const ACCOUNT_PAUSE: Duration = Duration::from_secs(30);

impl Pace {
    pub(crate) fn new(most: usize, now: Duration) -> Self {
        let limit = FIRST.min(most) as f64;
        Self { most, limit, generation: 0, trouble: 0, resumes: now, last_success: now }
    }

    /// Returns how many calls may run. After a pause, one call finds out whether the trouble is over.
    pub(crate) fn limit(&self) -> usize {
        if self.trouble > 0 { 1 } else { self.limit as usize }
    }

    /// Returns when calls may begin again, if not now.
    pub(crate) fn resumes(&self, now: Duration) -> Option<Duration> {
        (self.resumes > now).then_some(self.resumes)
    }

    /// Returns the number that a call which begins now gives back when it ends.
    pub(crate) fn generation(&self) -> u64 {
        self.generation
    }

    /// Returns how long no call has succeeded, if that is because of the server or the way to it.
    pub(crate) fn troubled_for(&self, now: Duration) -> Option<Duration> {
        (self.trouble > 0).then(|| now.saturating_sub(self.last_success))
    }

    /// A call had a result: one call more for as many results as there are calls.
    pub(crate) fn succeeded(&mut self, now: Duration) {
        self.trouble = 0;
        self.last_success = now;
        self.limit = (self.limit + 1.0 / self.limit).min(self.most as f64);
    }

    /// The server is overloaded or cannot be reached, and may ask for a pause.
    pub(crate) fn congested(&mut self, generation: u64, now: Duration, pause: Option<Duration>) {
        if let Some(pause) = pause {
            self.resumes = self.resumes.max(now.saturating_add(pause));
        }
        if generation == self.generation {
            let back_off = FIRST_PAUSE.saturating_mul(1 << self.trouble.min(16)).min(LONGEST_PAUSE);
            self.slow_down(now, back_off);
        }
    }

    /// A call took too long: fewer at a time, without a pause.
    pub(crate) fn timed_out(&mut self, generation: u64) {
        if generation == self.generation {
            self.generation += 1;
            self.limit = (self.limit / 2.0).max(1.0);
        }
    }

    /// The account is refused: nothing is tried for a while, so that it is not locked.
    pub(crate) fn account_refused(&mut self, generation: u64, now: Duration) {
        if generation == self.generation {
            self.slow_down(now, ACCOUNT_PAUSE);
        }
    }

    fn slow_down(&mut self, now: Duration, pause: Duration) {
        self.generation += 1;
        self.trouble += 1;
        self.limit = (self.limit / 2.0).max(1.0);
        self.resumes = self.resumes.max(now.saturating_add(pause));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn one_call_more_for_each_round_of_results_up_to_the_most() {
        let mut pace = Pace::new(6, at(0));
        assert_eq!(pace.limit(), 4);
        for _ in 0..5 {
            pace.succeeded(at(1));
        }
        assert_eq!(pace.limit(), 5);
        for _ in 0..100 {
            pace.succeeded(at(1));
        }
        assert_eq!(pace.limit(), 6);
        assert_eq!(Pace::new(2, at(0)).limit(), 2);
    }

    #[test]
    fn calls_of_one_round_halve_it_once() {
        let mut pace = Pace::new(64, at(0));
        for _ in 0..5_000 {
            pace.succeeded(at(1));
        }
        assert_eq!(pace.limit(), 64);
        let generation = pace.generation();
        for _ in 0..64 {
            pace.congested(generation, at(2), None);
        }
        assert_eq!((pace.limit(), pace.resumes(at(2))), (1, Some(at(3))), "one call tries after a pause");
        assert_eq!(pace.resumes(at(3)), None);
        pace.succeeded(at(4));
        assert_eq!(pace.limit(), 32);
        pace.timed_out(pace.generation());
        assert_eq!((pace.limit(), pace.resumes(at(4))), (16, None));
    }

    #[test]
    fn pauses_double_up_to_a_minute_and_begin_anew_after_a_success() {
        let mut pace = Pace::new(4, at(0));
        let mut pauses = Vec::new();
        let mut now = at(0);
        for _ in 0..9 {
            pace.congested(pace.generation(), now, None);
            let resumes = pace.resumes(now).unwrap();
            pauses.push((resumes - now).as_secs());
            now = resumes;
        }
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
        assert_eq!(pace.troubled_for(now), Some(now));
        pace.succeeded(now);
        assert_eq!(pace.troubled_for(now), None);
        pace.congested(pace.generation(), now, None);
        assert_eq!(pace.resumes(now), Some(now + at(1)));
        assert_eq!(pace.limit(), 1);
    }

    #[test]
    fn a_pause_that_the_server_asks_for_holds_for_all_even_from_an_older_call() {
        let mut pace = Pace::new(4, at(0));
        let old = pace.generation();
        pace.congested(old, at(0), Some(at(10)));
        assert_eq!(pace.resumes(at(0)), Some(at(10)));
        pace.congested(old, at(1), Some(at(100)));
        assert_eq!(pace.resumes(at(1)), Some(at(101)));
        pace.congested(old, at(2), Some(at(1)));
        assert_eq!(pace.resumes(at(2)), Some(at(101)), "never shorter");
    }

    #[test]
    fn a_refused_account_is_left_alone_for_half_a_minute() {
        let mut pace = Pace::new(4, at(0));
        let generation = pace.generation();
        pace.account_refused(generation, at(0));
        pace.account_refused(generation, at(0));
        assert_eq!((pace.resumes(at(0)), pace.limit()), (Some(at(30)), 1));
    }
}
