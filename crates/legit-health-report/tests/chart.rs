//! Charts: what they show, to whom, and that they are the same everywhere.
#![allow(clippy::unwrap_used)] // In a test, that is the assertion.

mod courses;

use courses::{assessments, at, course};
use legit_health_follow_up::{DatedScore, Place};
use legit_health_report::Chart;
use roxmltree::Document;

fn svg(scores: &[DatedScore]) -> String {
    let course = course(scores);
    Chart::new(&course).with_assessments(&assessments(&course)).to_svg()
}

fn texts(svg: &str) -> Vec<String> {
    let document = Document::parse(svg).unwrap();
    let texts = document.descendants().filter(|node| node.has_tag_name("text"));
    texts.map(|node| node.text().unwrap().to_owned()).collect()
}

#[test]
fn a_course_is_drawn_with_its_baseline_criteria_gap_and_items() {
    let svg = svg(&courses::improving());
    insta::assert_snapshot!("improving", svg);
    let texts = texts(&svg);
    for wanted in [
        "PASI of legLeft",
        "apasi (automatic) · 5 visits, 2026-01-05 to 2026-06-22 · lower is better · P-0042",
        "baseline 14.4",
        "PASI75 (3.6)",
        "PASI90 (1.44)",
        "no score",
        "Items",
        "erythema",
    ] {
        assert!(texts.iter().any(|text| text == wanted), "{wanted}: {texts:?}");
    }
    // A target of the whole body has no line in the chart of a leg.
    assert!(!texts.iter().any(|text| text.contains('≤')), "{texts:?}");
}

#[test]
fn a_screen_reader_reads_the_course() {
    let svg = svg(&courses::with_two_versions());
    let document = Document::parse(&svg).unwrap();
    let root = document.root_element();
    assert_eq!(
        (root.attribute("role"), root.attribute("aria-labelledby")),
        (Some("img"), Some("title description"))
    );
    let named = |id: &str| {
        let node = document.descendants().find(|node| node.attribute("id") == Some(id)).unwrap();
        node.text().unwrap().to_owned()
    };
    assert_eq!(named("title"), "PASI of legLeft over time");
    insta::assert_snapshot!("description", named("description").replace(". ", ".\n"));
}

#[test]
fn a_new_version_of_the_device_is_marked() {
    let texts = texts(&svg(&courses::with_two_versions()));
    assert!(texts.contains(&"device 2.1.0".to_owned()), "{texts:?}");
}

#[test]
fn a_chart_of_the_sandbox_says_so_in_letters() {
    let texts = texts(&svg(&courses::of_the_sandbox()));
    assert!(texts.contains(&"SANDBOX: made up, and not about anybody".to_owned()), "{texts:?}");
}

/// No text of a document becomes an element, an attribute or a character that XML or a reader must not have.
#[test]
fn markup_in_a_document_stays_text() {
    let svg = svg(&courses::hostile());
    let document = Document::parse(&svg).unwrap();
    let known = ["svg", "title", "desc", "rect", "polyline", "circle", "text"];
    for node in document.descendants().filter(roxmltree::Node::is_element) {
        assert!(known.contains(&node.tag_name().name()), "{:?}", node.tag_name());
        assert!(node.attributes().all(|attribute| !attribute.name().starts_with("on")));
    }
    assert!(!svg.contains(['\u{202E}', '\u{0}', '\u{1b}', '\u{FFFE}']));
    assert!(texts(&svg)[0].starts_with("PASI of <script>alert(1)</script>\"'&]]>"));
}

/// Nothing is asked of the machine or the network.
#[test]
fn a_chart_refers_to_nothing() {
    let svg = svg(&courses::improving());
    for reference in ["href", "url(", "@import", "<style", "<script", "<image", "foreignObject"] {
        assert!(!svg.contains(reference), "{reference}");
    }
}

