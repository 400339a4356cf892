//! The prefix codes of VP8L (RFC 9649, 3.7.2), which are canonical as those of deflate are.

use super::{Bits, Fault};

/// The five codes that pixels and copies of earlier pixels are written with.
pub(super) struct Group {
    /// Green values, lengths of copies, and numbers of the colour cache.
    pub(super) green: PrefixCode,
    pub(super) red: PrefixCode,
    pub(super) blue: PrefixCode,
    pub(super) alpha: PrefixCode,
    pub(super) distance: PrefixCode,
}

impl Group {
    pub(super) fn read(bits: &mut Bits<'_>, cache_bits: u32) -> Result<Self, Fault> {
        let cached = if cache_bits == 0 { 0 } else { 1 << cache_bits };
        Ok(Self {
            green: PrefixCode::read(bits, 256 + 24 + cached)?,
            red: PrefixCode::read(bits, 256)?,
            blue: PrefixCode::read(bits, 256)?,
            alpha: PrefixCode::read(bits, 256)?,
            distance: PrefixCode::read(bits, 40)?,
        })
    }

    /// The number of symbols, which is what its memory depends on.
    pub(super) fn len(&self) -> usize {
        [&self.green, &self.red, &self.blue, &self.alpha, &self.distance]
            .map(|code| code.symbols.len())
            .iter()
            .sum()
    }
}

pub(super) struct PrefixCode {
    /// For each length the number of codes; none if there is one symbol only, which takes no bits.
    counts: [u16; LONGEST + 1],
    symbols: Vec<u16>,
}

const LONGEST: usize = 15;

impl PrefixCode {
    fn read(bits: &mut Bits<'_>, alphabet: usize) -> Result<Self, Fault> {
        let mut lengths = vec![0; alphabet];
        if bits.flag()? {
            let has_two = bits.flag()?;
            let first_length = if bits.flag()? { 8 } else { 1 };
            let first = bits.read(first_length)?;
            let second = if has_two { bits.read(8)? } else { first };
            for symbol in [first, second] {
                *lengths.get_mut(symbol as usize).ok_or(Fault::Invalid)? = 1;
            }
        } else {
            read_lengths(bits, &mut lengths)?;
        }
        Self::new(&lengths)
    }

    /// Fails unless the lengths are those of a code that is complete, or that has one symbol.
    fn new(lengths: &[u8]) -> Result<Self, Fault> {
        let mut counts = [0_u16; LONGEST + 1];
        for length in lengths.iter().filter(|length| **length > 0) {
            counts[usize::from(*length)] += 1;
        }
        let mut symbols: Vec<u16> =
            (0..).take(lengths.len()).filter(|symbol| lengths[usize::from(*symbol)] > 0).collect();
        // Stable, so that symbols of one length stay in order.
        symbols.sort_by_key(|symbol| lengths[usize::from(*symbol)]);
        if symbols.len() == 1 {
            return Ok(Self { counts: [0; LONGEST + 1], symbols });
        }
        let unused = counts[1..]
            .iter()
            .try_fold(1_i32, |left, count| Some(2 * left - i32::from(*count)).filter(|left| *left >= 0));
        if unused == Some(0) { Ok(Self { counts, symbols }) } else { Err(Fault::Invalid) }
    }

    #[inline]
    pub(super) fn decode(&self, bits: &mut Bits<'_>) -> Result<u16, Fault> {
        if let [only] = self.symbols[..] {
            return Ok(only);
        }
        let (mut code, mut first, mut index) = (0, 0, 0);
        for count in &self.counts[1..] {
            let count = u32::from(*count);
            code |= bits.read(1)?;
            if code < first + count {
                return Ok(self.symbols[(index + code - first) as usize]);
            }
            index += count;
            first = (first + count) << 1;
            code <<= 1;
        }
        Err(Fault::Invalid)
    }
}

/// Reads the lengths of the codes for all symbols, which are written with a prefix code themselves.
fn read_lengths(bits: &mut Bits<'_>, lengths: &mut [u8]) -> Result<(), Fault> {
    const ORDER: [usize; 19] = [17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
    let mut own = [0; ORDER.len()];
    let count = 4 + bits.read(4)? as usize;
    for symbol in &ORDER[..count] {
        own[*symbol] = bits.read(3)? as u8;
    }
    let code = PrefixCode::new(&own)?;
    let most = if bits.flag()? {
        let width = 2 + 2 * bits.read(3)?;
        2 + bits.read(width)? as usize
    } else {
        lengths.len()
    };
    if most > lengths.len() {
        return Err(Fault::Invalid);
    }
    let (mut at, mut previous) = (0, 8);
    for _ in 0..most {
        if at == lengths.len() {
            break;
        }
        let (length, repeated) = match code.decode(bits)? {
            16 => (previous, 3 + bits.read(2)?),
            17 => (0, 3 + bits.read(3)?),
            18 => (0, 11 + bits.read(7)?),
            length => (length as u8, 1),
        };
        if length > 0 {
            previous = length;
        }
        let end = at + repeated as usize;
        lengths.get_mut(at..end).ok_or(Fault::Invalid)?.fill(length);
        at = end;
    }
    Ok(())
}
