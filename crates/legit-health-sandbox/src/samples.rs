//! Synthetic skin images, painted by code, to try things with.
//!
//! They show no person. Each carries its scenario in the comment segment of the JPEG, so that the sandbox
//! answers accordingly, and says there and in the picture that it is synthetic.

mod canvas;
mod files;
mod label;
mod lesions;
mod scribble;
mod texture;

use std::fmt;

use canvas::Canvas;

use crate::container::with_jpeg_comment;
use crate::scenario::{Scenario, marker};

pub use files::write_to;

/// One synthetic image: a JPEG of 640 by 480 pixels.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sample {
    /// A name for the file, such as `psoriasis-moderate.jpg`.
    pub file_name: &'static str,
    /// What is painted, in words.
    pub title: &'static str,
    /// What its comment segment asks the sandbox for; none for the picture that cannot be used.
    pub scenario: Option<Scenario>,
    /// The file.
    pub bytes: Vec<u8>,
}

/// All samples: eight of skin in tones from very light to very dark, and a scribble that the sandbox finds
/// unusable.
///
/// The same bytes at every call and on every machine.
#[must_use]
pub fn all() -> Vec<Sample> {
    PAINTINGS.iter().map(Painting::sample).collect()
}

struct Painting {
    file_name: &'static str,
    title: &'static str,
    scenario: Option<&'static str>,
    paint: fn() -> Canvas,
}

#[rustfmt::skip]
const PAINTINGS: [Painting; 9] = [
    Painting { file_name: "psoriasis-moderate.jpg", title: "scaly plaque on light skin",
        scenario: Some("psoriasis/moderate"), paint: lesions::psoriasis },
    Painting { file_name: "eczema-mild.jpg", title: "reddened patch on brown skin",
        scenario: Some("eczema/mild"), paint: lesions::eczema },
    Painting { file_name: "acne-moderate.jpg", title: "papules and pustules on olive skin",
        scenario: Some("acne/moderate"), paint: lesions::acne },
    Painting { file_name: "nevus-dermoscopic.jpg", title: "even brown spot on light skin, through a dermoscope",
        scenario: Some("nevus/mild"), paint: lesions::nevus },
    Painting { file_name: "melanoma-dermoscopic.jpg", title: "uneven dark spot on very light skin, through a dermoscope",
        scenario: Some("melanoma/severe"), paint: lesions::melanoma },
    Painting { file_name: "vitiligo-severe.jpg", title: "pale patches on very dark skin",
        scenario: Some("vitiligo/severe"), paint: lesions::vitiligo },
    Painting { file_name: "urticaria-severe.jpg", title: "wheals on dark brown skin",
        scenario: Some("urticaria/severe"), paint: lesions::urticaria },
    Painting { file_name: "healthy.jpg", title: "dark skin without a finding",
        scenario: Some("healthy/none"), paint: lesions::healthy },
    Painting { file_name: "unusable-scribble.jpg", title: "a scribble, no skin",
        scenario: None, paint: scribble::scribble },
];

const STATEMENT: &str =
    "Synthetic image painted by code for software tests. It shows no person and has no medical use.";

impl Painting {
    fn sample(&self) -> Sample {
        let scenario =
            self.scenario.map(|name| name.parse().expect("a test reads the scenario of every sample"));
        let comment = match scenario {
            Some(scenario) => format!("{}\n{STATEMENT}", marker(scenario)),
            None => STATEMENT.to_owned(),
        };
        let mut canvas = (self.paint)();
        label::stamp(&mut canvas);
        let bytes =
            with_jpeg_comment(&canvas.jpeg(), &comment).expect("the comment is short and the image a JPEG");
        Sample { file_name: self.file_name, title: self.title, scenario, bytes }
    }
}

impl fmt::Debug for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sample({}, {} bytes)", self.file_name, self.bytes.len())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::*;
    use crate::container::comments;
    use crate::pixels::{Measured, decode};
    use crate::scenario::read_marker;

    static SAMPLES: LazyLock<Vec<Sample>> = LazyLock::new(all);

    #[test]
    fn every_sample_says_what_it_is() {
        for sample in SAMPLES.iter() {
            let comments = comments(&sample.bytes);
            assert!(
                comments[0].contains("Synthetic image") && comments[0].contains("no person"),
                "{sample:?}"
            );
            assert_eq!(read_marker(&comments[0]).transpose().unwrap(), sample.scenario, "{sample:?}");
        }
    }

    #[test]
    fn the_painted_skin_is_usable_and_the_scribble_is_not() {
        for sample in SAMPLES.iter() {
            let picture = decode(&sample.bytes).unwrap();
            assert_eq!((picture.width(), picture.height()), (640, 480));
            let measured = Measured::of(&picture);
            assert_eq!(measured.is_valid(), sample.scenario.is_some(), "{sample:?}: {measured:?}");
            if measured.is_valid() {
                let dermoscopic = sample.file_name.contains("dermoscopic");
                assert_eq!(measured.modality.name == "Dermoscopic", dermoscopic, "{sample:?}: {measured:?}");
                assert!(measured.quality.score > 60.0, "{sample:?}: {measured:?}");
            }
        }
    }

    #[test]
    fn they_are_the_same_every_time_and_fit_a_command_line() {
        assert_eq!(*SAMPLES, all());
        // An argument of a command may have 128 KiB, and base64 adds a third.
        assert!(SAMPLES.iter().all(|sample| sample.bytes.len() < 90_000), "{SAMPLES:?}");
    }
}
