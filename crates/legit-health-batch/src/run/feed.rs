//! `Feed`: which case is sent next, and whether one may be sent now.

use crate::pace::Pace;
use crate::store::Item;
use std::collections::{HashSet, VecDeque};
use std::time::Duration;

/// The cases that were read from the store, the pace, and the budget of calls.
pub(super) struct Feed {
    pub(super) pace: Pace,
    waiting: VecDeque<Item>,
    /// Those that wait here, and those in flight.
    taken: HashSet<i64>,
    in_flight: usize,
    /// How many calls may still be sent. Each that begins takes one, and gives it back if it was not sent.
    budget: Option<u64>,
    sent: u64,
    is_closed: bool,
}

impl Feed {
    pub(super) fn new(pace: Pace, budget: Option<u64>) -> Self {
        Self {
            pace,
            waiting: VecDeque::new(),
            taken: HashSet::new(),
            in_flight: 0,
            budget,
            sent: 0,
            is_closed: false,
        }
    }

    /// Adds items that wait neither here nor for their end.
    pub(super) fn add(&mut self, items: Vec<Item>) {
        for item in items {
            if self.taken.insert(item.id) {
                self.waiting.push_back(item);
            }
        }
    }

    /// Returns the next case, and the generation of the pace that it begins in, if one may begin now.
    pub(super) fn take(&mut self, now: Duration) -> Option<(Item, u64)> {
        let may_begin = !self.is_closed
            && self.in_flight < self.pace.limit()
            && self.pace.resumes(now).is_none()
            && !self.is_spent();
        let item = if may_begin { self.waiting.pop_front()? } else { return None };
        if let Some(budget) = &mut self.budget {
            *budget -= 1;
        }
        self.in_flight += 1;
        Some((item, self.pace.generation()))
    }

    pub(super) fn ended(&mut self, item: i64, was_sent: bool) {
        self.taken.remove(&item);
        self.in_flight -= 1;
        match (&mut self.budget, was_sent) {
            (_, true) => self.sent += 1,
            (Some(budget), false) => *budget += 1,
            (None, false) => {}
        }
    }

    /// Other workers have spent what was left of the budget.
    pub(super) fn spend(&mut self) {
        self.budget = Some(0);
    }

    /// Lets no case begin any more.
    pub(super) fn close(&mut self) {
        self.is_closed = true;
    }

    pub(super) fn resumes(&self, now: Duration) -> Option<Duration> {
        self.pace.resumes(now)
    }

    pub(super) fn is_spent(&self) -> bool {
        self.budget == Some(0)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    pub(super) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    pub(super) fn in_flight(&self) -> usize {
        self.in_flight
    }

    pub(super) fn sent(&self) -> u64 {
        self.sent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::ZERO;

    fn items(ids: std::ops::Range<i64>) -> Vec<Item> {
        ids.map(|id| Item { id, call: 1, root: None, images: Vec::new(), bytes: 1, runs: 0 }).collect()
    }

    fn taken(feed: &mut Feed) -> Vec<i64> {
        std::iter::from_fn(|| feed.take(NOW)).map(|(item, _)| item.id).collect()
    }

    #[test]
    fn no_more_than_the_pace_allows_and_none_twice() {
        let mut feed = Feed::new(Pace::new(2, NOW), None);
        feed.add(items(1..4));
        assert_eq!(taken(&mut feed), [1, 2]);
        feed.add(items(1..5));
        assert_eq!((feed.waiting(), feed.in_flight()), (2, 2), "1 and 2 are in flight, and 3 waits already");
        feed.ended(1, true);
        assert_eq!(taken(&mut feed), [3]);
        feed.add(items(1..2));
        assert_eq!(feed.waiting(), 2, "it was put back");
        feed.close();
        feed.ended(2, true);
        assert_eq!(taken(&mut feed), [0_i64; 0]);
    }

    #[test]
    fn the_budget_is_never_exceeded_and_what_was_not_sent_is_not_counted() {
        let mut feed = Feed::new(Pace::new(4, NOW), Some(3));
        feed.add(items(1..10));
        assert_eq!(taken(&mut feed), [1, 2, 3]);
        assert!(feed.is_spent());
        feed.ended(1, true);
        assert_eq!(taken(&mut feed), [0_i64; 0]);
        feed.ended(2, false);
        assert_eq!((taken(&mut feed), feed.sent()), (vec![4], 1));
    }

    #[test]
    fn nothing_begins_in_a_pause() {
        let mut feed = Feed::new(Pace::new(4, NOW), None);
        feed.add(items(1..10));
        feed.pace.congested(0, NOW, Some(Duration::from_secs(9)));
        assert!(feed.take(Duration::from_secs(8)).is_none());
        assert!(feed.take(Duration::from_secs(9)).is_some());
        assert!(feed.take(Duration::from_secs(9)).is_none(), "one finds out whether the trouble is over");
    }
}
