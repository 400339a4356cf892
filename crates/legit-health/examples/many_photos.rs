//! Sends each photo of a folder, a few at a time. Ctrl-C lets the calls that have begun end; a second one does not.
//!
//! `cargo run -p legit-health --example many_photos -- photos`
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example prints")]

use legit_health::calls::InFlight;
use legit_health::images::ImageFiles;
use legit_health::{Client, Image};
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::pin::pin;
use std::process::ExitCode;
use tokio::signal::ctrl_c;

#[tokio::main]
async fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let client = Client::from_env()?;
    let folder = std::env::args().nth(1).unwrap_or_else(|| "photos".into());
    let found = ImageFiles::find(folder)?;
    for path in &found.ignored {
        println!("{}: not an image", path.display());
    }
    let mut waiting = found.images.into_iter();
    let (is_stopping, in_flight) = (Cell::new(false), RefCell::new(BTreeSet::new()));

    // The next call, whenever there is room for one; none after Ctrl-C.
    let calls = std::iter::from_fn(|| {
        let path = if is_stopping.get() { None } else { waiting.next() }?;
        let bytes = std::fs::metadata(&path).map_or(0, |file| file.len());
        in_flight.borrow_mut().insert(path.clone());
        let (client, file) = (client.clone(), path.clone());
        Some((path, bytes, async move { client.diagnosis_support(Image::stream_async(file).await?).await }))
    });

    // Four calls at a time, with 64 MiB of photos; `with_calls` and `with_bytes` set other limits.
    let mut running = InFlight::default().run(calls);
    let mut interrupted = pin!(ctrl_c());
    let (mut done, mut failed) = (0, Vec::new());
    loop {
        tokio::select! {
            ended = running.next() => {
                let Some((path, result)) = ended else { break };
                in_flight.borrow_mut().remove(&path);
                match result {
                    Ok(report) => {
                        done += 1;
                        println!("{}: {} conditions", path.display(), report.conclusions.len());
                    }
                    Err(error) => failed.push((path, error)),
                }
            }
            _ = &mut interrupted => {
                if is_stopping.replace(true) {
                    break;
                }
                eprintln!("waiting for {} calls; press Ctrl-C again to drop them", running.in_flight());
                interrupted.set(ctrl_c());
            }
        }
    }
    drop(running);

    for (path, error) in &failed {
        println!("{}: failed ({}): {error}", path.display(), error.delivery().name());
    }
    for path in in_flight.borrow().iter() {
        println!("{}: dropped, and may have been analysed", path.display());
    }
    let (failed, dropped, left) = (failed.len(), in_flight.borrow().len(), waiting.len());
    println!("{done} done, {failed} failed, {dropped} dropped, {left} not begun");
    let is_complete = failed + dropped + left == 0;
    Ok(if is_complete { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
