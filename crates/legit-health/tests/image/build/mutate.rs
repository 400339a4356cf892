//! Damages files as disks, networks and programs do, and as nobody would.

use super::dice::Dice;

/// Bytes changed, taken out, put in and repeated, at one to six places.
pub(crate) fn mutate(dice: &mut Dice, bytes: &mut Vec<u8>) {
    const TELLING: [u8; 8] = [0x00, 0xFF, 0xD9, 0xDA, 0xC4, 0x7F, 0x80, 0x01];
    for _ in 0..=dice.below(5) {
        let at = dice.below(bytes.len());
        match dice.below(5) {
            0 => bytes[at] = dice.byte(),
            1 => bytes[at] = *dice.pick(&TELLING),
            2 => drop(bytes.drain(at..(at + dice.below(20)).min(bytes.len() - 1).max(at))),
            3 => {
                let length = dice.below(20);
                bytes.splice(at..at, dice.bytes(length));
            }
            _ => {
                let from = dice.below(bytes.len());
                let copied = bytes[from..(from + 60).min(bytes.len())].to_vec();
                bytes.splice(at..at, copied);
            }
        }
    }
}
