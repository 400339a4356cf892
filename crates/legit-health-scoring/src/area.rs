//! The area score that PASI and EASI share: 0 to 6 for the part of a zone that is affected.
//!
//! The steps are those of both instruments (Fredriksson & Pettersson 1978, Hanifin 2001); 20, 30, 40 and 60 % are
//! confirmed by the vendor's tests. That a fraction such as 29.9 % belongs to the lower step is inferred.

use crate::number::Percent;

pub(crate) fn area_score(surface: Percent) -> u8 {
    match surface.get() {
        0.0 => 0,
        percent if percent < 10.0 => 1,
        percent if percent < 30.0 => 2,
        percent if percent < 50.0 => 3,
        percent if percent < 70.0 => 4,
        percent if percent < 90.0 => 5,
        _ => 6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_belongs_to_the_higher_step() {
        for (percent, score) in [
            (0.0, 0),
            (0.01, 1),
            (9.99, 1),
            (10.0, 2),
            (20.0, 2),
            (29.9, 2),
            (30.0, 3),
            (40.0, 3),
            (49.99, 3),
            (50.0, 4),
            (60.0, 4),
            (69.99, 4),
            (70.0, 5),
            (89.99, 5),
            (90.0, 6),
            (100.0, 6),
        ] {
            assert_eq!(area_score(Percent::new(percent).unwrap()), score, "{percent} %");
        }
    }
}