/// Coordinates of every shape are within the picture.
fn check_inside(svg: &str) {
    let document = Document::parse(svg).unwrap();
    let root = document.root_element();
    let size = |name: &str| root.attribute(name).unwrap().parse::<f64>().unwrap();
    let (width, height) = (size("width"), size("height"));
    let check = |x: f64, y: f64| {
        assert!((0.0..=width).contains(&x) && (0.0..=height).contains(&y), "{x} {y} of {width} {height}");
    };
    for node in document.descendants().filter(roxmltree::Node::is_element) {
        let number = |name: &str| node.attribute(name).map(|text| text.parse::<f64>().unwrap());
        match node.tag_name().name() {
            "polyline" => {
                for point in node.attribute("points").unwrap().split(' ') {
                    let (x, y) = point.split_once(',').unwrap();
                    check(x.parse().unwrap(), y.parse().unwrap());
                }
            }
            "circle" => check(number("cx").unwrap(), number("cy").unwrap()),
            "rect" | "text" => check(number("x").unwrap(), number("y").unwrap()),
            _ => {}
        }
    }
}

#[test]
fn everything_is_inside_the_picture() {
    let score = |scale: &str, date: &str, value: f64| {
        DatedScore::new(scale, at(date), value).with_place(Place::WholeBody).with_device_version("1")
    };
    for scores in [
        courses::improving(),
        courses::with_two_versions(),
        courses::rising(),
        courses::two_hundred(),
        courses::hostile(),
        vec![score("pasi", "2026-01-05", 0.0)],
        vec![score("pasi", "2026-01-05", 0.0), score("pasi", "2026-01-06", 0.0)],
        vec![score("dlqi", "0000-01-01", 30.0), score("dlqi", "9999-12-31", 1.0)],
        vec![score("ihs4", "2026-01-05T10:00:00Z", 1e300), score("ihs4", "2026-01-05T10:00:01Z", 5e-324)],
        vec![
            score("aihs4", "2026-01-05", f64::MAX),
            score("aihs4", "2026-01-06", 1.0).with_item("nodule", 1e308),
        ],
        vec![score("uct", "2026-01-05", 16.0), score("uct", "2026-01-06", 0.0)],
        vec![score("aladin", "2026-01-05", 5e-324), score("aladin", "2026-01-06", 0.0)],
    ] {
        let svg = svg(&scores);
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
        check_inside(&svg);
    }
}

/// 200 visits: one mark each, lines broken at the pauses, and no more dates than fit.
#[test]
fn two_hundred_visits_are_all_drawn() {
    let svg = svg(&courses::two_hundred());
    let document = Document::parse(&svg).unwrap();
    let circles = document.descendants().filter(|node| node.has_tag_name("circle"));
    assert_eq!(circles.count(), 200 * 10, "the score and nine items");
    let dates = texts(&svg).into_iter().filter(|text| text.starts_with("20") && text.len() == 7);
    assert!((4..=9).contains(&dates.count()));
    assert_eq!(svg.matches("fill=\"#f1f1f1\"").count(), 3, "three pauses, too narrow for a label");
}

#[cfg(feature = "png")]
mod png {
    use super::*;
    use legit_health::calls::Sha256Digest;

    fn png(scores: &[DatedScore]) -> Vec<u8> {
        let course = course(scores);
        Chart::new(&course).with_assessments(&assessments(&course)).to_png()
    }

    /// The same bytes on every machine, whatever fonts it has.
    #[test]
    fn a_picture_is_the_same_everywhere() {
        let digest = Sha256Digest::of(&png(&courses::improving())).to_string();
        assert_eq!(digest, "391db5d09f9f0b836ad669ac4cf7e0f95add3703c840e17ba22f362c3240cc64");
    }

    /// With `CHARTS=directory`, writes the pictures to look at.
    #[test]
    fn pictures_have_the_size_of_the_drawing_twice() {
        for (name, scores) in [
            ("improving", courses::improving()),
            ("sandbox", courses::of_the_sandbox()),
            ("versions", courses::with_two_versions()),
            ("rising", courses::rising()),
            ("two-hundred", courses::two_hundred()),
            ("hostile", courses::hostile()),
        ] {
            let bytes = png(&scores);
            let image = legit_health::Image::from_bytes(bytes.clone()).unwrap().verify().unwrap();
            let svg = svg(&scores);
            let document = Document::parse(&svg).unwrap();
            let height: f64 = document.root_element().attribute("height").unwrap().parse().unwrap();
            assert_eq!((image.width(), f64::from(image.height())), (1920, (height * 2.0).floor()));
            if let Some(folder) = std::env::var_os("CHARTS") {
                let folder = std::path::Path::new(&folder);
                std::fs::write(folder.join(name).with_extension("png"), bytes).unwrap();
                std::fs::write(folder.join(name).with_extension("svg"), svg).unwrap();
            }
        }
    }
}
