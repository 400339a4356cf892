//! What it costs to check and clean an image that is in memory, beside looking at each 0xFF in it.
#![allow(clippy::print_stdout)] // It is what the program is for.

use legit_health::Image;
use legit_health_bench::{Failure, measure};
use std::hint::black_box;
use std::path::PathBuf;
use std::time::Duration;

#[derive(clap::Parser)]
struct Options {
    #[arg(long)]
    image: PathBuf,
    #[arg(long, default_value_t = 7)]
    rounds: usize,
}

fn main() -> Result<(), Failure> {
    let Options { image, rounds } = clap::Parser::parse();
    let bytes = std::fs::read(image)?;
    let mut pairs = Vec::new();
    for round in 0..=rounds {
        let owned = bytes.clone();
        let look = || {
            let sum = memchr::memchr_iter(0xFF, &bytes).fold(0, usize::wrapping_add);
            black_box(sum);
        };
        // Who is first finds other things in the caches than who is second.
        let pair = if round % 2 == 0 {
            let (walk, image) = timed(|| Image::from_bytes(owned))?;
            image?;
            (walk, timed(look)?.0)
        } else {
            let scan = timed(look)?.0;
            let (walk, image) = timed(|| Image::from_bytes(owned))?;
            image?;
            (walk, scan)
        };
        // The first is warm-up.
        if round > 0 {
            pairs.push([pair.0.as_secs_f64(), pair.1.as_secs_f64()]);
        }
    }
    println!("{}", serde_json::to_string(&pairs)?);
    Ok(())
}

fn timed<T>(work: impl FnOnce() -> T) -> Result<(Duration, T), Failure> {
    let start = measure::cpu()?;
    let done = work();
    Ok((measure::cpu()? - start, done))
}
