//! Paints the samples again and compares them with the files in `samples/`.
//!
//! `UPDATE_SAMPLES=1 cargo test -p legit-health-sandbox --test samples` writes the files.

mod canvas;
mod paintings;

use std::fs;

use canvas::Canvas;
use legit_health_sandbox::samples;

const STATEMENT: &str =
    "Synthetic image painted by code for software tests. It shows no person and has no medical use.";

type Paint = fn() -> Canvas;

const PAINTINGS: [(&str, Paint); 9] = [
    ("psoriasis-moderate.jpg", paintings::psoriasis),
    ("eczema-mild.jpg", paintings::eczema),
    ("acne-moderate.jpg", paintings::acne),
    ("nevus-dermoscopic.jpg", paintings::nevus),
    ("melanoma-dermoscopic.jpg", paintings::melanoma),
    ("vitiligo-severe.jpg", paintings::vitiligo),
    ("urticaria-severe.jpg", paintings::urticaria),
    ("healthy.jpg", paintings::healthy),
    ("unusable-scribble.jpg", paintings::scribble),
];

#[test]
fn the_files_are_what_the_code_paints() {
    let samples = samples::all();
    assert_eq!(samples.len(), PAINTINGS.len());
    for (sample, (file_name, paint)) in samples.iter().zip(PAINTINGS) {
        assert_eq!(sample.file_name, file_name);
        let marker = sample.scenario.map(|scenario| scenario.to_string());
        let marker = marker.as_deref().and_then(|scenario| scenario.split_once('/'));
        let comment = match marker {
            Some((name, severity)) => {
                format!("legit-health-sandbox scenario={name} severity={severity}\n{STATEMENT}")
            }
            None => STATEMENT.to_owned(),
        };
        let mut canvas = paint();
        canvas::write_label(&mut canvas);
        let painted = with_comment(&canvas.jpeg(), &comment);
        if std::env::var_os("UPDATE_SAMPLES").is_some() {
            let path = format!("{}/samples/{file_name}", env!("CARGO_MANIFEST_DIR"));
            fs::write(path, &painted).unwrap();
        } else {
            assert!(painted == sample.bytes, "{file_name} differs; UPDATE_SAMPLES=1 writes it");
        }
    }
}

/// Adds a comment segment after the JFIF header, which the encoder always writes with 18 bytes.
fn with_comment(jpeg: &[u8], comment: &str) -> Vec<u8> {
    let (header, rest) = jpeg.split_at(20);
    assert_eq!(header[..4], [0xFF, 0xD8, 0xFF, 0xE0]);
    let length = u16::try_from(comment.len() + 2).expect("the comment is short").to_be_bytes();
    [header, &[0xFF, 0xFE], &length, comment.as_bytes(), rest].concat()
}
