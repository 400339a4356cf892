//! Noise for the painter. Integers, sums, products and roots only, which every machine computes alike.

/// Smooth noise from 0 to 1 that changes over about one unit.
pub(super) fn noise(seed: u32, x: f64, y: f64) -> f64 {
    let (left, top) = (x.floor(), y.floor());
    let (across, down) = (ease(x - left), ease(y - top));
    let corner = |dx: f64, dy: f64| lattice(seed, left + dx, top + dy);
    let upper = lerp(corner(0.0, 0.0), corner(1.0, 0.0), across);
    let lower = lerp(corner(0.0, 1.0), corner(1.0, 1.0), across);
    lerp(upper, lower, down)
}

/// [`noise`] with finer and finer detail added, from 0 to 1.
pub(super) fn cloud(seed: u32, x: f64, y: f64) -> f64 {
    let coarse = noise(seed, x, y);
    let fine = noise(seed + 1, 2.0 * x, 2.0 * y);
    let finer = noise(seed + 2, 4.0 * x, 4.0 * y);
    (4.0 * coarse + 2.0 * fine + finer) / 7.0
}

/// How near the border between two cells is, from 0 in the middle of a cell to 1 at the border: the fine
/// lines of skin.
pub(super) fn cell_border(seed: u32, x: f64, y: f64) -> f64 {
    let (column, row) = (x.floor(), y.floor());
    let (mut nearest, mut second) = (f64::MAX, f64::MAX);
    for dy in [-1.0, 0.0, 1.0] {
        for dx in [-1.0, 0.0, 1.0] {
            let (cx, cy) = (column + dx, row + dy);
            let (px, py) = (cx + lattice(seed, cx, cy), cy + lattice(seed + 1, cx, cy));
            let distance = (px - x) * (px - x) + (py - y) * (py - y);
            if distance < nearest {
                (nearest, second) = (distance, nearest);
            } else {
                second = second.min(distance);
            }
        }
    }
    step(0.35, 0.0, second.sqrt() - nearest.sqrt())
}

/// 0 at `from`, 1 at `to`, smooth between and level outside. `from` may be the larger.
pub(super) fn step(from: f64, to: f64, x: f64) -> f64 {
    ease(((x - from) / (to - from)).clamp(0.0, 1.0))
}

pub(super) fn lerp(from: f64, to: f64, share: f64) -> f64 {
    from + (to - from) * share
}

/// A fixed number from 0 to 1 for every whole point.
pub(super) fn lattice(seed: u32, x: f64, y: f64) -> f64 {
    let mut hash = seed.wrapping_mul(0x9E37_79B9);
    for part in [x as i32, y as i32] {
        hash = (hash ^ part as u32).wrapping_mul(0x85EB_CA6B);
        hash = (hash ^ (hash >> 15)).wrapping_mul(0xC2B2_AE35);
        hash ^= hash >> 13;
    }
    f64::from(hash >> 8) / f64::from(1u32 << 24)
}

fn ease(share: f64) -> f64 {
    share * share * (3.0 - 2.0 * share)
}
