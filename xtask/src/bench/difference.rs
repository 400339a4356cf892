//! What one more request adds, so that starting a program, logging in and the first request do not count.

const FEW: usize = 1;
const MANY: usize = 11;

/// What `run` counts for eleven requests, less what it counts for one, for each of the ten between.
pub(super) fn per_request(run: impl Fn(usize) -> Result<f64, String>) -> Result<f64, String> {
    Ok((run(MANY)? - run(FEW)?) / (MANY - FEW) as f64)
}

#[cfg(test)]
mod tests {
    use super::per_request;

    #[test]
    fn what_every_run_costs_does_not_count() {
        assert_eq!(per_request(|requests| Ok(1000.0 + 7.0 * requests as f64)), Ok(7.0));
        assert_eq!(per_request(|_| Err("no".into())), Err("no".into()));
    }
}
