//! The word in the corner of every sample: whoever sees the picture alone knows what it is.

use super::canvas::{Canvas, HEIGHT, WIDTH, blend};

/// `SYNTHETIC` in letters of five by seven, one row a line.
const WORD: [&str; 7] = [
    ".###.#...#.#...#.#####.#...#.#####.#####.###..###.",
    "#....#...#.##..#...#...#...#.#.......#....#..#...#",
    "#.....#.#..#.#.#...#...#...#.#.......#....#..#....",
    ".###...#...#.#.#...#...#####.####....#....#..#....",
    "....#..#...#..##...#...#...#.#.......#....#..#....",
    "....#..#...#...#...#...#...#.#.......#....#..#...#",
    "####...#...#...#...#...#...#.#####...#...###..###.",
];
/// Pixels to a dot of a letter, and from the word to the edge.
const DOT: usize = 2;
const MARGIN: usize = 12;

pub(super) fn stamp(canvas: &mut Canvas) {
    let left = WIDTH - MARGIN - WORD[0].len() * DOT;
    let top = HEIGHT - MARGIN - WORD.len() * DOT;
    // Light on dark and dark on light, so that it is read on every tone.
    let ink = if canvas.brightness_from(left, top) < 120.0 { [235.0; 3] } else { [40.0; 3] };
    canvas.paint(|x, y, under| {
        let (x, y) = (x as usize, y as usize);
        let inside = x >= left && y >= top;
        let dot = inside.then(|| WORD.get((y - top) / DOT)?.as_bytes().get((x - left) / DOT)).flatten();
        if dot == Some(&b'#') { blend(under, ink, 0.7) } else { under }
    });
}
