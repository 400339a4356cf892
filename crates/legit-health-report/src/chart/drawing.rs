//! A drawing: a few shapes with their places, and the same drawing as SVG.

use crate::font::Weight;
use crate::words::two_decimals;
use std::fmt::Write;

/// A picture of simple shapes. The first is the lowest.
pub(crate) struct Drawing {
    pub(crate) width: f32,
    pub(crate) height: f32,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) shapes: Vec<Shape>,
}

pub(crate) enum Shape {
    Rectangle {
        x: f32,
        y: f32,
        width: f32,
        height: f32,
        fill: Color,
    },
    Line {
        points: Vec<(f32, f32)>,
        stroke: Stroke,
    },
    /// Filled with a colour, and with an outline.
    Circle {
        center: (f32, f32),
        radius: f32,
        fill: Color,
        stroke: Stroke,
    },
    Text {
        at: (f32, f32),
        anchor: Anchor,
        size: f32,
        weight: Weight,
        fill: Color,
        text: String,
    },
}

#[derive(Clone, Copy)]
pub(crate) struct Stroke {
    pub(crate) color: Color,
    pub(crate) width: f32,
    /// Lengths of dashes and gaps; none for a solid line.
    pub(crate) dashes: &'static [f32],
}

/// Red, green and blue.
#[derive(Clone, Copy)]
pub(crate) struct Color(pub(crate) u8, pub(crate) u8, pub(crate) u8);

#[derive(Clone, Copy)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

impl Drawing {
    pub(crate) fn new(width: f32, title: String, description: String) -> Self {
        Self { width, height: 0.0, title, description, shapes: Vec::new() }
    }

    /// Sets the height, also that of the first shape: the background.
    pub(crate) fn set_height(&mut self, all: f32) {
        self.height = all;
        if let Some(Shape::Rectangle { height, .. }) = self.shapes.first_mut() {
            *height = all;
        }
    }

    pub(crate) fn line(&mut self, points: Vec<(f32, f32)>, stroke: Stroke) {
        self.shapes.push(Shape::Line { points, stroke });
    }

    pub(crate) fn rectangle(&mut self, (x, y): (f32, f32), (width, height): (f32, f32), fill: Color) {
        self.shapes.push(Shape::Rectangle { x, y, width, height, fill });
    }

    pub(crate) fn circle(&mut self, center: (f32, f32), radius: f32, fill: Color, stroke: Stroke) {
        self.shapes.push(Shape::Circle { center, radius, fill, stroke });
    }

    pub(crate) fn text(
        &mut self,
        at: (f32, f32),
        anchor: Anchor,
        (size, weight, fill): (f32, Weight, Color),
        text: impl Into<String>,
    ) {
        self.shapes.push(Shape::Text { at, anchor, size, weight, fill, text: text.into() });
    }

    /// The SVG document. It depends on nothing but the drawing; no font and no style of the machine is asked for its bytes.
    /// `prefix` makes its ids unique where several drawings are on one page.
    pub(crate) fn to_svg(&self, prefix: &str) -> String {
        let (width, height) = (Length(self.width), Length(self.height));
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" role=\"img\" aria-labelledby=\"{prefix}title {prefix}description\" \
             font-family=\"Inter, 'Helvetica Neue', Arial, sans-serif\">\n\
             <title id=\"{prefix}title\">{}</title>\n<desc id=\"{prefix}description\">{}</desc>\n",
            escaped(&self.title),
            escaped(&self.description)
        );
        for shape in &self.shapes {
            shape.write(&mut svg);
        }
        svg.push_str("</svg>\n");
        svg
    }
}

impl Shape {
    fn write(&self, svg: &mut String) {
        let written = match self {
            Self::Rectangle { x, y, width, height, fill } => writeln!(
                svg,
                "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{}\"/>",
                Length(*x),
                Length(*y),
                Length(*width),
                Length(*height),
                fill.hex()
            ),
            Self::Line { points, stroke } => {
                let points: Vec<String> =
                    points.iter().map(|(x, y)| format!("{},{}", Length(*x), Length(*y))).collect();
                writeln!(
                    svg,
                    "<polyline points=\"{}\" fill=\"none\" {} stroke-linejoin=\"round\"/>",
                    points.join(" "),
                    stroke.attributes()
                )
            }
            Self::Circle { center: (x, y), radius, fill, stroke } => writeln!(
                svg,
                "<circle cx=\"{}\" cy=\"{}\" r=\"{}\" fill=\"{}\" {}/>",
                Length(*x),
                Length(*y),
                Length(*radius),
                fill.hex(),
                stroke.attributes()
            ),
            Self::Text { at: (x, y), anchor, size, weight, fill, text } => writeln!(
                svg,
                "<text x=\"{}\" y=\"{}\" font-size=\"{}\"{}{} fill=\"{}\">{}</text>",
                Length(*x),
                Length(*y),
                Length(*size),
                if *weight == Weight::SemiBold { " font-weight=\"600\"" } else { "" },
                match anchor {
                    Anchor::Start => "",
                    Anchor::Middle => " text-anchor=\"middle\"",
                    Anchor::End => " text-anchor=\"end\"",
                },
                fill.hex(),
                escaped(text)
            ),
        };
        written.expect("writing to a string cannot fail");
    }
}

impl Stroke {
    fn attributes(&self) -> String {
        let mut attributes =
            format!("stroke=\"{}\" stroke-width=\"{}\"", self.color.hex(), Length(self.width));
        if !self.dashes.is_empty() {
            let dashes: Vec<String> = self.dashes.iter().map(|dash| Length(*dash).to_string()).collect();
            attributes += &format!(" stroke-dasharray=\"{}\"", dashes.join(" "));
        }
        attributes
    }
}

impl Color {
    fn hex(self) -> String {
        let Self(red, green, blue) = self;
        format!("#{red:02x}{green:02x}{blue:02x}")
    }
}

/// A length with at most two decimals.
struct Length(f32);

impl std::fmt::Display for Length {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&two_decimals(self.0.into()))
    }
}

/// The text as XML. What XML cannot have was removed before ([`crate::words::safe`]).
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}
