//! A drawing as PNG.

use super::drawing::{Anchor, Color, Drawing, Shape, Stroke};
use crate::font;
use tiny_skia::{FillRule, LineJoin, Paint, Path, PathBuilder, Pixmap, Rect, StrokeDash, Transform};

/// Pixels for each unit of the drawing: it is printed, and looked at on dense screens.
const SCALE: f32 = 2.0;

/// Paints and encodes a drawing. The painter computes without the processor's or the machine's ways, so the bytes are the same
/// everywhere.
pub(super) fn encode(drawing: &Drawing) -> Vec<u8> {
    let (width, height) = ((drawing.width * SCALE) as u32, (drawing.height * SCALE) as u32);
    let mut pixmap =
        Pixmap::new(width.max(1), height.max(1)).expect("a chart has a size, and one that is not large");
    for shape in &drawing.shapes {
        paint(shape, &mut pixmap);
    }
    let pixels: Vec<u8> =
        pixmap.pixels().iter().flat_map(|pixel| [pixel.red(), pixel.green(), pixel.blue()]).collect();
    write(&pixels, pixmap.width(), pixmap.height()).expect("writing to memory cannot fail")
}

/// The background is opaque, so there is no transparency to write.
fn write(pixels: &[u8], width: u32, height: u32) -> Result<Vec<u8>, png::EncodingError> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_compression(png::Compression::Balanced);
    encoder.write_header()?.write_image_data(pixels)?;
    Ok(bytes)
}

fn paint(shape: &Shape, pixmap: &mut Pixmap) {
    match shape {
        Shape::Rectangle { x, y, width, height, fill } => {
            if let Some(rectangle) = Rect::from_xywh(*x, *y, *width, *height) {
                pixmap.fill_rect(rectangle, &paint_of(*fill), transform(), None);
            }
        }
        Shape::Line { points, stroke } => {
            let mut path = PathBuilder::new();
            for (index, (x, y)) in points.iter().enumerate() {
                if index == 0 { path.move_to(*x, *y) } else { path.line_to(*x, *y) }
            }
            draw(path.finish(), *stroke, pixmap);
        }
        Shape::Circle { center: (x, y), radius, fill, stroke } => {
            let path = PathBuilder::from_circle(*x, *y, *radius);
            if let Some(path) = &path {
                pixmap.fill_path(path, &paint_of(*fill), FillRule::Winding, transform(), None);
            }
            draw(path, *stroke, pixmap);
        }
        Shape::Text { at: (x, y), anchor, size, weight, fill, text } => {
            let before = match anchor {
                Anchor::Start => 0.0,
                Anchor::Middle => font::width(text, *size, *weight) / 2.0,
                Anchor::End => font::width(text, *size, *weight),
            };
            let mut path = PathBuilder::new();
            font::outline((text, *size, *weight), (x - before, *y), &mut path);
            if let Some(path) = path.finish() {
                pixmap.fill_path(&path, &paint_of(*fill), FillRule::Winding, transform(), None);
            }
        }
    }
}

fn draw(path: Option<Path>, stroke: Stroke, pixmap: &mut Pixmap) {
    let dash = if stroke.dashes.is_empty() { None } else { StrokeDash::new(stroke.dashes.to_vec(), 0.0) };
    let pen = tiny_skia::Stroke {
        width: stroke.width,
        dash,
        line_join: LineJoin::Round,
        ..tiny_skia::Stroke::default()
    };
    if let Some(path) = path {
        pixmap.stroke_path(&path, &paint_of(stroke.color), &pen, transform(), None);
    }
}

fn paint_of(Color(red, green, blue): Color) -> Paint<'static> {
    let mut paint = Paint::default();
    paint.set_color_rgba8(red, green, blue, 0xFF);
    paint
}

fn transform() -> Transform {
    Transform::from_scale(SCALE, SCALE)
}
