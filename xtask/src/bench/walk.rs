//! What it costs to check an image and find its metadata, beside looking at every byte once.

use super::Bench;
use super::client::said;
use super::material::Payload;
use super::report::{Report, Row, Target};
use super::spread::Spread;

pub(super) fn measure(bench: &Bench, report: &mut Report) -> Result<(), String> {
    let image = bench.material.files(Payload::Twenty).remove(0);
    let rounds = bench.rounds.to_string();
    let words = [
        bench.programs.walk.clone().into(),
        "--image".into(),
        image.into(),
        "--rounds".into(),
        rounds.into(),
    ];
    let pairs = said("bench-walk", &words)?;
    let pairs: Vec<(f64, f64)> =
        serde_json::from_str(&pairs).map_err(|error| format!("bench-walk is not understood: {error}"))?;
    let (walks, looks): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
    let row = Row {
        what: "`Image::from_bytes`, JPEG of 20 MB".into(),
        spread: Spread::of_pairs(&walks, &looks),
        target: Some(Target::AtMost(2.0)),
    };
    report.judged("Checking and cleaning an image", "times the search for every 0xFF", &[row]);
    let ms = |seconds: Vec<f64>| Spread::of(seconds.into_iter().map(|seconds| seconds * 1e3)).to_string();
    report.plain(&["CPU ms", "check and clean", "search"], &[vec!["20 MB".into(), ms(walks), ms(looks)]]);
    Ok(())
}
